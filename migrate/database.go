package migrate

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	driver "modernc.org/sqlite"
)

// copyDatabase copies a database with its write-ahead log, which another
// program may still be writing, or the rollback journal that one left which
// was killed, and opens the copy. Reading the original in place would leave
// files beside it, or miss what stands in the log.
func (in *Input) copyDatabase(file string, i int) (*sql.DB, error) {
	copied := filepath.Join(in.scratch, fmt.Sprintf("source-%d.db", i))
	for _, suffix := range []string{"-journal", "", "-wal"} {
		err := copyFile(copied+suffix, file+suffix, in.digest)
		if err != nil && !(suffix != "" && errors.Is(err, fs.ErrNotExist)) {
			return nil, err
		}
	}
	db, err := openFile(copied, url.Values{"_query_only": {"on"}, "_dqs": {"0"}, "_pragma": {"trusted_schema(off)", "cache_size(-4096)"}})
	if err != nil {
		return nil, err
	}
	if err := intact(db, in.lenient); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

// intact refuses databases that only begin like one, and unless it is lenient
// damaged ones.
func intact(db *sql.DB, lenient bool) error {
	var answer string
	if err := db.QueryRow(`PRAGMA quick_check(1)`).Scan(&answer); err != nil {
		return fmt.Errorf("begins like an SQLite database but is none, or is damaged: %w", err)
	}
	if answer != "ok" && !lenient {
		return fmt.Errorf("is a damaged SQLite database, of which --lenient imports what can be read: %s", strings.Join(strings.Fields(answer), " "))
	}
	return nil
}

// openFile opens an SQLite database for one connection.
func openFile(path string, options url.Values) (*sql.DB, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	dsn := url.URL{Scheme: "file", Path: filepath.ToSlash(path), RawQuery: options.Encode()}
	connector, err := driver.NewConnector(dsn.String())
	if err != nil {
		return nil, err
	}
	db := sql.OpenDB(connector)
	db.SetMaxOpenConns(1)
	return db, nil
}

func copyFile(to, from string, digest hash.Hash) error {
	src, err := os.Open(from)
	if err != nil {
		return err
	}
	defer src.Close()
	dst, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(dst, io.TeeReader(src, digest))
	return errors.Join(err, dst.Close())
}

// hashedFS is a folder whose files count into a digest as they are read.
type hashedFS struct {
	fs.FS
	digest hash.Hash
}

func (h hashedFS) ReadFile(name string) ([]byte, error) {
	f, err := h.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxRow+1))
	if err == nil && len(text) > maxRow {
		err = errRowTooLarge
	}
	sum := sha256.Sum256(text)
	fmt.Fprintf(h.digest, "%s\x00%x\n", name, sum)
	return text, err
}

// userVersion is what a database says its schema is.
func userVersion(ctx context.Context, db *sql.DB) (n int, err error) {
	err = db.QueryRowContext(ctx, `PRAGMA user_version`).Scan(&n)
	return n, err
}

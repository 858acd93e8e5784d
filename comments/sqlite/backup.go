package sqlite

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"

	"postil/comments"
	"postil/migrate/schema"
)

// Backup writes a consistent copy of the database to a file that does not
// exist yet, while others go on using it. Only its owner can read the file.
func (s *Store) Backup(ctx context.Context, path string) (err error) {
	if err := protect(path); err != nil {
		return err
	}
	db, err := connect(s.path, writerOptions(), 1, 1)
	if err != nil {
		return err
	}
	defer db.Close()
	if _, err := db.ExecContext(ctx, `VACUUM INTO ?`, path); err != nil {
		return s.classify(err)
	}
	return syncFile(path)
}

func syncFile(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// Restore puts a copy that Backup made in the place of the database at path.
// It verifies the whole copy first, and refuses while any other process has
// the database open; until it returns nothing at path has changed.
//
// Sites get other epochs, so that publishers write all files anew: what they
// have published may be newer than the copy.
func Restore(ctx context.Context, backup, path string) (err error) {
	if path, err = filepath.Abs(path); err != nil {
		return err
	}
	fresh := path + ".restore"
	if err := os.Remove(fresh); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	defer os.Remove(fresh)
	if err := copyFile(fresh, backup); err != nil {
		return err
	}
	if err := verify(ctx, fresh); err != nil {
		return fmt.Errorf("%s: %w", backup, err)
	}
	if err := renew(ctx, fresh); err != nil {
		return err
	}
	if err := retire(ctx, path); err != nil {
		return err
	}
	if err := os.Rename(fresh, path); err != nil {
		return err
	}
	folder, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}

func copyFile(to, from string) error {
	src, err := os.Open(from)
	if err != nil {
		return err
	}
	defer src.Close()
	dst, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(dst, src)
	return errors.Join(err, dst.Close())
}

// verify reads a whole database file, and finds out whether it is one of ours
// that this program can work with.
func verify(ctx context.Context, path string) error {
	db, err := connect(path, url.Values{"_query_only": {"on"}, "_dqs": {"0"}}, 1, 1)
	if err != nil {
		return err
	}
	defer db.Close()
	for _, check := range []string{`PRAGMA integrity_check(1)`, `SELECT coalesce((SELECT "table" || ', row ' || rowid FROM pragma_foreign_key_check LIMIT 1), 'ok')`} {
		var answer string
		if err := db.QueryRowContext(ctx, check).Scan(&answer); err != nil {
			return fmt.Errorf("is no copy of a database: %w", err)
		}
		if answer != "ok" {
			return fmt.Errorf("is damaged: %s", answer)
		}
	}
	state, err := schema.Status(ctx, db, schema.SQLite)
	if err != nil || state.Version == 0 {
		return errors.Join(errors.New("is no copy of a postil database"), err)
	}
	if state.Oldest > state.Known {
		return fmt.Errorf("is of version %d; this program knows versions up to %d", state.Version, state.Known)
	}
	return nil
}

// renew gives all sites other epochs.
func renew(ctx context.Context, path string) error {
	db, err := connect(path, writerOptions(), 1, 1)
	if err != nil {
		return err
	}
	defer db.Close()
	rows, err := db.QueryContext(ctx, `SELECT host FROM sites`)
	if err != nil {
		return err
	}
	hosts, err := texts(rows)
	if err != nil {
		return err
	}
	for _, host := range hosts {
		var epoch comments.ID
		rand.Read(epoch[:])
		if _, err := db.ExecContext(ctx, `UPDATE sites SET epoch = ? WHERE host = ?`, epoch[:], host); err != nil {
			return err
		}
	}
	if _, err := db.ExecContext(ctx, `PRAGMA wal_checkpoint(TRUNCATE)`); err != nil {
		return err
	}
	return errors.Join(db.Close(), syncFile(path))
}

func texts(rows *sql.Rows) (all []string, err error) {
	defer rows.Close()
	for rows.Next() {
		var one string
		if err := rows.Scan(&one); err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, rows.Err()
}

// retire makes sure that nobody uses the database at path, and that nothing of
// it stands in its write-ahead log, which would be taken for the new one's.
func retire(ctx context.Context, path string) error {
	if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
		return nil
	}
	db, err := connect(path, url.Values{"_dqs": {"0"}, "_error_rc": {"1"}}, 1, 1)
	if err != nil {
		return err
	}
	// Only a database that nobody else has open leaves this mode.
	_, err = db.ExecContext(ctx, `PRAGMA journal_mode = DELETE`)
	if err = errors.Join(err, db.Close()); err != nil {
		return fmt.Errorf("the database %s is in use; stop the server and all other commands first: %w", path, err)
	}
	return nil
}

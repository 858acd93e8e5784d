package postgres

import (
	"archive/zip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/jackc/pgx/v5"
)

// maxHeader is the most that is read of a backup's header, in bytes.
const maxHeader = 1 << 20

// Restore replaces all that is in the tables by what Backup wrote, in one
// transaction. It verifies the whole archive first.
//
// Sites get other epochs, so that publishers write all files anew: what they
// have published may be newer than the copy.
func (s *Store) Restore(ctx context.Context, r io.ReaderAt, size int64) error {
	archive, err := zip.NewReader(r, size)
	if err != nil {
		return fmt.Errorf("is no backup, or not complete: %w", err)
	}
	b, err := readHeader(archive)
	if err != nil {
		return err
	}
	version, err := s.version(ctx)
	if err != nil {
		return err
	}
	if b.Schema != version {
		return fmt.Errorf("holds tables of version %d, the database those of version %d; restore it with the release that made it, and upgrade then", b.Schema, version)
	}
	if err := checkEntries(archive, b); err != nil {
		return err
	}
	return s.fail(s.slowly(ctx, func(tx pgx.Tx) error {
		tables, err := listTables(ctx, tx)
		if err != nil {
			return err
		}
		if !slices.EqualFunc(tables, b.Tables, func(a, b table) bool { return a.Name == b.Name && slices.Equal(a.Columns, b.Columns) }) {
			return errors.New("the backup holds other tables than the database")
		}
		return fill(ctx, tx, archive, tables)
	}))
}

func readHeader(archive *zip.Reader) (b backup, err error) {
	f, err := archive.Open(backupHeader)
	if err != nil {
		return b, errors.New("is no backup of a postil database")
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxHeader))
	if err != nil {
		return b, fmt.Errorf("is damaged: %w", err)
	}
	if err := json.Unmarshal(text, &b); err != nil || b.Format != backupFormat {
		return b, errors.New("is no backup of a postil database")
	}
	if b.Version != backupVersion || b.Database != "postgres" {
		return b, fmt.Errorf("is a backup of kind %s, version %d; kind postgres, version %d is known here", b.Database, b.Version, backupVersion)
	}
	return b, nil
}

// checkEntries reads all rows once, by which their check sums are compared.
func checkEntries(archive *zip.Reader, b backup) error {
	for _, t := range b.Tables {
		f, err := archive.Open(backupRows + t.Name)
		if err != nil {
			return fmt.Errorf("the rows of %s are missing", t.Name)
		}
		_, err = io.Copy(io.Discard, f)
		if err = errors.Join(err, f.Close()); err != nil {
			return fmt.Errorf("the rows of %s are damaged: %w", t.Name, err)
		}
	}
	return nil
}

func fill(ctx context.Context, tx pgx.Tx, archive *zip.Reader, tables []table) error {
	for _, t := range tables { // nobody writes meanwhile
		if _, err := tx.Exec(ctx, `LOCK TABLE `+pgx.Identifier{t.Name}.Sanitize()+` IN SHARE ROW EXCLUSIVE MODE`); err != nil {
			return err
		}
	}
	for _, t := range slices.Backward(tables) {
		if _, err := tx.Exec(ctx, `DELETE FROM `+pgx.Identifier{t.Name}.Sanitize()); err != nil { // TRUNCATE would wait for every reader
			return err
		}
	}
	for _, t := range tables {
		f, err := archive.Open(backupRows + t.Name)
		if err != nil {
			return err
		}
		_, err = tx.Conn().PgConn().CopyFrom(ctx, f, t.copies("FROM STDIN"))
		if err = errors.Join(err, f.Close()); err != nil {
			return err
		}
	}
	_, err := tx.Exec(ctx, `UPDATE sites SET epoch = gen_random_uuid()`)
	return err
}

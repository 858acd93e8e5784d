package postgres

import (
	"archive/zip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"

	"postil/migrate/schema"
)

// A backup is a zip archive of backupHeader and, for each table, its rows as
// COPY writes them. It needs no other program, and no server of the same
// version.
const (
	backupFormat  = "postil-backup"
	backupVersion = 1
	backupHeader  = "backup.json"
	backupRows    = "tables/"
)

// backup is what stands in a backup's header.
type backup struct {
	Format   string    `json:"format"`
	Version  int       `json:"version"`
	Schema   int64     `json:"schema"` // of the tables
	Database string    `json:"database"`
	Made     time.Time `json:"made"`
	Tables   []table   `json:"tables"` // in an order in which they can be filled
}

type table struct {
	Name    string   `json:"name"`
	Columns []string `json:"columns"`
}

// copies returns the statement that reads or fills a table.
func (t table) copies(direction string) string {
	columns := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		columns[i] = pgx.Identifier{c}.Sanitize()
	}
	return fmt.Sprintf("COPY %s (%s) %s", pgx.Identifier{t.Name}.Sanitize(), strings.Join(columns, ", "), direction)
}

// Backup writes a consistent copy of all tables, as they are at one moment,
// while others go on using them.
func (s *Store) Backup(ctx context.Context, w io.Writer, now time.Time) error {
	version, err := s.version(ctx)
	if err != nil {
		return err
	}
	archive := zip.NewWriter(w)
	err = pgx.BeginTxFunc(ctx, s.pool, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `SET LOCAL statement_timeout = 0`); err != nil {
			return err
		}
		tables, err := listTables(ctx, tx)
		if err != nil {
			return err
		}
		header, err := json.Marshal(backup{backupFormat, backupVersion, version, "postgres", now.UTC(), tables})
		if err != nil {
			return err
		}
		if err := addEntry(archive, backupHeader, func(w io.Writer) error { _, err := w.Write(header); return err }); err != nil {
			return err
		}
		for _, t := range tables {
			err := addEntry(archive, backupRows+t.Name, func(w io.Writer) error {
				_, err := tx.Conn().PgConn().CopyTo(ctx, w, t.copies("TO STDOUT"))
				return err
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return s.fail(err)
	}
	return archive.Close()
}

func addEntry(archive *zip.Writer, name string, write func(io.Writer) error) error {
	w, err := archive.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate})
	if err != nil {
		return err
	}
	return write(w)
}

// version is that of the tables.
func (s *Store) version(ctx context.Context) (int64, error) {
	db := stdlib.OpenDB(*s.config.Copy())
	defer db.Close()
	state, err := schema.Status(ctx, db, schema.Postgres)
	return state.Version, err
}

// listTables returns our tables, each after those that its foreign keys name.
func listTables(ctx context.Context, tx pgx.Tx) ([]table, error) {
	rows, err := tx.Query(ctx, `
		SELECT c.relname,
			ARRAY(SELECT a.attname::text FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '' ORDER BY a.attnum),
			ARRAY(SELECT r.relname::text FROM pg_constraint k JOIN pg_class r ON r.oid = k.confrelid WHERE k.conrelid = c.oid AND k.contype = 'f' AND r.oid <> c.oid)
		FROM pg_class c WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r' AND c.relname NOT LIKE 'schema\_%' ORDER BY c.relname`)
	if err != nil {
		return nil, err
	}
	needs := map[string][]string{}
	var waiting []table
	for rows.Next() {
		var t table
		var named []string
		if err := rows.Scan(&t.Name, &t.Columns, &named); err != nil {
			return nil, err
		}
		waiting, needs[t.Name] = append(waiting, t), named
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	var ordered []table
	for len(waiting) > 0 {
		i := slices.IndexFunc(waiting, func(t table) bool { return len(needs[t.Name]) == 0 })
		if i < 0 {
			return nil, errors.New("the tables' foreign keys go round in a circle")
		}
		next := waiting[i]
		ordered, waiting = append(ordered, next), slices.Delete(waiting, i, i+1)
		for name := range needs {
			needs[name] = slices.DeleteFunc(needs[name], func(n string) bool { return n == next.Name })
		}
	}
	return ordered, nil
}

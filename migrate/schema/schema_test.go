package schema_test

import (
	"database/sql"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	_ "github.com/jackc/pgx/v5/stdlib"
	_ "modernc.org/sqlite"

	"postil/comments/storetest"
	"postil/migrate/schema"
)

// databases opens, for each dialect, one empty database as often as asked.
func databases(t *testing.T) map[schema.Dialect]func() *sql.DB {
	path := filepath.Join(t.TempDir(), "postil.db")
	url := storetest.Postgres(t)
	connect := func(driver, address string, connections int) func() *sql.DB {
		return func() *sql.DB {
			db, err := sql.Open(driver, address)
			if err != nil {
				t.Fatal(err)
			}
			db.SetMaxOpenConns(connections)
			t.Cleanup(func() { db.Close() })
			return db
		}
	}
	return map[schema.Dialect]func() *sql.DB{
		schema.Postgres: connect("pgx", url, 0),
		schema.SQLite:   connect("sqlite", "file:"+path+"?_txlock=immediate&_busy_timeout=10000&_journal_mode=wal", 1),
	}
}

// each runs a test on both dialects.
func each(t *testing.T, test func(t *testing.T, dialect schema.Dialect, open func() *sql.DB)) {
	t.Parallel()
	for dialect, open := range databases(t) {
		t.Run(string(dialect), func(t *testing.T) { test(t, dialect, open) })
	}
}

func exec(t *testing.T, db *sql.DB, statement string) {
	t.Helper()
	if _, err := db.ExecContext(t.Context(), statement); err != nil {
		t.Fatal(err)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestBothDialectsHaveTheSameMigrations(t *testing.T) {
	t.Parallel()
	names := func(dialect schema.Dialect) (names []string) {
		files, err := fs.Glob(os.DirFS(string(dialect)), "*")
		must(t, err)
		return files
	}
	if diff := cmp.Diff(names(schema.Postgres), names(schema.SQLite)); diff != "" {
		t.Errorf("(-postgres +sqlite):\n%s", diff)
	}
}

func TestAnEmptyDatabaseBecomesCurrent(t *testing.T) {
	each(t, func(t *testing.T, dialect schema.Dialect, open func() *sql.DB) {
		db := open()
		state, err := schema.Status(t.Context(), db, dialect)
		must(t, err)
		if state.Version != 0 || state.Oldest != 0 || state.Known == 0 {
			t.Errorf("an empty database has state %+v", state)
		}
		if err := schema.Check(t.Context(), db, dialect); err == nil || !strings.Contains(err.Error(), "postil serve") {
			t.Errorf("got error %v, want one that says what to do", err)
		}
		must(t, schema.Up(t.Context(), db, dialect))
		must(t, schema.Up(t.Context(), db, dialect)) // again does nothing
		must(t, schema.Check(t.Context(), db, dialect))
		after, err := schema.Status(t.Context(), db, dialect)
		must(t, err)
		if after.Version != state.Known || after.Oldest < 1 {
			t.Errorf("the database has state %+v", after)
		}
	})
}

func TestProgramsThatStartAtOnceDoNotCollide(t *testing.T) {
	each(t, func(t *testing.T, dialect schema.Dialect, open func() *sql.DB) {
		var programs sync.WaitGroup
		for range 6 {
			db := open()
			programs.Go(func() {
				if err := schema.Up(t.Context(), db, dialect); err != nil {
					t.Error(err)
				}
			})
		}
		programs.Wait()
		var once int
		must(t, open().QueryRowContext(t.Context(), `SELECT count(*) FROM schema_version WHERE version_id = 1`).Scan(&once))
		if once != 1 {
			t.Errorf("the first migration ran %d times", once)
		}
	})
}

func TestANewerSchemaIsTakenWhileItSuitsThisProgram(t *testing.T) {
	each(t, func(t *testing.T, dialect schema.Dialect, open func() *sql.DB) {
		db := open()
		must(t, schema.Up(t.Context(), db, dialect))
		exec(t, db, `INSERT INTO schema_version (version_id, is_applied) VALUES (999, `+map[schema.Dialect]string{schema.Postgres: "true", schema.SQLite: "1"}[dialect]+`)`)
		must(t, schema.Up(t.Context(), db, dialect))
		exec(t, db, `UPDATE schema_compat SET oldest = 998`)
		err := schema.Up(t.Context(), db, dialect)
		if err == nil || !strings.Contains(err.Error(), "install the newer release") {
			t.Errorf("got error %v, want one that says what to do", err)
		}
	})
}

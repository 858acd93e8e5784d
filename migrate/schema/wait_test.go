package schema_test

import (
	"context"
	"database/sql"
	"testing"
	"time"

	"postil/comments/postgres"
	"postil/comments/storetest"
	"postil/migrate/schema"
)

// within bounds every wait; a slow machine is no failure.
const within = 30 * time.Second

// TestAnUpgradeThatMustWaitLetsReadersPass keeps a table as a dump does. A
// reader that comes now stands in the queue behind the upgrade.
func TestAnUpgradeThatMustWaitLetsReadersPass(t *testing.T) {
	t.Parallel()
	url := storetest.Postgres(t)
	connect := func() *sql.DB {
		db, err := sql.Open("pgx", url)
		must(t, err)
		t.Cleanup(func() { db.Close() })
		return db
	}
	u := &upgraded{T: t, dialect: schema.Postgres, db: connect()}
	u.upTo(1)
	dump, err := u.db.BeginTx(t.Context(), nil)
	must(t, err)
	defer dump.Rollback()
	_, err = dump.ExecContext(t.Context(), `LOCK TABLE comments IN ACCESS SHARE MODE`)
	must(t, err)

	done := make(chan error, 1)
	go func() {
		store, err := postgres.Open(t.Context(), url)
		if err == nil {
			err = store.Close()
		}
		done <- err
	}()
	ctx, cancel := context.WithTimeout(t.Context(), within)
	defer cancel()
	reader := connect()
	for waiting := false; !waiting; {
		must(t, reader.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM pg_locks WHERE NOT granted AND relation = 'comments'::regclass)`).Scan(&waiting))
	}
	var n int
	if err := reader.QueryRowContext(ctx, `SELECT count(*) FROM comments`).Scan(&n); err != nil {
		t.Errorf("nobody can read until the dump ends: %v", err)
	}
	must(t, dump.Rollback())
	must(t, <-done)
	must(t, schema.Check(t.Context(), reader, schema.Postgres))
}

package schema

import (
	"database/sql"
	"path/filepath"
	"testing"

	_ "modernc.org/sqlite"
)

// goose does not tell a locker that a migration failed.
func TestASQLiteMigrationThatFailsLeavesNothing(t *testing.T) {
	t.Parallel()
	db, err := sql.Open("sqlite", filepath.Join(t.TempDir(), "postil.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	conn, err := db.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	for _, statement := range []string{`CREATE TABLE schema_version (version_id INTEGER)`, `INSERT INTO schema_version VALUES (0)`} {
		if _, err := conn.ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	lock := sqliteLock{db}
	if err := lock.SessionLock(t.Context(), conn); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.ExecContext(t.Context(), `CREATE TABLE half (done INTEGER)`); err != nil {
		t.Fatal(err)
	}
	if err := lock.SessionUnlock(t.Context(), conn); err != nil {
		t.Fatal(err)
	}
	var tables int
	if err := conn.QueryRowContext(t.Context(), `SELECT count(*) FROM sqlite_schema WHERE name = 'half'`).Scan(&tables); err != nil || tables != 0 {
		t.Errorf("half a migration is left: %d, %v", tables, err)
	}
}

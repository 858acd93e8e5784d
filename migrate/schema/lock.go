package schema

import (
	"context"
	"database/sql"

	"github.com/pressly/goose/v3"
)

// postgresLock is the advisory lock of whoever migrates; the number is
// arbitrary ("postil" in ASCII) but must never change.
const postgresLock = 0x706f7374696c

// lock makes a second migrator wait. It returns options for goose and what
// ends the lock.
func lock(ctx context.Context, db *sql.DB, dialect Dialect) ([]goose.ProviderOption, func(), error) {
	if dialect == SQLite {
		// One transaction around everything, which goose's own would break.
		options := []goose.ProviderOption{goose.WithIsolateDDL(true), goose.WithSessionLocker(sqliteLock{db})}
		return options, func() {}, nil
	}
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, nil, err
	}
	// Another migrator may need its time: LockTimeout is for tables.
	_, err = conn.ExecContext(ctx, `SET lock_timeout = 0`)
	if err == nil {
		_, err = conn.ExecContext(ctx, `SELECT pg_advisory_lock($1)`, int64(postgresLock))
	}
	if err != nil {
		conn.Close()
		return nil, nil, err
	}
	unlock := func() {
		// Failing that, the end of the connection unlocks.
		_, _ = conn.ExecContext(context.WithoutCancel(ctx), `SELECT pg_advisory_unlock($1)`, int64(postgresLock))
		_, _ = conn.ExecContext(context.WithoutCancel(ctx), `RESET lock_timeout`)
		conn.Close()
	}
	return nil, unlock, nil
}

// sqliteLock is a goose session locker that holds SQLite's write lock, by
// being the transaction in which all pending migrations happen or none does.
type sqliteLock struct{ db *sql.DB }

func (sqliteLock) SessionLock(ctx context.Context, conn *sql.Conn) error {
	_, err := conn.ExecContext(ctx, `BEGIN IMMEDIATE`)
	return err
}

// SessionUnlock is not told whether the migrations succeeded: it commits only
// what has arrived at the newest version.
func (l sqliteLock) SessionUnlock(ctx context.Context, conn *sql.Conn) error {
	p, err := provider(l.db, SQLite)
	if err != nil {
		return err
	}
	sources := p.ListSources()
	var version int64
	err = conn.QueryRowContext(ctx, `SELECT max(version_id) FROM `+versionTable).Scan(&version)
	end := `COMMIT`
	if err != nil || version < sources[len(sources)-1].Version {
		end = `ROLLBACK`
	}
	_, err = conn.ExecContext(ctx, end)
	return err
}

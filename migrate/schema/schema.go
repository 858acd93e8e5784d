// Package schema holds the tables of both databases, version by version, and
// brings a database to the newest one.
//
// Releases overlap while they are rolled out, so a migration must leave the
// previous release working: first add, and only releases later take away.
// schema_compat.oldest says how far back that promise reaches; a migration
// that breaks it raises the number, and programs that know only older
// versions then refuse the database.
package schema

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"
	"log/slog"

	"github.com/pressly/goose/v3"
)

// Dialect is one of the two kinds of database.
type Dialect string

const (
	Postgres Dialect = "postgres"
	SQLite   Dialect = "sqlite"
)

// versionTable is where goose notes what it has done.
const versionTable = "schema_version"

//go:embed postgres/*.sql sqlite/*.sql
var migrations embed.FS

// State is what a database says about its schema.
type State struct {
	Version int64 // newest migration applied to it; 0: none
	Oldest  int64 // oldest version whose programs can work with it
	Known   int64 // newest migration in this program
	Next    int64 // what Oldest is once the migrations up to Known have run
}

// Up brings db to the newest version this program knows, unless it is there
// or beyond, and then checks it as [Check] does. Processes that start at the
// same time wait for each other. A SQLite db must hold at most one open
// connection, whose transactions begin immediately (_txlock=immediate), and
// those of a PostgreSQL db must have [LockTimeout].
func Up(ctx context.Context, db *sql.DB, dialect Dialect) error {
	state, err := Status(ctx, db, dialect)
	if err != nil {
		return err
	}
	if state.Version < state.Known {
		if err := migrate(ctx, db, dialect); err != nil {
			return fmt.Errorf("bring the tables from version %d to %d: %w", state.Version, state.Known, err)
		}
	}
	return Check(ctx, db, dialect)
}

func migrate(ctx context.Context, db *sql.DB, dialect Dialect) error {
	options, unlock, err := lock(ctx, db, dialect)
	if err != nil {
		return err
	}
	defer unlock()
	p, err := provider(db, dialect, options...)
	if err != nil {
		return err
	}
	return patiently(ctx, func() error {
		_, err := p.Up(ctx)
		return err
	})
}

func provider(db *sql.DB, dialect Dialect, options ...goose.ProviderOption) (*goose.Provider, error) {
	files, err := fs.Sub(migrations, string(dialect))
	if err != nil {
		return nil, err
	}
	names := map[Dialect]goose.Dialect{Postgres: goose.DialectPostgres, SQLite: goose.DialectSQLite3}
	options = append(options, goose.WithTableName(versionTable),
		goose.WithDisableGlobalRegistry(true), goose.WithSlog(slog.New(slog.DiscardHandler)))
	return goose.NewProvider(names[dialect], db, files, options...)
}

// Status reads what db says about its schema and changes nothing.
func Status(ctx context.Context, db *sql.DB, dialect Dialect) (State, error) {
	var state State
	p, err := provider(db, dialect)
	if err != nil {
		return state, err
	}
	sources := p.ListSources()
	state.Known = sources[len(sources)-1].Version

	exists := map[Dialect]string{
		Postgres: `SELECT to_regclass('schema_compat') IS NOT NULL`,
		SQLite:   `SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE name = 'schema_compat')`,
	}[dialect]
	var found bool
	if err := db.QueryRowContext(ctx, exists).Scan(&found); err != nil {
		return state, err
	}
	if found {
		err = db.QueryRowContext(ctx, `SELECT (SELECT max(version_id) FROM `+versionTable+`), oldest FROM schema_compat`).
			Scan(&state.Version, &state.Oldest)
		if err != nil {
			return state, err
		}
	}
	files, err := fs.Sub(migrations, string(dialect))
	if err != nil {
		return state, err
	}
	state.Next, err = oldestAfter(files, sources, state)
	return state, err
}

// Check refuses a schema that this program cannot work with, and says what to
// do. One that is newer but still promises to suit older programs passes.
func Check(ctx context.Context, db *sql.DB, dialect Dialect) error {
	s, err := Status(ctx, db, dialect)
	if err != nil {
		return err
	}
	return s.Check()
}

// Check returns an error unless this program can work with the tables.
func (s State) Check() error {
	switch {
	case s.Version < s.Known:
		return fmt.Errorf("the database has schema version %d and this program needs %d; start \"postil serve\" of this release once, which brings it up to date", s.Version, s.Known)
	case s.Oldest > s.Known:
		return fmt.Errorf("a newer release of postil has brought the database to schema version %d, which programs older than version %d cannot work with, and this one knows version %d; install the newer release, or restore the backup from before the upgrade", s.Version, s.Oldest, s.Known)
	}
	return nil
}

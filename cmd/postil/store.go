package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/google/uuid"

	"postil/comments"
	"postil/comments/postgres"
	"postil/comments/sqlite"
)

// storeFlags say where everything is kept.
type storeFlags struct {
	Data     string `help:"Folder of the database file, the published files and the secret keys; made when missing." default:"./postil-data" placeholder:"DIR"`
	Database string `help:"PostgreSQL to use, as postgres://user@host/name. Empty: one SQLite file in the data folder." placeholder:"URL"`
	Public   string `help:"Folder for the published files. Empty: public/ in the data folder." placeholder:"DIR"`
}

func (f *storeFlags) publicDir() string {
	if f.Public != "" {
		return f.Public
	}
	return filepath.Join(f.Data, "public")
}

// describe names the database without its password.
func (f *storeFlags) describe() string {
	if f.Database == "" {
		return "SQLite, " + filepath.Join(f.Data, "postil.db")
	}
	if u, err := url.Parse(f.Database); err == nil {
		return "PostgreSQL, " + u.Redacted()
	}
	return "PostgreSQL"
}

func (f *storeFlags) check() error {
	if f.Database != "" && !strings.HasPrefix(f.Database, "postgres://") && !strings.HasPrefix(f.Database, "postgresql://") {
		return errors.New("--database: is no postgres:// address; leave it empty for SQLite in the data folder")
	}
	return nil
}

// open makes the data folder when it is missing and opens the store,
// migrating its schema. It removes what killed imports left.
func (f *storeFlags) open(ctx context.Context) (comments.Store, error) {
	if err := f.check(); err != nil {
		return nil, usageError{err}
	}
	if err := os.MkdirAll(f.Data, 0o700); err != nil {
		return nil, fmt.Errorf("--data: %w", err)
	}
	sweepScratch(f.Data)
	if f.Database != "" {
		return postgres.Open(ctx, f.Database)
	}
	return sqlite.Open(ctx, filepath.Join(f.Data, "postil.db"))
}

// newID makes a UUID of version 7 for a given time: milliseconds first, then
// random bits (RFC 9562 §5.7).
func newID(t time.Time) (comments.ID, error) {
	u, err := uuid.NewRandom()
	id := comments.ID(u)
	ms := t.UnixMilli()
	for i := range 6 {
		id[i] = byte(ms >> (40 - 8*i))
	}
	id[6] = id[6]&0x0f | 0x70
	return id, err
}

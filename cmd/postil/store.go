package main

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
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
	Data     string `help:"Folder of the database file, the published files and the secret key; made when missing." default:"./postil-data" placeholder:"DIR"`
	Database string `help:"PostgreSQL to use, as postgres://user@host/name. Empty: one SQLite file in the data folder." placeholder:"URL"`
	Public   string `help:"Folder for the published files. Empty: public/ in the data folder." placeholder:"DIR"`
}

// secretSize is the length of secret.key in bytes, before encoding.
const secretSize = 32

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
// migrating its schema.
func (f *storeFlags) open(ctx context.Context) (comments.Store, error) {
	if err := f.check(); err != nil {
		return nil, usageError{err}
	}
	if err := os.MkdirAll(f.Data, 0o700); err != nil {
		return nil, fmt.Errorf("--data: %w", err)
	}
	if f.Database != "" {
		return postgres.Open(ctx, f.Database)
	}
	return sqlite.Open(ctx, filepath.Join(f.Data, "postil.db"))
}

// secret reads the key that signs forms and derives edit keys, or makes it.
// Losing it costs readers their open forms and repeated posts, no comment.
func (f *storeFlags) secret() ([]byte, error) {
	name := filepath.Join(f.Data, "secret.key")
	text, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		return makeSecret(name)
	}
	if err != nil {
		return nil, err
	}
	key, err := base64.StdEncoding.DecodeString(strings.TrimSpace(string(text)))
	if err != nil || len(key) < secretSize {
		return nil, fmt.Errorf("%s: is not a key of %d bytes in base64; restore it from a backup, or remove it to get a new one", name, secretSize)
	}
	return key, nil
}

// makeSecret writes the key under another name first and links it into
// place, so that of two processes starting at once both use the same key and
// neither ever reads half of one.
func makeSecret(name string) ([]byte, error) {
	key := make([]byte, secretSize)
	rand.Read(key)
	temp, err := os.CreateTemp(filepath.Dir(name), ".secret-*")
	if err != nil {
		return nil, err
	}
	defer os.Remove(temp.Name())
	_, werr := temp.WriteString(base64.StdEncoding.EncodeToString(key) + "\n")
	if err := errors.Join(werr, temp.Sync(), temp.Close()); err != nil {
		return nil, err
	}
	if err := os.Link(temp.Name(), name); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, err
	}
	return (&storeFlags{Data: filepath.Dir(name)}).secret()
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

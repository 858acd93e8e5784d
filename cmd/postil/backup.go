package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"postil/comments/postgres"
	"postil/comments/sqlite"
	"postil/feeds"
)

type backupCmd struct {
	File string `arg:"" help:"File to write; it must not exist yet."`
}

// Help says what is in the file.
func (backupCmd) Help() string {
	return `The copy is of one moment and may be made while the server runs. With SQLite it is a database file, with PostgreSQL an archive of all tables. It does not hold secret.key, which opens the sealed addresses in it: keep a copy of that in another place. Published files are not in it either, for they follow from the database.`
}

func (c *backupCmd) Run(ctx context.Context, std *stdio, flags *storeFlags) error {
	if _, err := os.Lstat(c.File); err == nil {
		return fmt.Errorf("%s exists; choose another name, or remove it first", c.File)
	}
	store, err := flags.open(ctx)
	if err != nil {
		return err
	}
	defer store.Close()
	switch store := store.(type) {
	case *sqlite.Store:
		temp := filepath.Join(filepath.Dir(c.File), fmt.Sprintf(".%s.writing-%d", filepath.Base(c.File), os.Getpid()))
		defer os.Remove(temp)
		if err := store.Backup(ctx, temp); err != nil {
			return err
		}
		if err := errors.Join(os.Rename(temp, c.File), syncFolder(c.File)); err != nil {
			return err
		}
	case *postgres.Store:
		if err := replaceFile(c.File, func(w io.Writer) error { return store.Backup(ctx, w, time.Now()) }); err != nil {
			return err
		}
	}
	info, err := os.Stat(c.File)
	if err != nil {
		return err
	}
	fmt.Fprintf(std.out, "Wrote %s, %d bytes. Keep a copy of secret.key too, in another place.\n", c.File, info.Size())
	return nil
}

type restoreCmd struct {
	File string `arg:"" help:"File that \"postil backup\" wrote."`
	Yes  bool   `help:"Really replace everything that is in the database." noenv:""`
}

// Help says what happens to what is there.
func (restoreCmd) Help() string {
	return `The whole file is verified before anything is replaced. With SQLite no server may run meanwhile. Afterwards all published files are written anew.`
}

func (c *restoreCmd) Run(ctx context.Context, std *stdio, flags *storeFlags) error {
	if !c.Yes {
		return usageError{fmt.Errorf("this replaces all that is in the database (%s); add --yes to do it", flags.describe())}
	}
	if err := flags.check(); err != nil {
		return usageError{err}
	}
	if err := c.fits(flags); err != nil {
		return err
	}
	if flags.Database == "" {
		if err := c.intoFile(ctx, flags); err != nil {
			return err
		}
	} else if err := c.intoServer(ctx, flags); err != nil {
		return err
	}
	fmt.Fprintf(std.out, "Restored %s. The next start of the server, or \"postil publish --all\", writes the published files anew.\n", c.File)
	return nil
}

// fits refuses a backup of the other kind of database, for which what reads it
// would only find damage.
func (c *restoreCmd) fits(flags *storeFlags) error {
	f, err := os.Open(c.File)
	if err != nil {
		return err
	}
	defer f.Close()
	start := make([]byte, len("SQLite format 3"))
	n, _ := io.ReadFull(f, start) // what is shorter is told by what reads it
	switch start = start[:n]; {
	case flags.Database == "" && bytes.HasPrefix(start, []byte("PK")):
		return fmt.Errorf("%s is a backup of a PostgreSQL database; name one with --database", c.File)
	case flags.Database != "" && bytes.HasPrefix(start, []byte("SQLite")):
		return fmt.Errorf("%s is a backup of an SQLite database; leave --database out, or take it there with export and import of the format postil", c.File)
	}
	return nil
}

// intoFile replaces the SQLite file, under the lock of the published files, so
// that no server starts meanwhile.
func (c *restoreCmd) intoFile(ctx context.Context, flags *storeFlags) error {
	if err := os.MkdirAll(flags.Data, 0o700); err != nil {
		return fmt.Errorf("--data: %w", err)
	}
	dir, err := feeds.OpenDir(flags.publicDir())
	if errors.Is(err, feeds.ErrLocked) {
		return fmt.Errorf("a server is running; stop it first (%w)", err)
	}
	if err != nil {
		return err
	}
	defer dir.Close()
	return sqlite.Restore(ctx, c.File, filepath.Join(flags.Data, "postil.db"))
}

func (c *restoreCmd) intoServer(ctx context.Context, flags *storeFlags) error {
	f, err := os.Open(c.File)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	store, err := postgres.Open(ctx, flags.Database)
	if err != nil {
		return err
	}
	defer store.Close()
	if err := store.Restore(ctx, f, info.Size()); err != nil {
		return fmt.Errorf("%s: %w", c.File, err)
	}
	return nil
}

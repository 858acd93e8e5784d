package main

import (
	"context"
	"fmt"
	"io"
	"path/filepath"

	"postil/comments/postgres"
	"postil/comments/sqlite"
	"postil/migrate/schema"
)

type migrateCmd struct {
	Contract bool `help:"Take away what programs older than this release's predecessor use, too. None may run any more." noenv:""`
}

// Help says when it is needed, and what a release may do to the tables.
func (migrateCmd) Help() string {
	return `"postil serve" does the same at its start. Of use before a release is rolled out: by a job, and with a database user of its own, where that of the server may not change tables. Others that do it at the same time are waited for; readers and writers go on.

A release first adds to the tables (expand), so that the one before it goes on working, and takes away only what the one before it has ceased to use (contract). Where a release was left out, the oldest program that may still run would lose what it uses: this is refused until you have stopped all of those and say --contract.`
}

// Run migrates.
func (c *migrateCmd) Run(ctx context.Context, std *stdio, flags *storeFlags) error {
	if err := flags.check(); err != nil {
		return usageError{err}
	}
	before, err := tables(ctx, flags)
	if err != nil {
		return fmt.Errorf("%s: %w", flags.describe(), err)
	}
	if err := c.allows(before); err != nil {
		return err
	}
	if err := bringUp(ctx, flags); err != nil {
		return fmt.Errorf("%s: %w", flags.describe(), err)
	}
	after, err := tables(ctx, flags)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(std.out, migrated(before, after))
	return err
}

// allows refuses to take away what a program that may be running uses.
func (c *migrateCmd) allows(s schema.State) error {
	if c.Contract || !s.ShutsOut() {
		return nil
	}
	return fmt.Errorf("the tables have version %d, and this release takes away what programs of before version %d use: first roll out the releases in between, one after the other; or stop all that run and add --contract", s.Version, s.Next)
}

// migrated tells what has become of the tables.
func migrated(before, after schema.State) string {
	done := fmt.Sprintf("Brought the tables from version %d to %d", before.Version, after.Version)
	switch {
	case after.Version > after.Known:
		done = fmt.Sprintf("The tables have version %d, of a newer release", after.Version)
	case before.Version == after.Version:
		done = fmt.Sprintf("The tables have version %d already", after.Version)
	case before.Version == 0:
		done = fmt.Sprintf("Made the tables of version %d", after.Version)
	}
	return fmt.Sprintf("%s; programs of version %d and later work with them.", done, after.Oldest)
}

// tables reads what the database says about its tables.
func tables(ctx context.Context, flags *storeFlags) (schema.State, error) {
	if flags.Database != "" {
		return postgres.State(ctx, flags.Database)
	}
	return sqlite.State(ctx, filepath.Join(flags.Data, "postil.db"))
}

// bringUp makes no data folder where the tables are elsewhere: a job has none.
func bringUp(ctx context.Context, flags *storeFlags) error {
	var store io.Closer
	var err error
	if flags.Database != "" {
		store, err = postgres.Open(ctx, flags.Database)
	} else {
		store, err = flags.open(ctx)
	}
	if err != nil {
		return err
	}
	return store.Close()
}

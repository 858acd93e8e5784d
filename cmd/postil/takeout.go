package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"postil/comments"
	"postil/migrate"
)

// takeoutFlags say what of a whole site is to be exported, and how.
type takeoutFlags struct {
	Format string `help:"Everything that is stored: postil (all of it, for import into another postil), disqus-wxr, isso, csv, atom." placeholder:"FORMAT" noenv:"" group:"Whole sites"`
	Since  string `help:"Only comments that have changed since, such as 2026-01-31 or 2026-01-31T12:00:00Z." placeholder:"TIME" noenv:"" group:"Whole sites"`
	Output string `short:"o" help:"File to write. Empty: standard output." placeholder:"FILE" noenv:"" group:"Whole sites"`
}

func (f *takeoutFlags) since() (time.Time, error) {
	for _, layout := range []string{time.RFC3339, time.DateOnly} {
		if t, err := time.Parse(layout, f.Since); err == nil {
			return t, nil
		}
	}
	if f.Since == "" {
		return time.Time{}, nil
	}
	return time.Time{}, usageError{fmt.Errorf("--since: %q is no time; write 2026-01-31 or 2026-01-31T12:00:00Z", f.Since)}
}

// takeOut exports the named site, or all.
func (f *takeoutFlags) takeOut(ctx context.Context, std *stdio, flags *storeFlags, c *exportCmd) error {
	if c.Author || c.Badge != "" || c.Email != "" {
		return usageError{errors.New("--format writes out whole sites; leave it out for one person")}
	}
	since, err := f.since()
	if err != nil {
		return err
	}
	store, err := flags.open(ctx)
	if err != nil {
		return err
	}
	defer store.Close()
	x := migrate.Export{Since: since, Imports: store}
	if x.Sites, err = chosenSites(ctx, store, c.Site); err != nil {
		return err
	}
	scratch, err := newScratch(flags)
	if err != nil {
		return err
	}
	defer scratch.remove()
	x.Scratch = scratch.path
	var done migrate.Exported
	write := func(w io.Writer) (err error) {
		done, err = x.Write(ctx, f.Format, w)
		return err
	}
	if f.Output == "" {
		return write(std.out)
	}
	if err := replaceFile(f.Output, write); err != nil {
		return err
	}
	fmt.Fprintf(std.err, "Wrote %s on %s to %s.\n", many(done.Comments, "comment"), many(done.Threads, "page"), f.Output)
	return nil
}

func chosenSites(ctx context.Context, store comments.Reader, host string) ([]comments.Site, error) {
	if host == "" {
		return store.Sites(ctx)
	}
	site, err := findSite(ctx, store, host)
	return []comments.Site{site}, err
}

// replaceFile writes a file that only its owner can read, under another name
// first, so that under its own it is always whole.
func replaceFile(name string, write func(io.Writer) error) error {
	temp, err := os.CreateTemp(filepath.Dir(name), ".writing-*") // mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(temp.Name())
	if err := errors.Join(write(temp), temp.Sync(), temp.Close()); err != nil {
		return err
	}
	if err := os.Rename(temp.Name(), name); err != nil {
		return err
	}
	return syncFolder(name)
}

package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"time"

	"github.com/schollz/progressbar/v3"

	"postil/comments"
	"postil/feeds"
)

// outputFlags say for which address files are published.
type outputFlags struct {
	URL string `help:"Address by which readers reach the service. Empty: the one the server last had." name:"url" placeholder:"URL"`
}

// publisher opens a publisher on a directory for a command.
func (f *outputFlags) publisher(store comments.Reader, dir *feeds.Dir, std *stdio) (*feeds.Publisher, error) {
	base, err := checkURL(f.URL)
	if err != nil {
		return nil, usageError{fmt.Errorf("--url: %w", err)}
	}
	if base == "" {
		if base, err = dir.Base(); err != nil {
			return nil, err
		}
	}
	if base == "" {
		return nil, usageError{errors.New("--url: nothing has been published here yet; name the address of the service, such as https://comments.example")}
	}
	return newPublisher(store, dir, base, slog.New(slog.NewTextHandler(std.err, nil)))
}

type publishCmd struct {
	All bool `help:"Write every file anew, and remove what should not be there."`
	outputFlags
}

// Run refuses while a server runs: that one publishes by itself.
func (c *publishCmd) Run(ctx context.Context, std *stdio, flags *storeFlags) error {
	store, err := flags.open(ctx)
	if err != nil {
		return err
	}
	defer store.Close()
	dir, err := feeds.OpenDir(flags.publicDir())
	if errors.Is(err, feeds.ErrLocked) {
		return fmt.Errorf("%w\nA running server publishes by itself, and mends an emptied folder too", err)
	}
	if err != nil {
		return err
	}
	defer dir.Close()
	publisher, err := c.publisher(store, dir, std)
	if err != nil {
		return err
	}
	if !c.All {
		if err := publisher.Pass(ctx); err != nil {
			return err
		}
		fmt.Fprintln(std.out, "All files are as the database has them.")
		return nil
	}
	return rebuild(ctx, publisher, std)
}

func rebuild(ctx context.Context, publisher *feeds.Publisher, std *stdio) error {
	defer collectLess()()
	began, pages := time.Now(), 0
	show, finish := progress(std)
	err := publisher.Rebuild(ctx, func(done, total int) {
		pages = done
		show(done, total)
	})
	finish()
	if err != nil {
		return err
	}
	fmt.Fprintf(std.out, "Published %d pages in %v.\n", pages, time.Since(began).Round(time.Millisecond))
	return nil
}

// progress shows a bar on a terminal, and nothing where nobody watches.
func progress(std *stdio) (show func(done, total int), finish func()) {
	if !isTerminal(std.err) {
		return func(int, int) {}, func() {}
	}
	bar := progressbar.NewOptions(-1, progressbar.OptionSetWriter(std.err), progressbar.OptionSetDescription("Publishing"),
		progressbar.OptionShowCount(), progressbar.OptionShowIts(), progressbar.OptionClearOnFinish())
	show = func(done, total int) {
		bar.ChangeMax(total)
		_ = bar.Set(done) // a bar that cannot be drawn is no failure
	}
	return show, func() { _ = bar.Finish() }
}

func isTerminal(w any) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

type checkCmd struct {
	outputFlags
}

// Run changes nothing, and may run beside a server.
func (c *checkCmd) Run(ctx context.Context, std *stdio, flags *storeFlags) error {
	store, err := flags.open(ctx)
	if err != nil {
		return err
	}
	defer store.Close()
	dir, err := feeds.ViewDir(flags.publicDir())
	if err != nil {
		return fmt.Errorf("%w; nothing has been published here yet", err)
	}
	defer dir.Close()
	publisher, err := c.publisher(store, dir, std)
	if err != nil {
		return err
	}
	differences := 0
	err = publisher.Check(ctx, func(d feeds.Difference) {
		differences++
		fmt.Fprintf(std.out, "%s: %s\n", d.Fault, d.Path)
	})
	if err != nil {
		return err
	}
	if differences > 0 {
		return fmt.Errorf("%d files differ from the database; mend them with: postil publish --all", differences)
	}
	fmt.Fprintln(std.out, "All files are as the database has them.")
	return nil
}

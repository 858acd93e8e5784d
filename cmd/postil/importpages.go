package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"postil/comments"
	"postil/feeds"
)

// keepQuery adds to the site's parameters what the import keeps: pages whose
// readers' browsers could not name them would be lost. Where nothing comes of
// the import, forget takes it back.
func (c *importCmd) keepQuery(ctx context.Context, store comments.Store) (forget func() error, err error) {
	forget = func() error { return nil }
	if len(c.KeepQuery) == 0 || c.DryRun {
		return forget, nil
	}
	site, err := findSite(ctx, store, c.Site)
	if err != nil {
		return forget, err
	}
	before := site
	site.Settings.KeepQuery = slices.Clone(before.Settings.KeepQuery)
	for _, name := range c.KeepQuery {
		if !slices.Contains(site.Settings.KeepQuery, name) {
			site.Settings.KeepQuery = append(site.Settings.KeepQuery, name)
		}
	}
	if len(site.Settings.KeepQuery) == len(before.Settings.KeepQuery) {
		return forget, nil
	}
	if err := site.Settings.Validate(); err != nil {
		return forget, err
	}
	forget = func() error { return store.PutSite(context.WithoutCancel(ctx), before) }
	return forget, store.PutSite(ctx, site)
}

// publishImport has the pages published at the end: by a running server, which
// does so by itself, or by this process.
func publishImport(ctx context.Context, std *stdio, flags *storeFlags, store comments.Store) error {
	dir, err := feeds.OpenDir(flags.publicDir())
	if errors.Is(err, feeds.ErrLocked) {
		fmt.Fprintln(std.err, "The running server publishes the pages.")
		return nil
	}
	if err != nil {
		return err
	}
	defer dir.Close()
	if base, err := dir.Base(); base == "" {
		fmt.Fprintln(std.err, "The server publishes the pages at its first start.")
		return err
	}
	began := time.Now()
	if err := publishPending(ctx, store, dir); err != nil {
		return fmt.Errorf("all comments are stored, but not all pages are published; the server goes on with it at its next start, or run: postil publish (%w)", err)
	}
	fmt.Fprintf(std.err, "Published in %v.\n", time.Since(began).Round(time.Millisecond))
	return nil
}

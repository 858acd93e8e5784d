package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"time"

	"postil/comments"
	"postil/feeds"
)

// settleTimeout is how long a command waits for a running server to publish
// what it decided.
const settleTimeout = 30 * time.Second

// desk lets a command decide about comments beside a running server, or
// without one.
type desk struct {
	service *comments.Service
}

func newDesk(flags *storeFlags, store comments.Store) (*desk, error) {
	keys, err := flags.keys()
	if err != nil {
		return nil, err
	}
	return deskWith(flags, store, keys), nil
}

func deskWith(flags *storeFlags, store comments.Store, keys comments.Keyring) *desk {
	settle := func(ctx context.Context, site string, change int64) error {
		return settle(ctx, flags, store, site, change)
	}
	return &desk{newService(comments.Config{Store: store, Keys: keys, Judge: judgeNothing, Changed: func() {}, Settle: settle})}
}

// judgeNothing stands for the defences: commands receive no comments.
func judgeNothing(context.Context, comments.Case) ([]comments.Verdict, error) { return nil, nil }

// decideStep is how many comments change in one transaction.
const decideStep = 200

// decideAll gives comments a status, those of one site after another, and
// returns what it has changed, also when it could not finish.
func (d *desk) decideAll(ctx context.Context, by string, list []comments.Comment, status comments.Status) (changed []comments.Comment, err error) {
	hosts, ids := group(list)
	for _, host := range hosts {
		for some := range slices.Chunk(ids[host], decideStep) {
			done, err := d.decide(ctx, by, host, some, status)
			changed = append(changed, done...)
			if err != nil {
				return changed, err
			}
		}
	}
	return changed, nil
}

func (d *desk) decide(ctx context.Context, by, host string, ids []comments.ID, status comments.Status) ([]comments.Comment, error) {
	if status == comments.Deleted {
		return d.service.Erase(ctx, by, host, ids)
	}
	return d.service.Decide(ctx, by, host, ids, status)
}

// settle has a change published: by the server that holds the output
// directory, or by this process if there is none.
func settle(ctx context.Context, flags *storeFlags, store comments.Reader, site string, change int64) error {
	ctx, cancel := context.WithTimeout(ctx, settleTimeout)
	defer cancel()
	dir, err := feeds.OpenDir(flags.publicDir())
	if err == nil {
		defer dir.Close()
		return publishPending(ctx, store, dir)
	}
	if !errors.Is(err, feeds.ErrLocked) {
		return err
	}
	return awaitServer(ctx, flags, store, site, change)
}

func awaitServer(ctx context.Context, flags *storeFlags, store comments.Reader, host string, change int64) error {
	view, err := feeds.ViewDir(flags.publicDir())
	if err != nil {
		return err
	}
	defer view.Close()
	site, err := findSite(ctx, store, host)
	if err != nil {
		return err
	}
	return view.Await(ctx, site.Host, site.Epoch, change)
}

// publishPending publishes with the address that the last server had.
func publishPending(ctx context.Context, store comments.Reader, dir *feeds.Dir) error {
	base, err := dir.Base()
	if err != nil {
		return err
	}
	if base == "" {
		return nil // nothing has ever been published here
	}
	publisher, err := newPublisher(store, dir, base, slog.New(slog.NewTextHandler(io.Discard, nil)))
	if err != nil {
		return err
	}
	if err := publisher.Pass(ctx); err != nil {
		return fmt.Errorf("publish: %w", err)
	}
	return nil
}

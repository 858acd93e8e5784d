package main

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync/atomic"
	"time"

	"postil/comments"
	"postil/feeds"
	"postil/static"
)

// outlet is where readers' files come from. As long as the process before
// still publishes, they are read from its directory, each time anew: nothing
// older than what it has acknowledged is ever shown.
type outlet struct {
	store comments.Reader
	dir   string
	base  string

	publisher atomic.Pointer[feeds.Publisher]
	open      chan struct{} // closed once there is a publisher
}

func newOutlet(store comments.Reader, dir, base string) *outlet {
	return &outlet{store: store, dir: dir, base: base, open: make(chan struct{})}
}

// become lets a publisher answer from now on. It is called once.
func (o *outlet) become(p *feeds.Publisher) {
	o.publisher.Store(p)
	close(o.open)
}

// current returns the publisher, or nil before there is one.
func (o *outlet) current() *feeds.Publisher { return o.publisher.Load() }

// File returns a file as [feeds.Publisher.File] does. What can only be made by
// one who publishes is waited for.
func (o *outlet) File(ctx context.Context, path string) (*static.File, error) {
	if p := o.current(); p != nil {
		return p.File(ctx, path)
	}
	f, err := o.view(ctx, path)
	if comments.KindOf(err) != comments.Unavailable {
		return f, err
	}
	select {
	case <-o.open:
		return o.current().File(ctx, path)
	case <-ctx.Done():
		return nil, err
	}
}

// view looks into the directory of the process before.
func (o *outlet) view(ctx context.Context, path string) (*static.File, error) {
	unavailable := func(err error) error {
		return &comments.Error{Kind: comments.Unavailable, Text: "The file cannot be read now.", Cause: err}
	}
	dir, err := feeds.ViewDir(o.dir)
	if err != nil {
		return nil, unavailable(err)
	}
	defer dir.Close()
	p, err := newPublisher(o.store, dir, o.base, slog.New(slog.DiscardHandler)) // it would complain that it cannot write
	if err != nil {
		return nil, unavailable(err)
	}
	return p.File(ctx, path)
}

// Wait returns once the files show a change, as [feeds.Publisher.Wait] does.
func (o *outlet) Wait(ctx context.Context, site string, change int64) error {
	select {
	case <-o.open:
		return o.current().Wait(ctx, site, change)
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Nudge tells the publisher, if there is one, that something may be new. One
// that comes later looks by itself.
func (o *outlet) Nudge() {
	if p := o.current(); p != nil {
		p.Nudge()
	}
}

// How long the newcomer waits for a directory whose holder has ended: another
// command, such as "postil publish", may have been quicker.
const (
	freedWithin = time.Minute
	freedPoll   = 10 * time.Millisecond
)

// openFreed opens an output directory that its holder gives up at this moment.
func openFreed(ctx context.Context, path string) (*feeds.Dir, error) {
	ctx, cancel := context.WithTimeout(ctx, freedWithin)
	defer cancel()
	poll := time.NewTicker(freedPoll)
	defer poll.Stop()
	for {
		dir, err := feeds.OpenDir(path)
		if !errors.Is(err, feeds.ErrLocked) {
			return dir, err
		}
		select {
		case <-poll.C:
		case <-ctx.Done():
			return nil, err
		}
	}
}

func sameKeys(a, b [][]byte) bool { return slices.EqualFunc(a, b, bytes.Equal) }

package storetest

import (
	"context"
	"errors"
	"time"

	"postil/comments"
)

func failureTests() tests {
	return tests{
		"a call that was cancelled stores nothing":          failCancelled,
		"a transaction that is cancelled is undone":         failCancelledWithin,
		"a call out of time is unavailable, not absent":     failDeadline,
		"a closed store is unavailable, and closes again":   failClosed,
		"a callback that panics leaves nothing behind":      failPanic,
		"a store goes on after a call failed":               failGoOn,
		"a status that does not exist is refused by tables": failStatus,
	}
}

// unavailable demands an error of kind Unavailable with a cause.
func (f *fixture) unavailable(err, cause error) {
	f.Helper()
	f.fails(err, comments.Unavailable, "")
	if !errors.Is(err, cause) {
		f.Errorf("got error %v, want its cause to be %v", err, cause)
	}
}

func failCancelled(f *fixture) {
	ctx, cancel := context.WithCancel(f.Context())
	cancel()
	c := f.comment("never stored")
	_, err := f.Add(ctx, []comments.Comment{c})
	f.unavailable(err, context.Canceled)
	_, err = f.Find(ctx, c.ID)
	f.unavailable(err, context.Canceled)
	_, err = f.Find(f.Context(), c.ID)
	f.fails(err, comments.NotFound, "")
}

func failCancelledWithin(f *fixture) {
	c := f.add1(f.comment("stays"))
	ctx, cancel := context.WithCancel(f.Context())
	_, _, err := f.Update(ctx, f.site.Host, []comments.ID{c.ID}, func(c *comments.Comment) error {
		c.Source = "changed"
		cancel()
		return nil
	})
	f.unavailable(err, context.Canceled)
	f.same("as found", c, f.find(c.ID))
	f.same("head", int64(1), f.head())
}

func failDeadline(f *fixture) {
	ctx, cancel := context.WithDeadline(f.Context(), time.Unix(0, 0))
	defer cancel()
	_, err := f.Sites(ctx)
	f.unavailable(err, context.DeadlineExceeded)
	f.unavailable(f.PutSite(ctx, f.site), context.DeadlineExceeded)
	_, err = f.Thread(ctx, "unknown.example", page)
	f.unavailable(err, context.DeadlineExceeded)
}

func failClosed(f *fixture) {
	store := f.open(f.T)
	f.must(store.Close())
	f.must(store.Close())
	ctx, host, c := f.Context(), f.site.Host, f.comment("never stored")
	for name, call := range map[string]func() error{
		"Sites":      func() error { _, err := store.Sites(ctx); return err },
		"Thread":     func() error { _, err := store.Thread(ctx, host, page); return err },
		"Threads":    func() error { _, err := store.Threads(ctx, host, "", 1); return err },
		"Range":      func() error { _, err := store.Range(ctx, host, page, 1, 2); return err },
		"Latest":     func() error { _, err := store.Latest(ctx, host, 1); return err },
		"List":       func() error { _, err := store.List(ctx, host, comments.Held, c.ID, 1); return err },
		"Find":       func() error { _, err := store.Find(ctx, c.ID); return err },
		"Imported":   func() error { _, err := store.Imported(ctx, host, "a", []string{"1"}); return err },
		"Changes":    func() error { _, err := store.Changes(ctx, host, 0, 1); return err },
		"PutSite":    func() error { return store.PutSite(ctx, f.site) },
		"RemoveSite": func() error { return store.RemoveSite(ctx, host) },
		"Alias":      func() error { return store.Alias(ctx, host, "/a", "/b") },
		"Add":        func() error { _, err := store.Add(ctx, []comments.Comment{c}); return err },
		"Update": func() error {
			_, _, err := store.Update(ctx, host, []comments.ID{c.ID}, func(*comments.Comment) error { return nil })
			return err
		},
		"Watch": func() error { return store.Watch(ctx, func() {}) },
	} {
		if err := call(); comments.KindOf(err) != comments.Unavailable {
			f.Errorf("%s of a closed store: got error %v, want one of kind Unavailable", name, err)
		}
	}
}

func failGoOn(f *fixture) {
	c := f.add1(f.comment("1"))
	for range 20 { // more often than there are connections
		ctx, cancel := context.WithCancel(f.Context())
		_, _, err := f.Update(ctx, f.site.Host, idsOf([]comments.Comment{c}), func(c *comments.Comment) error {
			c.Source = "changed"
			cancel()
			return nil
		})
		f.unavailable(err, context.Canceled)
		f.refused(f.reply(f.comment("never stored"), "answer"))
	}
	f.add(f.comment("2"))
}

func failPanic(f *fixture) {
	c := f.add1(f.comment("1"))
	func() {
		defer func() {
			if recover() == nil {
				f.Error("the panic did not reach the caller")
			}
		}()
		_, _, _ = f.Update(f.Context(), f.site.Host, idsOf([]comments.Comment{c}), func(c *comments.Comment) error {
			c.Source = "changed"
			panic("on purpose")
		})
	}()
	f.same("as found", c, f.find(c.ID))
	f.add(f.comment("2"))
}

func failStatus(f *fixture) {
	c := f.add1(f.comment("1"))
	_, _, err := f.Update(f.Context(), f.site.Host, []comments.ID{c.ID}, func(c *comments.Comment) error {
		c.Status = "unheard of"
		return nil
	})
	if comments.KindOf(err) != comments.Internal || err == nil {
		f.Errorf("got error %v, want one of kind Internal", err)
	}
	_, _, err = f.Update(f.Context(), f.site.Host, []comments.ID{c.ID}, func(c *comments.Comment) error {
		c.Status = comments.Deleted // but its words are there
		return nil
	})
	if comments.KindOf(err) != comments.Internal || err == nil {
		f.Errorf("got error %v, want one of kind Internal", err)
	}
	f.same("as found", c, f.find(c.ID))
}

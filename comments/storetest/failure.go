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
		"a closed store does nothing for moderators either": failDeskClosed,
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
	_, _, err := f.Update(ctx, f.site.Host, comments.Act{}, []comments.ID{c.ID}, func(c *comments.Comment) error {
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
			_, _, err := store.Update(ctx, host, comments.Act{}, []comments.ID{c.ID}, func(*comments.Comment) error { return nil })
			return err
		},
		"Watch":       func() error { return store.Watch(ctx, func() {}) },
		"Answers":     func() error { _, err := store.Answers(ctx, host, page, c.ID, 1); return err },
		"CloseThread": func() error { _, err := store.CloseThread(ctx, host, page, true); return err },
	} {
		f.closedStore(name, call)
	}
}

func (f *fixture) closedStore(name string, call func() error) {
	f.Helper()
	if err := call(); comments.KindOf(err) != comments.Unavailable {
		f.Errorf("%s of a closed store: got error %v, want one of kind Unavailable", name, err)
	}
}

func failDeskClosed(f *fixture) {
	store := f.open(f.T)
	f.must(store.Close())
	ctx, host, id, at, d := f.Context(), f.site.Host, f.id(), f.now(), f.delivery(1)
	s, subscriber := comments.BadgeStanding{Badge: comments.Badge{1}, Standing: comments.Known}, f.subscriber(f.comment("1"), "me@a.example")
	for name, call := range map[string]func() error{
		"Search":             func() error { _, err := store.Search(ctx, comments.Filter{Site: host, Limit: 1}); return err },
		"Tally":              func() error { _, err := store.Tally(ctx, host, 1); return err },
		"Days":               func() error { _, err := store.Days(ctx, host, at); return err },
		"OpenThreads":        func() error { _, err := store.OpenThreads(ctx, host, at, 1); return err },
		"Events":             func() error { _, err := store.Events(ctx, host, 0, 1); return err },
		"Trail":              func() error { _, err := store.Trail(ctx, host, id, 0, 1); return err },
		"PruneEvents":        func() error { return store.PruneEvents(ctx, host, at) },
		"Dispatched":         func() error { _, err := store.Dispatched(ctx, host); return err },
		"Dispatch":           func() error { _, err := store.Dispatch(ctx, host, 0, 1, nil); return err },
		"Enqueue":            func() error { return store.Enqueue(ctx, []comments.Delivery{d}) },
		"Claim":              func() error { _, err := store.Claim(ctx, at, at, 1); return err },
		"Settle":             func() error { return store.Settle(ctx, d) },
		"Finish":             func() error { return store.Finish(ctx, d) },
		"Deliveries":         func() error { _, err := store.Deliveries(ctx, host, comments.Dead, 1); return err },
		"Revive":             func() error { _, err := store.Revive(ctx, host, []comments.ID{id}, at); return err },
		"NextDue":            func() error { _, err := store.NextDue(ctx); return err },
		"Subscribe":          func() error { _, err := store.Subscribe(ctx, subscriber, nil); return err },
		"Subscription":       func() error { _, err := store.Subscription(ctx, host, id); return err },
		"SubscriptionsOf":    func() error { _, err := store.SubscriptionsOf(ctx, host, []comments.ID{id}); return err },
		"SubscriptionsAt":    func() error { _, err := store.SubscriptionsAt(ctx, host, subscriber.Index); return err },
		"Confirm":            func() error { return store.Confirm(ctx, host, subscriber.Index, at) },
		"Unsubscribe":        func() error { return store.Unsubscribe(ctx, host, []comments.ID{id}) },
		"PruneSubscriptions": func() error { _, err := store.PruneSubscriptions(ctx, host, at); return err },
		"Reseal":             func() error { return store.Reseal(ctx, resealing, noModerators) },
		"Moderators":         func() error { _, err := store.Moderators(ctx); return err },
		"PutModerator":       func() error { return store.PutModerator(ctx, f.moderator("mia")) },
		"RemoveModerator":    func() error { return store.RemoveModerator(ctx, "mia") },
		"Standing":           func() error { _, err := store.Standing(ctx, host, s.Badge); return err },
		"Standings":          func() error { _, err := store.Standings(ctx, host); return err },
		"PutStanding":        func() error { return store.PutStanding(ctx, host, s, false) },
	} {
		f.closedStore(name, call)
	}
}

func failGoOn(f *fixture) {
	c := f.add1(f.comment("1"))
	for range 20 { // more often than there are connections
		ctx, cancel := context.WithCancel(f.Context())
		_, _, err := f.Update(ctx, f.site.Host, comments.Act{}, idsOf([]comments.Comment{c}), func(c *comments.Comment) error {
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
		_, _, _ = f.Update(f.Context(), f.site.Host, comments.Act{}, idsOf([]comments.Comment{c}), func(c *comments.Comment) error {
			c.Source = "changed"
			panic("on purpose")
		})
	}()
	f.same("as found", c, f.find(c.ID))
	f.add(f.comment("2"))
}

func failStatus(f *fixture) {
	c := f.add1(f.comment("1"))
	_, _, err := f.Update(f.Context(), f.site.Host, comments.Act{}, []comments.ID{c.ID}, func(c *comments.Comment) error {
		c.Status = "unheard of"
		return nil
	})
	if comments.KindOf(err) != comments.Internal || err == nil {
		f.Errorf("got error %v, want one of kind Internal", err)
	}
	_, _, err = f.Update(f.Context(), f.site.Host, comments.Act{}, []comments.ID{c.ID}, func(c *comments.Comment) error {
		c.Status = comments.Deleted // but its words are there
		return nil
	})
	if comments.KindOf(err) != comments.Internal || err == nil {
		f.Errorf("got error %v, want one of kind Internal", err)
	}
	f.same("as found", c, f.find(c.ID))
}

package notify_test

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"postil/comments"
	"postil/comments/notify"
	"postil/comments/postgres"
	"postil/comments/storetest"
)

// run lets a courier run until it is stopped, or the test ends.
func run(t *testing.T, c *notify.Courier) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		c.Run(ctx)
	}()
	stop = func() {
		cancel()
		<-done
	}
	t.Cleanup(stop)
	return stop
}

func realTime(c *notify.Config) { c.Now = time.Now }

func TestRunSendsWhatComes(t *testing.T) {
	onEachStore(t, func(t *testing.T, store comments.Store) {
		w := newWorld(t, store, realTime)
		w.moderator("mod", comments.MailEach)
		run(t, w.courier)
		w.post("HOLD this", nil)
		w.courier.Nudge()
		eventually(t, "the mail is there", func() bool { return w.sink.count() == 1 })
		eventually(t, "the outbox is empty", func() bool { return len(w.deliveries(comments.Sending)) == 0 })
		w.empty()
	})
}

func TestCouriersShareTheWorkWithoutRepeatingAny(t *testing.T) {
	t.Parallel()
	url := storetest.Postgres(t)
	open := func() comments.Store {
		store, err := postgres.Open(t.Context(), url)
		must(t, err)
		t.Cleanup(func() { must(t, store.Close()) })
		return store
	}
	for name, stores := range map[string][]comments.Store{
		"postgres": {open(), open(), open()},
		"sqlite":   func(s comments.Store) []comments.Store { return []comments.Store{s, s, s} }(newSQLite(t, t.TempDir()+"/postil.db")),
	} {
		w := newWorld(t, stores[0], realTime)
		h := newHook(t)
		w.hooked(h)
		w.moderator("mod", comments.MailEach)
		const posts = 60
		for range posts {
			w.post("HOLD this", nil)
		}
		for _, s := range stores {
			run(t, w.newCourier(realTime, func(c *notify.Config) { c.Store = s }))
		}
		eventually(t, name+": all calls are there", func() bool { return len(h.got()) >= posts && w.sink.count() >= notify.MaxHeldMails })
		eventually(t, name+": only digests wait", func() bool {
			list := append(w.deliveries(comments.Waiting), w.deliveries(comments.Sending)...)
			return len(list) == 0 || len(list) == 1 && list[0].Kind == comments.TellDigest
		})
		ids := map[string]int{}
		for _, c := range h.got() {
			ids[c.header.Get("webhook-id")]++
		}
		for _, m := range w.sink.to(mod) {
			ids[m.header.Get("Message-ID")]++
		}
		for id, n := range ids {
			if n > 1 {
				t.Errorf("%s: %s was sent %d times", name, id, n)
			}
		}
		if len(ids) < posts+notify.MaxHeldMails {
			t.Errorf("%s: %d calls and mails", name, len(ids))
		}
	}
}

// flaky is a store that fails while it is told to.
type flaky struct {
	comments.Store
	down    atomic.Bool
	refused atomic.Int64
}

var errDown = &comments.Error{Kind: comments.Unavailable, Text: "The database cannot be reached.", Cause: errors.New("down")}

func (f *flaky) fail() error {
	if !f.down.Load() {
		return nil
	}
	f.refused.Add(1)
	return errDown
}

func (f *flaky) Sites(ctx context.Context) ([]comments.Site, error) {
	if err := f.fail(); err != nil {
		return nil, err
	}
	return f.Store.Sites(ctx)
}

func (f *flaky) Finish(ctx context.Context, list ...comments.Delivery) error {
	if err := f.fail(); err != nil {
		return err
	}
	return f.Store.Finish(ctx, list...)
}

func TestADatabaseThatIsAwayEndsNothing(t *testing.T) {
	t.Parallel()
	store := &flaky{Store: newSQLite(t, t.TempDir()+"/postil.db")}
	w := newWorld(t, store, realTime)
	w.moderator("mod", comments.MailEach)
	w.sink.onTaken = func(arrival) { store.down.Store(true) } // while a mail is being sent
	w.post("HOLD this", nil)
	run(t, w.courier)
	eventually(t, "the store was asked in vain", func() bool { return store.refused.Load() > 3 })
	store.down.Store(false)
	w.sink.mu.Lock()
	w.sink.onTaken = nil
	w.sink.mu.Unlock()
	eventually(t, "the outbox is empty", func() bool { return len(w.deliveries(comments.Sending)) == 0 })
	w.empty()
	w.sink.one(mod) // what became of it was noted in the end: it is not sent again
	w.post("HOLD that", nil)
	w.courier.Nudge()
	eventually(t, "the next mail is there", func() bool { return w.sink.count() == 2 })
	if n := strings.Count(w.logs.String(), "notifications wait for the database"); n != 1 {
		t.Errorf("the log complains %d times:\n%s", n, w.logs)
	}
}

func TestStoppingGivesBackWhatIsNotSent(t *testing.T) {
	t.Parallel()
	w := newWorld(t, newSQLite(t, t.TempDir()+"/postil.db"), realTime, func(c *notify.Config) { c.Mail.Timeout = time.Minute })
	w.moderator("mod", comments.MailEach)
	s := startSink(t, &sink{greeting: "220-wait"})
	w.courier = w.newCourier(realTime, func(c *notify.Config) { c.Mail = s.mail() })
	for range 10 {
		w.post("HOLD this", nil)
	}
	stop := run(t, w.courier)
	eventually(t, "mails are being sent", func() bool { return len(w.deliveries(comments.Sending)) == 4 })
	began := time.Now()
	stop()
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("stopping took %v", took)
	}
	for _, d := range w.deliveries(comments.Waiting) {
		if d.Unsure || d.Error != "" {
			t.Errorf("%+v", d)
		}
	}
	if n := len(w.deliveries(comments.Waiting)); n != 10 {
		t.Errorf("%d wait, want all", n)
	}
}

func TestOldDeadDeliveriesAreRemoved(t *testing.T) {
	t.Parallel()
	w := newWorld(t, newSQLite(t, t.TempDir()+"/postil.db"))
	h := newHook(t)
	w.hooked(h)
	h.answers(status(410))
	w.post("published", nil)
	w.flush()
	w.pass(29 * 24 * time.Hour)
	w.post("published", nil)
	w.flush()
	w.pass(2 * 24 * time.Hour)
	stop := run(t, w.courier)
	eventually(t, "the older one is removed", func() bool { return len(w.deliveries(comments.Dead)) == 1 })
	stop()
	w.only(comments.Dead)
}

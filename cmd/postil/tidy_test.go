package main

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"postil/comments"
	"postil/comments/storetest"
)

// TestServersTidyUpTogether lets two servers tidy up one database at the same
// time, over and over, beside what they do by themselves.
func TestServersTidyUpTogether(t *testing.T) {
	t.Parallel()
	dsn := storetest.Postgres(t)
	flags := [2]*storeFlags{{Data: t.TempDir(), Database: dsn}, {Data: t.TempDir(), Database: dsn}}
	receivePast(t, flags[0], 100*day)
	var wg sync.WaitGroup
	var logs [2]*syncBuffer
	for i, f := range flags {
		s, log := serveWith(t, f)
		logs[i] = log
		wg.Go(func() {
			for range 5 {
				s.now.tidyAll(context.WithoutCancel(t.Context()))
			}
		})
	}
	wg.Wait()
	store, _ := openStore(t, flags[0])
	defer store.Close()
	mustBeTidy(t, store)
	for _, log := range logs {
		if said := log.String(); strings.Contains(said, "ERROR") || strings.Contains(said, "unseen") {
			t.Errorf("it says:\n%s", said)
		}
	}
}

// TestServerTidiesUpByItself lets the clock run fast.
func TestServerTidiesUpByItself(t *testing.T) {
	t.Parallel()
	flags := &storeFlags{Data: t.TempDir()}
	receivePast(t, flags, 100*day)
	s, log := serveWith(t, flags)
	ctx, cancel := context.WithCancel(t.Context())
	var done sync.WaitGroup
	done.Go(func() { s.now.tidy(ctx, 0, time.Hour) })
	eventually(t, "it says what it did", func() bool {
		return strings.Contains(log.String(), "held_erased=2") && strings.Contains(log.String(), "spam_erased=1")
	})
	cancel()
	done.Wait()
	mustBeTidy(t, s.now.store)
}

// mustBeTidy finds the old comments erased, the thread closed, and the young
// ones as they were.
func mustBeTidy(t *testing.T, store comments.Store) {
	t.Helper()
	counts, err := store.Tally(t.Context(), "blog.example", 100)
	if err != nil || counts[comments.Held] != 1 || counts[comments.Spam] != 0 || counts[comments.Deleted] != 3 {
		t.Errorf("counts are %v, %v", counts, err)
	}
	thread, err := store.Thread(t.Context(), "blog.example", "/post")
	if err != nil || !thread.Closed {
		t.Errorf("the thread is %+v, %v", thread, err)
	}
}

// receivePast makes a site with comments of some time ago, and one of now.
func receivePast(t *testing.T, flags *storeFlags, ago time.Duration) {
	t.Helper()
	store, keys := openStore(t, flags)
	defer store.Close()
	site, err := newSite("https://blog.example", time.Now().Add(-ago))
	if err != nil {
		t.Fatal(err)
	}
	site.Settings.Policy, site.Settings.CloseAfter = comments.PolicyHoldAll, ago/2
	if err := store.PutSite(t.Context(), site); err != nil {
		t.Fatal(err)
	}
	clock := time.Now().Add(-ago)
	service := newService(comments.Config{
		Store: store, Keys: keys, Judge: judgeNothing, Changed: func() {},
		Settle: func(context.Context, string, int64) error { return nil },
	})
	service = comments.NewService(comments.Config{
		Store: store, Render: service.Render, Now: func() time.Time { return clock }, NewID: newID, Keys: keys,
		Judge: judgeNothing, Changed: func() {}, Settle: service.Settle,
	})
	var ids []comments.ID
	for _, body := range []string{"unseen one", "unseen two", "unseen three", "of today"} {
		if body == "of today" {
			clock = time.Now()
		}
		r, err := service.Submit(t.Context(), comments.Draft{Site: "blog.example", Page: "/post", Body: body})
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, r.Comment.ID)
	}
	if _, err := service.Decide(t.Context(), "ann", "blog.example", ids[:1], comments.Spam); err != nil {
		t.Fatal(err)
	}
}

package comments

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// These tests run in bubbles, where sleeping only moves the clock.

// siteList is the part of a store that the cache asks.
type siteList struct {
	Store
	mu    sync.Mutex
	asked int
	list  func(context.Context) ([]Site, error)
}

func (l *siteList) Sites(ctx context.Context) ([]Site, error) {
	l.mu.Lock()
	l.asked++
	list := l.list
	l.mu.Unlock()
	return list(ctx)
}

func (l *siteList) answer(list func(context.Context) ([]Site, error)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.list = list
}

var errAway = errors.New("away")

func one(context.Context) ([]Site, error)  { return []Site{{Host: "blog.example"}}, nil }
func away(context.Context) ([]Site, error) { return nil, errAway }
func hangs(ctx context.Context) ([]Site, error) {
	<-ctx.Done()
	return nil, ctx.Err()
}

func TestSitesAreAskedForOnceASecond(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		store := &siteList{list: one}
		c := newSiteCache(store, time.Now)
		for i := range 5 {
			if site, err := c.lookup(t.Context(), "Blog.Example"); err != nil || site.Host != "blog.example" {
				t.Fatal(site, err)
			}
			if _, err := c.lookup(t.Context(), "other.example"); KindOf(err) != NotFound {
				t.Fatal(err)
			}
			if store.asked != 1+i/2 {
				t.Fatalf("asked %d times by look-up %d", store.asked, i)
			}
			time.Sleep(siteAge/2 + 1)
		}
	})
}

func TestKnownSitesOutliveTheirStore(t *testing.T) {
	t.Parallel()
	for name, broken := range map[string]func(context.Context) ([]Site, error){"away": away, "hangs": hangs} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				store := &siteList{list: one}
				c := newSiteCache(store, time.Now)
				for range 20 {
					start := time.Now()
					if _, err := c.lookup(t.Context(), "blog.example"); err != nil || time.Since(start) > siteWait {
						t.Fatalf("after %v: %v", time.Since(start), err)
					}
					store.answer(broken)
					time.Sleep(siteAge)
				}
				time.Sleep(siteTimeout) // the last loading ends
				store.answer(func(context.Context) ([]Site, error) { return nil, nil })
				if _, err := c.lookup(t.Context(), "blog.example"); KindOf(err) != NotFound {
					t.Errorf("a removed site is still known: %v", err)
				}
			})
		})
	}
}

func TestAnUnknownStoreIsAnErrorAndNotAskedAnewByEach(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		store := &siteList{list: away}
		c := newSiteCache(store, time.Now)
		for range 3 {
			if _, err := c.lookup(t.Context(), "blog.example"); !errors.Is(err, errAway) {
				t.Error(err)
			}
		}
		if store.asked != 1 {
			t.Errorf("asked %d times at once", store.asked)
		}
	})
}

func TestALookUpEndsWithItsRequestAlone(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		c := newSiteCache(&siteList{list: func(ctx context.Context) ([]Site, error) { <-release; return one(ctx) }}, time.Now)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := c.lookup(ctx, "blog.example"); !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
		close(release)
		if _, err := c.lookup(t.Context(), "blog.example"); err != nil {
			t.Error(err)
		}
	})
}

func TestOriginsAreThoseOfAllSites(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		store := &siteList{list: away}
		s := NewService(Config{Store: store, Now: time.Now})
		expect := func(origin string, want bool) {
			t.Helper()
			if got := s.KnowsOrigin(t.Context(), origin); got != want {
				t.Errorf("KnowsOrigin(%q) = %t", origin, got)
			}
		}
		expect("https://a.example", false)
		store.answer(func(context.Context) ([]Site, error) {
			return []Site{
				{Host: "a.example", Settings: Settings{Origins: []string{"https://a.example", "https://www.a.example"}}},
				{Host: "b.example", Settings: Settings{Origins: []string{"http://b.example"}}},
			}, nil
		})
		time.Sleep(siteAge + 1)
		expect("https://www.a.example", true)
		expect("http://b.example", true)
		expect("https://b.example", false)
		store.answer(away)
		time.Sleep(siteAge + 1)
		expect("https://a.example", true)
		store.answer(one)
		time.Sleep(siteAge + 1)
		expect("https://a.example", false)
	})
}

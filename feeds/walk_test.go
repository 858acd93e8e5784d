package feeds

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"

	"postil/comments"
)

// slow is a store whose threads are listed when told only.
type slow struct {
	comments.Reader
	gate chan struct{}
}

func (s slow) Threads(ctx context.Context, site string, after comments.Page, limit int) ([]comments.Thread, error) {
	select {
	case <-s.gate:
		return s.Reader.Threads(ctx, site, after, limit)
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func TestChangesDoNotWaitForARebuild(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.settleBy()
	secret := w.post("/post", "SECRET", comments.ID{})
	w.fill("/post", 40)
	w.pass()
	// From now on the SECRET belongs into the current document; the archive
	// that has it is one too many.
	w.putSite("https://blog.example", func(s *comments.Site) { s.Settings.Archive = 100 })
	gate := make(chan struct{})
	w.Source = slow{w.store, gate}
	defer w.run()()
	if err := w.await(t.Context(), func() bool { return w.sites["blog.example"].rebuilding() }); err != nil {
		t.Fatal(err)
	}
	if _, err := w.service.Erase(t.Context(), "mod", "blog.example", []comments.ID{secret.ID}); err != nil {
		t.Fatal(err)
	}
	w.mu.Lock()
	rebuilding := w.sites["blog.example"].rebuilding()
	w.mu.Unlock()
	if !rebuilding {
		t.Fatal("the rebuild has ended: nothing was tested")
	}
	for name, body := range tree(t, w.path) {
		if strings.HasPrefix(name, "feeds/") && strings.Contains(body, "SECRET") {
			t.Errorf("%s still holds the erased words", name)
		}
	}
	if c, err := w.dir.readCursor(); err != nil || len(c.Sites) > 0 {
		t.Errorf("a half-built site has a place in the cursor: %+v, %v", c, err)
	}
	close(gate)
	if err := w.await(t.Context(), func() bool { return w.sites["blog.example"].walk == nil }); err != nil {
		t.Fatal(err)
	}
	w.agrees()
}

func TestManyAtOnceEndWithTheRightFiles(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	end := w.run()
	var readers sync.WaitGroup
	ctx, cancel := context.WithCancel(t.Context())
	for r := range 3 {
		readers.Go(func() {
			for i := r; ctx.Err() == nil; i++ {
				_, _ = w.File(ctx, fmt.Sprintf("/feeds/blog.example/page%d/%s", i%5, Document{Form: Form(i % 3), Archive: int64(i % 4)}.Name()))
			}
		})
	}
	for i := range 120 {
		w.post(fmt.Sprintf("/page%d", i%4), "words", comments.ID{})
		w.Nudge()
		switch i {
		case 40:
			w.putSite("https://blog.example", func(s *comments.Site) { s.Settings.Archive = 12 })
		case 80:
			if err := w.store.Alias(t.Context(), "blog.example", "/page0", "/page4"); err != nil {
				t.Fatal(err)
			}
		}
	}
	cancel()
	readers.Wait()
	if err := w.await(t.Context(), func() bool { s := w.sites["blog.example"]; return s != nil && s.walk == nil }); err != nil {
		t.Fatal(err)
	}
	end()
	w.agrees()
}

func TestCountsWaitTheLongerTheMorePagesThereAre(t *testing.T) {
	t.Parallel()
	for pages, want := range map[int]string{0: "250ms", 2_500: "250ms", 10_000: "1s", 100_000: "10s"} {
		if got := countsDelay(pages).String(); got != want {
			t.Errorf("%d pages: %s, want %s", pages, got, want)
		}
	}
}

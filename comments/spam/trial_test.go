package spam_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"postil/comments"
	"postil/comments/markup"
	"postil/comments/spam"
	"postil/comments/sqlite"
)

const (
	host      = "blog.example"
	moderator = "maria"
	training  = 200 // comments that the moderator decides about
	manyPosts = 1_000
)

// world is a blog on a real database, with a clock that posts move on.
type world struct {
	*testing.T
	*comments.Service
	defences *spam.Defences
	store    comments.Store
	site     comments.Site
	clock    time.Time
	ids      int
	visible  map[string][]comments.ID
}

func newWorld(t *testing.T) *world {
	w := &world{T: t, clock: time.Date(2026, 11, 2, 7, 0, 0, 0, time.UTC), visible: map[string][]comments.ID{}}
	store, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "postil.db"))
	w.must(err)
	t.Cleanup(func() { w.must(store.Close()) })
	w.store = store
	keys, err := comments.NewKeyring(bytes.Repeat([]byte{7}, comments.MinKey))
	w.must(err)
	w.defences = spam.New(spam.Config{Store: store, Now: w.now, Log: slog.New(slog.NewTextHandler(t.Output(), nil))})
	w.Service = comments.NewService(comments.Config{
		Store: store, Render: markup.New().Render, Now: w.now, NewID: w.newID, Keys: keys,
		Judge: w.defences.Judge, Changed: func() {},
		Settle: func(context.Context, string, int64) error { return nil },
	})
	w.site, err = comments.NewSite("https://" + host)
	w.must(err)
	w.site.Epoch, w.site.Created = comments.ID{1}, w.clock
	w.must(store.PutSite(t.Context(), w.site))
	return w
}

func (w *world) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

func (w *world) now() time.Time { return w.clock }

func (w *world) newID(at time.Time) (comments.ID, error) {
	w.ids++
	ms := at.UnixMilli()
	return comments.ID{
		byte(ms >> 40), byte(ms >> 32), byte(ms >> 24), byte(ms >> 16), byte(ms >> 8), byte(ms),
		0x70, 0, 0x80, 13: byte(w.ids >> 16), 14: byte(w.ids >> 8), 15: byte(w.ids),
	}, nil
}

// send posts a draft as the way it came would.
func (w *world) send(p post) comments.Comment {
	w.Helper()
	w.clock = w.clock.Add(2 * time.Minute)
	if seen := w.visible[p.Page]; p.answers && len(seen) > 0 {
		p.Parent = seen[w.ids%len(seen)].String()
	}
	r, err := w.Submit(w.Context(), p.Draft)
	if err != nil {
		w.Fatalf("a comment of sort %q was refused: %v\n%s", p.sort, err, p.Body)
	}
	return r.Comment
}

// decide is what the moderator thinks of it.
func (w *world) decide(c comments.Comment, p post) {
	w.Helper()
	status := comments.Published
	if p.spam {
		status = comments.Spam
	}
	_, err := w.Decide(w.Context(), moderator, host, []comments.ID{c.ID}, status)
	w.must(err)
	if !p.spam {
		w.visible[p.Page] = append(w.visible[p.Page], c.ID)
	}
}

// learn lets the defences learn until they know of so many decisions. At other
// times they do not, so that what they know depends on no timer.
func (w *world) learn(decisions int) {
	w.Helper()
	ctx, cancel := context.WithTimeout(w.Context(), time.Minute)
	var learning sync.WaitGroup
	learning.Go(func() { w.defences.Run(ctx) })
	defer learning.Wait()
	defer cancel()
	w.defences.Learn()
	look := time.NewTicker(5 * time.Millisecond)
	defer look.Stop()
	for {
		e, err := w.defences.Explain(ctx, comments.Comment{Site: host}, w.site)
		w.must(err)
		if e.Ham+e.Spam == decisions {
			return
		}
		select {
		case <-look.C:
		case <-ctx.Done():
			w.Fatalf("after a minute %d decisions are known, not %d", e.Ham+e.Spam, decisions)
		}
	}
}

// TestTrial sends a thousand good comments and a thousand of spam through the
// real service, of which a moderator decides about the first 200.
func TestTrial(t *testing.T) {
	for seed := range uint64(3) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			before, after := newTable(), newTable()
			for n, p := range newWriters(seed).posts(manyPosts, manyPosts) {
				c := w.send(p)
				if n >= training {
					after.enter(p, c)
					continue
				}
				before.enter(p, c)
				w.decide(c, p)
				if n == training-1 {
					w.learn(training)
				}
			}
			t.Logf("while the moderator decided:\n%v", before)
			t.Logf("afterwards:\n%v", after)
			before.check(t)
			after.check(t)
			if held := len(after.wrong); held*50 > after.ham {
				t.Errorf("%d of %d good comments were held after training, more than 2 %%:\n%s", held, after.ham, strings.Join(after.wrong, "\n"))
			}
			after.catches(t, "patient", 60)
			after.catches(t, "browser: links, repeated, foreign", 90)
		})
	}
}

package main

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"postil/comments"
)

// load is many clients that post on keep-alive connections and never repeat
// anything: what they lose is lost.
type load struct {
	t     *testing.T
	base  string
	pause time.Duration // the longest between an answer and the next post
	stop  atomic.Bool
	all   sync.WaitGroup

	mu      sync.Mutex
	acked   map[string]string // the comment's words → its id
	posts   int
	lost    []string
	slowest time.Duration
}

func startLoad(t *testing.T, base string, clients int, pause time.Duration) *load {
	l := &load{t: t, base: base, pause: pause, acked: map[string]string{}}
	for i := range clients {
		l.all.Go(func() { l.post(i) })
	}
	return l
}

// post is one client's life. It leaves a connection when it is told to, and
// not before.
func (l *load) post(client int) {
	var w *writer
	for turn := 0; !l.stop.Load(); turn++ {
		time.Sleep(rand.N(l.pause)) // that is what the load is
		words, began := fmt.Sprintf("words %d-%d", client, turn), time.Now()
		var a posted
		if w == nil {
			w, a.err = newWriter(l.base)
		}
		if a.err == nil {
			a = w.post(words)
		}
		l.note(words, a, time.Since(began))
		if w != nil && (a.ends || a.err != nil) {
			w.Close()
			w = nil
		}
	}
	if w != nil {
		w.Close()
	}
}

// posted is what became of a post.
type posted struct {
	status int
	id     string
	ends   bool // the connection's last answer
	err    error
}

func (w *writer) post(words string) (a posted) {
	if a.err = w.send(words); a.err == nil {
		a.status, a.id, a.ends, a.err = w.answer()
	}
	return a
}

func (l *load) note(words string, a posted, took time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.posts++
	l.slowest = max(l.slowest, took)
	if a.err != nil || a.status != http.StatusCreated {
		l.lost = append(l.lost, fmt.Sprintf("%s: %d %v", words, a.status, a.err))
		return
	}
	l.acked[words] = a.id
}

// acknowledged is how many posts were.
func (l *load) acknowledged() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.acked)
}

// more waits for that many more acknowledgements.
func (l *load) more(n int) {
	l.t.Helper()
	want := l.acknowledged() + n
	eventually(l.t, "the load goes on", func() bool { return l.acknowledged() >= want })
}

// finish ends the load and compares what was acknowledged with what is stored.
func (l *load) finish(flags *storeFlags) {
	l.t.Helper()
	l.stop.Store(true)
	l.all.Wait()
	store, _ := openStore(l.t, flags)
	defer store.Close()
	stored, err := store.Range(l.t.Context(), "blog.example", "/load", 1, int64(2*l.posts))
	if err != nil {
		l.t.Fatal(err)
	}
	ids := map[string]comments.ID{}
	for _, c := range stored {
		if other, twice := ids[c.Source]; twice {
			l.t.Errorf("%s is stored twice: %s, %s", c.Source, other, c.ID)
		}
		ids[c.Source] = c.ID
	}
	for words, id := range l.acked {
		if ids[words].String() != id {
			l.t.Errorf("%s was acknowledged as %s and is stored as %s", words, id, ids[words])
		}
	}
	for _, lost := range l.lost {
		l.t.Errorf("lost: %s", lost)
	}
	l.t.Logf("%d posts, %d acknowledged, %d stored, slowest %v", l.posts, len(l.acked), len(stored), l.slowest.Round(time.Millisecond))
}

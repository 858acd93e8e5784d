package lifecycle

import (
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// database is something behind a handler that can be away. What is stored
// under a key is stored once.
type database struct {
	away   atomic.Bool
	mu     sync.Mutex
	rows   map[string]string
	order  []string
	forget atomic.Bool // stores, and loses the answer
}

var errAway = errors.New("away")

func (d *database) ping(context.Context) error {
	if d.away.Load() {
		return errAway
	}
	return nil
}

func (d *database) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	if d.away.Load() {
		http.Error(w, "the database is away", http.StatusServiceUnavailable)
		return
	}
	key := r.Header.Get(keyHeader)
	d.mu.Lock()
	defer d.mu.Unlock()
	if _, done := d.rows[key]; !done {
		d.rows[key] = string(body)
		d.order = append(d.order, string(body))
	}
	if d.forget.CompareAndSwap(true, false) {
		d.away.Store(true)
		http.Error(w, "the connection broke after commit", http.StatusServiceUnavailable)
		return
	}
	io.WriteString(w, d.rows[key])
}

func withIntermission(t *testing.T, limit time.Duration) (*database, *Gate, string) {
	t.Helper()
	d := &database{rows: map[string]string{}}
	g := NewGate(GateLimits{})
	base := serveHandler(t, &Passage{Gate: g, Intermission: &Intermission{Max: limit, Back: d.ping}, Next: d})
	return d, g, base
}

func TestWritesWaitWhileTheDatabaseIsAway(t *testing.T) {
	t.Parallel()
	d, g, base := withIntermission(t, within)
	d.away.Store(true)
	clients := make([]*client, 30)
	var want []string
	for i := range clients {
		clients[i] = dial(t, base)
		clients[i].send(post("/", strconv.Itoa(i)))
		want = append(want, strconv.Itoa(i))
		eventually(t, "held", func() bool { return g.Waiting() == i+1 })
	}
	if !g.Status().Intermission {
		t.Error("no intermission")
	}
	d.away.Store(false)
	for i, c := range clients {
		if status, body, _ := c.response(); status != 200 || body != strconv.Itoa(i) {
			t.Errorf("%d: %d %q", i, status, body)
		}
	}
	slices.Sort(want) // their order is a matter of milliseconds; another test looks at it
	if got := slices.Sorted(slices.Values(d.order)); !slices.Equal(got, want) {
		t.Errorf("%v", got)
	}
	if g.Status().Intermission || g.Status().Active != 0 {
		t.Errorf("%+v", g.Status())
	}
}

// TestCommitWithoutAnswerIsNotRepeated loses the answer to a write that was
// done.
func TestCommitWithoutAnswerIsNotRepeated(t *testing.T) {
	t.Parallel()
	d, g, base := withIntermission(t, within)
	d.forget.Store(true)
	c := dial(t, base)
	c.send(post("/", "once"))
	eventually(t, "held", func() bool { return g.Waiting() == 1 })
	d.away.Store(false)
	if status, body, _ := c.response(); status != 200 || body != "once" {
		t.Errorf("%d %q", status, body)
	}
	if len(d.order) != 1 {
		t.Errorf("%v", d.order)
	}
}

func TestIntermissionThatLastsTooLong(t *testing.T) {
	t.Parallel()
	d, g, base := withIntermission(t, 300*time.Millisecond)
	d.away.Store(true)
	c := dial(t, base)
	c.send(post("/", "in vain"))
	resp, err := http.ReadResponse(c.r, nil)
	if err != nil {
		t.Fatal(err)
	}
	if body, _ := io.ReadAll(resp.Body); resp.StatusCode != 503 || resp.Header.Get("Retry-After") == "" || string(body) != "the database is away\n" {
		t.Errorf("%d %v %q", resp.StatusCode, resp.Header, body)
	}
	d.away.Store(false)
	if body, _ := dial(t, base).ask(post("/", "later")); body != "later" {
		t.Errorf("%q", body)
	}
	if len(d.order) != 1 || g.Waiting() != 0 {
		t.Errorf("%v", d.order)
	}
}

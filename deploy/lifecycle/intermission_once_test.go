package lifecycle

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// TestRequestsThatMayNotBeRepeatedAreTriedOnce holds them while the database
// is away, and gives them the answer that they get.
func TestRequestsThatMayNotBeRepeatedAreTriedOnce(t *testing.T) {
	t.Parallel()
	d := &database{rows: map[string]string{}}
	g := NewGate(GateLimits{})
	base := serveHandler(t, &Passage{Gate: g, Next: d, Intermission: &Intermission{Max: within, Back: d.ping,
		Repeats: func(r *http.Request) bool { return r.URL.Path == "/again" }}})
	d.away.Store(true)
	c := dial(t, base)
	c.send(post("/once", "one"))
	if status, _, _ := c.response(); status != http.StatusServiceUnavailable {
		t.Errorf("%d", status)
	}
	again, once := dial(t, base), dial(t, base)
	again.send(post("/again", "two"))
	eventually(t, "held", func() bool { return g.Waiting() == 1 })
	once.send(post("/once", "three"))
	eventually(t, "held", func() bool { return g.Waiting() == 2 })
	d.away.Store(false)
	if status, body, _ := again.response(); status != 200 || body != "two" {
		t.Errorf("%d %q", status, body)
	}
	if status, _, _ := once.response(); status != 200 {
		t.Errorf("%d", status)
	}
}

// TestWhatAnEarlierTryHasDoneIsAnsweredSo loses the answer to a deletion: the
// second try finds nothing more to delete.
func TestWhatAnEarlierTryHasDoneIsAnsweredSo(t *testing.T) {
	t.Parallel()
	var tries, back atomic.Int64
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", "*")
		status := http.StatusNotFound
		if r.URL.Path == "/lost" && tries.Add(1) == 1 {
			status = http.StatusServiceUnavailable
		}
		http.Error(w, "words", status)
	})
	base := serveHandler(t, &Passage{Gate: NewGate(GateLimits{}), Next: handler, Intermission: &Intermission{Max: within,
		Back: func(context.Context) error { back.Add(1); return nil },
		Done: func(w http.ResponseWriter, r *http.Request, since time.Time) bool {
			w.WriteHeader(http.StatusNoContent)
			return time.Since(since) < within
		}}})
	for path, want := range map[string]int{"/lost": http.StatusNoContent, "/never": http.StatusNotFound} {
		c := dial(t, base)
		c.send(post(path, "delete"))
		resp, err := http.ReadResponse(c.r, nil)
		if err != nil || resp.StatusCode != want || resp.Header.Get("Access-Control-Allow-Origin") != "*" {
			t.Errorf("%s: %v %v", path, resp, err)
		}
	}
	if tries.Load() != 2 || back.Load() == 0 {
		t.Errorf("%d tries, asked %d times whether it is back", tries.Load(), back.Load())
	}
}

// TestHeldLongerThanTheServerReads holds a request for longer than the
// server's time-outs for reading and writing.
func TestHeldLongerThanTheServerReads(t *testing.T) {
	t.Parallel()
	const limit = 100 * time.Millisecond
	g := NewGate(GateLimits{})
	srv := httptest.NewUnstartedServer(&Passage{Gate: g, Next: http.HandlerFunc(echo)})
	srv.Config.ReadTimeout, srv.Config.WriteTimeout = limit, limit
	srv.Start()
	t.Cleanup(srv.Close)
	g.Close(0)
	c := dial(t, srv.URL)
	c.send(post("/", "patient"))
	eventually(t, "held", func() bool { return g.Waiting() == 1 })
	long := time.Now().Add(3 * limit)
	eventually(t, "the time-outs are over", func() bool { return time.Now().After(long) })
	if n := g.Waiting(); n != 1 {
		t.Fatalf("%d requests are held", n)
	}
	g.Release()
	if status, body, _ := c.response(); status != 200 || body != "patient" {
		t.Errorf("%d %q", status, body)
	}
}

// TestLargeRequestsPassAnOpenGate sends more than is ever held.
func TestLargeRequestsPassAnOpenGate(t *testing.T) {
	t.Parallel()
	d := &database{rows: map[string]string{}}
	g := NewGate(GateLimits{MaxBody: 10})
	base := serveHandler(t, &Passage{Gate: g, Intermission: &Intermission{Max: within, Back: d.ping}, Next: http.HandlerFunc(echo)})
	long := strings.Repeat("0123456789", 100)
	if body, _ := dial(t, base).ask(post("/", long)); body != long {
		t.Errorf("%q", body)
	}
	g.Close(0)
	c := dial(t, base)
	c.send(post("/", long))
	resp, err := http.ReadResponse(c.r, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadAll(resp.Body); err != nil || resp.StatusCode != http.StatusServiceUnavailable || resp.Header.Get("Retry-After") == "" {
		t.Errorf("%s %v %v", resp.Status, resp.Header, err)
	}
	if g.Status().Active != 0 {
		t.Error("it is still counted")
	}
}

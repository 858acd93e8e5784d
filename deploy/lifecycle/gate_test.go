package lifecycle

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// tries at something that must be quick.
const tries = 5

// recorder is a handler that notes what reaches it, in order.
type recorder struct {
	mu       sync.Mutex
	bodies   []string
	now, max atomic.Int64
	do       func(w http.ResponseWriter, r *http.Request)
}

func (h *recorder) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if n := h.now.Add(1); n > h.max.Load() {
		h.max.Store(n)
	}
	defer h.now.Add(-1)
	body, _ := io.ReadAll(r.Body)
	h.mu.Lock()
	h.bodies = append(h.bodies, string(body))
	h.mu.Unlock()
	if h.do != nil {
		h.do(w, r)
		return
	}
	w.Write(body)
}

func (h *recorder) got() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return append([]string{}, h.bodies...)
}

// behind serves a handler behind a gate.
func behind(t *testing.T, limits GateLimits, next http.Handler) (*Gate, string) {
	t.Helper()
	g := NewGate(limits)
	return g, serveHandler(t, &Passage{Gate: g, Next: next})
}

func serveHandler(t *testing.T, h http.Handler) string {
	t.Helper()
	srv := httptest.NewUnstartedServer(h)
	srv.Config.WriteTimeout = 2 * time.Second
	srv.Start()
	t.Cleanup(srv.Close)
	return srv.URL
}

func TestHoldWaitsForOpenWritesAndLetsReadsPass(t *testing.T) {
	t.Parallel()
	entered, leave := make(chan struct{}), make(chan struct{})
	h := &recorder{do: func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/slow" {
			close(entered)
			<-leave
		}
		io.WriteString(w, "done")
	}}
	g, base := behind(t, GateLimits{}, h)
	slow, held := dial(t, base), dial(t, base)
	slow.send(post("/slow", "1"))
	<-entered
	drained := make(chan error, 1)
	go func() { drained <- g.Hold(t.Context(), 0) }()
	eventually(t, "holding", func() bool { return g.Status().Holding })
	held.send(post("/", "2"))
	eventually(t, "held", func() bool { return g.Waiting() == 1 })
	if body, _ := dial(t, base).ask(get); body != "done" {
		t.Errorf("a read was held: %q", body)
	}
	select {
	case err := <-drained:
		t.Errorf("drained with an open write: %v", err)
	default:
	}
	close(leave)
	slow.response()
	if err := <-drained; err != nil {
		t.Error(err)
	}
	g.Release()
	if _, body, _ := held.response(); body != "done" {
		t.Errorf("%q", body)
	}
	if s := g.Status(); s.Counts != (GateCounts{Held: 1, Released: 1}) || s.Waiting != 0 || s.Holding {
		t.Errorf("%+v", s)
	}
}

func TestHeldRequestsGoInOrderAndPaced(t *testing.T) {
	t.Parallel()
	const n = 200
	h := &recorder{do: func(http.ResponseWriter, *http.Request) { time.Sleep(2 * time.Millisecond) }}
	g, base := behind(t, GateLimits{}, h)
	if err := g.Hold(t.Context(), 0); err != nil {
		t.Fatal(err)
	}
	clients := make([]*client, n)
	for i := range clients {
		clients[i] = dial(t, base)
		clients[i].send(post("/", strconv.Itoa(i)))
		eventually(t, "held", func() bool { return g.Waiting() == i+1 })
	}
	g.Release()
	for _, c := range clients {
		c.response()
	}
	inversions := 0
	got := h.got()
	for i := range got {
		a, _ := strconv.Atoi(got[i])
		for _, later := range got[i:] {
			if b, _ := strconv.Atoi(later); b < a {
				inversions++
			}
		}
	}
	share := 100 * float64(inversions) / (n * (n - 1) / 2)
	t.Logf("%.2f %% of pairs out of order, at most %d at a time", share, h.max.Load())
	if share > 2 || h.max.Load() > minRelease || len(got) != n {
		t.Errorf("%d requests, %.2f %% of pairs out of order, %d at a time", len(got), share, h.max.Load())
	}
	if s := g.Status(); s.Active != 0 || g.limit != 0 {
		t.Errorf("%+v, limit %d", s, g.limit)
	}
}

func TestClientThatLeavesIsNoticedAndNeverServed(t *testing.T) {
	t.Parallel()
	h := &recorder{}
	g, base := behind(t, GateLimits{}, h)
	if err := g.Hold(t.Context(), 0); err != nil {
		t.Fatal(err)
	}
	// The quickest of some tries says how long it takes; the others, how busy
	// the machine is.
	quickest := time.Hour
	for range tries {
		clients := make([]*client, 10)
		for i := range clients {
			clients[i] = dial(t, base)
			clients[i].send(post("/", "ghost"))
		}
		eventually(t, "held", func() bool { return g.Waiting() == len(clients) })
		began := time.Now()
		for _, c := range clients {
			c.Close()
		}
		eventually(t, "noticed", func() bool { return g.Waiting() == 0 })
		quickest = min(quickest, time.Since(began))
	}
	t.Logf("noticed after %v", quickest)
	if quickest > 100*time.Millisecond {
		t.Errorf("noticed after %v", quickest)
	}
	g.Release()
	last := dial(t, base)
	last.ask(post("/", "living"))
	if got := h.got(); len(got) != 1 || got[0] != "living" {
		t.Errorf("%q", got)
	}
	if c := g.Status().Counts; c.Abandoned != 50 || c.Released != 0 {
		t.Errorf("%+v", c)
	}
}

func TestLimitsOfHolding(t *testing.T) {
	t.Parallel()
	h := &recorder{}
	g, base := behind(t, GateLimits{MaxHeld: 2, MaxBody: 10, MaxHold: 200 * time.Millisecond}, h)
	if err := g.Hold(t.Context(), 0); err != nil {
		t.Fatal(err)
	}
	refusal := func(request string) {
		t.Helper()
		c := dial(t, base)
		c.send(request)
		resp, err := http.ReadResponse(c.r, nil)
		if err != nil {
			t.Fatal(err)
		}
		if resp.StatusCode != 503 || resp.Header.Get("Retry-After") != "5" {
			t.Errorf("%d %v", resp.StatusCode, resp.Header)
		}
	}
	refusal(post("/", "longer than ten bytes"))
	for range 2 {
		c := dial(t, base)
		c.send(post("/", "waits"))
		defer c.response()
	}
	eventually(t, "held", func() bool { return g.Waiting() == 2 })
	refusal(post("/", "third"))
	eventually(t, "their time is over", func() bool { return g.Waiting() == 0 })
	refusal(post("/", "late"))
	if !g.Status().Holding || len(h.got()) != 0 {
		t.Error("a gate that fails closed has opened")
	}
	g.End()
	refusal(post("/", "at the end"))
}

package lifecycle

import (
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"
)

// echo answers with the body, or "ok".
func echo(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	if len(body) == 0 {
		body = []byte("ok")
	}
	w.Write(body)
}

func TestDrainAnswersOneMoreRequestOnEachConnection(t *testing.T) {
	t.Parallel()
	r := start(t, Config{Timing: short()}, http.HandlerFunc(echo))
	used, unused := dial(t, r.base), dial(t, r.base)
	if _, closing := used.ask(get); closing {
		t.Error("the connection ends before the drain")
	}
	eventually(t, "both connections are accepted", func() bool { return r.Snapshot().Connections == 2 })
	r.cancel()
	eventually(t, "one more", func() bool { return r.State() == OneMore })
	if _, err := net.Dial("tcp", strings.TrimPrefix(r.base, "http://")); err == nil {
		t.Error("the socket is still open")
	}
	for _, c := range []*client{used, unused} {
		if body, closing := c.ask(post("/", "last")); body != "last" || !closing {
			t.Errorf("%q, closing %v", body, closing)
		}
		c.closed()
	}
	if err := r.finish(t); err != nil {
		t.Error(err)
	}
	if got := r.states.String(); got != "ready lame closed one-more close-idle stopped" {
		t.Error(got)
	}
	mustContain(t, r.log.String(), "is=one-more was=closed", "is=close-idle", "connections=0 requests=0")
}

func TestLameServesNewConnectionsAndSendsThemAway(t *testing.T) {
	t.Parallel()
	timing := short()
	timing.Lame = time.Hour
	r := start(t, Config{Timing: timing}, http.HandlerFunc(echo))
	r.order(stop)
	eventually(t, "lame", func() bool { return r.State() == Lame })
	if err := r.Unready(); err == nil || err.Error() != "this process is lame" {
		t.Error(err)
	}
	if _, closing := dial(t, r.base).ask(get); !closing {
		t.Error("the connection goes on")
	}
	r.order(stop) // as a second SIGTERM
	if err := r.finish(t); err != nil {
		t.Error(err)
	}
}

// TestRequestsInTheQueueAreAnswered stops a process that has not accepted yet
// what clients already sent.
func TestRequestsInTheQueueAreAnswered(t *testing.T) {
	t.Parallel()
	r := start(t, Config{Timing: short()}, http.HandlerFunc(echo))
	s := r.socket(Public)
	s.pause()
	clients := make([]*client, 20)
	for i := range clients {
		clients[i] = dial(t, r.base)
		clients[i].send(post("/", "queued"))
	}
	s.resumeQuietly()
	r.cancel()
	for _, c := range clients {
		if status, body, closing := c.response(); status != 200 || body != "queued" || !closing {
			t.Errorf("%d %q %v", status, body, closing)
		}
	}
	if err := r.finish(t); err != nil {
		t.Error(err)
	}
}

// resumeQuietly lets pause be called again without accepting in between.
func (s *socket) resumeQuietly() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.paused.Store(false)
	close(s.resumed)
}

func TestIdleConnectionsAreClosedAtLastAndOnlyThen(t *testing.T) {
	t.Parallel()
	timing := short()
	timing.OneMore = time.Hour
	r := start(t, Config{Timing: timing}, http.HandlerFunc(echo))
	c := dial(t, r.base)
	c.ask(get)
	eventually(t, "idle", func() bool { return r.Snapshot().Idle == 1 })
	r.cancel()
	eventually(t, "one more", func() bool { return r.State() == OneMore })
	if n := r.Snapshot().Connections; n != 1 {
		t.Errorf("%d connections", n)
	}
	r.signals <- syscall.SIGTERM
	c.closed()
	c.Close()
	if err := r.finish(t); err != nil {
		t.Error(err)
	}
}

// TestHalfARequestIsReadToItsEnd sends a request in pieces, the last of them
// when the drain already closes idle connections.
func TestHalfARequestIsReadToItsEnd(t *testing.T) {
	t.Parallel()
	timing := short()
	timing.OneMore = 0
	timing.Requests = 20 * time.Second
	r := start(t, Config{Timing: timing}, http.HandlerFunc(echo))
	fresh, reused := dial(t, r.base), dial(t, r.base)
	reused.ask(get)
	whole := post("/", "whole")
	for _, c := range []*client{fresh, reused} {
		c.send(whole[:20])
	}
	eventually(t, "halves are read", func() bool { s := r.Snapshot(); return s.Connections == 2 && s.Idle == 0 })
	r.cancel()
	eventually(t, "close-idle", func() bool { return r.State() == CloseIdle })
	for _, c := range []*client{fresh, reused} {
		if body, closing := c.ask(whole[20:]); body != "whole" || !closing {
			t.Errorf("%q, closing %v", body, closing)
		}
	}
	if err := r.finish(t); err != nil {
		t.Error(err)
	}
}

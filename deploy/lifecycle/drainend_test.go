package lifecycle

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestOpenRequestsAreCutAtLast(t *testing.T) {
	t.Parallel()
	entered := make(chan struct{})
	r := start(t, Config{Timing: short()}, http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		close(entered)
		<-req.Context().Done()
	}))
	c := dial(t, r.base)
	c.send(get)
	<-entered
	for range 3 {
		r.order(stop)
	}
	if err := r.finish(t); !errors.Is(err, ErrAborted) {
		t.Error(err)
	} else {
		mustContain(t, err.Error(), "1 still open", "told to stop again and again")
	}
	if got := r.states.String(); got != "ready lame closed one-more close-idle hard stopped" {
		t.Error(got)
	}
	if n := r.Snapshot().Aborted; n != 1 {
		t.Errorf("%d aborted", n)
	}
}

func TestLongPollsEndWithALastEvent(t *testing.T) {
	t.Parallel()
	var r *running
	entered := make(chan struct{})
	r = start(t, Config{Timing: short()}, http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		close(entered)
		<-r.Draining()
		io.WriteString(w, "goodbye")
	}))
	c := dial(t, r.base)
	c.send(get)
	<-entered
	r.cancel()
	if _, body, closing := c.response(); body != "goodbye" || !closing {
		t.Errorf("%q %v", body, closing)
	}
	if err := r.finish(t); err != nil {
		t.Error(err)
	}
}

// overHTTP2 returns a function that asks on one HTTP/2 connection.
func overHTTP2(t *testing.T, r *running) (ask func()) {
	transport := &http.Transport{Protocols: new(http.Protocols)}
	transport.Protocols.SetUnencryptedHTTP2(true)
	t.Cleanup(transport.CloseIdleConnections)
	return func() {
		t.Helper()
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, r.base, strings.NewReader("two"))
		if err != nil {
			t.Fatal(err)
		}
		resp, err := transport.RoundTrip(req)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		if body, err := io.ReadAll(resp.Body); err != nil || string(body) != "two" || resp.ProtoMajor != 2 {
			t.Errorf("%q %v %s", body, err, resp.Proto)
		}
	}
}

// TestIdleHTTP2IsNotWaitedFor ends at once although a client keeps still:
// GOAWAY tells it that whatever it sends meanwhile can be sent again.
func TestIdleHTTP2IsNotWaitedFor(t *testing.T) {
	t.Parallel()
	timing := short()
	timing.OneMore = time.Hour
	r := start(t, Config{Timing: timing}, http.HandlerFunc(echo))
	overHTTP2(t, r)()
	r.cancel()
	if err := r.finish(t); err != nil {
		t.Error(err)
	}
}

// TestHTTP2ThatBeginsInADrainGetsGOAWAY sends the second half of a preface when
// the drain has begun: net/http would cut the connection without a word if it
// shut down between the halves.
func TestHTTP2ThatBeginsInADrainGetsGOAWAY(t *testing.T) {
	t.Parallel()
	timing := short()
	timing.OneMore = time.Hour
	r := start(t, Config{Timing: timing}, http.HandlerFunc(echo))
	c := dial(t, r.base)
	c.send("PRI * HTTP/2.0\r\n")
	eventually(t, "the first half is read", func() bool {
		for _, c := range r.set.list(nil) {
			c.mu.Lock()
			defer c.mu.Unlock()
			return c.http2
		}
		return false
	})
	r.cancel()
	eventually(t, "one more", func() bool { return r.State() == OneMore })
	const emptySettings = "\x00\x00\x00\x04\x00\x00\x00\x00\x00"
	c.send("\r\nSM\r\n\r\n" + emptySettings)
	const goAway = 7
	for header := make([]byte, 9); header[3] != goAway; {
		if _, err := io.ReadFull(c.r, header); err != nil {
			t.Fatalf("the connection ended without GOAWAY: %v", err)
		}
		length := int(header[0])<<16 | int(header[1])<<8 | int(header[2])
		if _, err := c.r.Discard(length); err != nil {
			t.Fatal(err)
		}
	}
	if err := r.finish(t); err != nil {
		t.Error(err)
	}
}

func TestHTTP2EndsWithGOAWAY(t *testing.T) {
	t.Parallel()
	timing := short()
	timing.Lame = time.Hour
	r := start(t, Config{Timing: timing}, http.HandlerFunc(echo))
	ask := overHTTP2(t, r)
	ask()
	ask()
	if n := r.Snapshot().Accepted; n != 1 {
		t.Errorf("%d connections for two requests", n)
	}
	r.order(stop)
	eventually(t, "lame", func() bool { return r.State() == Lame })
	ask() // its answer brings GOAWAY
	ask() // on a new connection
	if n := r.Snapshot().Accepted; n != 2 {
		t.Errorf("%d connections, want a second one after GOAWAY", n)
	}
	r.order(stop)
	if err := r.finish(t); err != nil {
		t.Error(err)
	}
}

func TestSIGHUPReloadsButNotWhileDraining(t *testing.T) {
	t.Parallel()
	reloaded := make(chan struct{}, 2)
	timing := short()
	timing.Lame = time.Hour
	r := start(t, Config{Timing: timing, Reload: func(context.Context) error { reloaded <- struct{}{}; return nil }}, http.HandlerFunc(echo))
	r.signals <- syscall.SIGHUP
	<-reloaded
	r.order(stop)
	eventually(t, "lame", func() bool { return r.State() == Lame })
	r.signals <- syscall.SIGHUP
	eventually(t, "the refusal", func() bool { return strings.Contains(r.log.String(), "SIGHUP is refused") })
	r.order(stop)
	if err := r.finish(t); err != nil {
		t.Error(err)
	}
	if len(reloaded) > 0 {
		t.Error("reloaded while draining")
	}
}

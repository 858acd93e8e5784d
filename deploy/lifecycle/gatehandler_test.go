package lifecycle

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestGateThatFailsOpenReleases(t *testing.T) {
	t.Parallel()
	h := &recorder{}
	g, base := behind(t, GateLimits{FailOpen: true}, h)
	expired := make(chan struct{})
	g.OnExpiry(func() { close(expired) })
	g.Close(100 * time.Millisecond)
	if body, _ := dial(t, base).ask(post("/", "through")); body != "through" {
		t.Errorf("%q", body)
	}
	<-expired
	if g.Status().Holding {
		t.Error("still holding")
	}
}

// TestHeldAnswerOutlivesTheWriteTimeout holds for longer than the server gives
// an answer.
func TestHeldAnswerOutlivesTheWriteTimeout(t *testing.T) {
	t.Parallel()
	g, base := behind(t, GateLimits{}, &recorder{})
	g.Close(0)
	c := dial(t, base)
	c.send(post("/", "patient"))
	timer := time.AfterFunc(2500*time.Millisecond, g.Release)
	defer timer.Stop()
	if _, body, _ := c.response(); body != "patient" {
		t.Errorf("%q", body)
	}
}

func TestReleaseWhileDraining(t *testing.T) {
	t.Parallel()
	entered, leave := make(chan struct{}), make(chan struct{})
	h := &recorder{do: func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/slow" {
			close(entered)
			<-leave
		}
	}}
	g, base := behind(t, GateLimits{}, h)
	slow, held := dial(t, base), dial(t, base)
	slow.send(post("/slow", ""))
	<-entered
	drained := make(chan error, 1)
	go func() { drained <- g.Hold(t.Context(), 0) }()
	eventually(t, "holding", func() bool { return g.Status().Holding })
	held.send(post("/", "held"))
	eventually(t, "held", func() bool { return g.Waiting() == 1 })
	g.Release()
	if err := <-drained; !errors.Is(err, ErrReleased) {
		t.Error(err)
	}
	held.response()
	dial(t, base).ask(post("/", "new"))
	close(leave)
	slow.response()
}

func TestExpectContinueIsAnsweredBeforeHolding(t *testing.T) {
	t.Parallel()
	g, base := behind(t, GateLimits{}, &recorder{})
	g.Close(0)
	c := dial(t, base)
	c.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n")
	line, err := c.r.ReadString('\n')
	if err != nil || !strings.HasPrefix(line, "HTTP/1.1 100 ") {
		t.Fatalf("%q %v", line, err)
	}
	c.r.ReadString('\n')
	c.send("ok")
	eventually(t, "held", func() bool { return g.Waiting() == 1 })
	g.Release()
	if _, body, _ := c.response(); body != "ok" {
		t.Errorf("%q", body)
	}
}

// TestNothingIsLostBetweenHoldsUnderLoad holds and releases all the time.
func TestNothingIsLostBetweenHoldsUnderLoad(t *testing.T) {
	t.Parallel()
	h := &recorder{}
	g, base := behind(t, GateLimits{}, h)
	const clients, each = 20, 50
	var all sync.WaitGroup
	for i := range clients {
		c := dial(t, base)
		all.Go(func() {
			for k := range each {
				want := fmt.Sprintf("%d-%d", i, k)
				if _, err := io.WriteString(c, post("/", want)); err != nil {
					t.Error(err)
					return
				}
				resp, err := http.ReadResponse(c.r, nil)
				if err != nil {
					t.Error(err)
					return
				}
				if body, err := io.ReadAll(resp.Body); err != nil || string(body) != want {
					t.Errorf("%q %v", body, err)
				}
			}
		})
	}
	done := make(chan struct{})
	go func() { all.Wait(); close(done) }()
	for holds := 0; ; holds++ {
		select {
		case <-done:
			t.Logf("%d holds", holds)
			if s := g.Status(); s.Active != 0 || s.Waiting != 0 || len(h.got()) != clients*each {
				t.Errorf("%+v, %d requests", s, len(h.got()))
			}
			return
		default:
			if err := g.Hold(context.Background(), 0); err != nil {
				t.Error(err)
			}
			if n := h.now.Load(); n != 0 {
				t.Errorf("%d requests run during a hold", n)
			}
			g.Release()
		}
	}
}

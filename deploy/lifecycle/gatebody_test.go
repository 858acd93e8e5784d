package lifecycle

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// half is a request of which a byte is missing.
const half = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nx"

func TestBodyThatIsReadTakesAPlaceAmongTheHeld(t *testing.T) {
	t.Parallel()
	g, base := behind(t, GateLimits{MaxHeld: 1}, &recorder{})
	g.Close(0)
	slow := dial(t, base)
	slow.send(half)
	eventually(t, "it is being read", func() bool {
		g.mu.Lock()
		defer g.mu.Unlock()
		return g.reading == 1
	})
	c := dial(t, base)
	c.send(post("/", "one too many"))
	if status, _, closing := c.response(); status != 503 || !closing {
		t.Errorf("%d, closing %v", status, closing)
	}
	slow.send("y")
	eventually(t, "held", func() bool { return g.Waiting() == 1 })
	g.Release()
	if _, body, _ := slow.response(); body != "xy" {
		t.Errorf("%q", body)
	}
}

// TestBodyThatNeverEndsIsGivenUp sends half of one to a server that sets no
// time for reading it, and then a whole one for which that time is over too.
func TestBodyThatNeverEndsIsGivenUp(t *testing.T) {
	t.Parallel()
	g := NewGate(GateLimits{MaxHold: 3 * time.Second})
	srv := httptest.NewServer(&Passage{Gate: g, Next: &recorder{}})
	t.Cleanup(srv.Close)
	g.Close(0)
	c := dial(t, srv.URL)
	c.send(half)
	if status, _, closing := c.response(); status != http.StatusServiceUnavailable || !closing {
		t.Errorf("%d, closing %v", status, closing)
	}
	c = dial(t, srv.URL)
	c.send(post("/", "whole"))
	if status, _, closing := c.response(); status != http.StatusServiceUnavailable || closing {
		t.Errorf("%d, closing %v", status, closing)
	}
}

func TestBodyThatSaysItIsTooLargeIsNotRead(t *testing.T) {
	t.Parallel()
	g, base := behind(t, GateLimits{MaxBody: 10}, &recorder{})
	g.Close(0)
	c := dial(t, base)
	c.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\nExpect: 100-continue\r\n\r\n")
	line, err := c.r.ReadString('\n')
	if err != nil || !strings.HasPrefix(line, "HTTP/1.1 503 ") {
		t.Errorf("%q %v", line, err)
	}
}

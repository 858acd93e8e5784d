package lifecycle

import (
	"errors"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// TestClosingSocketResetsNobody connects as fast as it goes while the socket
// closes: each client is refused, or gets its answer.
func TestClosingSocketResetsNobody(t *testing.T) {
	t.Parallel()
	timing := short()
	timing.OneMore = within
	r := start(t, Config{Timing: timing}, http.HandlerFunc(echo))
	var all sync.WaitGroup
	var served atomic.Int64
	for range 16 {
		all.Go(func() {
			for once(t, strings.TrimPrefix(r.base, "http://")) {
				served.Add(1)
			}
		})
	}
	eventually(t, "clients come", func() bool { return served.Load() > 200 })
	r.cancel()
	all.Wait()
	if err := r.finish(t); err != nil {
		t.Error(err)
	}
}

// once asks on a connection of its own; false if that is refused.
func once(t *testing.T, address string) bool {
	c, err := net.Dial("tcp", address)
	if errors.Is(err, syscall.ECONNREFUSED) {
		return false
	}
	if err != nil {
		t.Error(err)
		return false
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(within))
	if _, err := c.Write([]byte(get)); err != nil {
		t.Error(err)
		return false
	}
	answer := make([]byte, 12)
	if _, err := c.Read(answer); err != nil || string(answer) != "HTTP/1.1 200" {
		t.Errorf("%q %v", answer, err)
		return false
	}
	return true
}

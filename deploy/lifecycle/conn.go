package lifecycle

import (
	"bytes"
	"errors"
	"io"
	"net"
	"os"
	"sync"
	"time"
)

// linger is how long a connection that the drain has ended is read on, so that
// bytes still under way do not make the kernel reset it and destroy the last
// answer (RFC 9112 §9.6).
const linger = 500 * time.Millisecond

// httpBuffer is the size of net/http's buffer for reading, in bytes. If a
// Read asks for less, a part of a request is in it already. Should net/http
// change it, connections are closed instead of handed over, and tests fail.
const httpBuffer = 4096

// past is a deadline that has gone by: it wakes a blocked Read.
var past = time.Unix(1, 0)

// phase is what net/http does with a connection, as far as it tells.
type phase int

const (
	unread phase = iota // accepted or adopted; no byte has been read
	idle                // between two requests
	busy                // in a request, or HTTP/2
)

// wish is what a drain wants of a connection once it is between requests.
type wish int

const (
	stay wish = iota
	leave
	move
)

// conn is one connection. It knows when net/http waits on it for the first
// byte of a request, which net/http does not say: only then can it be closed
// or given away without losing any.
type conn struct {
	*net.TCPConn
	set    *connSet
	server string // name of the socket it came by

	mu       sync.Mutex
	phase    phase
	got      bool      // a byte has arrived since it became idle, or since the beginning
	settings int       // deadlines set since it became idle: the second begins a request
	waiting  bool      // in Read, between requests
	wish     wish      // what to do when waiting
	deadline time.Time // for reading, as net/http wants it
	header   time.Duration
	idleFor  time.Duration // >0: adopted; it may stay unread as long as an idle one
	served   bool
	http2    bool // it has begun so; it is counted once net/http serves it so
	counted  bool // among those of HTTP/2
	ended    bool // closed by the drain
	last     bool // its next answer is its last: nobody takes it
	moved    bool // a successor has it: our copy is closed without a word
	closing  sync.Once
}

// between reports whether a Read into size bytes waits for a request's first
// byte. A buffer that is not wholly free holds the beginning of one already.
func (c *conn) between(size int) bool {
	switch c.phase {
	case unread:
		return !c.got
	case idle:
		return !c.got && c.settings == 1 && size == httpBuffer
	}
	return false
}

// Read reads for net/http. Between requests it may return io.EOF, after which
// net/http closes its copy.
func (c *conn) Read(p []byte) (int, error) {
	c.mu.Lock()
	if c.moved || c.ended {
		c.mu.Unlock()
		return 0, io.EOF
	}
	if !c.between(len(p)) {
		c.mu.Unlock()
		n, err := c.TCPConn.Read(p)
		c.arrived(p[:n])
		return n, err
	}
	c.waiting = true
	for {
		if c.wish != stay && c.grant() {
			c.waiting = false
			c.mu.Unlock()
			return 0, io.EOF
		}
		c.mu.Unlock()
		n, err := c.TCPConn.Read(p)
		c.mu.Lock()
		if n == 0 && errors.Is(err, os.ErrDeadlineExceeded) && !c.expired() {
			c.TCPConn.SetReadDeadline(c.deadline) // woken by a wish
			continue
		}
		if c.waiting = false; c.wish != stay {
			c.TCPConn.SetReadDeadline(c.deadline) // the wish came too late, and what is to come may take its time
		}
		c.mu.Unlock()
		c.arrived(p[:n])
		return n, err
	}
}

// expired reports whether net/http's own deadline is over.
func (c *conn) expired() bool { return !c.deadline.IsZero() && !time.Now().Before(c.deadline) }

// arrived notes bytes that were read.
func (c *conn) arrived(p []byte) {
	if len(p) == 0 {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.phase == unread && !c.got {
		if bytes.HasPrefix(p, []byte("PRI")) { // RFC 9113 §3.4
			c.http2 = true
		}
		if c.idleFor > 0 && c.header > 0 {
			c.deadline = time.Now().Add(c.header)
			c.TCPConn.SetReadDeadline(c.deadline)
		}
	}
	c.got = true
}

// grant does what the drain wants, if it can be done now. The lock is held.
func (c *conn) grant() bool {
	switch c.wish {
	case leave:
		if pending(c.TCPConn) {
			c.wish = stay // a request has come; its answer will say close
			return false
		}
		c.ended = true
		return true
	case move:
		if err := c.set.giveAway(c); err != nil {
			c.wish, c.last = stay, true
			return false
		}
		c.moved = true
		return true
	}
	return false
}

// want tells a connection what to do, now or as soon as it is idle.
func (c *conn) want(w wish) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.http2 {
		return // goes by GOAWAY
	}
	c.wish, c.last = w, false
	if c.waiting && w != stay {
		c.TCPConn.SetReadDeadline(past)
	}
}

// SetReadDeadline notes and sets net/http's deadline.
func (c *conn) SetReadDeadline(t time.Time) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.settings++
	if c.idleFor > 0 && c.phase == unread && !c.got {
		t = time.Now().Add(c.idleFor)
	}
	c.deadline = t
	return c.TCPConn.SetReadDeadline(t)
}

// isLast reports whether the connection ends with its next answer.
func (c *conn) isLast() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.last
}

// begin notes that a handler runs.
func (c *conn) begin() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.phase, c.served = busy, true
}

func (c *conn) becomeIdle() {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case !c.http2:
		c.phase, c.got, c.settings = idle, false, 0
	case !c.counted: // from now on Shutdown sends it GOAWAY; before, it would cut it
		c.counted = true
		c.set.http2.Add(1)
		c.set.poke()
	}
}

// Close closes the connection and forgets it.
func (c *conn) Close() (err error) {
	c.closing.Do(func() {
		if c.lingers() {
			c.TCPConn.CloseWrite()
			c.TCPConn.SetReadDeadline(time.Now().Add(linger))
			io.Copy(io.Discard, c.TCPConn)
		}
		err = c.TCPConn.Close()
		c.set.remove(c)
	})
	return err
}

// lingers reports whether the client may be sending while we close.
func (c *conn) lingers() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return !c.moved && !c.set.hard.Load() && (c.ended || c.served && !c.http2 && c.set.ending.Load())
}

// WriteTo, which *net.TCPConn brings, would read past Read above.
func (c *conn) WriteTo(w io.Writer) (int64, error) {
	return io.Copy(w, struct{ io.Reader }{c})
}

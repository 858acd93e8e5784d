package lifecycle

import (
	"errors"
	"net"
	"net/http"
	"os"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// socket is one listening socket under its name, and the connections that
// came another way: by a handover, or from the queue of a socket that closes.
type socket struct {
	name   string
	tcp    *net.TCPListener
	shared bool // another process has it, too: its queue outlives our copy
	set    *connSet
	drains bool         // its connections are waited for
	server *http.Server // set by Serve

	given   chan *conn // adopted connections, for Serve
	done    chan struct{}
	once    sync.Once
	paused  atomic.Bool
	resumed chan struct{} // closed by resume; guarded by mu
	mu      sync.Mutex
	asleep  chan struct{} // closed when Accept has stopped; guarded by mu
}

func newSocket(name string, tcp *net.TCPListener, shared bool, set *connSet, drains bool) *socket {
	return &socket{name: name, tcp: tcp, shared: shared, set: set, drains: drains,
		given: make(chan *conn), done: make(chan struct{})}
}

// accepting is the socket as net/http accepts from it.
type accepting struct{ *socket }

// Accept returns the next connection. While the socket is paused it waits,
// and leaves connections to the kernel's queue.
func (s accepting) Accept() (net.Conn, error) {
	for {
		tcp, err := s.tcp.AcceptTCP()
		switch {
		case err == nil:
			s.set.accepted.Add(1)
			return s.admit(tcp), nil
		case !errors.Is(err, os.ErrDeadlineExceeded):
			return nil, err
		case !s.sleep():
			return nil, net.ErrClosed
		}
	}
}

// admit counts a connection, if this socket's are.
func (s *socket) admit(tcp *net.TCPConn) net.Conn {
	if !s.drains {
		return tcp
	}
	return s.set.add(s.name, tcp)
}

// Close closes the socket for good.
func (s *socket) Close() error {
	s.once.Do(func() { close(s.done) })
	return s.tcp.Close()
}

// Addr returns the address.
func (s *socket) Addr() net.Addr { return s.tcp.Addr() }

// sleep waits until the socket is resumed; false if it is closed instead.
func (s *socket) sleep() bool {
	s.mu.Lock()
	if !s.paused.Load() {
		s.mu.Unlock()
		return true
	}
	resumed := s.resumed
	close(s.asleep)
	s.mu.Unlock()
	select {
	case <-resumed:
		return true
	case <-s.done:
		return false
	}
}

// pause stops accepting and returns once no connection is being accepted any
// more. The socket stays open.
func (s *socket) pause() {
	s.mu.Lock()
	s.resumed, s.asleep = make(chan struct{}), make(chan struct{})
	s.paused.Store(true)
	asleep := s.asleep
	s.unblock()
	s.tcp.SetDeadline(past)
	s.mu.Unlock()
	ticker := time.NewTicker(wakeAfter)
	defer ticker.Stop()
	for {
		select {
		case <-asleep:
			return
		case <-s.done:
			return
		case <-ticker.C:
			s.wake()
		}
	}
}

// wakeAfter is how long Accept may take to see that it is to sleep.
const wakeAfter = time.Second

// unblock makes the kernel answer at once. Whether it does is the same for all
// who have a socket, and a service manager that starts another process with it
// may change that.
func (s *socket) unblock() {
	if raw, err := s.tcp.SyscallConn(); err == nil {
		_ = raw.Control(func(fd uintptr) { _ = syscall.SetNonblock(int(fd), true) }) // fails on a closed socket only
	}
}

// wake ends an Accept that has been stuck in the kernel since before unblock.
func (s *socket) wake() {
	if c, err := net.DialTimeout("tcp", s.tcp.Addr().String(), wakeAfter); err == nil {
		c.Close()
	}
}

// resume accepts again.
func (s *socket) resume() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.paused.Store(false)
	s.tcp.SetDeadline(time.Time{})
	close(s.resumed)
}

// handshake is how long a connection that has begun may take until it is in the
// queue of a socket that is about to close: the client's round trip.
const handshake = 20 * time.Millisecond

// shut closes a paused socket. Of a socket that nobody shares, the connections
// that clients already have are taken out of the queue first.
func (s *socket) shut() error {
	if s.shared {
		return s.Close()
	}
	_ = dropNew(s.tcp) // where the kernel cannot, a few may be reset
	s.takeIn(acceptQueued(s.tcp))
	time.Sleep(handshake)
	last := acceptQueued(s.tcp)
	err := s.tcp.Close()
	s.takeIn(last)
	s.once.Do(func() { close(s.done) })
	return err
}

// takeIn serves connections from the queue.
func (s *socket) takeIn(list []*net.TCPConn) {
	for _, tcp := range list {
		s.set.accepted.Add(1)
		s.hand(s.set.add(s.name, tcp))
	}
}

// hand gives a connection to net/http.
func (s *socket) hand(c *conn) {
	select {
	case s.given <- c:
	case <-s.done:
		c.Close()
	}
}

// adopted is the way in for connections that were not accepted here.
type adopted struct{ *socket }

// Accept returns the next of them.
func (s adopted) Accept() (net.Conn, error) {
	select {
	case c := <-s.given:
		return c, nil
	case <-s.done:
		return nil, net.ErrClosed
	}
}

// Close does nothing: the socket's Close ends this too.
func (s adopted) Close() error { return nil }

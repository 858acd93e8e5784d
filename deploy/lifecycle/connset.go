package lifecycle

import (
	"context"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
)

// connSet is all open connections of the sockets that drain, and the requests
// on them.
type connSet struct {
	mu   sync.Mutex
	all  map[*conn]struct{}
	wish wish              // of those that come
	give func(*conn) error // hands a connection to whoever takes them now

	inFlight atomic.Int64
	http2    atomic.Int64 // open connections that speak it
	ending   atomic.Bool  // answers end their connections
	hard     atomic.Bool  // nothing is waited for
	changed  chan struct{}

	accepted, adopted, moved, aborted atomic.Int64
}

func newConnSet() *connSet {
	return &connSet{all: map[*conn]struct{}{}, changed: make(chan struct{}, 1)}
}

// poke wakes whoever waits for fewer connections or requests.
func (s *connSet) poke() {
	select {
	case s.changed <- struct{}{}:
	default:
	}
}

// add takes a connection in.
func (s *connSet) add(server string, tcp *net.TCPConn) *conn {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := &conn{TCPConn: tcp, set: s, server: server, wish: s.wish}
	s.all[c] = struct{}{}
	return c
}

func (s *connSet) remove(c *conn) {
	s.mu.Lock()
	delete(s.all, c)
	s.mu.Unlock()
	c.mu.Lock()
	if c.counted {
		s.http2.Add(-1)
	}
	c.mu.Unlock()
	s.poke()
}

// list returns the connections; those that come later get the wish. A
// connection's lock is never taken under the set's.
func (s *connSet) list(w *wish) []*conn {
	s.mu.Lock()
	defer s.mu.Unlock()
	if w != nil {
		s.wish = *w
	}
	list := make([]*conn, 0, len(s.all))
	for c := range s.all {
		list = append(list, c)
	}
	return list
}

// want tells every connection what to do when it is idle, those to come
// included.
func (s *connSet) want(w wish) {
	for _, c := range s.list(&w) {
		c.want(w)
	}
}

// giveTo lets connections leave by a function, which returns nil once the
// receiver has a copy of the descriptor.
func (s *connSet) giveTo(give func(c *conn) error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.give = give
}

// giveAway gives one connection away.
func (s *connSet) giveAway(c *conn) error {
	s.mu.Lock()
	give := s.give
	s.mu.Unlock()
	if err := give(c); err != nil {
		return err
	}
	s.moved.Add(1)
	return nil
}

// open returns how many connections are open, and how many of them can be
// waited for or given away: HTTP/2 ends by GOAWAY only.
func (s *connSet) open() (all, http1 int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.all), len(s.all) - int(s.http2.Load())
}

// idle counts the connections between two requests.
func (s *connSet) idle() (n int) {
	for _, c := range s.list(nil) {
		c.mu.Lock()
		if c.waiting {
			n++
		}
		c.mu.Unlock()
	}
	return n
}

// hook follows net/http's states.
func (s *connSet) hook(nc net.Conn, state http.ConnState) {
	if c, ok := nc.(*conn); ok && state == http.StateIdle {
		c.becomeIdle()
	}
}

type connKey struct{}

// contextOf lets a request find its connection.
func contextOf(ctx context.Context, nc net.Conn) context.Context {
	if c, ok := nc.(*conn); ok {
		return context.WithValue(ctx, connKey{}, c)
	}
	return ctx
}

// handler counts requests, and lets answers end their connections during a
// drain. During a handover only HTTP/2 ends so: it cannot be moved.
func (s *connSet) handler(next http.Handler, closes func(r *http.Request) bool) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c, ok := r.Context().Value(connKey{}).(*conn)
		if ok {
			c.begin()
		}
		s.inFlight.Add(1)
		a := &answer{ResponseWriter: w, closes: func() bool { return closes(r) || ok && c.isLast() }}
		defer func() {
			a.decide()
			s.inFlight.Add(-1)
			s.poke()
		}()
		next.ServeHTTP(a, r)
	})
}

package lifecycle

import (
	"container/heap"
	"time"
)

// minRelease is how many held requests may be released at a time, however few
// were under way before.
const minRelease = 16

// startWithin is how long a released request may take to be on its way before
// the next is released beside it.
const startWithin = 2 * time.Millisecond

// After a hold, so many requests go one by one. Each has so much time to arrive
// once it is on its way, or the next would overtake it on another connection,
// and so much to be done where a handler answers it here. Later ones do not, so
// that any queue drains.
const (
	paced      = 256
	settle     = 200 * time.Microsecond
	doneWithin = 5 * time.Millisecond
)

// pump lets the next ones through.
func (g *Gate) pump() {
	for !g.closed() && g.starting == nil && g.waiting.Len() > 0 && (g.limit == 0 || g.active < g.limit) {
		w := heap.Pop(&g.waiting).(*waiter)
		g.active++
		g.starting = w
		w.slow = time.AfterFunc(startWithin, func() { g.follow(w) })
		g.count.Released++
		w.admit(admitted)
	}
	if g.waiting.Len() == 0 && g.starting == nil {
		g.limit = 0
	}
}

// started notes that a released request is on its way, so that the next one
// comes after it.
func (g *Gate) started(w *waiter) { g.spare(w, settle) }

// spare gives a released request time, while requests go one by one. When it is
// done the next one goes at once.
func (g *Gate) spare(w *waiter, d time.Duration) {
	g.mu.Lock()
	pacing := g.starting == w && g.pace > 0
	if pacing {
		g.pace--
		w.slow.Reset(d)
	}
	g.mu.Unlock()
	if !pacing {
		g.follow(w)
	}
}

// follow lets the next one go after a released request.
func (g *Gate) follow(w *waiter) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.starting == w {
		w.slow.Stop()
		g.starting = nil
		g.pump()
	}
}

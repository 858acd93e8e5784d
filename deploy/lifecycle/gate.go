package lifecycle

import (
	"cmp"
	"container/heap"
	"context"
	"errors"
	"sync"
	"time"
)

// Limits of a gate that names none.
const (
	DefaultMaxHold = 5 * time.Minute
	DefaultMaxHeld = 10_000
	DefaultMaxBody = 1 << 20
)

// GateLimits bounds what a gate holds.
type GateLimits struct {
	MaxHold time.Duration // of one request
	MaxHeld int           // requests at a time
	MaxBody int64         // bytes of one request: it is read before it is held
	// FailOpen releases a hold that lasts too long; otherwise it stays, and
	// each request gets 503 when its time is over.
	FailOpen bool
}

func (l GateLimits) withDefaults() GateLimits {
	l.MaxHold = cmp.Or(l.MaxHold, DefaultMaxHold)
	l.MaxHeld = cmp.Or(l.MaxHeld, DefaultMaxHeld)
	l.MaxBody = cmp.Or(l.MaxBody, DefaultMaxBody)
	return l
}

// ErrReleased says that a hold was released while requests were still being
// waited for: nothing is held.
var ErrReleased = errors.New("released before every request was done; nothing is held")

// Gate lets requests through, or holds them and lets them through later, in
// the order in which they came. All methods are safe for concurrent use.
type Gate struct {
	limits GateLimits

	mu       sync.Mutex
	held     bool // by an order
	away     bool // what is behind does not answer: an intermission
	ended    bool // nothing is held any more: what would be is refused
	since    time.Time
	holds    uint64 // orders to hold so far
	until    time.Time
	expiry   *time.Timer // releases at until, if the gate fails open
	expired  func()      // told of that
	tickets  uint64
	waiting  queue
	reading  int // requests whose body is read, to be held then
	active   int // requests let through
	before   int // active when the hold began
	limit    int // of active, while what was held is released; 0: none
	starting *waiter
	pace     int           // released requests that still go one by one
	changed  chan struct{} // closed when active falls, or at a release
	count    GateCounts
}

// NewGate returns an open gate.
func NewGate(limits GateLimits) *Gate {
	return &Gate{limits: limits.withDefaults(), changed: make(chan struct{})}
}

// Close holds requests from now on, for at most max if the gate fails open (0:
// its MaxHold). It does not wait; Drained does.
func (g *Gate) Close(max time.Duration) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.begin()
	g.held = true
	if g.expiry != nil {
		g.expiry.Stop()
	}
	if g.limits.FailOpen {
		left := cmp.Or(max, g.limits.MaxHold)
		g.holds++
		hold := g.holds
		g.until = time.Now().Add(left)
		g.expiry = time.AfterFunc(left, func() { g.expire(hold) })
	}
}

// OnExpiry names a function that is called each time a hold has lasted its time
// and is released by itself. It is named before the first hold.
func (g *Gate) OnExpiry(f func()) { g.expired = f }

// Left returns after what time a hold releases by itself; 0 if none does.
func (g *Gate) Left() time.Duration {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.held || !g.limits.FailOpen {
		return 0
	}
	return max(0, time.Until(g.until))
}

// expire ends a hold whose time is over, unless another has been ordered at the
// same moment.
func (g *Gate) expire(hold uint64) {
	g.mu.Lock()
	over := g.held && g.holds == hold
	if over {
		g.held = false
		g.open()
	}
	g.mu.Unlock()
	if over && g.expired != nil {
		g.expired()
	}
}

// Reclose goes on with a hold that another process began, when before requests
// were under way; left is what is left of its time if the gate fails open.
func (g *Gate) Reclose(left time.Duration, before int) {
	g.Close(left)
	g.mu.Lock()
	defer g.mu.Unlock()
	g.before = max(g.before, before)
}

// begin notes how much was going on before the gate closed.
func (g *Gate) begin() {
	if g.closed() {
		return
	}
	g.since = time.Now()
	if g.limit == 0 { // otherwise the last release goes on
		g.before = g.active
	}
}

// Drained waits until every request that was let through is done.
func (g *Gate) Drained(ctx context.Context) error {
	for {
		g.mu.Lock()
		held, active, changed := g.held, g.active, g.changed
		g.mu.Unlock()
		switch {
		case !held:
			return ErrReleased
		case active == 0:
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// Hold is Close and Drained.
func (g *Gate) Hold(ctx context.Context, max time.Duration) error {
	g.Close(max)
	return g.Drained(ctx)
}

// Release lets requests through: those that are held first, in their order,
// and no more at a time than twice as many as were under way before.
func (g *Gate) Release() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.held = false
	if g.expiry != nil {
		g.expiry.Stop()
	}
	g.open()
}

// closed reports whether there is a reason to hold.
func (g *Gate) closed() bool { return g.held || g.away }

// open starts the release, unless there is another reason to hold.
func (g *Gate) open() {
	if g.closed() {
		return
	}
	if g.waiting.Len() > 0 {
		g.limit, g.pace = max(minRelease, 2*g.before), paced
	}
	g.announce()
	g.pump()
}

// announce wakes those who wait for a change.
func (g *Gate) announce() {
	close(g.changed)
	g.changed = make(chan struct{})
}

// finish notes that a request is done.
func (g *Gate) finish(w *waiter) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.active--
	if g.starting == w && w != nil {
		w.slow.Stop()
		g.starting = nil
	}
	g.announce()
	g.pump()
}

// End refuses what is held from now on: the process goes. What need not be held
// goes through, for it can still come on an open connection.
func (g *Gate) End() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.ended = true
	for g.closed() && g.waiting.Len() > 0 {
		g.count.Refused++
		heap.Pop(&g.waiting).(*waiter).admit(refused)
	}
}

package lifecycle

import (
	"container/heap"
	"context"
	"time"
)

// fate is what becomes of a request at a gate.
type fate int

const (
	admitted fate = iota
	abandoned
	expired
	refused // too many, or the process goes
)

// waiter is a held request.
type waiter struct {
	ticket uint64 // place in the order of arrival
	at     int    // place in the heap; -1: not in it
	fate   chan fate
	slow   *time.Timer // releases the next one if this takes long to start
}

func (w *waiter) admit(f fate) { w.fate <- f }

// queue is a heap: the first to have come is the first to go, also when it
// had been let through already and comes back.
type queue []*waiter

func (q queue) Len() int           { return len(q) }
func (q queue) Less(i, j int) bool { return q[i].ticket < q[j].ticket }
func (q queue) Swap(i, j int) {
	q[i], q[j] = q[j], q[i]
	q[i].at, q[j].at = i, j
}

// Push adds a waiter; it is heap.Push's.
func (q *queue) Push(x any) {
	w := x.(*waiter)
	w.at = len(*q)
	*q = append(*q, w)
}

// Pop removes the last waiter; it is heap.Pop's.
func (q *queue) Pop() any {
	old := *q
	w := old[len(old)-1]
	old[len(old)-1] = nil
	*q = old[:len(old)-1]
	w.at = -1
	return w
}

// ticket gives a request its place in the order of arrival, and lets it
// through at once if nothing is held.
func (g *Gate) ticket() (ticket uint64, through bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.tickets++
	if g.closed() || g.waiting.Len() > 0 || g.starting != nil || g.limit > 0 && g.active >= g.limit {
		return g.tickets, false
	}
	g.active++
	return g.tickets, true
}

// wait holds a request until it is let through, its client leaves, or its
// time is over.
func (g *Gate) wait(ctx context.Context, ticket uint64, until time.Time) (*waiter, fate) {
	w := &waiter{ticket: ticket, at: -1, fate: make(chan fate, 1)}
	if !g.join(w) {
		return w, refused
	}
	// A timer without a channel: of thousands that wait, each byte counts.
	timer := time.AfterFunc(time.Until(until), func() { g.withdraw(w, expired) })
	defer timer.Stop()
	select {
	case f := <-w.fate:
		return w, f
	case <-ctx.Done():
		g.withdraw(w, abandoned)
		return w, <-w.fate
	}
}

// join puts a waiter into the queue; false if that is full.
func (g *Gate) join(w *waiter) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.ended && g.closed() || g.waiting.Len() >= g.limits.MaxHeld {
		g.count.Refused++
		return false
	}
	g.count.Held++
	heap.Push(&g.waiting, w)
	g.pump()
	return true
}

// withdraw takes a waiter out of the queue, unless its fate was decided at the
// same moment.
func (g *Gate) withdraw(w *waiter, f fate) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if w.at < 0 {
		return
	}
	heap.Remove(&g.waiting, w.at)
	if f == abandoned {
		g.count.Abandoned++
	} else {
		g.count.Refused++
	}
	w.admit(f)
}

// Waiting returns how many requests are held.
func (g *Gate) Waiting() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.waiting.Len()
}

// Empty waits until nothing is held and nothing under way, or the context ends.
func (g *Gate) Empty(ctx context.Context) error {
	for {
		g.mu.Lock()
		busy, changed := g.waiting.Len()+g.active, g.changed
		g.mu.Unlock()
		if busy == 0 {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

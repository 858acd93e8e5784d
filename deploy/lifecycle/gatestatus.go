package lifecycle

import "time"

// GateCounts says what became of requests that met a closed gate.
type GateCounts struct {
	Held      int64 `json:"held"`      // had to wait
	Released  int64 `json:"released"`  // of those, went through
	Abandoned int64 `json:"abandoned"` // their client left
	Refused   int64 `json:"refused"`   // got 503 or 413
}

// GateStatus is a gate at a moment.
type GateStatus struct {
	Holding      bool       `json:"holding"`
	Intermission bool       `json:"intermission"`
	Since        *time.Time `json:"since,omitempty"`
	Waiting      int        `json:"waiting"`
	Active       int        `json:"active"`
	Before       int        `json:"before"` // active when the hold began
	Counts       GateCounts `json:"counts"`
}

// Status returns how the gate stands.
func (g *Gate) Status() GateStatus {
	g.mu.Lock()
	defer g.mu.Unlock()
	s := GateStatus{Holding: g.held, Intermission: g.away, Waiting: g.waiting.Len(), Active: g.active, Before: g.before, Counts: g.count}
	if g.closed() {
		since := g.since
		s.Since = &since
	}
	return s
}

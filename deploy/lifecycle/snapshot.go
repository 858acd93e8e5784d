package lifecycle

import (
	"os"
	"time"
)

// Snapshot is a process at a moment, for status and metrics. Counts of
// connections are those of sockets that drain.
type Snapshot struct {
	Process     int       `json:"process"` // its id
	State       State     `json:"state"`
	Since       time.Time `json:"since"` // of the state
	Connections int       `json:"connections"`
	Idle        int       `json:"idle"` // of them, between two requests
	Requests    int64     `json:"requests"`
	Held        int       `json:"held"`     // of the requests
	Accepted    int64     `json:"accepted"` // connections, since the beginning
	Adopted     int64     `json:"adopted"`  // from a predecessor
	Moved       int64     `json:"moved"`    // to a successor
	Aborted     int64     `json:"aborted"`  // requests cut by Hard
	Replacing   bool      `json:"replacing,omitempty"`
}

// Snapshot returns how the process stands.
func (l *Life) Snapshot() Snapshot {
	l.mu.Lock()
	s := Snapshot{Process: os.Getpid(), State: l.state, Since: l.since}
	l.mu.Unlock()
	s.Connections, _ = l.set.open()
	s.Idle, s.Requests = l.set.idle(), l.set.inFlight.Load()
	s.Accepted, s.Adopted, s.Moved, s.Aborted = l.set.accepted.Load(), l.set.adopted.Load(), l.set.moved.Load(), l.set.aborted.Load()
	if l.cfg.Held != nil {
		s.Held = l.cfg.Held()
	}
	select {
	case <-l.Alone():
	default:
		s.Replacing = true
	}
	return s
}

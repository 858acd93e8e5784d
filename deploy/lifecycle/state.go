package lifecycle

import "fmt"

// State is where a process is in its life. The numbers only grow, but for a
// handover whose newcomer dies: then the old process is Ready again.
type State int32

const (
	Starting  State = iota // sockets are open, nothing is accepted
	Ready                  // serves
	Lame                   // serves, and tells balancers and clients to go elsewhere
	Closed                 // accepts nothing new any more
	OneMore                // answers what open connections ask, once each
	Handover               // gives idle connections to a successor
	CloseIdle              // closes idle connections and waits for open requests
	Hard                   // cuts what is left
	Stopped                // serves nothing
)

// States lists all states in order, for metrics.
func States() []State {
	return []State{Starting, Ready, Lame, Closed, OneMore, Handover, CloseIdle, Hard, Stopped}
}

// String returns the state's name in status, metrics and log.
func (s State) String() string {
	names := [...]string{"starting", "ready", "lame", "closed", "one-more", "handover", "close-idle", "hard", "stopped"}
	if s < 0 || int(s) >= len(names) {
		return "unknown"
	}
	return names[s]
}

// MarshalText makes a state its name in JSON.
func (s State) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads a state's name.
func (s *State) UnmarshalText(text []byte) error {
	for _, state := range States() {
		if state.String() == string(text) {
			*s = state
			return nil
		}
	}
	return fmt.Errorf("%q is no state of a process", text)
}

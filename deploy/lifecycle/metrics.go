package lifecycle

import (
	"fmt"
	"io"
)

// WriteMetrics writes a snapshot in Prometheus' text format.
func WriteMetrics(w io.Writer, s Snapshot) error {
	for _, state := range States() {
		now := 0
		if s.State == state {
			now = 1
		}
		if _, err := fmt.Fprintf(w, "postil_lifecycle_state{state=%q} %d\n", state, now); err != nil {
			return err
		}
	}
	for _, m := range []struct {
		name  string
		value int64
	}{
		{"connections", int64(s.Connections)}, {"connections_idle", int64(s.Idle)}, {"requests", s.Requests}, {"requests_held", int64(s.Held)},
		{"connections_accepted_total", s.Accepted}, {"connections_adopted_total", s.Adopted}, {"connections_moved_total", s.Moved}, {"requests_aborted_total", s.Aborted},
	} {
		if _, err := fmt.Fprintf(w, "postil_lifecycle_%s %d\n", m.name, m.value); err != nil {
			return err
		}
	}
	return nil
}

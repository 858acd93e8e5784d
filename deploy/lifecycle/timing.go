package lifecycle

import (
	"cmp"
	"fmt"
	"time"
)

// Spare is what a grace period must have beyond the drain, for what a process
// does after its last answer: the publisher's last pass, the outbox, the store.
const Spare = 5 * time.Second

// Timing is how long a drain may stay in its states.
type Timing struct {
	// Lame is how long balancers need to notice that the process is not ready:
	// check interval × failures + time-out. 0 where nobody checks (systemd), or
	// where a preStop hook has already waited.
	Lame time.Duration
	// OneMore is how long open connections are waited for, to answer one more
	// request each: the longest time after which clients use an idle one again.
	OneMore time.Duration
	// Requests is how long open requests may take from then on.
	Requests time.Duration
	// Grace is the time after which whoever stops the process kills it:
	// terminationGracePeriodSeconds less preStop, or TimeoutStopSec. 0 = unknown.
	Grace time.Duration
	// Takeover is how long a newcomer that has asked for the sockets may take
	// to become ready. 0 = a minute.
	Takeover time.Duration
}

// DefaultTiming returns times for a process that no balancer checks.
func DefaultTiming() Timing {
	return Timing{OneMore: 10 * time.Second, Requests: 10 * time.Second}
}

// takeover returns the newcomer's time with its default.
func (t Timing) takeover() time.Duration { return cmp.Or(t.Takeover, time.Minute) }

// Sum is the longest that a drain can take.
func (t Timing) Sum() time.Duration { return t.Lame + t.OneMore + t.Requests }

// Check refuses negative times, and a drain that whoever stops the process
// would not wait for.
func (t Timing) Check() error {
	for _, d := range []struct {
		flag string
		time time.Duration
	}{
		{"--drain-lame", t.Lame}, {"--drain-one-more", t.OneMore}, {"--drain-requests", t.Requests},
		{"--grace", t.Grace}, {"--takeover-timeout", t.Takeover},
	} {
		if d.time < 0 {
			return fmt.Errorf("%s: %v is negative; give a time such as 10s", d.flag, d.time)
		}
	}
	if need := t.Sum() + Spare; t.Grace > 0 && need > t.Grace {
		return fmt.Errorf("--grace: a drain may take %v (--drain-lame %v + --drain-one-more %v + --drain-requests %v + %v to close the store), but the process is killed after %v; raise terminationGracePeriodSeconds or TimeoutStopSec together with --grace to %v, or lower the others",
			need, t.Lame, t.OneMore, t.Requests, Spare, t.Grace, need)
	}
	return nil
}

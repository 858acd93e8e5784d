package notify

import (
	"net/url"
	"time"

	"postil/comments"
)

// Bounds of what is sent at once.
const (
	maxFlying = 32 // in all lanes together
	laneWidth = 4  // in one lane

	// maxTurned is how many deliveries may find their lane full before one look
	// ends. Each of them then waits for turnedAway at least; the more there
	// are, the longer, so that asking leaves time for other lanes.
	maxTurned   = 8
	turnedAway  = 2 * time.Second
	longestAway = time.Minute
)

// lane is the way to one target: the mail server, or a host of webhooks or of
// a hub. One that is slow fills its own lane only. One that fails rests; then
// a single delivery tries whether it is back, before all others do.
type lane struct {
	retry    time.Duration // how long it rests at first
	running  int
	turned   int       // deliveries that found it full, less those it has taken since
	failures int       // of the target, in a row
	until    time.Time // it rests till then
}

// laneOf names the lane of a delivery.
func laneOf(d comments.Delivery) string {
	if d.Channel == comments.ByMail {
		return string(d.Channel)
	}
	host := d.Target
	if u, err := url.Parse(d.Target); err == nil {
		host = u.Host
	}
	return string(d.Channel) + " " + host
}

func (l *lane) width() int {
	if l.failures > 0 {
		return 1
	}
	return laneWidth
}

// admission says what a lane does with a delivery.
type admission int

const (
	sends admission = iota // it has room, and has taken it in
	full                   // it has none at the moment
	rests                  // it takes none until its time
)

func (l *lane) enter(now time.Time) admission {
	switch {
	case now.Before(l.until):
		return rests
	case l.running >= l.width():
		return full
	default:
		l.running++
		l.turned = max(0, l.turned-1)
		return sends
	}
}

// turnAway returns how long a delivery has to wait that found the lane full.
func (l *lane) turnAway() time.Duration {
	l.turned++
	wait := min(turnedAway*time.Duration(1+l.turned/maxTurned), longestAway)
	return wait + jitter(wait)
}

// note enters how a sending ended, and returns when the target may be tried
// again, if it is the target that fails.
func (l *lane) note(o outcome, now time.Time) time.Time {
	if o.unmet {
		return time.Time{}
	}
	if o.result != failed || !o.target {
		l.failures, l.until = 0, time.Time{}
		return time.Time{}
	}
	if !now.Before(l.until) { // not one of several that were under way together
		l.failures++
		l.until = now.Add(max(backoff(l.retry, l.failures), min(o.after, retryLongest)))
	}
	return l.until
}

// idle reports whether nothing would be lost by forgetting the lane.
func (l *lane) idle() bool { return l.running == 0 && l.failures == 0 }

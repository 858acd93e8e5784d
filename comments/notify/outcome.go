package notify

import (
	"math/rand/v2"
	"time"

	"postil/comments"
)

// How long what failed is tried again. After 20 tries two days have passed.
const (
	// DefaultRetry is how long to wait after the first failure. It doubles
	// with each further one.
	DefaultRetry = 30 * time.Second

	retryLongest = 4 * time.Hour  // between two tries
	maxTries     = 20             //
	maxAge       = 24 * time.Hour // before which nothing is given up for its tries: some of them only found the lane resting
	maxRefused   = 3              // tries of what the target refuses, in case it was set up wrongly for a moment
	keepDead     = 30 * 24 * time.Hour
)

// result is what became of a try.
type result int

const (
	done    result = iota // sent, or there is no point in sending it any more
	failed                // it may work later
	refused               // the target does not want it
)

// outcome is what became of a try, in detail.
type outcome struct {
	result result
	reason string        // for an admin; without addresses or words
	target bool          // the target fails, whatever it is sent
	unmet  bool          // the target was not even asked
	lost   bool          // it may have arrived: the answer was lost
	final  bool          // of refused: asking again would change nothing
	after  time.Duration // for so long the target wants to be left alone; or 0
}

// coalesced reports whether one delivery stands for all of its sort.
func coalesced(d comments.Delivery) bool {
	return d.Kind == comments.TellDigest || d.Kind == comments.TellFeed
}

// hopeless reports whether a delivery is to be given up. A digest and a ping
// never are: a dead one would stand in the way of the next, since the outbox
// holds one of each. They are tried for ever, at the slowest pace.
func hopeless(d comments.Delivery, o outcome, now time.Time) bool {
	switch {
	case coalesced(d):
		return false
	case o.result == refused:
		return o.final || d.Tries >= maxRefused
	default:
		return d.Tries >= maxTries && now.Sub(d.Created) >= maxAge
	}
}

// retryAt returns when to try a delivery again; first is how long to wait
// after one failure.
func retryAt(d comments.Delivery, o outcome, first time.Duration, now time.Time) time.Time {
	wait := backoff(first, d.Tries)
	if o.result == refused && o.final {
		wait = retryLongest - jitter(retryLongest/4)
	}
	return now.Add(max(wait, min(o.after, retryLongest)))
}

// backoff returns how long to wait after so many failures: about twice as
// long each time.
func backoff(first time.Duration, failures int) time.Duration {
	wait := min(first<<min(max(failures-1, 0), 10), retryLongest)
	return wait - wait/8 + jitter(wait/4)
}

// jitter returns a duration below a limit, so that what failed together does
// not come back together.
func jitter(limit time.Duration) time.Duration { return rand.N(limit) }

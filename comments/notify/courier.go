package notify

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"time"
)

const (
	pollEvery = 5 * time.Second        // the longest that what another process did stays unseen
	pace      = 250 * time.Millisecond // between two looks, however much happens
	lastSends = 5 * time.Second        // for what is being sent when Run is told to end
	complain  = time.Minute            // between two complaints about the database
	tidyEvery = time.Hour
)

// Courier sends what the outbox holds. Make one with [New]; its methods are
// safe for concurrent use, and any number of couriers, in any processes, can
// share a database.
type Courier struct {
	Config
	from   sender // of mails
	quota  quota
	direct *http.Client // calls hosts that their site allows in private networks
	public *http.Client // calls all others
	nudges chan struct{}

	mu        sync.Mutex // guards all below
	lanes     map[string]*lane
	flying    int           // workers
	moved     chan struct{} // closed and replaced whenever a worker or a lane is done
	complaint time.Time     // when the database was last complained of
}

// Nudge tells that there may be something to send. It never blocks.
func (c *Courier) Nudge() {
	select {
	case c.nudges <- struct{}{}:
	default: // a look is about to begin already
	}
}

// Run sends what is due until ctx ends. What cannot be sent waits in the
// outbox; neither it nor a database that is away ends Run. It then returns
// within 10 s, and gives back to the outbox what it has not sent.
func (c *Courier) Run(ctx context.Context) {
	sending, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	var tidied time.Time
	for ctx.Err() == nil {
		wait := c.look(ctx, sending)
		if now := c.Now(); now.Sub(tidied) >= tidyEvery {
			tidied = now
			c.complain(c.tidy(ctx))
		}
		if c.rest(ctx, wait) {
			pause(ctx, pace)
		}
	}
	c.leave(sending, stop)
}

// look makes deliveries, begins to send what is due, and returns how long
// there is nothing more to do.
func (c *Courier) look(ctx, sending context.Context) time.Duration {
	c.complain(c.dispatch(ctx))
	_, err := c.fill(ctx, sending, false)
	if c.complain(err) {
		return pollEvery
	}
	due, err := c.Store.NextDue(ctx)
	if c.complain(err) || due.IsZero() {
		return pollEvery
	}
	return min(pollEvery, max(pace, due.Sub(c.Now())))
}

// rest waits for something to do.
func (c *Courier) rest(ctx context.Context, wait time.Duration) bool {
	c.mu.Lock()
	moved := c.moved
	c.mu.Unlock()
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
	case <-c.nudges:
	case <-moved:
	}
	return true
}

func pause(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}

// leave waits for what is being sent, but not for long.
func (c *Courier) leave(ctx context.Context, stop context.CancelFunc) {
	patient, cancel := context.WithTimeout(ctx, lastSends)
	defer cancel()
	_ = c.await(patient, func() bool { return c.flying == 0 })
	stop() // which ends the conversations under way
	c.land(ctx)
}

// land waits until what was broken off is back in the outbox.
func (c *Courier) land(ctx context.Context) {
	patient, cancel := context.WithTimeout(context.WithoutCancel(ctx), settleTimeout+settleRetry)
	defer cancel()
	_ = c.await(patient, func() bool { return c.flying == 0 })
}

// Flush makes deliveries of all that happened, sends all that is due now, and
// returns when nothing is under way any more. What fails is not its error but
// the outbox's to tell; it fails where the database does, or when ctx ends.
func (c *Courier) Flush(ctx context.Context) error {
	for {
		if ctx.Err() != nil {
			c.land(ctx)
			return ctx.Err()
		}
		c.mu.Lock()
		idle := c.flying == 0
		c.mu.Unlock()
		if err := c.dispatch(ctx); err != nil {
			return err
		}
		had, err := c.fill(ctx, ctx, true)
		if err != nil || idle && had == 0 {
			return err
		}
		_ = c.await(ctx, func() bool { return c.flying == 0 || had > 0 && c.flying < maxFlying })
	}
}

// await waits for a condition on what mu guards.
func (c *Courier) await(ctx context.Context, met func() bool) error {
	for {
		c.mu.Lock()
		ok, moved := met(), c.moved
		c.mu.Unlock()
		if ok {
			return nil
		}
		select {
		case <-moved:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// complain logs that the database fails, now and then, and reports whether it
// does.
func (c *Courier) complain(err error) bool {
	if err == nil || errors.Is(err, context.Canceled) {
		return err != nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if now := c.Now(); now.Sub(c.complaint) >= complain {
		c.complaint = now
		c.Log.Error("notifications wait for the database", "err", err)
	}
	return true
}

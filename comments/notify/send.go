package notify

import (
	"context"
	"errors"
	"time"

	"postil/comments"
)

const (
	settleTimeout = 3 * time.Second        // of one try to note what became of a delivery
	settleRetry   = 250 * time.Millisecond // before the next
	tidyStep      = 500
)

// fill begins to send what is due, until there is nothing more, too much is
// under way, or too much finds its lane full. It returns how many deliveries
// it had in hand. It claims one after the other and holds only what it sends:
// others would count as unsure if it were killed, although they never went
// out. A patient fill waits until lanes have room.
func (c *Courier) fill(ctx, sending context.Context, patient bool) (had int, err error) {
	for turned := 0; turned < maxTurned && c.hasRoom(); had++ {
		found, away, err := c.one(ctx, sending, patient)
		if err != nil || !found {
			return had, err
		}
		if away {
			turned++
		}
	}
	return had, nil
}

func (c *Courier) hasRoom() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.flying < maxFlying
}

// one claims a delivery and gives it to its lane, which may turn it away.
func (c *Courier) one(ctx, sending context.Context, patient bool) (found, away bool, err error) {
	now := c.Now()
	claimed, err := c.Store.Claim(ctx, now, now.Add(c.Lease), 1)
	if err != nil || len(claimed) == 0 {
		return false, false, err
	}
	d := claimed[0]
	for {
		switch l, how, until := c.enter(d); {
		case how == sends:
			go c.work(ctx, sending, l, d, !patient)
			return true, false, nil
		case how == rests:
			c.giveBack(sending, d, until)
			return true, false, nil
		case !patient:
			c.giveBack(sending, d, until)
			return true, true, nil
		default:
			if err := c.await(ctx, func() bool { return l.running < l.width() || c.Now().Before(l.until) }); err != nil {
				c.giveBack(sending, d, c.Now())
				return true, false, err
			}
		}
	}
}

// enter asks a delivery's lane to take it. If that does not, until is when to
// ask again.
func (c *Courier) enter(d comments.Delivery) (l *lane, how admission, until time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	name := laneOf(d)
	if l = c.lanes[name]; l == nil {
		l = &lane{retry: c.Retry}
		c.lanes[name] = l
	}
	switch how = l.enter(c.Now()); how {
	case sends:
		c.flying++
	case full:
		until = c.Now().Add(l.turnAway())
	case rests:
		until = l.until.Add(jitter(l.retry))
	}
	return l, how, until
}

// work sends a delivery, and begins another if it is told to.
func (c *Courier) work(ctx, sending context.Context, l *lane, d comments.Delivery, more bool) {
	defer c.moving(func() { c.flying-- })
	if d.Due.Sub(c.Now()) < c.longest(d) { // its lease would end before it is sent
		c.giveBack(sending, d, c.Now())
	} else {
		c.try(sending, l, d)
	}
	c.moving(func() {
		if l.running--; l.idle() {
			delete(c.lanes, laneOf(d))
		}
	})
	if more && ctx.Err() == nil {
		_, _, err := c.one(ctx, sending, false)
		c.complain(err)
	}
}

// moving changes what mu guards, and tells those who await it.
func (c *Courier) moving(change func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	change()
	close(c.moved)
	c.moved = make(chan struct{})
}

// longest returns how long sending a delivery may take.
func (c *Courier) longest(d comments.Delivery) time.Duration {
	if d.Channel == comments.ByMail {
		return c.Mail.Timeout
	}
	return c.Timeout
}

// try sends a delivery and notes in the outbox what became of it.
func (c *Courier) try(ctx context.Context, l *lane, d comments.Delivery) {
	before, o := c.attempt(ctx, d)
	now := c.Now()
	d.Unsure = d.Unsure || o.lost
	if ctx.Err() != nil && o.result == failed { // we broke it off ourselves
		c.giveBack(ctx, d, now)
		return
	}
	c.mu.Lock()
	rested := l.note(o, now)
	c.mu.Unlock()
	switch {
	case o.result == done:
		c.finish(ctx, d, before)
	case hopeless(d, o, now):
		c.Log.Warn("a notification was given up", "site", d.Site, "delivery", d.ID, "channel", d.Channel, "kind", d.Kind, "tries", d.Tries, "reason", o.reason)
		d.State, d.Due, d.Error = comments.Dead, now, o.reason
		c.settle(ctx, d)
	default:
		d.State, d.Due, d.Error = comments.Waiting, retryAt(d, o, c.Retry, now), o.reason
		if !rested.IsZero() {
			d.Due = rested.Add(jitter(l.retry / 4))
		}
		c.settle(ctx, d)
	}
}

// attempt sends a delivery if there still is a point in it. The number it
// returns is that of the newest event of the site that was surely looked at.
func (c *Courier) attempt(ctx context.Context, d comments.Delivery) (event int64, o outcome) {
	ctx, cancel := context.WithTimeout(ctx, c.longest(d))
	defer cancel()
	if coalesced(d) {
		var err error
		if event, err = c.Store.Dispatched(ctx, d.Site); err != nil {
			return 0, lookedUp(err)
		}
	}
	switch d.Channel {
	case comments.ByMail:
		return event, c.mail(ctx, d)
	case comments.ByWebhook:
		return event, c.webhook(ctx, d)
	case comments.ByWebSub:
		return event, c.websub(ctx, d)
	default:
		return event, outcome{result: refused, final: true, reason: "this version of the program knows no such channel"}
	}
}

// errPointless says that nothing is to be sent any more.
var errPointless = errors.New("there is no point in it any more")

// lookedUp is the outcome of a delivery of which something was not found.
func lookedUp(err error) outcome {
	switch {
	case errors.Is(err, errPointless), comments.KindOf(err) == comments.NotFound:
		return outcome{result: done, unmet: true}
	case errors.Is(err, comments.ErrSealed):
		return outcome{result: refused, final: true, unmet: true, reason: "the address was sealed with a secret key that is not here any more"}
	default:
		return outcome{result: failed, unmet: true, reason: "the database could not be read"}
	}
}

// finish removes a delivery that is done. What the outbox did not take while
// one for all of its sort stood there gets another.
func (c *Courier) finish(ctx context.Context, d comments.Delivery, before int64) {
	c.persist(ctx, d, func(ctx context.Context) error { return c.Store.Finish(ctx, d) })
	if coalesced(d) {
		c.persist(ctx, d, func(ctx context.Context) error { return c.again(ctx, d, before) })
	}
}

// giveBack lets a delivery wait without having been sent.
func (c *Courier) giveBack(ctx context.Context, d comments.Delivery, until time.Time) {
	d.State, d.Due = comments.Waiting, until
	c.settle(ctx, d)
}

func (c *Courier) settle(ctx context.Context, d comments.Delivery) {
	c.persist(ctx, d, func(ctx context.Context) error { return c.Store.Settle(ctx, d) })
}

// persist notes what became of a delivery, and goes on trying while the
// database is away, for what is not noted counts as unsure. It ends with the
// lease or, after one try at least, with ctx.
func (c *Courier) persist(ctx context.Context, d comments.Delivery, note func(context.Context) error) {
	for lease := time.Now().Add(c.Lease); ; {
		once, cancel := context.WithTimeout(context.WithoutCancel(ctx), settleTimeout)
		err := note(once)
		cancel()
		if !c.complain(err) || comments.KindOf(err) == comments.NotFound || ctx.Err() != nil || time.Now().After(lease) {
			return
		}
		pause(ctx, settleRetry)
	}
}

// tidy removes what was given up so long ago that nobody will revive it.
func (c *Courier) tidy(ctx context.Context) error {
	dead, err := c.Store.Deliveries(ctx, "", comments.Dead, tidyStep)
	if err != nil {
		return err
	}
	var old []comments.Delivery
	for _, d := range dead {
		if c.Now().Sub(d.Due) >= keepDead {
			old = append(old, d)
		}
	}
	if len(old) == 0 {
		return nil
	}
	return c.Store.Finish(ctx, old...)
}

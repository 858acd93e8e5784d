package notify

import (
	"context"
	"errors"
	"time"

	"postil/comments"
)

const (
	eventStep   = 200
	digestAfter = time.Hour       // from the first comment that waits to the mail about all
	replyAfter  = 5 * time.Second // the answer's author can still be known by an address that comes a moment later
	feedAfter   = 5 * time.Second // by then the feeds are written, and more may have come
)

// dispatch makes deliveries of all that has happened on all sites.
func (c *Courier) dispatch(ctx context.Context) error {
	sites, err := c.Store.Sites(ctx)
	if err != nil {
		return err
	}
	var failed error
	for _, s := range sites {
		err := c.dispatchSite(ctx, s)
		if comments.KindOf(err) != comments.NotFound { // the site has been removed
			failed = errors.Join(failed, err)
		}
	}
	return failed
}

func (c *Courier) dispatchSite(ctx context.Context, site comments.Site) error {
	for {
		from, err := c.Store.Dispatched(ctx, site.Host)
		if err != nil {
			return err
		}
		events, err := c.Store.Events(ctx, site.Host, from, eventStep)
		if err != nil || len(events) == 0 {
			return err
		}
		made, err := c.make(ctx, site, events)
		if err != nil {
			return err
		}
		to := events[len(events)-1].Number
		if _, err := c.Store.Dispatch(ctx, site.Host, from, to, made); err != nil || len(events) < eventStep {
			return err
		}
	}
}

// batch are the deliveries that are made of some events of a site.
type batch struct {
	*Courier
	site       comments.Site
	now        time.Time
	moderators []comments.Moderator // who want mail about the site; loaded when asked for
	loaded     bool
	list       []comments.Delivery
	fed        bool // there is one for the hub
}

// make turns events into deliveries.
func (c *Courier) make(ctx context.Context, site comments.Site, events []comments.Event) ([]comments.Delivery, error) {
	b := batch{Courier: c, site: site, now: c.Now().UTC().Truncate(time.Microsecond)}
	for _, e := range events {
		for _, rule := range []func(context.Context, comments.Event) error{b.webhooks, b.hub, b.waiting, b.answer} {
			if err := rule(ctx, e); err != nil && comments.KindOf(err) != comments.NotFound {
				return nil, err
			}
		}
	}
	return b.list, nil
}

// add completes a delivery.
func (b *batch) add(d comments.Delivery, after time.Duration) (err error) {
	d.Site, d.State, d.Due = b.site.Host, comments.Waiting, b.now.Add(after)
	if d.Created.IsZero() {
		d.Created = b.now
	}
	d.ID, err = b.NewID(b.now)
	b.list = append(b.list, d)
	return err
}

// webhooks are told of every event.
func (b *batch) webhooks(_ context.Context, e comments.Event) error {
	for _, address := range b.site.Settings.Webhooks {
		err := b.add(comments.Delivery{Channel: comments.ByWebhook, Target: address, Kind: comments.TellEvent, Comment: e.Comment, Event: e.Number}, 0)
		if err != nil {
			return err
		}
	}
	return nil
}

// hub is told once of all that readers can see.
func (b *batch) hub(ctx context.Context, e comments.Event) error {
	if b.fed || b.site.Settings.Hub == "" {
		return nil
	}
	seen, err := b.seen(ctx, e)
	if err != nil || !seen {
		return err
	}
	b.fed = true
	return b.add(comments.Delivery{Channel: comments.ByWebSub, Target: b.site.Settings.Hub, Kind: comments.TellFeed, Created: e.At}, feedAfter)
}

// seen reports whether a feed differs by an event.
func (c *Courier) seen(ctx context.Context, e comments.Event) (bool, error) {
	if e.Status == comments.Published {
		return true, nil
	}
	about, err := c.Store.Find(ctx, e.Comment)
	return about.Number > 0, err
}

// isHeld reports whether an event leaves a comment to the moderators.
func isHeld(e comments.Event) bool {
	return e.Status == comments.Held && e.By == "" && (e.Kind == comments.Received || e.Kind == comments.Edited)
}

// waiting tells moderators of a comment that waits: at once, or in a digest
// of those who want that, or have been told enough.
func (b *batch) waiting(ctx context.Context, e comments.Event) error {
	if b.Mail.Host == "" || !isHeld(e) {
		return nil
	}
	if err := b.load(ctx); err != nil {
		return err
	}
	for _, m := range b.moderators {
		d, after := comments.Delivery{Channel: comments.ByMail, Target: m.Name, Kind: comments.TellDigest}, digestAfter
		if m.Mail == comments.MailEach && b.quota.take(m.Name, b.now) {
			d.Kind, d.Comment, d.Event, after = comments.TellHeld, e.Comment, e.Number, 0
		}
		if err := b.add(d, after); err != nil {
			return err
		}
	}
	return nil
}

func (b *batch) load(ctx context.Context) error {
	if b.loaded {
		return nil
	}
	all, err := b.Store.Moderators(ctx)
	for _, m := range all {
		if wantsMail(m, b.site.Host) {
			b.moderators = append(b.moderators, m)
		}
	}
	b.loaded = err == nil
	return err
}

// answer tells the subscribers of a comment of an answer to it, when readers
// can see that for the first time.
func (b *batch) answer(ctx context.Context, e comments.Event) error {
	if b.Mail.Host == "" || !e.First || e.Status != comments.Published {
		return nil
	}
	answer, err := b.Store.Find(ctx, e.Comment)
	if err != nil || answer.Parent.IsZero() {
		return err
	}
	subs, err := b.Store.SubscriptionsOf(ctx, b.site.Host, []comments.ID{answer.Parent})
	if err != nil {
		return err
	}
	for _, s := range subs {
		own, err := b.owns(ctx, s, answer)
		if err != nil {
			return err
		}
		if own || s.Confirmed.IsZero() {
			continue
		}
		err = b.add(comments.Delivery{Channel: comments.ByMail, Target: s.ID.String(), Kind: comments.TellReply, Comment: e.Comment}, replyAfter)
		if err != nil {
			return err
		}
	}
	return nil
}

// again makes another delivery like one that is done, if something happened
// after the event before that it may not have told of: the outbox left that
// out, for this one stood there.
func (c *Courier) again(ctx context.Context, d comments.Delivery, before int64) error {
	events, err := c.Store.Events(ctx, d.Site, before, eventStep)
	if err != nil {
		return err
	}
	for _, e := range events {
		news, after := isHeld(e), digestAfter
		if d.Kind == comments.TellFeed {
			after = feedAfter
			if news, err = c.seen(ctx, e); err != nil && comments.KindOf(err) != comments.NotFound {
				return err
			}
		}
		if !news {
			continue
		}
		now := c.Now().UTC().Truncate(time.Microsecond)
		next := comments.Delivery{Site: d.Site, Channel: d.Channel, Target: d.Target, Kind: d.Kind, State: comments.Waiting, Due: now.Add(after), Created: e.At}
		if next.ID, err = c.NewID(now); err != nil {
			return err
		}
		return c.Store.Enqueue(ctx, []comments.Delivery{next})
	}
	return nil
}

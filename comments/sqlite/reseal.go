package sqlite

import (
	"context"

	"postil/comments"
)

// Reseal implements comments.Subscriptions. Where an address had followed a
// comment under two keys, the two subscriptions become one. What former keys
// would open is then in no file of the database.
func (s *Store) Reseal(ctx context.Context, subscriber func(*comments.Subscription) error, moderator func(*comments.Moderator) error) error {
	r := &reseal{subscriber: subscriber, moderator: moderator}
	err := s.transaction(ctx, func(t *tx) error {
		if err := r.subscriptions(ctx, t); err != nil {
			return err
		}
		return r.moderators(ctx, t)
	})
	switch {
	case r.refusal != nil:
		return r.refusal
	case err != nil:
		return s.classify(err)
	}
	return s.scrub(ctx, scrubLimit)
}

const resealChunk = 100 // subscriptions in memory at once

// reseal is one Reseal under way.
type reseal struct {
	subscriber func(*comments.Subscription) error
	moderator  func(*comments.Moderator) error
	refusal    error // what one of them said, to be returned as it is
}

func (r *reseal) subscriptions(ctx context.Context, t *tx) error {
	var last subscription
	for {
		some, err := query(ctx, t, scanSubscribed, selectSubscription+`WHERE (s.site, s.id) > (?, ?) ORDER BY s.site, s.id LIMIT ?`, last.Site, last.ID[:], resealChunk)
		if err != nil || len(some) == 0 {
			return err
		}
		last = some[len(some)-1]
		for _, s := range some {
			if r.refusal = r.subscriber(&s.Subscription); r.refusal != nil {
				return r.refusal
			}
			if err := putSealed(ctx, t, s); err != nil {
				return err
			}
		}
	}
}

// putSealed stores what has been sealed anew. Where it has a twin that one
// stays, confirmed if either was.
func putSealed(ctx context.Context, t *tx, s subscription) error {
	twin, found, err := first(ctx, t, scanSubscription, selectSubscription+bySubscriber+` AND s.id <> ?`, s.Site, s.Comment[:], s.Index[:], s.ID[:])
	if err != nil {
		return err
	}
	if found {
		if _, err := t.exec(ctx, `UPDATE subscriptions SET confirmed = coalesce(confirmed, ?) WHERE site = ? AND id = ?`, nullTime(s.Confirmed), s.Site, twin.ID[:]); err != nil {
			return err
		}
		_, err := forget(ctx, t, s.Site, unsubscribed, s.ID[:])
		return err
	}
	if _, err := t.exec(ctx, blankWords+`WHERE id = ?`, s.words); err != nil {
		return err
	}
	words, err := appendWords(ctx, t, addressWords(s.Address))
	if err != nil {
		return err
	}
	_, err = t.exec(ctx, `UPDATE subscriptions SET words = ?, address_index = ? WHERE site = ? AND id = ?`, words, s.Index[:], s.Site, s.ID[:])
	return err
}

func (r *reseal) moderators(ctx context.Context, t *tx) error {
	all, err := query(ctx, t, scanModerator, selectModerators)
	if err != nil {
		return err
	}
	for _, m := range all {
		if r.refusal = r.moderator(&m); r.refusal != nil {
			return r.refusal
		}
		if _, err := t.exec(ctx, `UPDATE moderators SET address = ? WHERE name = ?`, nullBytes(m.Address), m.Name); err != nil {
			return err
		}
	}
	return nil
}

package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"postil/comments"
)

// Reseal implements comments.Subscriptions. Where an address had followed a
// comment under two keys, the two subscriptions become one.
func (s *Store) Reseal(ctx context.Context, subscriber func(*comments.Subscription) error, moderator func(*comments.Moderator) error) error {
	r := &reseal{subscriber: subscriber, moderator: moderator}
	err := s.slowly(ctx, func(tx pgx.Tx) error {
		// What others would add meanwhile might be sealed with the old key.
		if _, err := tx.Exec(ctx, `LOCK TABLE subscriptions, moderators IN SHARE ROW EXCLUSIVE MODE`); err != nil {
			return err
		}
		if err := r.subscriptions(ctx, tx); err != nil {
			return err
		}
		return r.moderators(ctx, tx)
	})
	if r.refusal != nil {
		return r.refusal
	}
	return s.fail(err)
}

const resealChunk = 100 // subscriptions in memory at once

// reseal is one Reseal under way.
type reseal struct {
	subscriber func(*comments.Subscription) error
	moderator  func(*comments.Moderator) error
	refusal    error // what one of them said, to be returned as it is
}

func (r *reseal) subscriptions(ctx context.Context, tx pgx.Tx) error {
	var last comments.Subscription
	for {
		rows, err := tx.Query(ctx, selectSubscription+`WHERE (s.site, s.id) > ($1, $2) ORDER BY s.site, s.id LIMIT $3`, last.Site, [16]byte(last.ID), resealChunk)
		if err != nil {
			return err
		}
		some, err := pgx.CollectRows(rows, scanSubscription)
		if err != nil || len(some) == 0 {
			return err
		}
		last = some[len(some)-1]
		var batch pgx.Batch
		for _, s := range some {
			if r.refusal = r.subscriber(&s); r.refusal != nil {
				return r.refusal
			}
			queueSealed(&batch, s)
		}
		if err := tx.SendBatch(ctx, &batch).Close(); err != nil {
			return err
		}
	}
}

// queueSealed stores what has been sealed anew. Where it has a twin that one
// stays, confirmed if either was.
func queueSealed(b *pgx.Batch, s comments.Subscription) {
	b.Queue(`
		WITH twin AS (
			UPDATE subscriptions SET confirmed = coalesce(confirmed, $5)
			WHERE site = $1 AND comment = $2 AND address_index = $3 AND id <> $4 RETURNING id
		), gone AS (DELETE FROM subscriptions WHERE site = $1 AND id = $4 AND EXISTS (SELECT FROM twin))
		DELETE FROM deliveries WHERE site = $1 AND channel = 'mail' AND target = $6 AND kind IN ('confirm', 'reply') AND EXISTS (SELECT FROM twin)`,
		s.Site, [16]byte(s.Comment), s.Index[:], [16]byte(s.ID), nullTime(s.Confirmed), s.ID.String())
	b.Queue(`UPDATE subscriptions SET address = $3, address_index = $4 WHERE site = $1 AND id = $2`, s.Site, [16]byte(s.ID), s.Address, s.Index[:])
}

func (r *reseal) moderators(ctx context.Context, tx pgx.Tx) error {
	rows, err := tx.Query(ctx, selectModerators)
	if err != nil {
		return err
	}
	all, err := pgx.CollectRows(rows, scanModerator)
	if err != nil {
		return err
	}
	for _, m := range all {
		if r.refusal = r.moderator(&m); r.refusal != nil {
			return r.refusal
		}
		if _, err := tx.Exec(ctx, `UPDATE moderators SET address = $2 WHERE name = $1`, m.Name, m.Address); err != nil {
			return err
		}
	}
	return nil
}

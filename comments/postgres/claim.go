package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"postil/comments"
)

const claimDeliveries = `
WITH due AS (SELECT site, id FROM deliveries WHERE state <> 'dead' AND due <= $1 ORDER BY due LIMIT $3 FOR UPDATE SKIP LOCKED)
UPDATE deliveries d SET state = 'sending', tries = d.tries + 1, unsure = d.unsure OR d.state = 'sending', due = $2
FROM due WHERE d.site = due.site AND d.id = due.id
RETURNING d.site, d.id, d.channel, d.target, d.kind, d.comment, d.event, d.state, d.tries, d.unsure, d.due, d.error, d.created`

// Claim implements comments.Outbox.
func (s *Store) Claim(ctx context.Context, now, lease time.Time, limit int) (claimed []comments.Delivery, err error) {
	err = s.quietly(ctx, nothing, func(b *pgx.Batch) error {
		collect(b.Queue(claimDeliveries, now, lease, max(limit, 0)), &claimed, scanDelivery)
		return nil
	})
	if err != nil {
		return nil, s.fail(err)
	}
	return claimed, nil
}

// Settle implements comments.Outbox.
func (s *Store) Settle(ctx context.Context, d comments.Delivery) error {
	return s.exec(ctx, `UPDATE deliveries SET state = $4, due = $5, unsure = $6, error = $7 WHERE site = $1 AND id = $2 AND tries = $3`,
		d.Site, [16]byte(d.ID), d.Tries, string(d.State), d.Due, d.Unsure, d.Error)
}

// Finish implements comments.Outbox. Rows are locked in the order of their
// ids, as all do who remove several.
func (s *Store) Finish(ctx context.Context, list ...comments.Delivery) error {
	sites, ids, tries := make([]string, len(list)), make([][16]byte, len(list)), make([]int64, len(list))
	for i, d := range list {
		sites[i], ids[i], tries[i] = d.Site, d.ID, int64(d.Tries)
	}
	return s.exec(ctx, `
		DELETE FROM deliveries WHERE (site, id) IN (
			SELECT d.site, d.id FROM deliveries d
			JOIN unnest($1::text[], $2::uuid[], $3::integer[]) AS done (site, id, tries) ON d.site = done.site AND d.id = done.id AND d.tries = done.tries
			ORDER BY d.site, d.id FOR UPDATE OF d)`, sites, ids, tries)
}

// Revive implements comments.Outbox.
func (s *Store) Revive(ctx context.Context, site string, ids []comments.ID, now time.Time) (int, error) {
	var revived []int64
	err := s.transaction(ctx, nothing, func(b *pgx.Batch) error {
		collect(b.Queue(`UPDATE deliveries SET state = 'waiting', tries = 0, due = $3 WHERE site = $1 AND id = ANY($2) AND state = 'dead' RETURNING event`,
			site, uuids(ids), now), &revived, pgx.RowTo[int64])
		return nil
	})
	return len(revived), s.fail(err)
}

package sqlite

import (
	"context"
	"time"

	"postil/comments"
)

// Claim implements comments.Outbox.
func (s *Store) Claim(ctx context.Context, now, lease time.Time, limit int) (claimed []comments.Delivery, err error) {
	err = s.transaction(ctx, func(t *tx) (err error) {
		claimed, err = query(ctx, t, scanDelivery, selectDelivery+byDue, now.UnixMicro(), max(limit, 0))
		for i := range claimed {
			if err != nil {
				return err
			}
			d := &claimed[i]
			d.State, d.Tries, d.Unsure, d.Due = comments.Sending, d.Tries+1, d.Unsure || d.State == comments.Sending, lease
			_, err = t.exec(ctx, `UPDATE deliveries SET state = ?, tries = ?, unsure = ?, due = ? WHERE site = ? AND id = ?`,
				d.State, d.Tries, d.Unsure, d.Due.UnixMicro(), d.Site, d.ID[:])
		}
		return err
	})
	if err != nil {
		return nil, s.classify(err)
	}
	return claimed, nil
}

// Settle implements comments.Outbox.
func (s *Store) Settle(ctx context.Context, d comments.Delivery) error {
	return s.classify(s.transaction(ctx, func(t *tx) error {
		_, err := t.exec(ctx, `UPDATE deliveries SET state = ?, due = ?, unsure = ?, error = ? WHERE site = ? AND id = ? AND tries = ?`,
			d.State, d.Due.UnixMicro(), d.Unsure, d.Error, d.Site, d.ID[:], d.Tries)
		return err
	}))
}

// Finish implements comments.Outbox.
func (s *Store) Finish(ctx context.Context, list ...comments.Delivery) error {
	return s.classify(s.transaction(ctx, func(t *tx) error {
		for _, d := range list {
			if _, err := t.exec(ctx, `DELETE FROM deliveries WHERE site = ? AND id = ? AND tries = ?`, d.Site, d.ID[:], d.Tries); err != nil {
				return err
			}
		}
		return nil
	}))
}

// Revive implements comments.Outbox.
func (s *Store) Revive(ctx context.Context, site string, ids []comments.ID, now time.Time) (revived int, err error) {
	err = s.transaction(ctx, func(t *tx) error {
		for _, id := range ids {
			result, err := t.exec(ctx, `UPDATE deliveries SET state = 'waiting', tries = 0, due = ? WHERE site = ? AND id = ? AND state = 'dead'`,
				now.UnixMicro(), site, id[:])
			if err != nil {
				return err
			}
			n, err := result.RowsAffected()
			if revived += int(n); err != nil {
				return err
			}
		}
		return nil
	})
	return revived, s.classify(err)
}

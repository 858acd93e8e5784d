package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"postil/comments"
)

const (
	selectSubscription = `
SELECT s.site, s.id, s.comment, s.address, s.address_index, s.confirmed, s.created
FROM subscriptions s
`
	bySubscriber    = `WHERE s.site = $1 AND s.comment = $2 AND s.address_index = $3`
	byAddress       = `WHERE s.address_index = $1 ORDER BY s.site, s.id`
	byAddressOfSite = `WHERE s.address_index = $1 AND s.site = $2 ORDER BY s.id`
	byComments      = `WHERE s.site = $1 AND s.comment = ANY($2) ORDER BY s.comment, s.id`
)

func scanSubscription(row pgx.CollectableRow) (s comments.Subscription, err error) {
	var index []byte
	var confirmed pgtype.Timestamptz
	err = row.Scan(&s.Site, (*[16]byte)(&s.ID), (*[16]byte)(&s.Comment), &s.Address, &index, &confirmed, &s.Created)
	copy(s.Index[:], index)
	s.Confirmed, s.Created = fromNull(confirmed), s.Created.UTC()
	return s, err
}

// Subscribe implements comments.Subscriptions. A comment that has been
// deleted, of which nothing more is to be kept, gets none.
func (s *Store) Subscribe(ctx context.Context, sub comments.Subscription, ask []comments.Delivery) (fresh bool, err error) {
	var ledgers []*ledger
	var statuses []string
	var known []comments.Subscription
	err = s.transaction(ctx, func(b *pgx.Batch) {
		ledgers, statuses, known = nil, nil, nil // what an attempt that failed has read
		collect(b.Queue(lockSite, sub.Site), &ledgers, scanLedger)
		collect(b.Queue(`SELECT status FROM comments WHERE site = $1 AND id = $2`, sub.Site, [16]byte(sub.Comment)), &statuses, pgx.RowTo[string])
		collect(b.Queue(selectSubscription+bySubscriber, sub.Site, [16]byte(sub.Comment), sub.Index[:]), &known, scanSubscription)
	}, func(b *pgx.Batch) error {
		if len(statuses) == 0 {
			return noComment(sub.Comment)
		}
		if fresh = len(known) == 0 && statuses[0] != string(comments.Deleted); fresh {
			b.Queue(`INSERT INTO subscriptions (site, id, comment, address, address_index, confirmed, created) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
				sub.Site, [16]byte(sub.ID), [16]byte(sub.Comment), sub.Address, sub.Index[:], nullTime(sub.Confirmed), sub.Created)
			queueDeliveries(b, ask)
		}
		return nil
	})
	return fresh && err == nil, s.fail(err)
}

// Subscription implements comments.Subscriptions.
func (s *Store) Subscription(ctx context.Context, site string, id comments.ID) (comments.Subscription, error) {
	found, err := query(ctx, s, scanSubscription, selectSubscription+`WHERE s.site = $1 AND s.id = $2`, site, [16]byte(id))
	if err != nil {
		return comments.Subscription{}, err
	}
	if len(found) == 0 {
		return comments.Subscription{}, comments.NewError(comments.NotFound, "There is no subscription %s.", id)
	}
	return found[0], nil
}

// SubscriptionsOf implements comments.Subscriptions.
func (s *Store) SubscriptionsOf(ctx context.Context, site string, ids []comments.ID) ([]comments.Subscription, error) {
	return query(ctx, s, scanSubscription, selectSubscription+byComments, site, uuids(ids))
}

// SubscriptionsAt implements comments.Subscriptions.
func (s *Store) SubscriptionsAt(ctx context.Context, site string, index comments.Hash) ([]comments.Subscription, error) {
	if site == "" {
		return query(ctx, s, scanSubscription, selectSubscription+byAddress, index[:])
	}
	return query(ctx, s, scanSubscription, selectSubscription+byAddressOfSite, index[:], site)
}

// Confirm implements comments.Subscriptions.
func (s *Store) Confirm(ctx context.Context, site string, index comments.Hash, at time.Time) error {
	return s.locked(ctx, site, func(b *pgx.Batch) {
		b.Queue(`UPDATE subscriptions SET confirmed = $3 WHERE address_index = $1 AND site = $2 AND confirmed IS NULL`, index[:], site, at)
	})
}

// Which subscriptions of a site to forget; $2 is what they are known by.
const (
	unsubscribed = `WHERE s.site = $1 AND s.id = ANY($2)`
	unfollowed   = `WHERE s.site = $1 AND s.comment = ANY($2)` // their comment goes; where it is deleted a trigger does this
	unconfirmed  = `WHERE s.site = $1 AND s.created < $2 AND s.confirmed IS NULL`
)

// queueForget removes subscriptions and what was to be sent to them. The
// site must be locked.
func queueForget(b *pgx.Batch, site, which string, by any) *pgx.QueuedQuery {
	b.Queue(`
		DELETE FROM deliveries WHERE (site, id) IN (
			SELECT d.site, d.id FROM deliveries d
			WHERE d.site = $1 AND d.channel = 'mail' AND d.target IN (SELECT s.id::text FROM subscriptions s `+which+`) AND d.kind IN ('confirm', 'reply')
			ORDER BY d.site, d.id FOR UPDATE)`, site, by)
	return b.Queue(`DELETE FROM subscriptions s `+which+` RETURNING s.id`, site, by)
}

// forget does so in a transaction of its own, and returns how many there were.
func (s *Store) forget(ctx context.Context, site, which string, by any) (int, error) {
	var gone [][16]byte
	err := s.locked(ctx, site, func(b *pgx.Batch) {
		collect(queueForget(b, site, which, by), &gone, pgx.RowTo[[16]byte])
	})
	return len(gone), err
}

// Unsubscribe implements comments.Subscriptions.
func (s *Store) Unsubscribe(ctx context.Context, site string, ids []comments.ID) error {
	_, err := s.forget(ctx, site, unsubscribed, uuids(ids))
	return err
}

// PruneSubscriptions implements comments.Subscriptions.
func (s *Store) PruneSubscriptions(ctx context.Context, site string, before time.Time) (int, error) {
	return s.forget(ctx, site, unconfirmed, before)
}

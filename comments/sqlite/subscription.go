package sqlite

import (
	"context"
	"database/sql"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"time"

	"postil/comments"
)

const (
	selectSubscription = `
SELECT s.site, s.id, s.comment, s.words, w.source, s.address_index, s.confirmed, s.created
FROM subscriptions s JOIN words w ON w.id = s.words
`
	bySubscriber    = `WHERE s.site = ? AND s.comment = ? AND s.address_index = ?`
	byAddress       = `WHERE s.address_index = ? ORDER BY s.site, s.id`
	byAddressOfSite = `WHERE s.address_index = ? AND s.site = ? ORDER BY +s.id`
	byComments      = `WHERE s.site = ? AND s.comment IN (SELECT unhex(value) FROM json_each(?)) ORDER BY s.comment, s.id`
)

// subscription is one with the id of its address among the words.
type subscription struct {
	comments.Subscription
	words int64
}

func scanSubscription(row scanner) (comments.Subscription, error) {
	s, err := scanSubscribed(row)
	return s.Subscription, err
}

func scanSubscribed(row scanner) (s subscription, err error) {
	var id, comment, sealed, index sql.RawBytes
	var confirmed sql.NullInt64
	var created int64
	err = row.Scan(&s.Site, &id, &comment, &s.words, &sealed, &index, &confirmed, &created)
	if err == nil {
		s.Address, err = base64.StdEncoding.AppendDecode(nil, sealed)
	}
	copy(s.ID[:], id)
	copy(s.Comment[:], comment)
	copy(s.Index[:], index)
	s.Confirmed, s.Created = fromMicros(confirmed), time.UnixMicro(created).UTC()
	return s, err
}

// Subscribe implements comments.Subscriptions. A comment that has been
// deleted, of which nothing more is to be kept, gets none.
func (s *Store) Subscribe(ctx context.Context, sub comments.Subscription, ask []comments.Delivery) (fresh bool, err error) {
	err = s.transaction(ctx, func(t *tx) error {
		status, found, err := first(ctx, t, scanValue[comments.Status], `SELECT status FROM comments WHERE site = ? AND id = ?`, sub.Site, sub.Comment[:])
		if err == nil && !found {
			err = noComment(sub.Comment)
		}
		if err != nil || status == comments.Deleted {
			return err
		}
		_, known, err := first(ctx, t, scanSubscription, selectSubscription+bySubscriber, sub.Site, sub.Comment[:], sub.Index[:])
		if known || err != nil {
			return err
		}
		words, err := appendWords(ctx, t, addressWords(sub.Address))
		if err != nil {
			return err
		}
		_, err = t.exec(ctx, `INSERT INTO subscriptions (site, id, comment, words, address_index, confirmed, created) VALUES (?, ?, ?, ?, ?, ?, ?)`,
			sub.Site, sub.ID[:], sub.Comment[:], words, sub.Index[:], nullTime(sub.Confirmed), sub.Created.UnixMicro())
		if err != nil {
			return err
		}
		fresh = true
		return enqueue(ctx, t, ask)
	})
	return fresh && err == nil, s.classify(err)
}

// addressWords makes a sealed address one of the words, for it is to be erased
// as well as they are.
func addressWords(sealed []byte) words {
	return words{source: base64.StdEncoding.EncodeToString(sealed)}
}

// Subscription implements comments.Subscriptions.
func (s *Store) Subscription(ctx context.Context, site string, id comments.ID) (comments.Subscription, error) {
	sub, found, err := first(ctx, &s.reader, scanSubscription, selectSubscription+`WHERE s.site = ? AND s.id = ?`, site, id[:])
	if err == nil && !found {
		err = comments.NewError(comments.NotFound, "There is no subscription %s.", id)
	}
	return sub, s.classify(err)
}

// SubscriptionsOf implements comments.Subscriptions.
func (s *Store) SubscriptionsOf(ctx context.Context, site string, ids []comments.ID) ([]comments.Subscription, error) {
	wanted, err := hexIDs(ids)
	if err != nil {
		return nil, err
	}
	found, err := query(ctx, &s.reader, scanSubscription, selectSubscription+byComments, site, wanted)
	return found, s.classify(err)
}

// hexIDs returns ids as JSON that SQLite can read, in which there are no blobs.
func hexIDs(ids []comments.ID) (string, error) {
	digits := make([]string, len(ids))
	for i, id := range ids {
		digits[i] = hex.EncodeToString(id[:])
	}
	text, err := json.Marshal(digits)
	return string(text), err
}

// SubscriptionsAt implements comments.Subscriptions.
func (s *Store) SubscriptionsAt(ctx context.Context, site string, index comments.Hash) ([]comments.Subscription, error) {
	condition, args := byAddress, []any{index[:]}
	if site != "" {
		condition, args = byAddressOfSite, append(args, site)
	}
	found, err := query(ctx, &s.reader, scanSubscription, selectSubscription+condition, args...)
	return found, s.classify(err)
}

// Confirm implements comments.Subscriptions.
func (s *Store) Confirm(ctx context.Context, site string, index comments.Hash, at time.Time) error {
	return s.classify(s.transaction(ctx, func(t *tx) error {
		_, err := t.exec(ctx, `UPDATE subscriptions SET confirmed = ? WHERE address_index = ? AND site = ? AND confirmed IS NULL`,
			at.UnixMicro(), index[:], site)
		return err
	}))
}

// Which subscriptions of a site to forget; ?2 is what they are known by.
const (
	unsubscribed = `WHERE s.site = ?1 AND s.id = ?2`
	unfollowed   = `WHERE s.site = ?1 AND s.comment = ?2` // their comment goes; where it is deleted a trigger does this
	unconfirmed  = `WHERE s.site = ?1 AND s.created < ?2 AND s.confirmed IS NULL`
)

// deleteTold removes what was to be sent to a subscription.
const deleteTold = `DELETE FROM deliveries WHERE site = ? AND channel = 'mail' AND target = ? AND kind IN ('confirm', 'reply')`

// forget removes subscriptions and what was to be sent to them.
func forget(ctx context.Context, t *tx, site, which string, by any) (forgotten int, err error) {
	gone, err := query(ctx, t, scanSubscribed, selectSubscription+which, site, by)
	if err != nil {
		return 0, err
	}
	for _, s := range gone {
		if _, err := t.exec(ctx, blankWords+`WHERE id = ?`, s.words); err != nil {
			return 0, err
		}
		if _, err := t.exec(ctx, deleteTold, site, s.ID.String()); err != nil {
			return 0, err
		}
		if _, err := t.exec(ctx, `DELETE FROM subscriptions WHERE site = ? AND id = ?`, site, s.ID[:]); err != nil {
			return 0, err
		}
	}
	return len(gone), nil
}

// Unsubscribe implements comments.Subscriptions. The addresses are then in no
// file of the database, not even sealed.
func (s *Store) Unsubscribe(ctx context.Context, site string, ids []comments.ID) error {
	_, err := s.forgetting(ctx, func(t *tx) (gone int, err error) {
		for _, id := range ids {
			n, err := forget(ctx, t, site, unsubscribed, id[:])
			if gone += n; err != nil {
				return gone, err
			}
		}
		return gone, nil
	})
	return err
}

// PruneSubscriptions implements comments.Subscriptions.
func (s *Store) PruneSubscriptions(ctx context.Context, site string, before time.Time) (int, error) {
	return s.forgetting(ctx, func(t *tx) (int, error) { return forget(ctx, t, site, unconfirmed, micros(before)) })
}

// forgetting runs a transaction that forgets subscriptions, and clears the
// log of them.
func (s *Store) forgetting(ctx context.Context, work func(*tx) (int, error)) (gone int, err error) {
	err = s.transaction(ctx, func(t *tx) (err error) {
		gone, err = work(t)
		return err
	})
	switch {
	case err != nil:
		return 0, s.classify(err)
	case gone > 0:
		err = s.scrub(ctx, scrubLimit)
	}
	return gone, err
}

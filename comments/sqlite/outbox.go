package sqlite

import (
	"context"
	"database/sql"
	"time"

	"postil/comments"
)

// Dispatched implements comments.Outbox.
func (s *Store) Dispatched(ctx context.Context, site string) (int64, error) {
	n, found, err := first(ctx, &s.reader, scanValue[int64], `SELECT dispatched FROM sites WHERE host = ?`, site)
	if err == nil && !found {
		err = noSite(site)
	}
	return n, s.classify(err)
}

// Dispatch implements comments.Outbox.
func (s *Store) Dispatch(ctx context.Context, site string, from, to int64, deliveries []comments.Delivery) (first bool, err error) {
	err = s.transaction(ctx, func(t *tx) error {
		result, err := t.exec(ctx, `UPDATE sites SET dispatched = ? WHERE host = ? AND dispatched = ?`, to, site, from)
		if err != nil {
			return err
		}
		n, err := result.RowsAffected()
		if first = n > 0; !first || err != nil {
			return err
		}
		return enqueue(ctx, t, deliveries)
	})
	return first && err == nil, s.classify(err)
}

// Enqueue implements comments.Outbox. What is for a site that is no more is
// left out.
func (s *Store) Enqueue(ctx context.Context, deliveries []comments.Delivery) error {
	return s.classify(s.transaction(ctx, func(t *tx) error { return enqueue(ctx, t, deliveries) }))
}

func enqueue(ctx context.Context, t *tx, deliveries []comments.Delivery) error {
	for _, d := range deliveries {
		_, err := t.exec(ctx, `
			INSERT INTO deliveries (site, id, channel, target, kind, comment, event, state, tries, unsure, due, error, created)
			SELECT ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ? WHERE ?1 IN (SELECT host FROM sites)
			ON CONFLICT DO NOTHING`,
			d.Site, d.ID[:], d.Channel, d.Target, d.Kind, nullID(d.Comment), d.Event, d.State, d.Tries, d.Unsure,
			d.Due.UnixMicro(), d.Error, d.Created.UnixMicro())
		if err != nil {
			return err
		}
	}
	return nil
}

const (
	selectDelivery = `SELECT site, id, channel, target, kind, comment, event, state, tries, unsure, due, error, created FROM deliveries `
	byDue          = `WHERE state <> 'dead' AND due <= ? ORDER BY due LIMIT ?`
	byState        = `WHERE state = ? ORDER BY id LIMIT ?`
	byStateOfSite  = `WHERE site = ? AND state = ? ORDER BY id LIMIT ?`
	selectNextDue  = `SELECT due FROM deliveries WHERE state = 'waiting' AND state <> 'dead' ORDER BY due LIMIT 1` // its index is partial
)

func scanDelivery(row scanner) (d comments.Delivery, err error) {
	var id, comment sql.RawBytes
	var due, created int64
	err = row.Scan(&d.Site, &id, &d.Channel, &d.Target, &d.Kind, &comment, &d.Event, &d.State, &d.Tries, &d.Unsure, &due, &d.Error, &created)
	copy(d.ID[:], id)
	copy(d.Comment[:], comment)
	d.Due, d.Created = time.UnixMicro(due).UTC(), time.UnixMicro(created).UTC()
	return d, err
}

// Deliveries implements comments.Outbox.
func (s *Store) Deliveries(ctx context.Context, site string, state comments.DeliveryState, limit int) ([]comments.Delivery, error) {
	condition, args := byState, []any{state, max(limit, 0)}
	if site != "" {
		condition, args = byStateOfSite, []any{site, state, max(limit, 0)}
	}
	list, err := query(ctx, &s.reader, scanDelivery, selectDelivery+condition, args...)
	return list, s.classify(err)
}

// NextDue implements comments.Outbox.
func (s *Store) NextDue(ctx context.Context) (time.Time, error) {
	due, found, err := first(ctx, &s.reader, scanValue[int64], selectNextDue)
	if err != nil || !found {
		return time.Time{}, s.classify(err)
	}
	return time.UnixMicro(due).UTC(), nil
}

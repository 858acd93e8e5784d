package postgres

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"postil/comments"
)

// Dispatched implements comments.Outbox.
func (s *Store) Dispatched(ctx context.Context, site string) (int64, error) {
	found, err := query(ctx, s, pgx.RowTo[int64], `SELECT dispatched FROM sites WHERE host = $1`, site)
	if err != nil {
		return 0, err
	}
	if len(found) == 0 {
		return 0, noSite(site)
	}
	return found[0], nil
}

// Dispatch implements comments.Outbox.
func (s *Store) Dispatch(ctx context.Context, site string, from, to int64, deliveries []comments.Delivery) (first bool, err error) {
	var stored []int64
	err = s.transaction(ctx, func(b *pgx.Batch) {
		stored = nil // what an attempt that failed has read
		collect(b.Queue(`SELECT dispatched FROM sites WHERE host = $1 FOR NO KEY UPDATE`, site), &stored, pgx.RowTo[int64])
	}, func(b *pgx.Batch) error {
		if first = len(stored) > 0 && stored[0] == from; first {
			b.Queue(`UPDATE sites SET dispatched = $2 WHERE host = $1`, site, to)
			queueDeliveries(b, deliveries)
		}
		return nil
	})
	return first && err == nil, s.fail(err)
}

// Enqueue implements comments.Outbox. What is for a site that is no more is
// left out.
func (s *Store) Enqueue(ctx context.Context, deliveries []comments.Delivery) error {
	var wanted, found []string
	for _, d := range deliveries {
		wanted = append(wanted, d.Site)
	}
	return s.fail(s.transaction(ctx, func(b *pgx.Batch) {
		found = nil // what an attempt that failed has read
		collect(b.Queue(`SELECT host FROM sites WHERE host = ANY($1) ORDER BY host FOR KEY SHARE`, wanted), &found, pgx.RowTo[string])
	}, func(b *pgx.Batch) error {
		queueDeliveries(b, slices.DeleteFunc(slices.Clone(deliveries), func(d comments.Delivery) bool { return !slices.Contains(found, d.Site) }))
		return nil
	}))
}

// queueDeliveries stores deliveries but for those that are there. All who do
// so take them in the same order, for they wait for each other's.
func queueDeliveries(b *pgx.Batch, deliveries []comments.Delivery) {
	if len(deliveries) == 0 {
		return
	}
	var sites, channels, targets, kinds, states, errors []string
	var ids [][16]byte
	var about []pgtype.UUID
	var events, tries []int64
	var unsure []bool
	var dues, created []time.Time
	for _, d := range slices.SortedFunc(slices.Values(deliveries), compareDeliveries) {
		sites, ids, channels, targets = append(sites, d.Site), append(ids, d.ID), append(channels, string(d.Channel)), append(targets, d.Target)
		kinds, about, events = append(kinds, string(d.Kind)), append(about, nullID(d.Comment)), append(events, d.Event)
		states, tries, unsure = append(states, string(d.State)), append(tries, int64(d.Tries)), append(unsure, d.Unsure)
		dues, errors, created = append(dues, d.Due), append(errors, d.Error), append(created, d.Created)
	}
	b.Queue(`
		INSERT INTO deliveries (site, id, channel, target, kind, comment, event, state, tries, unsure, due, error, created)
		SELECT * FROM unnest($1::text[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::uuid[], $7::bigint[],
			$8::text[], $9::integer[], $10::boolean[], $11::timestamptz[], $12::text[], $13::timestamptz[])
		ON CONFLICT DO NOTHING`,
		sites, ids, channels, targets, kinds, about, events, states, tries, unsure, dues, errors, created)
}

func compareDeliveries(a, b comments.Delivery) int {
	return cmp.Or(cmp.Compare(a.Site, b.Site), cmp.Compare(a.Channel, b.Channel), cmp.Compare(a.Target, b.Target),
		cmp.Compare(a.Kind, b.Kind), slices.Compare(a.Comment[:], b.Comment[:]), cmp.Compare(a.Event, b.Event), slices.Compare(a.ID[:], b.ID[:]))
}

const (
	deliveryColumns = `site, id, channel, target, kind, comment, event, state, tries, unsure, due, error, created`
	selectDelivery  = `SELECT ` + deliveryColumns + ` FROM deliveries `
	byDue           = `WHERE state <> 'dead' AND due <= $1 ORDER BY due LIMIT $2`
	byState         = `WHERE state = $1 ORDER BY id LIMIT $2`
	byStateOfSite   = `WHERE site = $3 AND state = $1 ORDER BY id LIMIT $2`
	selectNextDue   = `SELECT due FROM deliveries WHERE state = 'waiting' ORDER BY due LIMIT 1`
)

func scanDelivery(row pgx.CollectableRow) (d comments.Delivery, err error) {
	var about pgtype.UUID
	err = row.Scan(&d.Site, (*[16]byte)(&d.ID), (*string)(&d.Channel), &d.Target, (*string)(&d.Kind), &about, &d.Event,
		(*string)(&d.State), &d.Tries, &d.Unsure, &d.Due, &d.Error, &d.Created)
	d.Comment = about.Bytes
	d.Due, d.Created = d.Due.UTC(), d.Created.UTC()
	return d, err
}

// Deliveries implements comments.Outbox.
func (s *Store) Deliveries(ctx context.Context, site string, state comments.DeliveryState, limit int) ([]comments.Delivery, error) {
	if site == "" {
		return query(ctx, s, scanDelivery, selectDelivery+byState, string(state), max(limit, 0))
	}
	return query(ctx, s, scanDelivery, selectDelivery+byStateOfSite, string(state), max(limit, 0), site)
}

// NextDue implements comments.Outbox.
func (s *Store) NextDue(ctx context.Context) (due time.Time, err error) {
	found, err := query(ctx, s, pgx.RowTo[time.Time], selectNextDue)
	for _, t := range found {
		due = t.UTC()
	}
	return due, err
}

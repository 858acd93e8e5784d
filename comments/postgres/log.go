package postgres

import (
	"context"
	"math"
	"time"

	"github.com/jackc/pgx/v5"

	"postil/comments"
)

const (
	selectEvents = `SELECT site, number, at, kind, comment, status, first, by FROM events `
	eventsAfter  = `WHERE site = $1 AND number > $2 ORDER BY number LIMIT $3`
	trailOfSite  = `WHERE site = $1 AND number < $2 ORDER BY number DESC LIMIT $3`
	trailOfOne   = `WHERE site = $1 AND number < $2 AND comment = $4 ORDER BY number DESC LIMIT $3`
)

// Events implements comments.Log.
func (s *Store) Events(ctx context.Context, site string, after int64, limit int) ([]comments.Event, error) {
	return query(ctx, s, scanEvent, selectEvents+eventsAfter, site, after, max(limit, 0))
}

// Trail implements comments.Log.
func (s *Store) Trail(ctx context.Context, site string, comment comments.ID, before int64, limit int) ([]comments.Event, error) {
	if before == 0 {
		before = math.MaxInt64
	}
	if comment.IsZero() {
		return query(ctx, s, scanEvent, selectEvents+trailOfSite, site, before, max(limit, 0))
	}
	return query(ctx, s, scanEvent, selectEvents+trailOfOne, site, before, max(limit, 0), [16]byte(comment))
}

func scanEvent(row pgx.CollectableRow) (e comments.Event, err error) {
	err = row.Scan(&e.Site, &e.Number, &e.At, (*string)(&e.Kind), (*[16]byte)(&e.Comment), (*string)(&e.Status), &e.First, &e.By)
	e.At = e.At.UTC()
	return e, err
}

func (l *ledger) queueEvents(batch *pgx.Batch) {
	var numbers []int64
	var ats []time.Time
	var kinds, statuses, bys []string
	var ids [][16]byte
	var firsts []bool
	for _, e := range l.Events {
		numbers, ats, kinds = append(numbers, e.Number), append(ats, e.At), append(kinds, string(e.Kind))
		ids, statuses, firsts, bys = append(ids, e.Comment), append(statuses, string(e.Status)), append(firsts, e.First), append(bys, e.By)
	}
	if len(numbers) == 0 {
		return
	}
	batch.Queue(`
		INSERT INTO events (site, number, at, kind, comment, status, first, by)
		SELECT $1, * FROM unnest($2::bigint[], $3::timestamptz[], $4::text[], $5::uuid[], $6::text[], $7::boolean[], $8::text[])`,
		l.Site, numbers, ats, kinds, ids, statuses, firsts, bys)
}

// PruneEvents implements comments.Log.
func (s *Store) PruneEvents(ctx context.Context, site string, before time.Time) error {
	return s.exec(ctx, `DELETE FROM events WHERE site = $1 AND at < $2 AND number <= (SELECT dispatched FROM sites WHERE host = $1)`, site, before)
}

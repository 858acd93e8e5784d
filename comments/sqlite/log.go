package sqlite

import (
	"context"
	"math"
	"time"

	"postil/comments"
)

const (
	selectEvents = `SELECT site, number, at, kind, comment, status, first, by FROM events `
	eventsAfter  = `WHERE site = ? AND number > ? ORDER BY number LIMIT ?`
	trailOfSite  = `WHERE site = ? AND number < ? ORDER BY number DESC LIMIT ?`
	trailOfOne   = `INDEXED BY events_comment WHERE site = ? AND comment = ? AND number < ? ORDER BY number DESC LIMIT ?`
)

// Events implements comments.Log.
func (s *Store) Events(ctx context.Context, site string, after int64, limit int) ([]comments.Event, error) {
	events, err := query(ctx, &s.reader, scanEvent, selectEvents+eventsAfter, site, after, max(limit, 0))
	return events, s.classify(err)
}

// Trail implements comments.Log.
func (s *Store) Trail(ctx context.Context, site string, comment comments.ID, before int64, limit int) ([]comments.Event, error) {
	condition, args := trailOfSite, []any{site}
	if !comment.IsZero() {
		condition, args = trailOfOne, append(args, comment[:])
	}
	if before == 0 {
		before = math.MaxInt64
	}
	events, err := query(ctx, &s.reader, scanEvent, selectEvents+condition, append(args, before, max(limit, 0))...)
	return events, s.classify(err)
}

func scanEvent(row scanner) (e comments.Event, err error) {
	var at int64
	var comment []byte
	err = row.Scan(&e.Site, &e.Number, &at, &e.Kind, &comment, &e.Status, &e.First, &e.By)
	copy(e.Comment[:], comment)
	e.At = time.UnixMicro(at).UTC()
	return e, err
}

func insertEvents(ctx context.Context, t *tx, events []comments.Event) error {
	for _, e := range events {
		_, err := t.exec(ctx, `INSERT INTO events (site, number, at, kind, comment, status, first, by) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
			e.Site, e.Number, e.At.UnixMicro(), e.Kind, e.Comment[:], e.Status, e.First, e.By)
		if err != nil {
			return err
		}
	}
	return nil
}

// PruneEvents implements comments.Log.
func (s *Store) PruneEvents(ctx context.Context, site string, before time.Time) error {
	return s.classify(s.transaction(ctx, func(t *tx) error {
		_, err := t.exec(ctx, `
			DELETE FROM events WHERE site = ? AND at < ? AND number <= (SELECT dispatched FROM sites WHERE host = ?)`,
			site, micros(before), site)
		return err
	}))
}

package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"postil/comments"
)

// selectComment reads whole comments; scanPlaced knows its columns. It asks
// for single values where it could join, so that no plan can be to join whole
// tables.
const selectComment = `
SELECT c.id, c.site, (SELECT t.page FROM threads t WHERE t.site = c.site AND t.id = c.thread), c.thread,
       c.parent, c.number, c.status, c.name, c.website, c.source, c.markup, c.html,
       c.created, c.edited, c.decided, c.import_source, c.import_id, c.edit_key, c.idempotency, c.fingerprint,
       c.badge, c.owner, c.pinned, c.decider, c.verdicts,
       (SELECT p.number FROM comments p WHERE p.site = c.site AND p.id = c.parent)
FROM comments c
`

// placed is a comment with the id of its thread.
type placed struct {
	comments.Comment
	thread int64
}

func scanComment(row pgx.CollectableRow) (comments.Comment, error) {
	p, err := scanPlaced(row)
	return p.Comment, err
}

func scanPlaced(row pgx.CollectableRow) (c placed, err error) {
	var (
		parent                                   pgtype.UUID
		editKey, idempotency, fingerprint, badge pgtype.DriverBytes
		number, parentNumber                     pgtype.Int8
		edited                                   pgtype.Timestamptz
		source, sourceID                         pgtype.Text
	)
	err = row.Scan((*[16]byte)(&c.ID), &c.Site, (*string)(&c.Page), &c.thread, &parent, &number, (*string)(&c.Status), &c.Author.Name, &c.Author.Website,
		&c.Source, (*string)(&c.Markup), (*string)(&c.HTML),
		&c.Created, &edited, &c.Decided, &source, &sourceID, &editKey, &idempotency, &fingerprint,
		&badge, &c.Author.Owner, &c.Pinned, &c.By, (*string)(&c.Verdicts), &parentNumber)
	c.Parent = parent.Bytes
	copy(c.EditKey[:], editKey)
	copy(c.Idempotency[:], idempotency)
	copy(c.Fingerprint[:], fingerprint)
	copy(c.Author.Badge[:], badge)
	c.Number, c.ParentNumber = number.Int64, parentNumber.Int64
	c.Created, c.Decided, c.Edited = c.Created.UTC(), c.Decided.UTC(), fromNull(edited)
	c.Origin = comments.Origin{Source: source.String, ID: sourceID.String}
	return c, err
}

// query returns what scan makes of each row. A pooled connection may have
// died since its last use; another one is tried, once.
func query[T any](ctx context.Context, s *Store, scan func(pgx.CollectableRow) (T, error), text string, args ...any) ([]T, error) {
	for again := true; ; again = false {
		all, err := queryOnce(ctx, s, scan, text, args...)
		if err == nil || !again || !isLost(err) || ctx.Err() != nil {
			return all, s.fail(err)
		}
		s.pool.Reset() // the others are likely to be dead too
	}
}

func queryOnce[T any](ctx context.Context, s *Store, scan func(pgx.CollectableRow) (T, error), text string, args ...any) ([]T, error) {
	rows, err := s.pool.Query(ctx, text, args...)
	if err != nil {
		return nil, err
	}
	return pgx.AppendRows([]T(nil), rows, scan)
}

// collect has a queued query put what scan makes of each row into all.
func collect[T any](q *pgx.QueuedQuery, all *[]T, scan func(pgx.CollectableRow) (T, error)) {
	q.Query(func(rows pgx.Rows) (err error) {
		*all, err = pgx.AppendRows(*all, rows, scan)
		return err
	})
}

// nullID, nullHash, nullBadge, nullTime and nullText store a zero value as NULL, which
// unique indexes and foreign keys pass over.
func nullID(id comments.ID) pgtype.UUID {
	return pgtype.UUID{Bytes: id, Valid: !id.IsZero()}
}

func nullHash(h comments.Hash) []byte {
	if h.IsZero() {
		return nil
	}
	return h[:]
}

func nullBadge(b comments.Badge) []byte {
	if b == (comments.Badge{}) {
		return nil
	}
	return b[:]
}

func nullTime(t time.Time) pgtype.Timestamptz {
	return pgtype.Timestamptz{Time: t, Valid: !t.IsZero()}
}

func nullText(s string) pgtype.Text {
	return pgtype.Text{String: s, Valid: s != ""}
}

func nullNumber(n int64) pgtype.Int8 {
	return pgtype.Int8{Int64: n, Valid: n != 0}
}

func fromNull(t pgtype.Timestamptz) time.Time {
	if !t.Valid {
		return time.Time{}
	}
	return t.Time.UTC()
}

// uuids returns ids as an array that pgx knows how to send.
func uuids(ids []comments.ID) [][16]byte {
	array := make([][16]byte, len(ids))
	for i, id := range ids {
		array[i] = id
	}
	return array
}

package sqlite

import (
	"context"
	"database/sql"
	"math"
	"time"

	"postil/comments"
)

// selectComment reads whole comments; scanPlaced knows its columns.
const selectComment = `
SELECT c.id, c.site, t.page, c.thread, c.parent, c.number, c.status, c.markup, c.words,
       coalesce(w.name, ''), coalesce(w.website, ''), coalesce(w.source, ''), coalesce(w.html, ''),
       c.created, c.edited, c.decided, c.import_source, c.import_id, c.edit_key, c.idempotency, c.fingerprint,
       c.badge, c.owner, c.pinned, c.decider, c.verdicts, p.number
FROM comments c
JOIN threads t ON t.site = c.site AND t.id = c.thread
LEFT JOIN words w ON w.id = c.words
LEFT JOIN comments p ON p.site = c.site AND p.id = c.parent
`

type scanner interface{ Scan(...any) error }

// placed is a comment with the ids of its thread and words.
type placed struct {
	comments.Comment
	thread int64
	words  sql.NullInt64
}

func scanComment(row scanner) (comments.Comment, error) {
	p, err := scanPlaced(row)
	return p.Comment, err
}

func scanPlaced(row scanner) (c placed, err error) {
	var (
		id, parent, editKey, idempotency, fingerprint, badge sql.RawBytes
		number, edited, parentNumber                         sql.NullInt64
		created, decided                                     int64
		source, sourceID                                     sql.NullString
	)
	err = row.Scan(&id, &c.Site, &c.Page, &c.thread, &parent, &number, &c.Status, &c.Markup, &c.words,
		&c.Author.Name, &c.Author.Website, &c.Source, &c.HTML, &created, &edited, &decided, &source, &sourceID, &editKey, &idempotency, &fingerprint,
		&badge, &c.Author.Owner, &c.Pinned, &c.By, &c.Verdicts, &parentNumber)
	copy(c.ID[:], id)
	copy(c.Parent[:], parent)
	copy(c.EditKey[:], editKey)
	copy(c.Idempotency[:], idempotency)
	copy(c.Fingerprint[:], fingerprint)
	copy(c.Author.Badge[:], badge)
	c.Number, c.ParentNumber = number.Int64, parentNumber.Int64
	c.Created, c.Decided, c.Edited = time.UnixMicro(created).UTC(), time.UnixMicro(decided).UTC(), fromMicros(edited)
	c.Origin = comments.Origin{Source: source.String, ID: sourceID.String}
	return c, err
}

// querier has statements, and knows with which context they run.
type querier interface {
	statement(context.Context, string) (*sql.Stmt, context.Context, error)
}

// query returns what scan makes of each row.
func query[T any](ctx context.Context, q querier, scan func(scanner) (T, error), text string, args ...any) ([]T, error) {
	stmt, ctx, err := q.statement(ctx, text)
	if err != nil {
		return nil, err
	}
	rows, err := stmt.QueryContext(ctx, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []T
	for rows.Next() {
		one, err := scan(rows)
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, rows.Err()
}

// first returns what scan makes of the first row, if there is one.
func first[T any](ctx context.Context, q querier, scan func(scanner) (T, error), text string, args ...any) (one T, found bool, err error) {
	all, err := query(ctx, q, scan, text, args...)
	if err != nil || len(all) == 0 {
		return one, false, err
	}
	return all[0], true, nil
}

// scanValue is for rows of one column.
func scanValue[T any](row scanner) (value T, err error) {
	err = row.Scan(&value)
	return value, err
}

// nullID, nullHash, nullBadge, nullTime and nullText store a zero value as NULL, which
// unique indexes and foreign keys pass over.
func nullID(id comments.ID) any {
	if id.IsZero() {
		return nil
	}
	return id[:]
}

func nullHash(h comments.Hash) any {
	if h.IsZero() {
		return nil
	}
	return h[:]
}

func nullBytes(b []byte) any {
	if b == nil {
		return nil
	}
	return b
}

func nullBadge(b comments.Badge) any {
	if b == (comments.Badge{}) {
		return nil
	}
	return b[:]
}

func nullTime(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UnixMicro()
}

// micros is how times are stored. The zero time, for want of better, is long
// before all of them.
func micros(t time.Time) int64 {
	if t.IsZero() {
		return math.MinInt64
	}
	return t.UnixMicro()
}

func nullText(s string) any {
	if s == "" {
		return nil
	}
	return s
}

func nullNumber(n int64) any {
	if n == 0 {
		return nil
	}
	return n
}

func fromMicros(n sql.NullInt64) time.Time {
	if !n.Valid {
		return time.Time{}
	}
	return time.UnixMicro(n.Int64).UTC()
}

package postgres

import (
	"context"
	"encoding/binary"
	"math"
	"time"

	"github.com/jackc/pgx/v5"

	"postil/comments"
)

// Conditions of selectComment.
const (
	byRange        = `WHERE c.site = $1 AND c.thread = (SELECT id FROM threads WHERE site = $1 AND page = $2) AND c.number BETWEEN $3 AND $4 ORDER BY c.number`
	byDecision     = `WHERE c.site = $1 AND c.status = 'published' ORDER BY c.decided DESC, c.id DESC LIMIT $2`
	byParent       = `WHERE c.site = $1 AND c.thread = (SELECT id FROM threads WHERE site = $1 AND page = $2) AND c.parent = $3 AND c.status = 'published' ORDER BY c.number DESC LIMIT $4`
	byStatus       = `WHERE c.site = $1 AND c.status = $2 AND c.id < $3 ORDER BY c.id DESC LIMIT $4`
	byHiddenStatus = `WHERE c.site = $1 AND c.status = $2 AND c.status <> 'published' AND c.id < $3 ORDER BY c.id DESC LIMIT $4` // its index is partial
	byID           = `WHERE c.site IN (SELECT host FROM sites) AND c.id = $1`                                                    // as the primary key leads with the site
	byIDs          = `WHERE c.site = $1 AND c.id = ANY($2)`
	byKeys         = `WHERE c.site = $1 AND c.idempotency = ANY($2)`
	byOrigins      = `WHERE c.site = $1 AND c.import_source = $2 AND c.import_id = ANY($3)`
)

func (s *Store) comments(ctx context.Context, condition string, args ...any) ([]comments.Comment, error) {
	return query(ctx, s, scanComment, selectComment+condition, args...)
}

// Range implements comments.Reader.
func (s *Store) Range(ctx context.Context, site string, page comments.Page, from, to int64) ([]comments.Comment, error) {
	return s.comments(ctx, byRange, site, string(page), from, to)
}

// Latest implements comments.Reader.
func (s *Store) Latest(ctx context.Context, site string, limit int) ([]comments.Comment, error) {
	return s.comments(ctx, byDecision, site, max(limit, 0))
}

// List implements comments.Reader.
func (s *Store) List(ctx context.Context, site string, status comments.Status, before comments.ID, limit int) ([]comments.Comment, error) {
	if before.IsZero() {
		before = lastID()
	}
	condition := byStatus
	if status != comments.Published {
		condition = byHiddenStatus
	}
	return s.comments(ctx, condition, site, string(status), [16]byte(before), max(limit, 0))
}

// Answers implements comments.Reader.
func (s *Store) Answers(ctx context.Context, site string, page comments.Page, parent comments.ID, limit int) ([]comments.Comment, error) {
	return s.comments(ctx, byParent, site, string(page), [16]byte(parent), max(limit, 0))
}

// lastID returns the id that sorts after all others.
func lastID() (id comments.ID) {
	for i := range id {
		id[i] = math.MaxUint8
	}
	return id
}

// firstID returns the id that sorts before all others of a time's millisecond
// (RFC 9562 §5.7).
func firstID(t time.Time) (id comments.ID) {
	var millis [8]byte
	binary.BigEndian.PutUint64(millis[:], uint64(max(t.UnixMilli(), 0)))
	copy(id[:], millis[2:])
	return id
}

// Find implements comments.Reader.
func (s *Store) Find(ctx context.Context, id comments.ID) (comments.Comment, error) {
	found, err := s.comments(ctx, byID, [16]byte(id))
	if err != nil {
		return comments.Comment{}, err
	}
	if len(found) == 0 {
		return comments.Comment{}, noComment(id)
	}
	return found[0], nil
}

// Imported implements comments.Reader.
func (s *Store) Imported(ctx context.Context, site, source string, ids []string) (map[string]comments.ID, error) {
	known := map[string]comments.ID{}
	_, err := query(ctx, s, func(row pgx.CollectableRow) (id [16]byte, err error) {
		var there string
		err = row.Scan(&there, &id)
		known[there] = id
		return id, err
	}, `SELECT import_id, id FROM comments WHERE site = $1 AND import_source = $2 AND import_id = ANY($3)`, site, source, ids)
	return known, err
}

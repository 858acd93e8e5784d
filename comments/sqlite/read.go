package sqlite

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"math"
	"time"

	"postil/comments"
)

// Conditions of selectComment.
const (
	byRange        = `WHERE c.site = ?1 AND c.thread = (SELECT id FROM threads WHERE site = ?1 AND page = ?2) AND c.number BETWEEN ?3 AND ?4 ORDER BY c.number`
	byDecision     = `WHERE c.site = ? AND c.status = 'published' ORDER BY c.decided DESC, c.id DESC LIMIT ?`
	byParent       = `WHERE c.site = ?1 AND c.thread = (SELECT id FROM threads WHERE site = ?1 AND page = ?2) AND c.parent = ?3 AND c.status = 'published' ORDER BY +c.number DESC LIMIT ?4`
	byStatus       = `WHERE c.site = ? AND c.status = ? AND c.id < ? ORDER BY c.id DESC LIMIT ?`
	byHiddenStatus = `WHERE c.site = ? AND c.status = ? AND c.status <> 'published' AND c.id < ? ORDER BY c.id DESC LIMIT ?` // its index is partial
	byID           = `WHERE c.site IN (SELECT host FROM sites) AND c.id = ?`                                                 // as the primary key leads with the site
	byOne          = `WHERE c.site = ? AND c.id = ?`
	byKey          = `WHERE c.site = ? AND c.idempotency = ?`
	byOrigin       = `WHERE c.site = ? AND c.import_source = ? AND c.import_id = ?`
)

func (s *Store) comments(ctx context.Context, condition string, args ...any) ([]comments.Comment, error) {
	found, err := query(ctx, &s.reader, scanComment, selectComment+condition, args...)
	return found, s.classify(err)
}

// Range implements comments.Reader.
func (s *Store) Range(ctx context.Context, site string, page comments.Page, from, to int64) ([]comments.Comment, error) {
	return s.comments(ctx, byRange, site, page, from, to)
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
	return s.comments(ctx, condition, site, status, before[:], max(limit, 0))
}

// Answers implements comments.Reader.
func (s *Store) Answers(ctx context.Context, site string, page comments.Page, parent comments.ID, limit int) ([]comments.Comment, error) {
	return s.comments(ctx, byParent, site, page, parent[:], max(limit, 0))
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
	c, found, err := first(ctx, &s.reader, scanComment, selectComment+byID, id[:])
	if err == nil && !found {
		err = noComment(id)
	}
	return c, s.classify(err)
}

// Imported implements comments.Reader.
func (s *Store) Imported(ctx context.Context, site, source string, ids []string) (map[string]comments.ID, error) {
	wanted, err := json.Marshal(ids)
	if err != nil {
		return nil, err
	}
	known := map[string]comments.ID{}
	_, err = query(ctx, &s.reader, func(row scanner) (id []byte, err error) {
		var there string
		err = row.Scan(&there, &id)
		known[there] = comments.ID(id)
		return id, err
	}, `SELECT import_id, id FROM comments
		WHERE site = ? AND import_source = ? AND import_id IN (SELECT value FROM json_each(?))`, site, source, string(wanted))
	return known, s.classify(err)
}

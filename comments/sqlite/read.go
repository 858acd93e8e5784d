package sqlite

import (
	"context"
	"encoding/json"

	"postil/comments"
)

func (s *Store) comments(ctx context.Context, condition string, args ...any) ([]comments.Comment, error) {
	found, err := query(ctx, s.reader, scanComment, selectComment+condition, args...)
	return found, s.classify(err)
}

// findComment returns the one comment that a condition names.
func findComment(ctx context.Context, q querier, condition string, args ...any) (comments.Comment, bool, error) {
	found, err := query(ctx, q, scanComment, selectComment+condition, args...)
	if err != nil || len(found) == 0 {
		return comments.Comment{}, false, err
	}
	return found[0], true, nil
}

// Range implements comments.Reader.
func (s *Store) Range(ctx context.Context, site string, page comments.Page, from, to int64) ([]comments.Comment, error) {
	return s.comments(ctx, `WHERE t.site = ? AND t.page = ? AND c.number BETWEEN ? AND ? ORDER BY c.number`, site, page, from, to)
}

// Latest implements comments.Reader.
func (s *Store) Latest(ctx context.Context, site string, limit int) ([]comments.Comment, error) {
	return s.comments(ctx, `WHERE c.site = ? AND c.status = 'published' ORDER BY c.decided DESC, c.id DESC LIMIT ?`, site, max(limit, 0))
}

// List implements comments.Reader.
func (s *Store) List(ctx context.Context, site string, status comments.Status, before comments.ID, limit int) ([]comments.Comment, error) {
	condition := `WHERE c.site = ?1 AND c.status = ?2 AND (?3 IS NULL OR c.id < ?3)`
	if status != comments.Published { // the index of the rest is partial
		condition += ` AND c.status <> 'published'`
	}
	return s.comments(ctx, condition+` ORDER BY c.id DESC LIMIT ?4`, site, status, nullID(before), max(limit, 0))
}

// Find implements comments.Reader. Naming all sites lets the primary key,
// which leads with the site, serve an id alone.
func (s *Store) Find(ctx context.Context, id comments.ID) (comments.Comment, error) {
	c, found, err := findComment(ctx, s.reader, `WHERE c.site IN (SELECT host FROM sites) AND c.id = ?`, id[:])
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
	rows, err := s.reader.QueryContext(ctx, `
		SELECT import_id, id FROM comments
		WHERE site = ? AND import_source = ? AND import_id IN (SELECT value FROM json_each(?))`, site, source, string(wanted))
	if err != nil {
		return nil, s.classify(err)
	}
	defer rows.Close()
	known := map[string]comments.ID{}
	for rows.Next() {
		var there string
		var here []byte
		if err := rows.Scan(&there, &here); err != nil {
			return nil, s.classify(err)
		}
		known[there] = comments.ID(here)
	}
	return known, s.classify(rows.Err())
}

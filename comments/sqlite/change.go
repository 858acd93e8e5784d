package sqlite

import (
	"context"

	"postil/comments"
)

// Changes implements comments.Reader.
func (s *Store) Changes(ctx context.Context, site string, after int64, limit int) ([]comments.Change, error) {
	scan := func(row scanner) (comments.Change, error) {
		c := comments.Change{Site: site}
		err := row.Scan(&c.Number, &c.Page, &c.Item)
		return c, err
	}
	changes, err := query(ctx, &s.reader, scan, `
		SELECT number, page, item FROM changes WHERE site = ? AND number > ? ORDER BY number LIMIT ?`, site, after, max(limit, 0))
	return changes, s.classify(err)
}

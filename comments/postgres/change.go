package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"postil/comments"
)

// Changes implements comments.Reader.
func (s *Store) Changes(ctx context.Context, site string, after int64, limit int) ([]comments.Change, error) {
	scan := func(row pgx.CollectableRow) (comments.Change, error) {
		c := comments.Change{Site: site}
		err := row.Scan(&c.Number, (*string)(&c.Page), &c.Item)
		return c, err
	}
	return query(ctx, s, scan, `
		SELECT number, page, item FROM changes WHERE site = $1 AND number > $2 ORDER BY number LIMIT $3`, site, after, max(limit, 0))
}

package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"postil/comments"
)

// Archived implements comments.Imports.
func (s *Store) Archived(ctx context.Context, site string, page comments.Page, after comments.ID, limit int) ([]comments.Imported, error) {
	list, err := s.comments(ctx, `
		WHERE c.site = $1 AND c.thread = (SELECT id FROM threads WHERE site = $1 AND page = $2) AND c.id > $3 ORDER BY c.id LIMIT $4`,
		site, string(page), [16]byte(after), max(limit, 0))
	if err != nil || len(list) == 0 {
		return nil, err
	}
	ids, archived := make([]comments.ID, len(list)), make([]comments.Imported, len(list))
	for i := range list {
		ids[i], archived[i].Comment = list[i].ID, list[i]
	}
	votes := map[comments.ID]int64{}
	_, err = query(ctx, s, func(row pgx.CollectableRow) (id comments.ID, err error) {
		var n int64
		err = row.Scan((*[16]byte)(&id), &n)
		votes[id] = n
		return id, err
	}, `SELECT comment, votes FROM imported WHERE site = $1 AND votes <> 0 AND comment = ANY($2)`, site, uuids(ids))
	for i := range archived {
		archived[i].Votes = votes[archived[i].ID]
	}
	return archived, err
}

// ArchivedThreads implements comments.Imports.
func (s *Store) ArchivedThreads(ctx context.Context, site string, after comments.Page, limit int) ([]comments.ArchivedThread, error) {
	return query(ctx, s, func(row pgx.CollectableRow) (t comments.ArchivedThread, err error) {
		var aliases []string
		err = row.Scan((*string)(&t.Page), &t.Closed, &aliases)
		for _, a := range aliases {
			t.Aliases = append(t.Aliases, comments.Page(a))
		}
		return t, err
	}, `SELECT p.page, coalesce((SELECT closed FROM threads t WHERE t.site = $1 AND t.page = p.page), false),
			ARRAY(SELECT a.page FROM aliases a WHERE a.site = $1 AND a.target = p.page ORDER BY a.page)
		FROM (
			(SELECT page FROM threads t WHERE site = $1 AND page > $2 AND (closed OR EXISTS (SELECT 1 FROM comments c WHERE c.site = $1 AND c.thread = t.id))
				ORDER BY page LIMIT $3)
			UNION (SELECT target FROM aliases WHERE site = $1 AND target > $2 ORDER BY target LIMIT $3)
			ORDER BY 1 LIMIT $3
		) p ORDER BY p.page`, site, string(after), max(limit, 0))
}

package sqlite

import (
	"context"
	"encoding/json"

	"postil/comments"
)

// Archived implements comments.Imports.
func (s *Store) Archived(ctx context.Context, site string, page comments.Page, after comments.ID, limit int) ([]comments.Imported, error) {
	list, err := s.comments(ctx, `
		WHERE c.site = ?1 AND c.thread = (SELECT id FROM threads WHERE site = ?1 AND page = ?2) AND c.id > ?3 ORDER BY c.id LIMIT ?4`,
		site, page, after[:], max(limit, 0))
	if err != nil || len(list) == 0 {
		return nil, err
	}
	ids, archived := make([]comments.ID, len(list)), make([]comments.Imported, len(list))
	for i := range list {
		ids[i], archived[i].Comment = list[i].ID, list[i]
	}
	votes := map[comments.ID]int64{}
	_, err = query(ctx, &s.reader, func(row scanner) (id []byte, err error) {
		var n int64
		err = row.Scan(&id, &n)
		votes[comments.ID(id)] = n
		return id, err
	}, `SELECT comment, votes FROM imported WHERE site = ? AND votes <> 0 AND comment IN (SELECT unhex(value) FROM json_each(?))`, site, hexes(ids))
	for i := range archived {
		archived[i].Votes = votes[archived[i].ID]
	}
	return archived, s.classify(err)
}

// ArchivedThreads implements comments.Imports.
func (s *Store) ArchivedThreads(ctx context.Context, site string, after comments.Page, limit int) ([]comments.ArchivedThread, error) {
	threads, err := query(ctx, &s.reader, func(row scanner) (t comments.ArchivedThread, err error) {
		var aliases string
		if err := row.Scan(&t.Page, &t.Closed, &aliases); err != nil {
			return t, err
		}
		err = json.Unmarshal([]byte(aliases), &t.Aliases)
		if len(t.Aliases) == 0 {
			t.Aliases = nil
		}
		return t, err
	}, `SELECT p.page, coalesce((SELECT closed FROM threads t WHERE t.site = ?1 AND t.page = p.page), 0),
			(SELECT json_group_array(page) FROM (SELECT a.page FROM aliases a WHERE a.site = ?1 AND a.target = p.page ORDER BY a.page))
		FROM (
			SELECT page FROM threads t WHERE site = ?1 AND page > ?2 AND (closed OR EXISTS (SELECT 1 FROM comments c WHERE c.site = ?1 AND c.thread = t.id))
			UNION SELECT target FROM aliases WHERE site = ?1 AND target > ?2
			ORDER BY 1 LIMIT ?3
		) p ORDER BY p.page`, site, after, max(limit, 0))
	return threads, s.classify(err)
}

package migrate

import (
	"context"

	"postil/comments"
)

// pagesAtOnce is how many pages one transaction closes.
const pagesAtOnce = 500

// finish does to pages what the export says of its threads: closed ones stay
// closed, and former addresses lead on.
func (p *Plan) finish(ctx context.Context, s *stage, run comments.Run) error {
	if err := s.markKept(p.exact()); err != nil {
		return err
	}
	for after := int64(0); ; {
		pages, last, err := s.closedPages(ctx, after)
		if err != nil || len(pages) == 0 {
			if err == nil {
				err = p.redirect(ctx, s)
			}
			return err
		}
		if err := p.Importer.Store.CloseFor(ctx, p.Host, run.ID, pages); err != nil {
			return err
		}
		p.Importer.Changed()
		after = last
	}
}

// closed selects pages with a closed thread: where several become one page,
// readers must not be able to write below what was closed.
const closed = `FROM pages g WHERE EXISTS (SELECT 1 FROM threads t WHERE t.page = g.id AND t.closed AND t.kept)`

func (s *stage) closedPages(ctx context.Context, after int64) (pages []comments.Page, last int64, err error) {
	rows, err := s.db.QueryContext(ctx, `SELECT g.id, g.page `+closed+` AND g.id > ? ORDER BY g.id LIMIT ?`, after, pagesAtOnce)
	if err != nil {
		return nil, 0, err
	}
	defer rows.Close()
	for rows.Next() {
		var page comments.Page
		if err := rows.Scan(&last, &page); err != nil {
			return nil, 0, err
		}
		pages = append(pages, page)
	}
	return pages, last, rows.Err()
}

// markKept notes which threads have comments that are stored, and with empty
// also those without any that are closed.
func (s *stage) markKept(empty bool) error {
	if err := s.exec(`CREATE INDEX IF NOT EXISTS threads_page ON threads (page)`); err != nil {
		return err
	}
	return s.exec(`UPDATE threads SET kept = ? AND posts = 0 AND closed OR id IN (SELECT DISTINCT r.thread FROM links l JOIN rows r ON r.seq = l.seq WHERE l.keep > 0)`, empty)
}

// redirect makes former pages lead to where their comments are.
func (p *Plan) redirect(ctx context.Context, s *stage) error {
	type alias struct{ old, to comments.Page }
	for after := int64(0); ; {
		var a alias
		var at int64
		if err := s.values(`SELECT rowid, page, target FROM aliases WHERE rowid > ? ORDER BY rowid LIMIT 1`, []any{after}, &at, &a.old, &a.to); err != nil || at == 0 {
			return err
		}
		after = at
		thread, err := p.Importer.Store.Thread(ctx, p.Host, a.old)
		if err != nil {
			return err
		}
		if thread.Page == a.to {
			continue
		}
		if err := p.Importer.Store.Alias(ctx, p.Host, a.old, a.to); err != nil {
			return err
		}
	}
}

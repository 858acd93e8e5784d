package migrate

import (
	"context"
	"fmt"

	"postil/comments"
)

// outerStep is how many parents are looked up at once.
const outerStep = 500

// outside looks for parents that an earlier import brought, and notes those
// that are nowhere.
func (s *stage) outside(ctx context.Context, p *Plan) error {
	for after := int64(0); ; {
		wanted, last, err := s.outerParents(ctx, after)
		if err != nil || len(wanted) == 0 {
			return err
		}
		after = last
		ids := make([]string, 0, len(wanted))
		for _, id := range wanted {
			ids = append(ids, id)
		}
		known, err := p.known(ctx, ids)
		if err != nil {
			return err
		}
		for seq, id := range wanted {
			if !known[id] {
				if err := s.exec(`UPDATE links SET outer = 0, mended = 'its parent is not there' WHERE seq = ?`, seq); err != nil {
					return err
				}
			}
		}
	}
}

func (s *stage) outerParents(ctx context.Context, after int64) (wanted map[int64]string, last int64, err error) {
	rows, err := s.db.QueryContext(ctx, `SELECT l.seq, r.parent FROM links l JOIN rows r ON r.seq = l.seq
		WHERE l.outer AND l.keep > 0 AND l.seq > ? ORDER BY l.seq LIMIT ?`, after, outerStep)
	if err != nil {
		return nil, 0, err
	}
	defer rows.Close()
	wanted = map[int64]string{}
	for rows.Next() {
		var id string
		if err := rows.Scan(&last, &id); err != nil {
			return nil, 0, err
		}
		wanted[last] = id
	}
	return wanted, last, rows.Err()
}

// known returns which ids of the source the site has comments of.
func (p *Plan) known(ctx context.Context, ids []string) (map[string]bool, error) {
	known := map[string]bool{}
	if !p.exact() {
		found, err := p.Importer.Store.Imported(ctx, p.Host, p.source(), ids)
		for id := range found {
			known[id] = true
		}
		return known, err
	}
	wanted := make([]comments.ID, 0, len(ids))
	for _, id := range ids {
		parsed, err := comments.ParseID(id)
		if err != nil {
			return nil, fmt.Errorf("%q: %w", id, err)
		}
		wanted = append(wanted, parsed)
	}
	found, err := p.Importer.Store.Present(ctx, p.Host, wanted)
	for id, there := range found {
		known[id.String()] = there
	}
	return known, err
}

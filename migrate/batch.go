package migrate

import (
	"cmp"
	"context"
	"encoding/json"
	"time"
)

// batch reads the next rows in order, up to a batch's limits.
func (s *stage) batch(ctx context.Context, p *Plan, after int64) (*batch, error) {
	rows, err := s.db.QueryContext(ctx, `
		SELECT o.at, l.seq, l.keep, EXISTS (SELECT 1 FROM links c WHERE c.up = l.seq AND c.keep > 0), l.reason, g.page, r.id,
			CASE WHEN l.up IS NOT NULL OR l.outer THEN r.parent ELSE '' END,
			r.created, coalesce(r.edited, 0), r.status, r.name, r.website, r.email, r.markup, r.source, r.pinned, r.votes, coalesce(r.exact, ''),
			coalesce(w.name, ''), coalesce(w.website, ''), coalesce(w.email, '')
		FROM ordered o JOIN links l ON l.seq = o.seq JOIN rows r ON r.seq = o.seq JOIN pages g ON g.id = l.page
		LEFT JOIN people w ON w.key = r.by AND r.by <> ''
		WHERE o.at > ? AND o.at <= ? ORDER BY o.at`, after, after+int64(cmp.Or(p.batchOf, batchRows)))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	b := &batch{upTo: after}
	for size := 0; size < batchBytes && rows.Next(); {
		var row staged
		if err := row.scan(rows.Scan, p, &b.upTo); err != nil {
			return nil, err
		}
		size += len(row.record.Source)
		b.rows = append(b.rows, row)
	}
	return b, rows.Err()
}

func (row *staged) scan(scan func(...any) error, p *Plan, at *int64) error {
	r := &row.record
	var created, edited int64
	var exact string
	var person Person
	err := scan(at, &row.seq, &row.keep, &row.answered, &row.reason, &r.Page, &r.Origin.ID, &r.Parent,
		&created, &edited, &r.Status, &r.Author.Name, &r.Author.Website, &r.Email, &r.Markup, &r.Source, &r.Pinned, &r.Votes, &exact,
		&person.Name, &person.Website, &person.Email)
	if err != nil {
		return err
	}
	r.Origin.Source = p.source()
	r.Created = time.UnixMicro(created).UTC()
	if edited != 0 {
		r.Edited = time.UnixMicro(edited).UTC()
	}
	r.Author.Name, r.Author.Website, r.Email = or(r.Author.Name, person.Name), or(r.Author.Website, person.Website), or(r.Email, person.Email)
	if !p.KeepEmail {
		r.Email = ""
	}
	if exact != "" {
		return json.Unmarshal([]byte(exact), &row.exact)
	}
	return nil
}

func or(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

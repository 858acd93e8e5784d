package sqlite

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unicode"

	"postil/comments"
)

// Search implements comments.Queue. A text is found in any case of any
// script, letter by letter; ß is not found by SS, nor é by e and an accent.
func (s *Store) Search(ctx context.Context, f comments.Filter) ([]comments.Comment, error) {
	condition, args := searchFor(f)
	return s.comments(ctx, condition, args...)
}

// searchFor returns the condition of selectComment that a filter makes. Each
// of several statuses has an index in the order of ids, so that their first
// comments are looked for apart and then put together; other filters are
// narrower than a status.
func searchFor(f comments.Filter) (condition string, args []any) {
	q := newSearch(f)
	limit := q.arg(max(f.Limit, 0))
	branches := []string{""}
	switch {
	case len(f.Statuses) == 0:
	case f.Page != "" || f.Badge != (comments.Badge{}) || f.Judged:
		branches = []string{" AND +c.status IN (" + strings.Join(q.statuses(f.Statuses), ", ") + ")"}
	default:
		branches = nil
		for i, status := range q.statuses(f.Statuses) {
			branches = append(branches, " AND c.status = "+status+partial(f.Statuses[i]))
		}
	}
	for i, b := range branches {
		branches[i] = "SELECT * FROM (SELECT c.id FROM " + q.from + " WHERE " + strings.Join(q.terms, " AND ") + b + " ORDER BY c.id DESC LIMIT " + limit + ")"
	}
	return "WHERE c.site = ?1 AND c.id IN (" + strings.Join(branches, " UNION ALL ") + ") ORDER BY c.id DESC LIMIT " + limit, q.args
}

// partial lets a query use comments_queue, which holds no published comments.
func partial(s comments.Status) string {
	if s == comments.Published {
		return ""
	}
	return " AND c.status <> 'published'"
}

// search is a query that grows by the fields of a filter.
type search struct {
	from  string
	terms []string
	args  []any
}

func newSearch(f comments.Filter) *search {
	q := &search{from: "comments c"}
	q.where("c.site = %s", f.Site)
	q.between(f)
	if f.Page != "" {
		q.where("c.thread = (SELECT id FROM threads WHERE site = ?1 AND page = coalesce((SELECT target FROM aliases WHERE site = ?1 AND page = %[1]s), %[1]s))", f.Page)
	}
	if f.Badge != (comments.Badge{}) {
		q.where("c.badge = %s", f.Badge[:])
	}
	if f.Judged {
		q.terms = append(q.terms, "c.decider <> ''", "c.status IN ('published', 'spam')")
	}
	if f.Text != "" {
		q.from += " JOIN words w ON w.id = c.words"
		q.where("(w.name GLOB %[1]s OR w.website GLOB %[1]s OR w.source GLOB %[1]s)", anyCase(f.Text))
	}
	return q
}

// between narrows by time: an id begins with the time of its comment.
func (q *search) between(f comments.Filter) {
	if !f.Before.IsZero() {
		q.where("c.id < %s", f.Before[:])
	}
	if !f.Since.IsZero() {
		first := firstID(f.Since)
		q.where("c.id >= %s", first[:])
		q.where("c.created >= %s", f.Since.UnixMicro())
	}
	if !f.Until.IsZero() {
		first := firstID(f.Until.Add(time.Millisecond))
		q.where("c.id < %s", first[:])
		q.where("c.created < %s", f.Until.UnixMicro())
	}
}

// where adds a term in which the argument stands for %s.
func (q *search) where(term string, arg any) {
	q.terms = append(q.terms, fmt.Sprintf(term, q.arg(arg)))
}

func (q *search) arg(value any) string {
	q.args = append(q.args, value)
	return fmt.Sprintf("?%d", len(q.args))
}

func (q *search) statuses(list []comments.Status) (names []string) {
	for _, s := range list {
		names = append(names, q.arg(s))
	}
	return names
}

// anyCase returns the GLOB pattern of a text anywhere and in any case. LIKE
// would know the cases of ASCII letters only.
func anyCase(text string) string {
	var b strings.Builder
	b.WriteByte('*')
	for _, r := range strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\x00", "\uFFFD") {
		switch other := unicode.SimpleFold(r); {
		case other != r:
			b.WriteByte('[')
			for ; other != r; other = unicode.SimpleFold(other) {
				b.WriteRune(other)
			}
			b.WriteString(string(r) + "]")
		case strings.ContainsRune("*?[", r):
			b.WriteString("[" + string(r) + "]")
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('*')
	return b.String()
}

// Tally implements comments.Queue.
func (s *Store) Tally(ctx context.Context, site string, limit int64) (map[comments.Status]int64, error) {
	tally := map[comments.Status]int64{}
	_, err := query(ctx, &s.reader, func(row scanner) (n int64, err error) {
		var status comments.Status
		err = row.Scan(&status, &n)
		tally[status] = n
		return n, err
	}, selectTally, site, max(limit, 0))
	return tally, s.classify(err)
}

const selectTally = `
SELECT 'published', count(*) FROM (SELECT 1 FROM comments WHERE site = ?1 AND status = 'published' LIMIT ?2)
UNION ALL SELECT 'held', count(*) FROM (SELECT 1 FROM comments WHERE site = ?1 AND status = 'held' AND status <> 'published' LIMIT ?2)
UNION ALL SELECT 'spam', count(*) FROM (SELECT 1 FROM comments WHERE site = ?1 AND status = 'spam' AND status <> 'published' LIMIT ?2)
UNION ALL SELECT 'deleted', count(*) FROM (SELECT 1 FROM comments WHERE site = ?1 AND status = 'deleted' AND status <> 'published' LIMIT ?2)`

// Days implements comments.Queue.
func (s *Store) Days(ctx context.Context, site string, from time.Time) ([]comments.Day, error) {
	const micros = int64(24 * time.Hour / time.Microsecond)
	first := firstID(from)
	days, err := query(ctx, &s.reader, func(row scanner) (d comments.Day, err error) {
		var day int64
		err = row.Scan(&day, &d.Status, &d.Count)
		d.Date = time.UnixMicro(day * micros).UTC()
		return d, err
	}, selectDays, site, first[:], from.UnixMicro(), micros)
	return days, s.classify(err)
}

const selectDays = `
SELECT created / ?4 AS day, status, count(*) FROM comments
WHERE site = ?1 AND id >= ?2 AND created >= ?3 AND import_id IS NULL
GROUP BY day, status ORDER BY day, status`

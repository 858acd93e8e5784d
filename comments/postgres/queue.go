package postgres

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unicode"

	"github.com/jackc/pgx/v5"

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
// narrower than a status. The planner is not to know which status it is: where
// most comments are held it would rather go through all of them, for it takes
// them to be spread evenly.
func searchFor(f comments.Filter) (condition string, args []any) {
	q := newSearch(f)
	limit := q.arg(max(f.Limit, 0))
	branches := []string{""}
	switch {
	case len(f.Statuses) == 0:
	case f.Page != "" || f.Badge != (comments.Badge{}) || f.Judged:
		branches = []string{" AND c.status IN (" + strings.Join(q.statuses(f.Statuses), ", ") + ")"}
	default:
		branches = nil
		for i, status := range q.statuses(f.Statuses) {
			branches = append(branches, " AND c.status = (SELECT "+status+"::text)"+partial(f.Statuses[i]))
		}
	}
	for i, b := range branches {
		branches[i] = "(SELECT c.id FROM comments c WHERE " + strings.Join(q.terms, " AND ") + b + " ORDER BY c.id DESC LIMIT " + limit + ")"
	}
	ids := "SELECT id FROM (" + strings.Join(branches, " UNION ALL ") + ") found ORDER BY id DESC LIMIT " + limit
	return "WHERE c.site = $1 AND c.id = ANY(ARRAY(" + ids + ")) ORDER BY c.id DESC", q.args
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
	terms []string
	args  []any
}

func newSearch(f comments.Filter) *search {
	q := &search{}
	q.where("c.site = %s", f.Site)
	q.between(f)
	if f.Page != "" {
		q.where("c.thread = (SELECT id FROM threads WHERE site = $1 AND page = coalesce((SELECT target FROM aliases WHERE site = $1 AND page = %[1]s), %[1]s))", string(f.Page))
	}
	if f.Badge != (comments.Badge{}) {
		q.where("c.badge = %s", f.Badge[:])
	}
	if f.Judged {
		q.terms = append(q.terms, "c.decider <> ''", "c.status IN ('published', 'spam')")
	}
	if f.Text != "" {
		q.where("(c.name ~ %[1]s OR c.website ~ %[1]s OR c.source ~ %[1]s)", anyCase(f.Text))
	}
	return q
}

// between narrows by time: an id begins with the time of its comment.
func (q *search) between(f comments.Filter) {
	if !f.Before.IsZero() {
		q.where("c.id < %s", [16]byte(f.Before))
	}
	if !f.Since.IsZero() {
		q.where("c.id >= %s", [16]byte(firstID(f.Since)))
		q.where("c.created >= %s", f.Since)
	}
	if !f.Until.IsZero() {
		q.where("c.id < %s", [16]byte(firstID(f.Until.Add(time.Millisecond))))
		q.where("c.created < %s", f.Until)
	}
}

// where adds a term in which the argument stands for %s.
func (q *search) where(term string, arg any) {
	q.terms = append(q.terms, fmt.Sprintf(term, q.arg(arg)))
}

func (q *search) arg(value any) string {
	q.args = append(q.args, value)
	return fmt.Sprintf("$%d", len(q.args))
}

func (q *search) statuses(list []comments.Status) (names []string) {
	for _, s := range list {
		names = append(names, q.arg(string(s)))
	}
	return names
}

// anyCase returns the regular expression of a text in any case. ILIKE would
// know only those letters that the server's locale knows.
func anyCase(text string) string {
	var b strings.Builder
	for _, r := range strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\x00", "\uFFFD") {
		switch other := unicode.SimpleFold(r); {
		case other != r:
			b.WriteByte('[')
			for ; other != r; other = unicode.SimpleFold(other) {
				b.WriteRune(other)
			}
			b.WriteString(string(r) + "]")
		case strings.ContainsRune(`\.*+?()[]{}|^$`, r):
			b.WriteString(`\` + string(r))
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// Tally implements comments.Queue.
func (s *Store) Tally(ctx context.Context, site string, limit int64) (map[comments.Status]int64, error) {
	tally := map[comments.Status]int64{}
	_, err := query(ctx, s, func(row pgx.CollectableRow) (n int64, err error) {
		var status string
		err = row.Scan(&status, &n)
		tally[comments.Status(status)] = n
		return n, err
	}, selectTally, site, max(limit, 0))
	return tally, err
}

const selectTally = `
SELECT 'published', (SELECT count(*) FROM (SELECT FROM comments WHERE site = $1 AND status = 'published' LIMIT $2) c)
UNION ALL SELECT 'held', (SELECT count(*) FROM (SELECT FROM comments WHERE site = $1 AND status = 'held' LIMIT $2) c)
UNION ALL SELECT 'spam', (SELECT count(*) FROM (SELECT FROM comments WHERE site = $1 AND status = 'spam' LIMIT $2) c)
UNION ALL SELECT 'deleted', (SELECT count(*) FROM (SELECT FROM comments WHERE site = $1 AND status = 'deleted' LIMIT $2) c)`

// Days implements comments.Queue.
func (s *Store) Days(ctx context.Context, site string, from time.Time) ([]comments.Day, error) {
	return query(ctx, s, func(row pgx.CollectableRow) (d comments.Day, err error) {
		err = row.Scan(&d.Date, (*string)(&d.Status), &d.Count)
		d.Date = d.Date.UTC()
		return d, err
	}, selectDays, site, [16]byte(firstID(from)), from)
}

const selectDays = `
SELECT date_trunc('day', created AT TIME ZONE 'UTC') AT TIME ZONE 'UTC' AS day, status, count(*) FROM comments
WHERE site = $1 AND id >= $2 AND created >= $3 AND import_id IS NULL
GROUP BY day, status ORDER BY day, status COLLATE "C"`

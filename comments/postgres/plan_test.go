package postgres

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"postil/comments"
	"postil/comments/storetest"
)

// queueOf fills a site with comments of which most are held, as after an
// attack, and has the server look at them.
func queueOf(t *testing.T, s *Store, n int) {
	t.Helper()
	putSite(t, s)
	batch := make([]comments.Comment, n)
	for i := range batch {
		batch[i] = sample(i)
		batch[i].ID, batch[i].Created = firstID(second(i)), second(i)
		batch[i].Page = comments.Page(fmt.Sprintf("/%d", i%500))
		batch[i].Status = comments.Held
		switch i % 10 {
		case 0:
			batch[i].Status = comments.Published
		case 1:
			batch[i].Status, batch[i].By = comments.Spam, "mia"
		case 2:
			batch[i].Author.Badge = comments.Badge{byte(i >> 8), byte(i), 1}
		}
	}
	_, err := s.Add(t.Context(), batch)
	must(t, err)
	_, err = s.pool.Exec(t.Context(), `ANALYZE`)
	must(t, err)
}

func second(n int) time.Time { return time.Unix(int64(n), 0).UTC() }

// explainWith shows the plan for just these arguments.
func explainWith(t *testing.T, conn *pgx.Conn, query string, args ...any) string {
	t.Helper()
	rows, err := conn.Query(t.Context(), `EXPLAIN (COSTS off) `+query, args...)
	must(t, err)
	lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
	must(t, err)
	return strings.Join(lines, "\n")
}

// The first page of a queue must not cost more, the longer the queue is.
func TestSearchesUseIndexes(t *testing.T) {
	t.Parallel()
	s := openInternal(t, storetest.Postgres(t))
	queueOf(t, s, 5000)
	conn, err := s.pool.Acquire(t.Context())
	must(t, err)
	defer conn.Release()
	held, both := []comments.Status{comments.Held}, []comments.Status{comments.Held, comments.Spam}
	for _, c := range []struct {
		filter comments.Filter
		index  string
	}{
		{comments.Filter{Statuses: held}, "comments_queue"}, {comments.Filter{Statuses: both, Before: firstID(second(4000))}, "comments_queue"},
		{comments.Filter{Statuses: held, Text: "hello"}, "comments_queue"}, {comments.Filter{Judged: true}, "comments_judged"},
		{comments.Filter{Badge: comments.Badge{1, 1, 1}, Statuses: held}, "comments_badge"}, {comments.Filter{Page: "/7", Statuses: both}, "comments_site_thread_id_key"},
		{comments.Filter{}, "comments_pkey"}, {comments.Filter{Since: second(1000), Until: second(1010)}, "comments_pkey"},
	} {
		c.filter.Site, c.filter.Limit = "blog.example", 10
		condition, args := searchFor(c.filter)
		query := selectComment + condition
		_, err = conn.Exec(t.Context(), `SET plan_cache_mode = force_custom_plan`)
		must(t, err)
		custom := explainWith(t, conn.Conn(), query, args...)
		_, err = conn.Exec(t.Context(), `SET plan_cache_mode = force_generic_plan`)
		must(t, err)
		for _, plan := range []string{custom, explain(t, conn.Conn(), query)} {
			if !strings.Contains(plan, "using "+c.index) || strings.Contains(plan, "Seq Scan on comments") || !strings.Contains(plan, "(id = ANY ($") || strings.Contains(plan, "Filter: (id = ANY") {
				t.Errorf("%s\n%s", condition, plan)
			}
		}
	}
}

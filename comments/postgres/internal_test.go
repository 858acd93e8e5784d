package postgres

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"postil/comments"
	"postil/comments/storetest"
)

const patience = 20 * time.Second // for what should come at once

func openInternal(t *testing.T, url string) *Store {
	t.Helper()
	s, err := Open(t.Context(), url)
	must(t, err)
	t.Cleanup(func() { s.Close() })
	return s
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func putSite(t *testing.T, s *Store) comments.Site {
	t.Helper()
	site, err := comments.NewSite("https://blog.example")
	must(t, err)
	site.Created = time.UnixMicro(0).UTC()
	must(t, s.PutSite(t.Context(), site))
	return site
}

func sample(n int) comments.Comment {
	at := time.UnixMicro(int64(n)).UTC()
	return comments.Comment{
		ID: comments.ID{14: byte(n >> 8), 15: byte(n)}, Site: "blog.example", Page: "/post", Status: comments.Published,
		Source: "hello", Markup: comments.Markdown, HTML: "<p>hello</p>", Created: at, Decided: at,
	}
}

// connect returns a connection beside the store's.
func connect(t *testing.T, url string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	must(t, err)
	t.Cleanup(func() { conn.Close(context.Background()) })
	return conn
}

// eventually asks a yes-or-no question until the answer is yes.
func eventually(t *testing.T, conn *pgx.Conn, question string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	for yes := false; !yes; {
		must(t, conn.QueryRow(ctx, question).Scan(&yes))
	}
}

// The late-commit trap, step by step: a transaction that has a change number
// keeps the next one from being given out until it commits or fails.
func TestAChangeNeverAppearsBehindAReader(t *testing.T) {
	t.Parallel()
	url := storetest.Postgres(t)
	s := openInternal(t, url)
	site := putSite(t, s)
	late := connect(t, url)
	tx, err := late.Begin(t.Context())
	must(t, err)
	_, err = tx.Exec(t.Context(), `UPDATE sites SET head = head + 1 WHERE host = $1`, site.Host)
	must(t, err)
	_, err = tx.Exec(t.Context(), `INSERT INTO changes VALUES ($1, 1, '/late', 0)`, site.Host)
	must(t, err)

	added := make(chan error, 1)
	go func() {
		_, err := s.Add(t.Context(), []comments.Comment{sample(1)})
		added <- err
	}()
	eventually(t, connect(t, url), `SELECT EXISTS (SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock')`)
	changes, err := s.Changes(t.Context(), site.Host, 0, 10)
	must(t, err)
	if len(changes) > 0 {
		t.Errorf("a reader already sees %v", changes)
	}
	must(t, tx.Commit(t.Context()))
	must(t, <-added)
	changes, err = s.Changes(t.Context(), site.Host, 0, 10)
	must(t, err)
	if got, want := fmt.Sprint(changes), "[{blog.example 1 /late 0} {blog.example 2 /post 1}]"; got != want {
		t.Errorf("changes are %s, want %s", got, want)
	}
}

func TestOldChangesAreDropped(t *testing.T) {
	t.Parallel()
	url := storetest.Postgres(t)
	s := openInternal(t, url)
	site := putSite(t, s)
	const head = (comments.KeptChanges/comments.PruneInterval+1)*comments.PruneInterval - 1
	conn := connect(t, url)
	_, err := conn.Exec(t.Context(), `INSERT INTO changes SELECT $1, i, '/post', 0 FROM generate_series(1, $2::bigint) i`, site.Host, head)
	must(t, err)
	_, err = conn.Exec(t.Context(), `UPDATE sites SET head = $1`, head)
	must(t, err)

	_, err = s.Add(t.Context(), []comments.Comment{sample(1)})
	must(t, err)
	changes, err := s.Changes(t.Context(), site.Host, 0, comments.KeptChanges+comments.PruneInterval)
	must(t, err)
	if first, last := changes[0].Number, changes[len(changes)-1].Number; last != head+1 || last-first+1 != comments.KeptChanges || len(changes) != comments.KeptChanges {
		t.Errorf("of %d changes %d are left, from %d to %d", head+1, len(changes), first, last)
	}
}

// Each query must find comments by whole keys, or it would read more and more
// of them as they grow in number.
func TestQueriesUseIndexes(t *testing.T) {
	t.Parallel()
	url := storetest.Postgres(t)
	s := openInternal(t, url)
	putSite(t, s)
	batch := make([]comments.Comment, 5000)
	for i := range batch {
		batch[i] = sample(i)
		batch[i].Page = comments.Page(fmt.Sprintf("/%d", i%500))
		batch[i].Idempotency = comments.Hash(bytes.Repeat([]byte{byte(i >> 8), byte(i)}, 16))
		batch[i].Origin = comments.Origin{Source: "other", ID: fmt.Sprint(i)}
	}
	_, err := s.Add(t.Context(), batch)
	must(t, err)
	conn, err := s.pool.Acquire(t.Context())
	must(t, err)
	defer conn.Release()
	_, err = conn.Exec(t.Context(), `SET plan_cache_mode = force_generic_plan`)
	must(t, err)
	for query, condition := range map[string]string{
		selectComment + byRange:        "((site = $1) AND (thread = $4) AND (number >= $3) AND (number <= $4))",
		selectComment + byDecision:     "(site = $1)",
		selectComment + byHiddenStatus: "((site = $1) AND (status = $2) AND (id < $3))",
		selectComment + byStatus:       "((site = $1) AND (id < $3))",
		selectComment + byID:           "((site = sites.host) AND (id = $1))",
		selectComment + byIDs:          "((site = $1) AND (id = ANY ($2)))",
		selectComment + byKeys:         "((site = $1) AND (idempotency = ANY ($2)))",
		selectComment + byOrigins:      "((site = $1) AND (import_source = $2) AND (import_id = ANY ($3)))",
		selectNumbers:                  "((site = $1) AND (id = ANY ($2)))",
		`SELECT 1 FROM comments WHERE site = $1 AND thread = $2 AND parent = $3`: "((site = $1) AND (thread = $2) AND (parent = $3))", // as foreign keys ask
	} {
		plan := explain(t, conn.Conn(), query)
		if strings.Contains(plan, "Seq Scan on comments") || strings.Contains(plan, "Join") || !strings.Contains(plan, "Index Cond: "+condition) {
			t.Errorf("%s\n%s", query, plan)
		}
	}
}

func explain(t *testing.T, conn *pgx.Conn, query string) string {
	t.Helper()
	description, err := conn.Prepare(t.Context(), "q", query)
	must(t, err)
	defer func() { must(t, conn.Deallocate(t.Context(), "q")) }()
	arguments := strings.TrimSuffix(strings.Repeat("NULL,", len(description.ParamOIDs)), ",")
	rows, err := conn.Query(t.Context(), `EXPLAIN (COSTS off) EXECUTE q (`+arguments+`)`, pgx.QueryExecModeSimpleProtocol)
	must(t, err)
	lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
	must(t, err)
	return strings.Join(lines, "\n")
}

// kill ends all connections of other clients, as a restart would.
func kill(t *testing.T, conn *pgx.Conn) {
	t.Helper()
	_, err := conn.Exec(t.Context(), `SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`)
	must(t, err)
}

func TestLostConnectionsAreReplacedUnnoticed(t *testing.T) {
	t.Parallel()
	url := storetest.Postgres(t)
	s := openInternal(t, url+"&pool_min_conns=3")
	site := putSite(t, s)
	conn := connect(t, url)
	eventually(t, conn, `SELECT count(*) >= 4 FROM pg_stat_activity WHERE datname = current_database()`)
	kill(t, conn)
	_, err := s.Add(t.Context(), []comments.Comment{sample(1)})
	must(t, err)
	kill(t, conn)
	_, err = s.Latest(t.Context(), site.Host, 1)
	must(t, err)
	kill(t, conn)
	_, _, err = s.Update(t.Context(), site.Host, comments.Act{}, []comments.ID{sample(1).ID}, func(*comments.Comment) error { return nil })
	must(t, err)
}

func TestWatchReconnects(t *testing.T) {
	t.Parallel()
	url := storetest.Postgres(t)
	s := openInternal(t, url)
	signal := make(chan struct{}, 100)
	go s.Watch(t.Context(), func() { signal <- struct{}{} })
	conn := connect(t, url)
	for range 3 {
		select {
		case <-signal:
		case <-time.After(patience):
			t.Fatal("Watch has not called after it connected")
		}
		kill(t, conn)
	}
}

func TestTheServerHelpsToKeepTime(t *testing.T) {
	t.Parallel()
	url := storetest.Postgres(t)
	for _, test := range []struct{ url, name, want string }{
		{url, "statement_timeout", "10s"}, {url, "idle_in_transaction_session_timeout", "10s"}, {url, "application_name", "postil"},
		{url + "&statement_timeout=3s", "statement_timeout", "3s"},
	} {
		var got string
		must(t, openInternal(t, test.url).pool.QueryRow(t.Context(), `SELECT current_setting($1)`, test.name).Scan(&got))
		if got != test.want {
			t.Errorf("%s is %s, want %s", test.name, got, test.want)
		}
	}
}

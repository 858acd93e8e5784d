package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"postil/comments"
)

func openInternal(t *testing.T) *Store {
	t.Helper()
	s, err := Open(t.Context(), filepath.Join(t.TempDir(), "postil.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func readers(s *Store) *sql.DB { return s.files[1] }

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

func TestConnectionsAreDurableAndLeaveNoTraces(t *testing.T) {
	t.Parallel()
	s := openInternal(t)
	for pragma, want := range map[string]string{
		"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1", "secure_delete": "1", "temp_store": "2", "busy_timeout": "5000",
	} {
		var got string
		must(t, s.writer.conn.QueryRowContext(t.Context(), "PRAGMA "+pragma).Scan(&got))
		if got != want {
			t.Errorf("%s of the writer is %s, want %s", pragma, got, want)
		}
	}
	if _, err := readers(s).ExecContext(t.Context(), `DELETE FROM sites`); err == nil {
		t.Error("the reader can write")
	}
}

func TestOldChangesAreDropped(t *testing.T) {
	t.Parallel()
	s := openInternal(t)
	site := putSite(t, s)
	const head = (comments.KeptChanges/comments.PruneInterval+1)*comments.PruneInterval - 1
	_, err := s.writer.conn.ExecContext(t.Context(), `
		WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1)
		INSERT INTO changes SELECT ?2, i, '/post', 0 FROM n`, head, site.Host)
	must(t, err)
	_, err = s.writer.conn.ExecContext(t.Context(), `UPDATE sites SET head = ?`, head)
	must(t, err)

	_, err = s.Add(t.Context(), []comments.Comment{sample(1)})
	must(t, err)
	changes, err := s.Changes(t.Context(), site.Host, 0, comments.KeptChanges+comments.PruneInterval)
	must(t, err)
	if first, last := changes[0].Number, changes[len(changes)-1].Number; last != head+1 || last-first+1 != comments.KeptChanges || len(changes) != comments.KeptChanges {
		t.Errorf("of %d changes %d are left, from %d to %d", head+1, len(changes), first, last)
	}
}

// Without an index each of these would read a whole table.
func TestQueriesUseIndexes(t *testing.T) {
	t.Parallel()
	s := openInternal(t)
	for _, query := range []string{
		selectComment + byRange, selectComment + byDecision, selectComment + byStatus, selectComment + byHiddenStatus,
		selectComment + byID, selectComment + byKey, selectComment + byOrigin,
		`UPDATE comments SET thread = ? WHERE site = ? AND thread = ?`,
		`SELECT 1 FROM comments WHERE site = ? AND thread = ? AND parent = ?`, // as foreign keys ask
	} {
		rows, err := readers(s).QueryContext(t.Context(), "EXPLAIN QUERY PLAN "+query, nil, nil, nil, nil)
		must(t, err)
		for rows.Next() {
			var id, parent, unused int
			var detail string
			must(t, rows.Scan(&id, &parent, &unused, &detail))
			if strings.Contains(detail, "SCAN") || strings.Contains(detail, "TEMP B-TREE") {
				t.Errorf("%s\n: %s", query, detail)
			}
		}
		must(t, rows.Err())
	}
}

// A reader that does not end keeps the log from being emptied; that must be
// said, and be made good once it ends.
func TestErasureSaysWhenTheLogCannotBeCleared(t *testing.T) {
	t.Parallel()
	s := openInternal(t)
	putSite(t, s)
	_, err := s.Add(t.Context(), []comments.Comment{sample(1)})
	must(t, err)
	tx, err := readers(s).BeginTx(t.Context(), &sql.TxOptions{ReadOnly: true})
	must(t, err)
	var n int
	must(t, tx.QueryRowContext(t.Context(), `SELECT count(*) FROM comments`).Scan(&n))
	_, err = s.Add(t.Context(), []comments.Comment{sample(2)})
	must(t, err)

	if err := s.scrub(t.Context(), 200*time.Millisecond); comments.KindOf(err) != comments.Unavailable {
		t.Errorf("got error %v, want one of kind Unavailable", err)
	}
	must(t, tx.Rollback())
	ctx, cancel := context.WithCancel(t.Context())
	cancel() // the erasure is committed: that its author has gone must not matter
	must(t, s.scrub(ctx, scrubLimit))
}

func TestAWriterWaitsForAnotherProcess(t *testing.T) {
	t.Parallel()
	s := openInternal(t)
	putSite(t, s)
	other, err := connect(s.path, writerOptions(), 1, 1)
	must(t, err)
	defer other.Close()
	tx, err := other.BeginTx(t.Context(), nil)
	must(t, err)
	added := make(chan error, 1)
	go func() {
		_, err := s.Add(t.Context(), []comments.Comment{sample(1)})
		added <- err
	}()
	_, err = tx.ExecContext(t.Context(), `UPDATE sites SET head = 41`)
	must(t, err)
	must(t, tx.Commit())
	must(t, <-added)
	changes, err := s.Changes(t.Context(), "blog.example", 0, 10)
	must(t, err)
	if got := fmt.Sprint(changes); got != "[{blog.example 42 /post 1}]" {
		t.Errorf("changes are %s", got)
	}
}

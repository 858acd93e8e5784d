package migrate

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"postil/comments"
	"postil/comments/markup"
	"postil/comments/postgres"
	"postil/comments/sqlite"
	"postil/comments/storetest"
)

// host is the site of the tests; fixtures name it, and blogs that it is not.
const host = "blog.example"

// world is a database with a site, and a service on it.
type world struct {
	*testing.T
	comments.Importer
	store comments.Store
	keys  comments.Keyring
	head  atomic.Int64 // of the newest change that readers had to see
}

// databases are the ways to open a new, empty one.
func databases() map[string]func(*testing.T) comments.Store {
	return map[string]func(*testing.T) comments.Store{"sqlite": openSQLite, "postgres": openPostgres}
}

func openSQLite(t *testing.T) comments.Store {
	return openSQLiteAt(t, filepath.Join(t.TempDir(), "postil.db"))
}

func openSQLiteAt(t *testing.T, path string) comments.Store {
	t.Helper()
	s, err := sqlite.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func openPostgres(t *testing.T) comments.Store {
	t.Helper()
	s, err := postgres.Open(t.Context(), storetest.Postgres(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// emptyWorld has no site.
func emptyWorld(t *testing.T, store comments.Store) *world {
	t.Helper()
	secret := make([]byte, 32)
	rand.Read(secret)
	keys, err := comments.NewKeyring(secret)
	if err != nil {
		t.Fatal(err)
	}
	w := &world{T: t, store: store, keys: keys}
	w.Importer = newImporter(store, keys, &w.head)
	return w
}

func newImporter(store comments.Store, keys comments.Keyring, head *atomic.Int64) comments.Importer {
	return comments.Importer{Service: comments.NewService(comments.Config{
		Store: store, Render: markup.New().Render, Now: time.Now, Keys: keys,
		NewID: func(at time.Time) (comments.ID, error) {
			u, err := uuid.NewRandom()
			id := comments.ID(u)
			for i, ms := 0, at.UnixMilli(); i < 6; i++ {
				id[i] = byte(ms >> (40 - 8*i))
			}
			id[6] = id[6]&0x0f | 0x70
			return id, err
		},
		Judge:   func(context.Context, comments.Case) ([]comments.Verdict, error) { return nil, nil },
		Changed: func() {},
		Settle: func(_ context.Context, _ string, change int64) error {
			head.Store(change)
			return nil
		},
	})}
}

func newWorld(t *testing.T, store comments.Store) *world {
	t.Helper()
	w := emptyWorld(t, store)
	w.addSite(host)
	return w
}

func (w *world) addSite(host string) comments.Site {
	w.Helper()
	site, err := comments.NewSite("https://" + host)
	w.must(err)
	site.Created = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	site.Epoch = comments.ID{1}
	w.must(w.store.PutSite(w.Context(), site))
	return site
}

func (w *world) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

// job is one import of a test.
type job struct {
	format string
	files  []string
	plan   Plan
	stdin  []byte
}

// run imports, and returns the report with the fates of all rows.
func (w *world) run(j job) (Report, string, error) {
	w.Helper()
	scratch := w.TempDir()
	in, err := Open(w.Context(), j.format, j.files, bytes.NewReader(j.stdin), scratch, j.plan.Lenient)
	if err != nil {
		return Report{}, "", err
	}
	defer in.Close()
	var rows bytes.Buffer
	p := j.plan
	p.Importer, p.Input, p.Scratch, p.Rows = w.Importer, in, scratch, &rows
	if p.Host == "" && in.Format.Name != postilName {
		p.Host = host
	}
	r, err := Import(w.Context(), p)
	if err == nil && !r.Adds() {
		w.Errorf("the numbers do not add up: %+v", r)
	}
	return r, rows.String(), err
}

func (w *world) imports(j job) Report {
	w.Helper()
	r, _, err := w.run(j)
	w.must(err)
	return r
}

// everything is all that a site holds, as text without ids.
func (w *world) everything(host string) string {
	w.Helper()
	var b bytes.Buffer
	names := map[comments.ID]string{}
	for after := comments.Page(""); ; {
		threads, err := w.store.ArchivedThreads(w.Context(), host, after, 100)
		w.must(err)
		for _, t := range threads {
			after = t.Page
			fmt.Fprintf(&b, "%s closed=%v aliases=%v\n", t.Page, t.Closed, t.Aliases)
			w.page(&b, host, t.Page, names)
		}
		if len(threads) < 100 {
			return b.String()
		}
	}
}

func (w *world) page(b *bytes.Buffer, host string, page comments.Page, names map[comments.ID]string) {
	w.Helper()
	list, err := w.store.Archived(w.Context(), host, page, comments.ID{}, 1_000_000)
	w.must(err)
	for _, c := range list {
		names[c.ID] = c.Origin.ID
	}
	lines := map[string]bool{}
	for _, c := range list {
		var line bytes.Buffer
		fmt.Fprintf(&line, "  #%d %s", c.Number, c.Origin.ID)
		if !c.Parent.IsZero() {
			fmt.Fprintf(&line, " answers %s", names[c.Parent])
		}
		fmt.Fprintf(&line, " %s %q", c.Status, c.Author.Name)
		if c.Author.Website != "" {
			fmt.Fprintf(&line, " <%s>", c.Author.Website)
		}
		fmt.Fprintf(&line, " %s", c.Created.Format(time.RFC3339))
		if !c.Edited.IsZero() {
			fmt.Fprintf(&line, " edited %s", c.Edited.Format(time.RFC3339))
		}
		if c.Pinned {
			line.WriteString(" pinned")
		}
		if c.Votes != 0 {
			fmt.Fprintf(&line, " votes %d", c.Votes)
		}
		fmt.Fprintf(&line, " %s %q\n", c.Markup, string(c.HTML))
		lines[line.String()] = true
	}
	for _, line := range sortedByNumber(lines) {
		b.WriteString(line)
	}
}

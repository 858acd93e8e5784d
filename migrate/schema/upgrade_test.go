package schema_test

import (
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/pressly/goose/v3"

	"postil/comments"
	"postil/comments/postgres"
	"postil/comments/sqlite"
	"postil/comments/storetest"
	"postil/migrate/schema"
)

// upgraded is a database that programs of two versions share.
type upgraded struct {
	*testing.T
	dialect schema.Dialect
	db      *sql.DB // as programs of version 1 use it
	open    func() comments.Store
}

func eachUpgraded(t *testing.T, test func(*upgraded)) {
	t.Parallel()
	path, url := filepath.Join(t.TempDir(), "postil.db"), storetest.Postgres(t)
	for dialect, c := range map[schema.Dialect]struct {
		driver, address string
		open            func() (comments.Store, error)
	}{
		schema.Postgres: {"pgx", url, func() (comments.Store, error) { return postgres.Open(t.Context(), url) }},
		schema.SQLite:   {"sqlite", "file:" + path + "?_busy_timeout=10000&_journal_mode=wal&_foreign_keys=on", func() (comments.Store, error) { return sqlite.Open(t.Context(), path) }},
	} {
		t.Run(string(dialect), func(t *testing.T) {
			db, err := sql.Open(c.driver, c.address)
			must(t, err)
			db.SetMaxOpenConns(1)
			t.Cleanup(func() { db.Close() })
			test(&upgraded{T: t, dialect: dialect, db: db, open: func() comments.Store {
				store, err := c.open()
				must(t, err)
				t.Cleanup(func() { store.Close() })
				return store
			}})
		})
	}
}

// upTo brings the database to a version, as programs of that version do.
func (u *upgraded) upTo(version int64) {
	u.Helper()
	dialects := map[schema.Dialect]goose.Dialect{schema.Postgres: goose.DialectPostgres, schema.SQLite: goose.DialectSQLite3}
	p, err := goose.NewProvider(dialects[u.dialect], u.db, os.DirFS(string(u.dialect)), goose.WithTableName("schema_version"), goose.WithDisableGlobalRegistry(true))
	must(u.T, err)
	_, err = p.UpTo(u.Context(), version)
	must(u.T, err)
	state, err := schema.Status(u.Context(), u.db, u.dialect)
	must(u.T, err)
	u.same("version", version, state.Version)
}

// first runs statements as programs of version 1 do. #2a is the id 2a…, @5
// the time 5 s after the first of 1970.
func (u *upgraded) first(statements ...string) {
	u.Helper()
	for _, s := range statements {
		for n := range 16 {
			id, blob := firstID(byte(n)), ""
			if blob = "'" + id.String() + "'"; u.dialect == schema.SQLite {
				blob = fmt.Sprintf("x'%x'", id[:])
			}
			at := fmt.Sprintf("to_timestamp(%d)", n)
			if u.dialect == schema.SQLite {
				at = fmt.Sprint(n * 1_000_000)
			}
			s = strings.ReplaceAll(strings.ReplaceAll(s, fmt.Sprintf("#%x", n), blob), fmt.Sprintf("@%x", n), at)
		}
		exec(u.T, u.db, s)
	}
}

func firstID(n byte) comments.ID  { return comments.ID{0: n, 15: n} }
func firstTime(n int64) time.Time { return time.Unix(n, 0).UTC() }
func (u *upgraded) lite() bool    { return u.dialect == schema.SQLite }
func (u *upgraded) settings() string {
	return `{"origins":["https://blog.example"],"policy":"open","edit_window":900000000000,"language":"en","archive":100}`
}

// add is how version 1 stores a comment on the page of thread 1.
func (u *upgraded) add(n int, number, status, parent string) {
	u.Helper()
	insert := fmt.Sprintf(`INSERT INTO comments (site, id, thread, parent, number, status, name, website, source, markup, html, created, edited, decided)
		VALUES ('blog.example', #%x, 1, %s, %s, '%s', 'Ann', 'https://ann.example/', 'words %x', 'markdown', '<p>words %x</p>', @%x, NULL, @%x)`,
		n, parent, number, status, n, n, n, n)
	if u.lite() {
		u.first(fmt.Sprintf(`INSERT INTO words (id, name, website, source, html) VALUES (%d, 'Ann', 'https://ann.example/', 'words %x', '<p>words %x</p>')`, n, n, n))
		insert = fmt.Sprintf(`INSERT INTO comments (site, id, thread, parent, number, status, markup, words, created, edited, decided)
			VALUES ('blog.example', #%x, 1, %s, %s, '%s', 'markdown', %d, @%x, NULL, @%x)`, n, parent, number, status, n, n, n)
	}
	u.first(insert)
}

// stored is how the present version reads what add stored.
func stored(n byte, number int64, status comments.Status) comments.Comment {
	text := fmt.Sprintf("words %x", n)
	return comments.Comment{
		ID: firstID(n), Site: "blog.example", Page: "/post", Number: number, Status: status, Author: comments.Author{Name: "Ann", Website: "https://ann.example/"},
		Source: text, Markup: comments.Markdown, HTML: comments.HTML("<p>" + text + "</p>"), Created: firstTime(int64(n)), Decided: firstTime(int64(n)),
	}
}

func (u *upgraded) same(what string, want, got any) {
	u.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		u.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

func (u *upgraded) found(store comments.Store, want ...comments.Comment) {
	u.Helper()
	for _, c := range want {
		got, err := store.Find(u.Context(), c.ID)
		must(u.T, err)
		u.same("comment", c, got)
	}
}

// page is how version 1 makes a site and the thread of a page.
func (u *upgraded) page() {
	u.Helper()
	u.first(
		`INSERT INTO sites (host, epoch, created, settings) VALUES ('blog.example', #e, @0, '`+u.settings()+`')`,
		`INSERT INTO threads (site, id, page, last, visible, updated) VALUES ('blog.example', 1, '/post', 2, 2, @5)`,
		`UPDATE sites SET head = 2, threads = 1`,
		`INSERT INTO changes (site, number, page, item) VALUES ('blog.example', 1, '/post', 1), ('blog.example', 2, '/post', 2)`,
		`INSERT INTO aliases (site, page, target) VALUES ('blog.example', '/old', '/post')`,
	)
}

func TestAnUpgradeKeepsWhatVersion1Stored(t *testing.T) {
	eachUpgraded(t, func(u *upgraded) {
		u.upTo(1)
		u.page()
		u.add(4, "1", "published", "NULL")
		u.add(3, "NULL", "held", "NULL")
		u.add(5, "2", "published", "#4")
		store := u.open()
		answer := stored(5, 2, comments.Published)
		answer.Parent, answer.ParentNumber = firstID(4), 1
		u.found(store, stored(4, 1, comments.Published), stored(3, 0, comments.Held), answer)

		thread, err := store.Thread(u.Context(), "blog.example", "/old")
		must(u.T, err)
		u.same("thread", comments.Thread{Site: "blog.example", Page: "/post", Last: 2, Visible: 2, Updated: firstTime(5), Opened: firstTime(3)}, thread)
		changes, err := store.Changes(u.Context(), "blog.example", 0, 10)
		must(u.T, err)
		u.same("changes", 2, len(changes))
		sites, err := store.Sites(u.Context())
		must(u.T, err)
		u.same("policy", comments.PolicyOpen, sites[0].Settings.Policy)
		must(u.T, sites[0].Settings.Validate())
		events, err := store.Events(u.Context(), "blog.example", 0, 10)
		must(u.T, err)
		u.same("events", []comments.Event(nil), events)
		u.goesOn(store, 3)
	})
}

// goesOn demands that the present version can write, and tells of it.
func (u *upgraded) goesOn(store comments.Store, number int64) {
	u.Helper()
	c := stored(0xa, 0, comments.Published)
	c.Author.Badge = comments.Badge{1}
	added, err := store.Add(u.Context(), []comments.Comment{c})
	must(u.T, err)
	u.same("number of the next comment", number, added[0].Comment.Number)
	_, _, err = store.Update(u.Context(), "blog.example", comments.Act{By: "mia", At: firstTime(11)}, []comments.ID{firstID(4)}, func(c *comments.Comment) error {
		c.Status, c.By = comments.Spam, "mia"
		return nil
	})
	must(u.T, err)
	events, err := store.Events(u.Context(), "blog.example", 0, 10)
	must(u.T, err)
	u.same("events", 2, len(events))
}

// erased demands that what a program of version 1 erases takes along what it
// knows nothing of.
func (u *upgraded) erased(store comments.Store) {
	u.Helper()
	c := stored(0xa, 4, comments.Deleted)
	s := comments.Subscription{Site: c.Site, ID: firstID(0xb), Comment: c.ID, Address: []byte("sealed"), Index: comments.Hash{1}, Created: c.Created}
	ask := comments.Delivery{
		Site: c.Site, ID: s.ID, Channel: comments.ByMail, Target: s.ID.String(), Kind: comments.TellConfirm, State: comments.Waiting, Due: c.Created, Created: c.Created,
	}
	_, err := store.Subscribe(u.Context(), s, []comments.Delivery{ask})
	must(u.T, err)
	blank := `name = '', website = '', source = '', html = ''`
	if u.lite() {
		blank = `words = NULL`
	}
	u.first(`UPDATE comments SET status = 'deleted', ` + blank + `, edit_key = NULL, fingerprint = NULL WHERE site = 'blog.example' AND id = #a`)
	c.Author, c.Source, c.HTML = comments.Author{}, "", ""
	u.found(store, c)
	_, err = store.Subscription(u.Context(), c.Site, s.ID)
	u.same("kind of the subscription's error", comments.NotFound, comments.KindOf(err))
	waiting, err := store.Deliveries(u.Context(), c.Site, comments.Waiting, 10)
	must(u.T, err)
	u.same("waiting", []comments.Delivery(nil), waiting)
}

// Releases overlap while they are rolled out.
func TestProgramsOfVersion1GoOnAfterTheUpgrade(t *testing.T) {
	eachUpgraded(t, func(u *upgraded) {
		u.upTo(1)
		store := u.open() // brings it up to date
		u.page()
		u.add(4, "1", "published", "NULL")
		u.add(5, "2", "published", "#4")
		u.add(3, "NULL", "held", "NULL")
		answer := stored(5, 2, comments.Published)
		answer.Parent, answer.ParentNumber = firstID(4), 1
		u.found(store, stored(4, 1, comments.Published), stored(3, 0, comments.Held), answer)

		u.first(`UPDATE comments SET number = 3, status = 'published', decided = @6 WHERE site = 'blog.example' AND id = #3`)
		u.first(`UPDATE threads SET page = '/post', last = 3, visible = 3, updated = @6 WHERE site = 'blog.example' AND id = 1`)
		u.first(`UPDATE sites SET head = 3, threads = 1 WHERE host = 'blog.example'`, `INSERT INTO changes (site, number, page, item) VALUES ('blog.example', 3, '/post', 3)`)
		published := stored(3, 3, comments.Published)
		published.Decided = firstTime(6)
		u.found(store, published)
		u.goesOn(store, 4)
		u.erased(store)

		u.first(`DELETE FROM comments WHERE site = 'blog.example' AND parent IS NOT NULL`, `DELETE FROM comments WHERE site = 'blog.example'`,
			`DELETE FROM threads WHERE site = 'blog.example'`, `DELETE FROM aliases WHERE site = 'blog.example'`, `DELETE FROM changes WHERE site = 'blog.example'`,
			`DELETE FROM sites WHERE host = 'blog.example'`)
		events, err := store.Events(u.Context(), "blog.example", 0, 10)
		must(u.T, err)
		u.same("events of the removed site", []comments.Event(nil), events)
	})
}

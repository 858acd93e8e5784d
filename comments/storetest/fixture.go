package storetest

import (
	"fmt"
	"testing"
	"time"

	"postil/comments"
)

const (
	page      = comments.Page("/post") // where tests write that do not care
	moderator = "mia"                  // who decides in tests that do not care
)

// patience is how long a test waits for what should come at once.
const patience = 20 * time.Second

// fixture is a store with a site of the test's own, and what tests do to it.
type fixture struct {
	*testing.T
	comments.Store
	open Opener
	site comments.Site
	no   int // of the fixture in its database
	made int // ids and times given out
}

func newFixture(t *testing.T, store comments.Store, open Opener, no int) *fixture {
	f := &fixture{T: t, Store: store, open: open, no: no}
	f.site = f.newSite(fmt.Sprintf("blog-%d.example", no))
	f.must(f.PutSite(t.Context(), f.site))
	return f
}

func (f *fixture) newSite(host string) comments.Site {
	f.Helper()
	site, err := comments.NewSite("https://" + host)
	f.must(err)
	site.Epoch, site.Created = f.id(), f.now()
	return site
}

// now returns a later time at each call, in whole microseconds.
func (f *fixture) now() time.Time {
	f.made++
	return time.Date(2026, 11, 22, 14, 0, 0, 1000, time.UTC).Add(time.Duration(f.made) * 1_000_001 * time.Microsecond)
}

// id returns an id of a later time at each call.
func (f *fixture) id() comments.ID { return f.idAt(f.now()) }

// idAt returns a version 7 UUID of a time, unique in its database; of those of
// one millisecond each is younger than the last.
func (f *fixture) idAt(t time.Time) comments.ID {
	f.made++
	at := t.UnixMilli()
	return comments.ID{
		byte(at >> 40), byte(at >> 32), byte(at >> 24), byte(at >> 16), byte(at >> 8), byte(at),
		0x70, 0, 0x80, 12: byte(f.made >> 8), 13: byte(f.made), 14: byte(f.no >> 8), 15: byte(f.no),
	}
}

// comment returns a published comment that is ready to be added.
func (f *fixture) comment(body string) comments.Comment {
	at := f.now()
	return comments.Comment{
		ID: f.idAt(at), Site: f.site.Host, Page: page, Status: comments.Published,
		Author: comments.Author{Name: "Ann", Website: "https://ann.example/"},
		Source: body, Markup: comments.Markdown, HTML: comments.HTML("<p>" + body + "</p>"), Created: at, Decided: at,
	}
}

func (f *fixture) on(page comments.Page, body string) comments.Comment {
	c := f.comment(body)
	c.Page = page
	return c
}

func (f *fixture) reply(parent comments.Comment, body string) comments.Comment {
	c := f.on(parent.Page, body)
	c.Parent = parent.ID
	return c
}

func (f *fixture) held(body string) comments.Comment {
	c := f.comment(body)
	c.Status = comments.Held
	return c
}

func (f *fixture) imported(source, id string) comments.Comment {
	c := f.comment(source + " " + id)
	c.Origin = comments.Origin{Source: source, ID: id}
	return c
}

func (f *fixture) keyed(key byte) comments.Comment {
	c := f.comment(fmt.Sprintf("keyed %d", key))
	c.Idempotency, c.Fingerprint, c.EditKey = comments.Hash{key, 1}, comments.Hash{key, 2}, comments.Hash{key, 3}
	return c
}

// add stores comments that are new and returns them as stored.
func (f *fixture) add(batch ...comments.Comment) []comments.Comment {
	f.Helper()
	added, err := f.Add(f.Context(), batch)
	f.must(err)
	stored := make([]comments.Comment, len(added))
	for i, a := range added {
		if a.Existing {
			f.Fatalf("comment %d of the batch is said to be there already", i)
		}
		stored[i] = a.Comment
	}
	return stored
}

func (f *fixture) add1(c comments.Comment) comments.Comment {
	f.Helper()
	return f.add(c)[0]
}

// update changes comments of the fixture's site.
func (f *fixture) update(edit func(*comments.Comment), ids ...comments.ID) []comments.Comment {
	f.Helper()
	changed, head, err := f.Update(f.Context(), f.site.Host, comments.Act{By: moderator, At: f.now()}, ids, func(c *comments.Comment) error {
		edit(c)
		return nil
	})
	f.must(err)
	f.same("head returned by Update", f.head(), head)
	return changed
}

// decide changes statuses.
func (f *fixture) decide(status comments.Status, ids ...comments.ID) []comments.Comment {
	f.Helper()
	at := f.now()
	return f.update(func(c *comments.Comment) { c.Status, c.Decided = status, at }, ids...)
}

// erase does what the service does to a comment that goes.
func (f *fixture) erase(ids ...comments.ID) []comments.Comment {
	f.Helper()
	at := f.now()
	return f.update(func(c *comments.Comment) {
		c.Author, c.Source, c.HTML, c.EditKey, c.Fingerprint = comments.Author{}, "", "", comments.Hash{}, comments.Hash{}
		c.Status, c.Edited, c.Decided, c.By, c.Pinned, c.Verdicts = comments.Deleted, time.Time{}, at, moderator, false, ""
	}, ids...)
}

func (f *fixture) find(id comments.ID) comments.Comment {
	f.Helper()
	c, err := f.Find(f.Context(), id)
	f.must(err)
	return c
}

func (f *fixture) thread(page comments.Page) comments.Thread {
	f.Helper()
	t, err := f.Thread(f.Context(), f.site.Host, page)
	f.must(err)
	return t
}

// all returns everything a page has ever published.
func (f *fixture) all(page comments.Page) []comments.Comment {
	f.Helper()
	cs, err := f.Range(f.Context(), f.site.Host, page, 1, 1<<62)
	f.must(err)
	return cs
}

func (f *fixture) changes(after int64) []comments.Change {
	f.Helper()
	changes, err := f.Changes(f.Context(), f.site.Host, after, 1000)
	f.must(err)
	return changes
}

// change is one that the fixture's site should have.
func (f *fixture) change(number int64, page comments.Page, item int64) comments.Change {
	return comments.Change{Site: f.site.Host, Number: number, Page: page, Item: item}
}

// current returns the fixture's site as stored.
func (f *fixture) current() comments.Site {
	f.Helper()
	sites, err := f.Sites(f.Context())
	f.must(err)
	for _, s := range sites {
		if s.Host == f.site.Host {
			return s
		}
	}
	f.Fatalf("site %s is gone", f.site.Host)
	return comments.Site{}
}

func (f *fixture) head() int64 {
	f.Helper()
	return f.current().Head
}

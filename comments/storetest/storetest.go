package storetest

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"postil/comments"
)

// Opener opens a handle on one database; each call opens another one. It
// closes them when the test ends.
type Opener func(t *testing.T) comments.Store

// Run tests a kind of store. fresh makes a new, empty database.
func Run(t *testing.T, fresh func(t *testing.T) Opener) {
	for name, test := range map[string]func(*testing.T, *fixture){
		"a comment comes back as it was stored": roundTrip,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, setup(t, fresh(t)))
		})
	}
}

const (
	host = "blog.example"
	page = comments.Page("/post")
)

// epoch is when all tests begin.
func epoch() time.Time { return time.Date(2026, 11, 22, 14, 3, 5, 123456000, time.UTC) }

// fixture is a store with one site and what tests do with it.
type fixture struct {
	*testing.T
	comments.Store
	open Opener
	made int
}

func setup(t *testing.T, open Opener) *fixture {
	f := &fixture{T: t, Store: open(t), open: open}
	f.putSite(host)
	return f
}

func (f *fixture) ctx() context.Context { return f.T.Context() }

func (f *fixture) putSite(host string) comments.Site {
	f.Helper()
	site, err := comments.NewSite("https://" + host)
	f.must(err)
	f.made++
	site.Epoch, site.Created = id(f.made), epoch()
	f.must(f.PutSite(f.ctx(), site))
	return site
}

func (f *fixture) must(err error) {
	f.Helper()
	if err != nil {
		f.Fatal(err)
	}
}

func (f *fixture) same(what string, want, got any) {
	f.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		f.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// id returns a version 7 UUID; larger numbers are younger.
func id(n int) comments.ID {
	var id comments.ID
	ms := epoch().UnixMilli() + int64(n)
	for i := range 6 {
		id[i] = byte(ms >> (40 - 8*i))
	}
	id[6], id[8] = 0x70, 0x80
	return id
}

// comment returns a published comment that is ready to be added.
func (f *fixture) comment(body string) comments.Comment {
	f.made++
	at := epoch().Add(time.Duration(f.made) * time.Second)
	return comments.Comment{
		ID: id(f.made), Site: host, Page: page, Status: comments.Published,
		Author: comments.Author{Name: "Ann", Website: "https://ann.example/"},
		Source: body, Markup: comments.Markdown, HTML: comments.HTML("<p>" + body + "</p>"),
		Created: at, Decided: at,
	}
}

// add stores comments and returns them as stored.
func (f *fixture) add(batch ...comments.Comment) []comments.Comment {
	f.Helper()
	added, err := f.Add(f.ctx(), batch)
	f.must(err)
	stored := make([]comments.Comment, len(added))
	for i, a := range added {
		stored[i] = a.Comment
	}
	return stored
}

package storetest

import (
	"bytes"
	"context"
	"html"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"postil/comments"
)

// Service tests the rules of comments.Service over a kind of store. fresh
// makes a new, empty database.
func Service(t *testing.T, fresh func(t *testing.T) Opener) {
	for topic, tests := range map[string]serviceTests{
		"submit": submitTests(), "author": authorTests(), "moderation": moderationTests(), "import": importTests(), "runs": runTests(),
		"policy": policyTests(), "signatures": signatureTests(), "following": followTests(), "links": linkTests(),
	} {
		t.Run(topic, func(t *testing.T) {
			t.Parallel()
			tests.plain().run(t, fresh(t))
		})
	}
	t.Run("retention", func(t *testing.T) {
		t.Parallel()
		tidyTests().plain().runAlone(t, fresh)
	})
}

type serviceTests map[string]func(*desk)

func (all serviceTests) plain() tests {
	plain := tests{}
	for name, test := range all {
		plain[name] = func(f *fixture) { test(newDesk(f)) }
	}
	return plain
}

// siteAge is longer than a service goes by what it knows of a site.
const siteAge = 2 * time.Second

// desk is a service over a fixture's store, with a clock that the test sets.
type desk struct {
	*fixture
	*comments.Service
	settled atomic.Int64 // highest change that Settle was asked for
	revised atomic.Int64 // how often comments that were there changed

	mu       sync.Mutex
	clock    time.Time
	verdicts []comments.Verdict // what the defences say; none at first
	cases    []comments.Case    // what they were asked
}

func newDesk(f *fixture) *desk {
	keys, err := comments.NewKeyring(deskKey())
	f.must(err)
	d := &desk{fixture: f, clock: f.now()}
	d.Service = comments.NewService(comments.Config{
		Store: f.Store, Render: render, Now: d.time, NewID: d.newID, Keys: keys, Judge: d.judge,
		Changed: func() {},
		Revised: func() { d.revised.Add(1) },
		Settle: func(_ context.Context, _ string, change int64) error {
			d.settled.Store(max(d.settled.Load(), change))
			return nil
		},
	})
	return d
}

func deskKey() []byte { return bytes.Repeat([]byte{7}, comments.MinKey) }

// render stands in for the markup package.
func render(source string, _ comments.Markup) (comments.HTML, error) {
	return comments.HTML("<p>" + html.EscapeString(source) + "</p>"), nil
}

func (d *desk) time() time.Time {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.clock
}

func (d *desk) newID(at time.Time) (comments.ID, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.idAt(at), nil
}

// judge stands in for the defences.
func (d *desk) judge(_ context.Context, c comments.Case) ([]comments.Verdict, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.cases = append(d.cases, c)
	return slices.Clone(d.verdicts), nil
}

// suspect makes the defences give points to all comments from now on.
func (d *desk) suspect(points int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.verdicts = []comments.Verdict{{Name: "test", Points: points}}
}

// pass lets time go by.
func (d *desk) pass(t time.Duration) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.clock = d.clock.Add(t)
}

// set changes the settings of the site, and waits for the service to know.
func (d *desk) set(change func(*comments.Settings)) {
	d.Helper()
	change(&d.site.Settings)
	d.must(d.PutSite(d.Context(), d.site))
	d.pass(siteAge)
}

func (d *desk) policy(p comments.Policy) {
	d.Helper()
	d.set(func(s *comments.Settings) { s.Policy = p })
}

func (d *desk) draft(body string) comments.Draft {
	return comments.Draft{Site: d.site.Host, Page: string(page), Name: "Ann", Website: "https://ann.example/", Body: body}
}

func (d *desk) submit(draft comments.Draft) comments.Receipt {
	d.Helper()
	r, err := d.Submit(d.Context(), draft)
	d.must(err)
	return r
}

func (d *desk) rejects(draft comments.Draft, kind comments.Kind, field string) {
	d.Helper()
	head := d.head()
	_, err := d.Submit(d.Context(), draft)
	d.fails(err, kind, field)
	d.same("head", head, d.head())
}

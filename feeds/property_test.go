package feeds

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"postil/comments"
)

// machine draws what may happen to a site and its files.
type machine struct {
	*world
	made    []comments.Receipt
	imports int
}

var machinePages = []string{"/", "/a", "/a/b", "/feed.xml", "/x?p=1", "/long-" + string(make64('y', 250)), "/A%2Fb"}

func make64(c byte, n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = c
	}
	return b
}

func drawSite(t *rapid.T) func(*comments.Site) {
	archive := rapid.IntRange(1, 4).Draw(t, "archive")
	policy := rapid.SampledFrom([]comments.Policy{comments.PolicyOpen, comments.PolicyOpen, comments.PolicyHoldAll}).Draw(t, "policy")
	fragment := rapid.Bool().Draw(t, "fragment")
	return func(s *comments.Site) {
		s.Settings.Archive, s.Settings.Policy, s.Settings.KeepQuery = archive, policy, kept
		s.Settings.Fragment = fragment
	}
}

func (m *machine) page(t *rapid.T) string { return rapid.SampledFrom(machinePages).Draw(t, "page") }

// some draws a comment that was made.
func (m *machine) some(t *rapid.T) comments.Receipt {
	if len(m.made) == 0 {
		t.Skip("no comment yet")
	}
	return m.made[rapid.IntRange(0, len(m.made)-1).Draw(t, "comment")]
}

// expect fails on errors that no rule of the domain explains.
func expect(t *rapid.T, err error) {
	if err != nil && comments.KindOf(err) == comments.Internal {
		t.Fatalf("%v", err)
	}
}

func (m *machine) submit(t *rapid.T) {
	d := comments.Draft{Site: "blog.example", Page: m.page(t), Body: fmt.Sprintf("words %d", len(m.made)), Name: rapid.SampledFrom([]string{"", "Ann"}).Draw(t, "name")}
	if len(m.made) > 0 && rapid.Bool().Draw(t, "answer") {
		parent := m.some(t).Comment
		d.Page, d.Parent = string(parent.Page), parent.ID.String()
	}
	m.ids++ // whether it is accepted or not
	r, err := m.service.Submit(m.t.Context(), d)
	expect(t, err)
	if err == nil {
		m.made = append(m.made, r)
	}
}

func (m *machine) burst(t *rapid.T) {
	for range rapid.IntRange(2, 9).Draw(t, "burst") {
		m.submit(t)
	}
}

func (m *machine) edit(t *rapid.T) {
	r := m.some(t)
	_, err := m.service.Edit(m.t.Context(), r.Comment.ID, r.EditKey, rapid.SampledFrom([]string{"edited", "again"}).Draw(t, "body"))
	expect(t, err)
}

func (m *machine) remove(t *rapid.T) {
	r := m.some(t)
	_, err := m.service.Delete(m.t.Context(), r.Comment.ID, r.EditKey)
	expect(t, err)
}

func (m *machine) decide(t *rapid.T) {
	ids := []comments.ID{m.some(t).Comment.ID, m.some(t).Comment.ID}
	status := rapid.SampledFrom([]comments.Status{comments.Published, comments.Published, comments.Held, comments.Spam}).Draw(t, "status")
	_, err := m.service.Decide(m.t.Context(), "mod", "blog.example", ids, status)
	expect(t, err)
}

func (m *machine) alias(t *rapid.T) {
	old, err := comments.CanonicalPage(m.page(t), kept)
	expect(t, err)
	to, err := comments.CanonicalPage(m.page(t), kept)
	expect(t, err)
	expect(t, m.store.Alias(m.t.Context(), "blog.example", old, to))
}

// bring imports an answer that is published before its parent.
func (m *machine) bring(t *rapid.T) {
	m.imports++
	page, err := comments.CanonicalPage(m.page(t), kept)
	expect(t, err)
	record := func(id, parent string, status comments.Status) comments.Record {
		return comments.Record{
			Origin: comments.Origin{Source: "other", ID: fmt.Sprint(m.imports, id)}, Parent: parent, Page: page,
			Source: "imported", Markup: comments.Markdown, Status: status, Created: m.now(),
		}
	}
	parent := record("parent", "", rapid.SampledFrom([]comments.Status{comments.Held, comments.Published}).Draw(t, "status"))
	answer := record("answer", parent.Origin.ID, comments.Published)
	m.load(t, parent, answer)
	ids, err := m.store.Imported(m.t.Context(), "blog.example", "other", []string{parent.Origin.ID, answer.Origin.ID})
	expect(t, err)
	for _, r := range []comments.Record{parent, answer} {
		m.made = append(m.made, comments.Receipt{Comment: comments.Comment{ID: ids[r.Origin.ID], Page: page}})
	}
}

func (m *machine) load(t *rapid.T, records ...comments.Record) {
	im := comments.Importer{Service: m.service}
	site, err := m.service.Site(m.t.Context(), "blog.example")
	expect(t, err)
	batch := make([]comments.Prepared, len(records))
	for i, r := range records {
		batch[i], err = im.Prepare(site, r)
		expect(t, err)
	}
	run := comments.Run{Site: site.Host, ID: comments.ID{byte(m.imports >> 8), byte(m.imports)}, State: comments.RunUnderway, Began: m.now()}
	expect(t, m.store.PutRun(m.t.Context(), run))
	_, err = im.Load(m.t.Context(), site.Host, run.ID, batch)
	expect(t, err)
}

func (m *machine) settings(t *rapid.T) { m.putSite("https://blog.example", drawSite(t)) }

func (m *machine) anew(t *rapid.T) {
	if rapid.IntRange(0, 3).Draw(t, "anew") > 0 {
		t.Skip("seldom")
	}
	if err := m.store.RemoveSite(m.t.Context(), "blog.example"); err != nil {
		t.Fatal(err)
	}
	if rapid.Bool().Draw(t, "seen") {
		m.publish(t)
	}
	m.made = nil
	m.settings(t)
	m.serve()
}

func (m *machine) publish(t *rapid.T) {
	if err := m.Pass(m.t.Context()); err != nil {
		t.Fatalf("pass: %v", err)
	}
}

func (m *machine) restart(t *rapid.T) {
	m.stop(m.t.Context())
	if err := m.dir.Close(); err != nil {
		t.Fatal(err)
	}
	m.open()
}

func (m *machine) empty(t *rapid.T) {
	names, err := filepath.Glob(filepath.Join(m.path, rapid.SampledFrom([]string{"*", "feeds", "sites", "sites/*"}).Draw(t, "what")))
	if err != nil {
		t.Fatal(err)
	}
	for range 2 { // or removing what is being written fails
		m.flush(m.t.Context())
		if err := m.idle(m.t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range names {
		if err := os.RemoveAll(name); err != nil {
			t.Fatal(err)
		}
	}
	m.publish(t)
}

func (m *machine) read(t *rapid.T) {
	page, err := comments.CanonicalPage(m.page(t), kept)
	expect(t, err)
	doc := drawDocument(t, "document")
	if !doc.Replies.IsZero() {
		parent := m.some(t).Comment
		page, doc.Replies = parent.Page, parent.ID
	}
	_, err = m.File(m.t.Context(), "/"+Path("blog.example", page, doc))
	if _, moved := errors.AsType[*Moved](err); !moved {
		expect(t, err)
	}
}

func (m *machine) pin(t *rapid.T) {
	_, err := m.service.Pin(m.t.Context(), "mod", "blog.example", m.some(t).Comment.ID, rapid.Bool().Draw(t, "pinned"))
	expect(t, err)
}

func (m *machine) closeThread(t *rapid.T) {
	expect(t, m.service.CloseThread(m.t.Context(), "blog.example", m.page(t), rapid.Bool().Draw(t, "closed")))
}

// withoutReplies leaves out the feeds of answers, which are there once they
// have been asked for. Check sees to what is in them.
func withoutReplies(files map[string]string) map[string]string {
	maps.DeleteFunc(files, func(name, _ string) bool { return strings.HasPrefix(path.Base(name), "replies-") })
	return files
}

// The files are a function of the database: however it came to be what it is,
// and whatever was published in between, they are those that building them
// from nothing would give.
func TestIncrementalPublishingEqualsBuildingFromNothing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		m := &machine{world: newWorldIn(t, memoryDir(t), drawSite(r))}
		defer m.close()
		r.Repeat(map[string]func(*rapid.T){
			"submit": m.submit, "burst": m.burst, "edit": m.edit, "delete": m.remove, "decide": m.decide, "alias": m.alias,
			"import": m.bring, "settings": m.settings, "remove the site": m.anew, "publish": m.publish, "publish again": m.publish,
			"restart": m.restart, "empty": m.empty, "read": m.read, "read again": m.read, "pin": m.pin, "close": m.closeThread,
		})
		m.publish(r)
		if diff := differences(scratch(t, m.store), withoutReplies(tree(r, m.path))); diff != "" {
			r.Fatalf("files differ from those built from nothing: %s", diff)
		}
		err := m.Check(t.Context(), func(d Difference) { r.Fatalf("check reports %v", d) })
		if err != nil {
			r.Fatal(err)
		}
	})
}

package migrate

import (
	"bytes"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"postil/comments"
)

// export writes a site of a world.
func (w *world) export(format, host string) string {
	w.Helper()
	sites, err := w.store.Sites(w.Context())
	w.must(err)
	x := Export{Imports: w.store, Scratch: w.TempDir()}
	for _, s := range sites {
		if s.Host == host {
			x.Sites = []comments.Site{s}
		}
	}
	var b bytes.Buffer
	_, err = x.Write(w.Context(), format, &b)
	w.must(err)
	return b.String()
}

// TestExportsAreEqualInTheOtherDatabase does at random what readers,
// moderators and operators do, and takes all of it from one kind of database
// into the other.
func TestExportsAreEqualInTheOtherDatabase(t *testing.T) {
	t.Parallel()
	for from, to := range map[string]string{"sqlite": "postgres", "postgres": "sqlite"} {
		t.Run(from+" to "+to, func(t *testing.T) {
			t.Parallel()
			a, b := emptyWorld(t, databases()[from](t)), emptyWorld(t, databases()[to](t))
			var sites atomic.Int64
			rapid.Check(t, func(rt *rapid.T) {
				l := &life{world: a, rt: rt, host: fmt.Sprintf("blog-%d.example", sites.Add(1))}
				a.addSite(l.host)
				a.Importer = newImporter(a.store, a.keys, &a.head) // which knows the new site
				rt.Repeat(map[string]func(*rapid.T){"": func(*rapid.T) {}, "write": l.post, "answer": l.answer, "decide": l.decide, "erase": l.erase, "pin": l.pin, "close": l.close, "move": l.move, "import": l.bring, "settings": l.set})
				before := a.export(postilName, l.host)
				r := b.imports(job{format: postilName, files: []string{"-"}, stdin: []byte(before)})
				if r.Skipped[Unaccepted]+r.Skipped[Unreadable]+r.Mended > 0 {
					rt.Fatalf("not all came over: %+v", r)
				}
				after := b.export(postilName, l.host)
				if before != after {
					b.same("export", before, after)
					rt.Fatal("the exports differ")
				}
				again := b.imports(job{format: postilName, files: []string{"-"}, stdin: []byte(before)})
				if again.Imported+again.Places != 0 || b.export(postilName, l.host) != before {
					rt.Fatalf("importing again brought %+v", again)
				}
			})
		})
	}
}

// life is what happens on a site.
type life struct {
	*world
	rt     *rapid.T
	host   string
	made   []comments.Comment
	pages  int
	brings int
}

func (l *life) page() string { return fmt.Sprintf("/page-%d", rapid.IntRange(0, 3).Draw(l.rt, "page")) }

// text has what a comment may hold.
func (l *life) text() string {
	return rapid.SampledFrom([]string{"plain", "*stress* & <b>tags</b>", "```\ncode\n  more\n```", "línea\u2028séparator 😀", "https://example.org/?a=1&b=2", "]]> \"quoted\""}).Draw(l.rt, "text")
}

func (l *life) submit(page, parent string) {
	r, err := l.Submit(l.Context(), comments.Draft{Site: l.host, Page: page, Parent: parent, Body: l.text(),
		Name: rapid.SampledFrom([]string{"", "Ann", "Bea#secret", "Cé & Co"}).Draw(l.rt, "name"), Website: rapid.SampledFrom([]string{"", "https://a.example/?x=1"}).Draw(l.rt, "website")})
	if comments.KindOf(err) == comments.Forbidden || comments.KindOf(err) == comments.Invalid {
		return // closed, or the parent is not to be seen
	}
	l.must(err)
	l.made = append(l.made, r.Comment)
}

func (l *life) post(*rapid.T) { l.submit(l.page(), "") }

func (l *life) any() (comments.Comment, bool) {
	if len(l.made) == 0 {
		return comments.Comment{}, false
	}
	c, err := l.store.Find(l.Context(), rapid.SampledFrom(l.made).Draw(l.rt, "comment").ID)
	l.must(err)
	return c, true
}

func (l *life) answer(*rapid.T) {
	if c, ok := l.any(); ok {
		l.submit(string(c.Page), c.ID.String())
	}
}

func (l *life) decide(*rapid.T) {
	if c, ok := l.any(); ok && c.Status != comments.Deleted {
		to := rapid.SampledFrom([]comments.Status{comments.Published, comments.Held, comments.Spam}).Draw(l.rt, "status")
		_, err := l.Decide(l.Context(), "moderator", l.host, []comments.ID{c.ID}, to)
		l.must(err)
	}
}

func (l *life) erase(*rapid.T) {
	if c, ok := l.any(); ok {
		_, err := l.Erase(l.Context(), "moderator", l.host, []comments.ID{c.ID})
		l.must(err)
	}
}

func (l *life) pin(*rapid.T) {
	if c, ok := l.any(); ok && c.Status == comments.Published {
		_, err := l.Pin(l.Context(), "moderator", l.host, c.ID, rapid.Bool().Draw(l.rt, "pinned"))
		l.must(err)
	}
}

func (l *life) close(*rapid.T) {
	l.must(l.CloseThread(l.Context(), l.host, l.page(), rapid.Bool().Draw(l.rt, "closed")))
}

func (l *life) move(*rapid.T) {
	l.pages++
	l.must(l.store.Alias(l.Context(), l.host, comments.Page(l.page()), comments.Page(fmt.Sprintf("/moved-%d", l.pages%2))))
}

// bring imports from another system.
func (l *life) bring(*rapid.T) {
	l.brings++
	file := fmt.Sprintf(`[{"id":"%[1]d-a","rid":"0","content":"up","is_pinned":"true","vote_up":"3","created_at":"2020-01-01 00:00:00","nick":"Old","page_key":"/page-1"},
{"id":"%[1]d-b","rid":"%[1]d-a","content":"<b>down</b>","is_pending":"%[2]v","created_at":"2019-01-01 00:00:00","nick":"","page_key":"/page-1"}]`,
		l.brings, rapid.Bool().Draw(l.rt, "pending"))
	r := l.imports(job{format: "artalk", files: []string{"-"}, stdin: []byte(file), plan: Plan{Host: l.host}})
	if rapid.Bool().Draw(l.rt, "take back") {
		_, err := l.Undo(l.Context(), l.host, r.Run, nil)
		l.must(err)
	}
}

func (l *life) set(*rapid.T) {
	sites, err := l.store.Sites(l.Context())
	l.must(err)
	for _, s := range sites {
		if s.Host == l.host {
			s.Settings.Archive = rapid.IntRange(comments.MinArchive, 50).Draw(l.rt, "archive")
			l.must(l.store.PutSite(l.Context(), s))
		}
	}
}

func TestExportsOfOtherFormatsComeBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t, openSQLite(t))
	first := w.write("/a", "", "*first*")
	second := w.write("/a", first.ID.String(), "second")
	w.write("/a", second.ID.String(), "third, below ]]> the second")
	w.write("/b?x=1", "", "`code`")
	_, err := w.Erase(t.Context(), "", host, []comments.ID{first.ID})
	w.must(err)
	w.must(w.CloseThread(t.Context(), host, "/b", true))

	isso := w.TempDir() + "/isso.db"
	writeFile(t, isso, w.export("isso", host))
	wxr := w.TempDir() + "/export.xml"
	writeFile(t, wxr, w.export("disqus-wxr", host))
	for file, want := range map[string]string{
		isso: `/a closed=false aliases=[]
  #1 1 deleted "" T markdown ""
  #2 2 answers 1 published "Reader" T markdown "<p>second</p>"
  #3 3 answers 1 published "Reader" T markdown "<p>third, below ]]&gt; the second</p>"
/b closed=false aliases=[]
  #1 4 published "Reader" T markdown "<p><code>code</code></p>"
`,
		wxr: `/a closed=false aliases=[]
  #1 1000000001 deleted "" T html ""
  #2 1000000002 answers 1000000001 published "Reader" T html "<p>second</p>"
  #3 1000000003 answers 1000000002 published "Reader" T html "<p>third, below ]]&gt; the second</p>"
/b closed=true aliases=[]
  #1 2000000001 published "Reader" T html "<p><code>code</code></p>"
`,
	} {
		other := newWorld(t, openSQLite(t))
		other.imports(job{format: Auto, files: []string{file}})
		other.same(file, want, withoutTimes(other.everything(host)))
	}
}

func withoutTimes(text string) string {
	year := time.Now().UTC().Format("2006")
	fields := strings.Split(text, " ")
	for i, f := range fields {
		if strings.HasPrefix(f, year+"-") && strings.HasSuffix(f, "Z") {
			fields[i] = "T"
		}
	}
	return strings.Join(fields, " ")
}

package feeds

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"flag"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/mmcdole/gofeed"

	"postil/comments"
	"postil/static"
)

var update = flag.Bool("update", false, "write the golden files anew")

// testRenderer serves below a path, so that its addresses show which ones
// forget it.
func testRenderer() renderer {
	return renderer{base: "https://c.example/talk", basePath: "/talk", stylesheet: "/talk/postil.css", generator: "1.2.3"}
}

// rendered returns all fixtures in all forms, by file name.
func rendered(t *testing.T) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	var err error
	for name, d := range fixtureDocuments() {
		for _, form := range formsOf(d.site, d.archive) {
			f, err := testRenderer().form(d, form, true, day)
			if err != nil {
				t.Fatal(err)
			}
			if form == Fragment {
				name = "fragment-" + name
			}
			files[name+extensions[form]] = f.Body
		}
	}
	thread := fixtureThread()
	if files["replies.xml"], err = testRenderer().replies(fixtureSite(), false, &thread[0], []comments.Comment{thread[8], thread[1]}); err != nil {
		t.Fatal(err)
	}
	newest := thread[1:4]
	if files["latest.xml"], err = testRenderer().latestAtom(fixtureSite(), newest); err != nil {
		t.Fatal(err)
	}
	if files["latest.json"], err = testRenderer().latestJSON(fixtureSite(), newest); err != nil {
		t.Fatal(err)
	}
	return files
}

func TestDocumentsAreWhatTheyWere(t *testing.T) {
	t.Parallel()
	for name, got := range rendered(t) {
		golden := filepath.Join("testdata", "golden", name)
		if *update {
			if err := os.WriteFile(golden, got, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), string(got)); diff != "" {
			t.Errorf("%s changed; if that was meant, run go test ./feeds -update (-was +is):\n%s", name, diff)
		}
	}
}

func TestFeedsFollowTheGrammarOfRFC4287(t *testing.T) {
	t.Parallel()
	jing, err := exec.LookPath("jing")
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("jing is not installed")
		}
		t.Skip("jing is not installed")
	}
	dir := t.TempDir()
	args := []string{"-c", "testdata/atom.rnc"}
	files := rendered(t)
	for name, body := range inLanguage(t, "ar") {
		files["right to left, "+name] = []byte(body)
	}
	for name, body := range files {
		if filepath.Ext(name) == ".xml" {
			file := filepath.Join(dir, name)
			if err := os.WriteFile(file, body, 0o644); err != nil {
				t.Fatal(err)
			}
			args = append(args, file)
		}
	}
	if len(args) != 2+8 {
		t.Fatalf("%d feeds to validate, want 8", len(args)-2)
	}
	if out, err := exec.Command(jing, args...).Output(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

func TestFeedsAreWellFormedAndHoldNoScript(t *testing.T) {
	t.Parallel()
	for name, body := range rendered(t) {
		if filepath.Ext(name) != ".xml" {
			continue
		}
		d := xml.NewDecoder(bytes.NewReader(body))
		for {
			token, err := d.Token()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if e, ok := token.(xml.StartElement); ok && (e.Name.Local == "script" || e.Name.Local == "style") {
				t.Errorf("%s holds an element %s", name, e.Name.Local)
			}
		}
	}
}

func TestFeedReadersReadWhatWasWritten(t *testing.T) {
	t.Parallel()
	feed, err := gofeed.NewParser().Parse(bytes.NewReader(rendered(t)["current.xml"]))
	if err != nil {
		t.Fatal(err)
	}
	if feed.Title != "Comments on blog.example/2026/café" || feed.Language != "en" || feed.Link != "https://blog.example/2026/caf%C3%A9" ||
		feed.FeedLink != "https://c.example/talk/feeds/blog.example/2026/caf%C3%A9/feed.xml" {
		t.Errorf("feed %q in %q links to %q and to itself as %q", feed.Title, feed.Language, feed.Link, feed.FeedLink)
	}
	if len(feed.Items) != 8 {
		t.Fatalf("%d entries, want 8", len(feed.Items))
	}
	deep := feed.Items[5] // a pinned comment and a pinned answer stand before it
	if deep.Authors[0].Name != `Zoë <"&'> O'Neil` || deep.Title != `Zoë <"&'> O'Neil on blog.example/post` || !strings.Contains(deep.Content, "a &lt; b\n") {
		t.Errorf("title %q, author %q, content %q", deep.Title, deep.Authors[0].Name, deep.Content)
	}
	if deep.GUID != "tag:blog.example,2026-11-20:comment:"+numbered(24).String() || deep.Link != "https://blog.example/post#comment-"+numbered(24).String() {
		t.Errorf("id %q, link %q", deep.GUID, deep.Link)
	}
	parent := deep.Extensions["thr"]["in-reply-to"]
	if len(parent) != 1 || parent[0].Attrs["ref"] != feed.Items[4].GUID {
		t.Errorf("in reply to %+v, want %s", parent, feed.Items[4].GUID)
	}
	if diff := cmp.Diff([]string{"depth-3", comments.Badge{1, 2, 3, 4, 5, 6, 7, 8}.String()}, deep.Categories); diff != "" {
		t.Errorf("categories (-want +got):\n%s", diff)
	}
	if !feed.Items[3].UpdatedParsed.After(*feed.Items[3].PublishedParsed) {
		t.Error("an edit does not move the updated time")
	}
}

func TestTheFeedBeginsWithWhatBrowsersNeed(t *testing.T) {
	t.Parallel()
	got := string(rendered(t)["current.xml"])
	want := `<?xml version="1.0" encoding="UTF-8"?>
<?xml-stylesheet type="text/css" href="/talk/postil.css"?>
<feed xmlns="http://www.w3.org/2005/Atom" xmlns:thr="http://purl.org/syndication/thread/1.0" ` +
		`xmlns:fh="http://purl.org/syndication/history/1.0" xmlns:at="http://purl.org/atompub/tombstones/1.0" ` +
		`xmlns:h="http://www.w3.org/1999/xhtml" xml:lang="en">
`
	if !strings.HasPrefix(got, want) {
		t.Errorf("it begins with %s", got[:min(len(got), len(want))])
	}
}

func TestRemovedCommentsLeaveTombstones(t *testing.T) {
	t.Parallel()
	got := string(rendered(t)["current.xml"])
	for _, n := range []int64{26, 28} { // answered, and not
		if !strings.Contains(got, `<at:deleted-entry ref="tag:blog.example,2026-11-20:comment:`+numbered(n).String()+`" when="`) {
			t.Errorf("comment %d has no tombstone", n)
		}
	}
	if n := strings.Count(got, "This comment was removed."); n != 2 { // title and text of the one that was answered
		t.Errorf("the reader is told %d times of removed comments", n)
	}
}

func TestMarksAreToldToPeopleAndPrograms(t *testing.T) {
	t.Parallel()
	files := rendered(t)
	badge := comments.Badge{8, 7, 6, 5, 4, 3, 2, 1}.String()
	const scheme = `scheme="tag:blog.example,2026-11-20:`
	for name, wants := range map[string][]string{
		"current.xml": {
			`<category term="owner" ` + scheme + `mark">`, `<category term="pinned" ` + scheme + `mark">`, `<category term="` + badge + `" ` + scheme + `badge">`,
			`<h:span class="mark owner">owner</h:span>` + "\n" + `<h:span class="mark">edited</h:span>`, `<h:span class="mark">pinned</h:span>`,
			`<h:span class="badge" title="Signed name, badge ` + badge + `">` + badge[:5] + `</h:span>`, "<h:h2>" + static.Identicon(badge) + " ",
		},
		"current.html": {
			`<span class="mark owner">owner</span>`, `<span class="mark">pinned</span>`, static.Identicon(badge),
			`<span class="badge" title="Signed name, badge ` + badge + `">` + badge[:5] + `</span>`,
		},
		"current.json": {`"edited":true,"owner":true,"badge":"` + badge + `"`, `"pinned":true`},
		"latest.xml":   {`<category term="owner" `, `<category term="` + badge + `" `, static.Identicon(badge)},
		"replies.xml":  {`<category term="owner" `, `<category term="` + badge + `" `, static.Identicon(badge)},
		"archive.xml":  {`<h:span class="closed">Comments are closed.</h:span>`},
		"archive.html": {`<span class="closed">Comments are closed.</span>`},
		"archive.json": {`"closed":true`},
	} {
		for _, want := range wants {
			if !strings.Contains(string(files[name]), want) {
				t.Errorf("%s lacks %s", name, want)
			}
		}
	}
	for name, body := range files {
		for _, inner := range []string{"links=100", `"mod"`, ">mod<"} {
			if strings.Contains(string(body), inner) {
				t.Errorf("%s tells readers what is for moderators: %s", name, inner)
			}
		}
		if pinned := strings.Contains(string(body), ">pinned<"); pinned && (name == "latest.xml" || name == "replies.xml") {
			t.Errorf("%s says that a comment is pinned, which it is elsewhere", name)
		}
	}
}

// What moderators know of a comment makes no other entry of it, and must not
// crowd out what was rendered.
func TestKeptEntriesDependOnWhatIsShownOnly(t *testing.T) {
	t.Parallel()
	site, thread := fixtureSite(), comments.Thread{Site: "blog.example", Page: "/post", Last: 1, Visible: 1}
	key := func(change func(*comments.Comment, *comments.Thread)) pieceKey {
		c, thread := fixtureComment(1, 0), thread
		change(&c, &thread)
		d := newDocument(site, thread, 0, []comments.Comment{c})
		return d.key(Atom, &d.shown[0], "")
	}
	plain := key(func(*comments.Comment, *comments.Thread) {})
	for name, c := range map[string]struct {
		change func(*comments.Comment, *comments.Thread)
		same   bool
	}{
		"verdicts": {func(c *comments.Comment, _ *comments.Thread) { c.Verdicts, c.By = "links=100", "mod" }, true},
		"keys": {func(c *comments.Comment, _ *comments.Thread) {
			c.EditKey, c.Idempotency = comments.Hash{1}, comments.Hash{2}
		}, true},
		"words":      {func(c *comments.Comment, _ *comments.Thread) { c.HTML = "<p>Other</p>" }, false},
		"a badge":    {func(c *comments.Comment, _ *comments.Thread) { c.Author.Badge = comments.Badge{1} }, false},
		"the owner":  {func(c *comments.Comment, _ *comments.Thread) { c.Author.Owner = true }, false},
		"a pin":      {func(c *comments.Comment, _ *comments.Thread) { c.Pinned = true }, false},
		"an end":     {func(_ *comments.Comment, t *comments.Thread) { t.Closed = true }, false},
		"its number": {func(c *comments.Comment, _ *comments.Thread) { c.Number = 2 }, false},
	} {
		if got := key(c.change); (got == plain) != c.same {
			t.Errorf("%s: the same key is %v, want %v", name, got == plain, c.same)
		}
	}
}

func TestAnswersToArchivedCommentsLeadThere(t *testing.T) {
	t.Parallel()
	files := rendered(t)
	want := "https://c.example/talk/feeds/blog.example/2026/caf%C3%A9/feed-1.xml#comment-" + numbered(7).String()
	if !strings.Contains(string(files["current.xml"]), want) {
		t.Errorf("the feed has no link to %s", want)
	}
	want = strings.ReplaceAll(strings.ReplaceAll(want, "feed-1", "thread-1"), ".xml", ".html")
	if !strings.Contains(string(files["current.html"]), want) {
		t.Errorf("the page has no link to %s", want)
	}
}

func TestPagedFeedsAreLinkedAsRFC5005Says(t *testing.T) {
	t.Parallel()
	files := rendered(t)
	const dir = "https://c.example/talk/feeds/blog.example/2026/caf%C3%A9/"
	link := func(rel, name string) string {
		return `<link href="` + dir + name + `" rel="` + rel + `" type="application/atom+xml"></link>`
	}
	for _, want := range []string{link("self", "feed.xml"), link("prev-archive", "feed-2.xml")} {
		if !strings.Contains(string(files["current.xml"]), want) {
			t.Errorf("the current feed lacks %s", want)
		}
	}
	for _, want := range []string{link("self", "feed-2.xml"), link("prev-archive", "feed-1.xml"), link("current", "feed.xml"), "<fh:archive></fh:archive>"} {
		if !strings.Contains(string(files["archive.xml"]), want) {
			t.Errorf("the archive lacks %s", want)
		}
	}
	if strings.Contains(string(files["current.xml"]), "fh:archive>") || strings.Contains(string(files["empty.xml"]), "prev-archive") {
		t.Error("a feed claims what it is not")
	}
}

func TestClosedSitesOfferNoForm(t *testing.T) {
	t.Parallel()
	files := rendered(t)
	for _, name := range []string{"archive.xml", "archive.html"} {
		if strings.Contains(string(files[name]), "/comment?") {
			t.Errorf("%s links to a form", name)
		}
	}
	for _, name := range []string{"current.xml", "current.html"} {
		if n := strings.Count(string(files[name]), "/comment?"); n != 8 { // one for each visible comment, and one for the page
			t.Errorf("%s links to %d forms, want 8", name, n)
		}
	}
}

func TestJSONFeedsHaveWhatVersion1_1Requires(t *testing.T) {
	t.Parallel()
	for name, body := range rendered(t) {
		if filepath.Ext(name) != ".json" {
			continue
		}
		var feed struct {
			Version, Title, Language string
			Home                     string `json:"home_page_url"`
			URL                      string `json:"feed_url"`
			Next                     string `json:"next_url"`
			Items                    *[]map[string]any
		}
		if err := json.Unmarshal(body, &feed); err != nil {
			t.Fatal(err)
		}
		if feed.Version != "https://jsonfeed.org/version/1.1" || feed.Title == "" || feed.Home == "" || feed.URL == "" || feed.Language != "en" || feed.Items == nil {
			t.Errorf("%s: %+v", name, feed)
		}
		if want := map[string]string{"current.json": "thread-2.json", "archive.json": "thread-1.json"}[name]; !strings.HasSuffix(feed.Next, want) || (want == "") != (feed.Next == "") {
			t.Errorf("%s: next is %q", name, feed.Next)
		}
		for _, item := range *feed.Items {
			for _, field := range []string{"id", "url", "content_html", "date_published", "date_modified", "authors"} {
				if item[field] == nil || item[field] == "" {
					t.Errorf("%s: an item has no %s: %v", name, field, item)
				}
			}
		}
	}
}

func TestOnlyTheStyleSheetIsRelative(t *testing.T) {
	t.Parallel()
	addresses := regexp.MustCompile(`(?:href|src|action)="([^"]*)"`)
	for name, body := range rendered(t) {
		for _, m := range addresses.FindAllSubmatch(body, -1) {
			if a := string(m[1]); !strings.HasPrefix(a, "https://") && a != "/talk/postil.css" && a[0] != '#' {
				t.Errorf("%s: address %q", name, a)
			}
		}
	}
}

// Fragments are for pages that include them: they begin no page, and hold no
// brace, which the includer's template language could take for its own.
func TestFragmentsHoldTheThreadOnly(t *testing.T) {
	t.Parallel()
	d := fixtureDocuments()["current"]
	d.shown[0].HTML = "<p>{{env \"HOME\"}} {% include %} {# #} ${x}</p>\n"
	both := map[Form]string{}
	for _, form := range []Form{HTML, Fragment} {
		f, err := testRenderer().form(d, form, false, day)
		if err != nil {
			t.Fatal(err)
		}
		both[form] = string(f.Body)
	}
	got := both[Fragment]
	for _, bad := range []string{"<html", "<head>", "<!DOCTYPE", "<link", "<h1", "{", "</h2></header>"} {
		if strings.Contains(got, bad) {
			t.Errorf("it has %s:\n%s", bad, got)
		}
	}
	_, page, _ := strings.Cut(both[HTML], "<main>\n")
	page, _, _ = strings.Cut(page, "</main>")
	entries := strings.NewReplacer("<h2 ", "<h3 ", "</h2>", "</h3>", "{", "&#123;").Replace(page)
	if !strings.Contains(got, entries) {
		t.Errorf("it does not hold the entries of thread.html in their order:\n%s", got)
	}
	for _, link := range []string{"/comment?", "/feed.xml", "/thread-2.html"} {
		if !strings.Contains(got, link) {
			t.Errorf("it has no link to %s", link)
		}
	}
}

func TestIdsAreTagURIs(t *testing.T) {
	t.Parallel()
	site := fixtureSite()
	for host, want := range map[string]string{
		"blog.example":   "tag:blog.example,2026-11-20:thread:/a?p=1",
		"localhost:8000": "tag:localhost,2026-11-20:8000:thread:/a?p=1",
		"127.0.0.1:80":   "tag:127.0.0.1,2026-11-20:80:thread:/a?p=1",
		"[::1]:8000":     "tag:1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.ip6.arpa,2026-11-20:8000:thread:/a?p=1",
		"[2001:db8::1]":  "tag:1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa,2026-11-20:thread:/a?p=1",
	} {
		site.Host = host
		if got := newTagger(site).thread("/a?p=1"); got != want {
			t.Errorf("%s: got %s, want %s", host, got, want)
		}
	}
}

func TestTextIsEscaped(t *testing.T) {
	t.Parallel()
	got := string(hyperlink(`https://x.example/?a="1"&b`, "", "<b>\x01\ufffe é"))
	want := `<h:a href="https://x.example/?a=&#34;1&#34;&amp;b">&lt;b&gt;` + "\ufffd\ufffd é</h:a>"
	if got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// The fingerprint sees a mark change only if the sample has it.
func TestTheSampleHasEveryMark(t *testing.T) {
	t.Parallel()
	r := testRenderer()
	for name, wants := range map[comments.Policy][]string{
		comments.PolicyOpen: {`class="mark owner"`, ">pinned<", ">edited<", `class="badge"`, `class="face"`}, comments.PolicyClosed: {`class="closed"`},
	} {
		for _, form := range []Form{Atom, HTML} {
			f, err := r.form(sample("en", name, 0), form, false, day)
			if err != nil {
				t.Fatal(err)
			}
			for _, want := range wants {
				if !strings.Contains(string(f.Body), want) {
					t.Errorf("the sample of form %d has no %s", form, want)
				}
			}
		}
	}
}

func TestTheSampleShowsEveryChangeOfForm(t *testing.T) {
	t.Parallel()
	was, err := testRenderer().fingerprint("en")
	if err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*renderer){
		"base":       func(r *renderer) { r.base = "https://elsewhere.example" },
		"version":    func(r *renderer) { r.generator = "1.2.4" },
		"stylesheet": func(r *renderer) { r.stylesheet = "/postil.css" },
	} {
		r := testRenderer()
		change(&r)
		if now, err := r.fingerprint("en"); err != nil || now == was {
			t.Errorf("another %s leaves the fingerprint at %s, %v", name, now, err)
		}
	}
	if again, err := testRenderer().fingerprint("en"); err != nil || again != was {
		t.Errorf("it is not the same twice: %s, %s, %v", was, again, err)
	}
}

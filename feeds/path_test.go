package feeds

import (
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"postil/comments"
)

// kept is the query that test sites keep.
var kept = []string{"p", "id"}

func TestPathReadsAsTheAddressWhereThatIsSafe(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		host, page string
		doc        Document
		want       string
	}{
		{"blog.example", "/", Document{Form: Atom, Archive: 0}, "feeds/blog.example/feed.xml"},
		{"blog.example", "/2026/post", Document{Form: HTML, Archive: 0}, "feeds/blog.example/2026/post/thread.html"},
		{"blog.example", "/2026/post", Document{Form: JSON, Archive: 12}, "feeds/blog.example/2026/post/thread-12.json"},
		{"blog.example", "/Caf%C3%A9%20olé", Document{Form: Atom, Archive: 3}, "feeds/blog.example/Café olé/feed-3.xml"},
		{"blog.example", "/2026/post", Document{Form: Fragment}, "feeds/blog.example/2026/post/fragment.html"},
		{"blog.example", "/post?p=12", Document{Form: Atom, Archive: 0}, "feeds/blog.example/post?p=12/feed.xml"},
		{"blog.example", "/?p=12", Document{Form: Atom, Archive: 0}, "feeds/blog.example/?p=12/feed.xml"},
		{"localhost:8000", "/a", Document{Form: Atom, Archive: 0}, "feeds/localhost:8000/a/feed.xml"},
		{"[::1]:8000", "/a", Document{Form: Atom, Archive: 0}, "feeds/[::1]:8000/a/feed.xml"},
		{"blog.example", "/2026/post", Document{Replies: numbered(1)}, "feeds/blog.example/2026/post/replies-" + numbered(1).String() + ".xml"},
		{"blog.com.br", "/a", Document{Form: Atom, Archive: 0}, "feeds/blog.com.br/a/feed.xml"},
	} {
		page, err := comments.CanonicalPage(c.page, kept)
		if err != nil {
			t.Fatal(err)
		}
		if got := Path(c.host, page, c.doc); got != c.want {
			t.Errorf("%s%s: got %s, want %s", c.host, c.page, got, c.want)
		}
	}
}

func TestUnsafeSegmentsAreEscaped(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", maxSegment+1)
	for _, page := range []string{
		"/feed.xml", "/FEED.XML", "/thread.html", "/fragment.html", "/thread-2.json", "/feed-3.xml", "/replies-" + numbered(1).String() + ".xml",
		"/REPLIES-" + strings.ToUpper(numbered(1).String()) + ".XML", "/a.br", "/a.gz", "/a.GZ", "/x/feed.xml.gz",
		"/.postil-cursor", "/.tmp", "/...", "/a%2Fb", "/%2e%2e%2fb", "/a%5Cb", "/=a", "/==a", "/a%3Fp=1", "/" + long,
		"/?p=a.gz", "/a?p=" + long,
	} {
		canonical, err := comments.CanonicalPage(page, kept)
		if err != nil {
			t.Fatalf("%s: %v", page, err)
		}
		dir := strings.TrimPrefix(pageDir("blog.example", canonical), "feeds/blog.example/")
		last := dir[strings.LastIndexByte(dir, '/')+1:]
		if last[0] != '=' || len(last) > maxSegment || strings.Trim(last, "=0123456789abcdefghijklmnopqrstuv") != "" {
			t.Errorf("%s became %q", page, dir)
		}
	}
}

func TestURLIsValidAndLeadsBackToThePath(t *testing.T) {
	t.Parallel()
	page, err := comments.CanonicalPage("/a b/100%25/x?p=1%202", kept)
	if err != nil {
		t.Fatal(err)
	}
	got := URL("https://c.example/talk", "[::1]:80", page, Document{})
	want := "https://c.example/talk/feeds/%5B::1%5D:80/a%20b/100%25/x%3Fp=1+2/feed.xml"
	if got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// address draws addresses that are hard on file names.
func address() *rapid.Generator[string] {
	piece := rapid.OneOf(
		rapid.StringN(0, 8, -1),
		rapid.SampledFrom([]string{
			"feed.xml", "feed-2.xml", "thread.html", "replies-" + numbered(1).String() + ".xml", "replies-", "feed", "a", "A", ".", "..", "...", ".x", "=", "==", "=64", "%2F", "%3F", "?p=1", "&id=2",
			"a%3Fp=1", "%00", "a.gz", "index.html", "%25", "\\", ":", "é", "%C3%A9", strings.Repeat("long", 60), strings.Repeat("%2F", 70),
		}),
	)
	return rapid.Custom(func(t *rapid.T) string { return "/" + strings.Join(rapid.SliceOfN(piece, 0, 5).Draw(t, "pieces"), "/") })
}

func drawPage(t *rapid.T, label string) comments.Page {
	page, err := comments.CanonicalPage(address().Draw(t, label), kept)
	if err != nil {
		t.Skip("no page")
	}
	return page
}

func drawDocument(t *rapid.T, label string) Document {
	if rapid.IntRange(0, 3).Draw(t, label) == 0 {
		return Document{Replies: numbered(rapid.Int64Range(0, 3).Draw(t, label))}
	}
	doc := Document{Form: Form(rapid.IntRange(0, 3).Draw(t, label))}
	if doc.Form != Fragment {
		doc.Archive = rapid.Int64Range(0, 3).Draw(t, label)
	}
	return doc
}

func TestDifferentDocumentsNeverShareAPath(t *testing.T) {
	t.Parallel()
	host := rapid.SampledFrom([]string{"a.example", "a.example:80", "[::1]", "feeds", "a.gz", strings.Repeat("h", 250)})
	rapid.Check(t, func(t *rapid.T) {
		hostA, hostB := host.Draw(t, "host A"), host.Draw(t, "host B")
		pageA, pageB := drawPage(t, "page A"), drawPage(t, "page B")
		docA, docB := drawDocument(t, "doc A"), drawDocument(t, "doc B")
		a, b := Path(hostA, pageA, docA), Path(hostB, pageB, docB)
		if same := hostA == hostB && pageA == pageB && docA == docB; same != (a == b) {
			t.Fatalf("%s%s%v and %s%s%v: %s, %s", hostA, pageA, docA, hostB, pageB, docB, a, b)
		}
		if strings.HasPrefix(a, b+"/") {
			t.Fatalf("%s is both file and directory, for %s", b, a)
		}
	})
}

func TestPathsAreSafeAndLeadBackToTheirPage(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		page, doc := drawPage(t, "page"), drawDocument(t, "doc")
		checkPath(t, page, doc)
	})
}

func checkPath(t interface{ Fatalf(string, ...any) }, page comments.Page, doc Document) {
	path := Path("blog.example", page, doc)
	dir := strings.Split(path, "/")
	for i, name := range dir[:len(dir)-1] {
		if name == "" || name == "." || name == ".." || len(name) > maxSegment || !utf8.ValidString(name) || i > 1 && name[0] == '.' {
			t.Fatalf("%s: unsafe name %q", path, name)
		}
	}
	r, ok := parse(path)
	if !ok || r.host != "blog.example" || r.doc != doc || r.lossy != hashed(path) {
		t.Fatalf("%s was read as %+v, %v", path, r, ok)
	}
	if r.lossy {
		return
	}
	back, again, err := r.canonical(kept)
	if err != nil || back != page || again != path {
		t.Fatalf("%s of page %s: read back as page %s at %s, %v", path, page, back, again, err)
	}
}

func TestPlainAndUncanonicalFormsMeanTheirPage(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]comments.Page{
		"feeds/blog.example/a.gz/feed.xml":                "/a.gz",
		"feeds/blog.example/feed.xml/feed.xml":            "/feed.xml",
		"feeds/BLOG.example/post//feed.xml":               "/post",
		"feeds/blog.example/post/index.html/feed.xml":     "/post",
		"feeds/blog.example/a/../b/feed.xml":              "/b",
		"feeds/blog.example/../../../etc/passwd/feed.xml": "/etc/passwd",
		"feeds/blog.example/post?x=1&p=2/feed.xml":        "/post?p=2",
		"feeds/blog.example/?p=2/feed.xml":                "/?p=2",
		"feeds/blog.example/a?b/c/feed.xml":               "/a%3Fb/c",
		"feeds/blog.example/=zz/feed.xml":                 "/=zz",
		"feeds/blog.example/=c5h66/feed.xml":              "/abc", // an escape of what needs none
	} {
		r, ok := parse(path)
		if !ok || r.host != "blog.example" {
			t.Fatalf("%s: %+v", path, r)
		}
		if page, _, err := r.canonical(kept); err != nil || page != want {
			t.Errorf("%s: got %s, %v; want %s", path, page, err, want)
		}
	}
}

func TestOtherNamesAreNoDocuments(t *testing.T) {
	t.Parallel()
	for _, path := range []string{
		"", "feeds", "feeds/blog.example", "feeds/feed.xml", "feeds/blog.example/feed.xml.gz", "feeds/blog.example/feed-0.xml",
		"feeds/blog.example/feed-01.xml", "feeds/blog.example/feed.json", "feeds/b/fragment.xml", "feeds/b/fragment-1.html", "feeds/blog.example/thread.xml", "feeds/b/feed-.xml",
		"feeds/b/feed-1234567890123456789.xml", "sites/b/feed.xml", "sites/b/c/latest.xml",
		"feeds/b/replies-.xml", "feeds/b/replies-1.xml", "feeds/b/replies-00000000-0000-0000-0000-000000000000.xml",
		"feeds/b/replies-" + strings.ToUpper(numbered(1).String()) + ".xml", "feeds/b/replies-" + numbered(1).String() + ".json",
		"feeds/b/replies-------------------------------------.xml", "sites/b/replies-" + numbered(1).String() + ".xml", "feeds/b/.postil-cursor", "x/y/feed.xml",
	} {
		if r, ok := parse(path); ok {
			t.Errorf("%q was read as %+v", path, r)
		}
	}
}

func FuzzPath(f *testing.F) {
	for _, seed := range []string{"/", "/a/b?p=1", "/%2F", "/=..", "//x/../feed.xml", "/a%3Fb?p=%2F"} {
		f.Add(seed, int64(0))
	}
	f.Fuzz(func(t *testing.T, raw string, archive int64) {
		if r, ok := parse("feeds/blog.example" + raw); ok {
			if page, _, err := r.canonical(kept); err == nil {
				checkPath(t, page, Document{Form: Atom, Archive: 0})
			}
		}
		if page, err := comments.CanonicalPage(raw, kept); err == nil {
			checkPath(t, page, Document{Form: JSON, Archive: max(0, archive%1e9)})
			checkPath(t, page, Document{Replies: numbered(archive)})
		}
	})
}

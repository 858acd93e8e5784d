package comments_test

import (
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"pgregory.net/rapid"

	"postil/comments"
)

func TestAPageHasOneName(t *testing.T) {
	t.Parallel()
	keep := []string{"id", "p"}
	for raw, want := range map[string]comments.Page{
		"/":                                      "/",
		"/post":                                  "/post",
		"/post/":                                 "/post",
		"//host.example/post":                    "/post",
		"/a//b///":                               "/a/b",
		"/a/./b/../c":                            "/a/c",
		"/../../etc/passwd":                      "/etc/passwd",
		"/%2e%2e/%2E/x":                          "/x",
		"/..%2Fx":                                "/..%2Fx",
		"/a%2fb":                                 "/a%2Fb",
		"/.../x":                                 "/.../x",
		"/.well-known/~me":                       "/.well-known/~me",
		"/index.html":                            "/",
		"/post/index.html":                       "/post",
		"/post/index.htm":                        "/post",
		"/post/%69ndex.html/":                    "/post",
		"/index.html/index.html":                 "/",
		"/post/index.html.bak":                   "/post/index.html.bak",
		"/post.html#comments":                    "/post.html",
		"https://blog.example":                   "/",
		"https://blog.example/post?utm=x#y":      "/post",
		"HTTPS://blog.example/Post":              "/Post",
		"/caf%c3%a9":                             "/caf%C3%A9",
		"/café":                                  "/caf%C3%A9",
		"/a b":                                   "/a%20b",
		"/a%20b":                                 "/a%20b",
		"/%41%7e%2D":                             "/A~-",
		"/100%25":                                "/100%25",
		"/a%3Fb%23c":                             "/a%3Fb%23c",
		"/a+b&c=d;e,f:g@h!$'()*":                 "/a+b&c=d;e,f:g@h!$'()*",
		"/<script>\"\\":                          "/%3Cscript%3E%22%5C",
		"/p?id=7":                                "/p?id=7",
		"/p/?x=1&p=2&id=7&p=1":                   "/p?id=7&p=2&p=1",
		"/p?id=a%20b/ü":                          "/p?id=a+b%2F%C3%BC",
		"/p?id":                                  "/p?id=",
		"/?id=1":                                 "/?id=1",
		"/p?ID=7":                                "/p",
		"/" + strings.Repeat("a", 1023):          comments.Page("/" + strings.Repeat("a", 1023)),
		"/" + strings.Repeat("b/", 2000) + "../": "",
	} {
		got, err := comments.CanonicalPage(raw, keep)
		if want == "" {
			if err == nil {
				t.Errorf("%.40q: got %.40q, want an error", raw, got)
			}
			continue
		}
		if err != nil || got != want {
			t.Errorf("%.40q: got %.40q, %v, want %.40q", raw, got, err, want)
		}
	}
}

func TestWhatNamesNoPageIsRefused(t *testing.T) {
	t.Parallel()
	for _, raw := range []string{
		"", "post", "./post", "../post", "?id=1", "#x", "*", "mailto:me@a.example", "javascript:alert(1)", "ftp://a.example/x",
		"file:///etc/passwd", "data:text/html,x", "http:post", "http:", "/%", "/%zz", "/%ff", "/a%00b", "/a%0Ab", "/a\nb", "/%7f", "/%C2%85", "/%EF%BF%BE", "/\uffff",
		"/" + strings.Repeat("a", comments.MaxPage), "/" + strings.Repeat("ü", comments.MaxPage/6+1), "/" + strings.Repeat("/", 8*comments.MaxPage),
	} {
		page, err := comments.CanonicalPage(raw, nil)
		assertFieldError(t, err, "page")
		if page != "" {
			t.Errorf("%.40q: got %.40q", raw, page)
		}
	}
}

// canonical is RFC 3986's path-absolute without what the page type forbids.
var canonical = regexp.MustCompile(`^/([A-Za-z0-9._~!$&'()*+,;=:@-]|%[0-9A-F]{2}|/)*(\?[A-Za-z0-9._~&=+%-]+)?$`)

func assertCanonical(t interface{ Fatalf(string, ...any) }, page comments.Page, keep []string) {
	p, query, _ := strings.Cut(string(page), "?")
	switch {
	case len(page) > comments.MaxPage:
		t.Fatalf("%q has %d bytes", page, len(page))
	case !canonical.MatchString(string(page)):
		t.Fatalf("%q is not canonical", page)
	case p != path.Clean(p) || strings.HasPrefix(p, "//"):
		t.Fatalf("%q has dot segments or needless slashes", page)
	case slices.Contains([]string{"index.html", "index.htm"}, path.Base(p)):
		t.Fatalf("%q ends in an index file", page)
	}
	for _, segment := range strings.Split(p, "/") {
		if plain, err := url.PathUnescape(segment); err != nil || plain == "." || plain == ".." {
			t.Fatalf("%q has the segment %q", page, segment)
		}
	}
	for name := range queryOf(query) {
		if !slices.Contains(keep, name) {
			t.Fatalf("%q keeps %q", page, name)
		}
	}
	if again, err := comments.CanonicalPage(string(page), keep); err != nil || again != page {
		t.Fatalf("%q becomes %q, %v", page, again, err)
	}
	if again, err := comments.CanonicalPage("https://blog.example"+string(page), keep); err != nil || again != page {
		t.Fatalf("%q as an address becomes %q, %v", page, again, err)
	}
	decoded, _ := page.Path()
	if !utf8.ValidString(decoded) || strings.ContainsFunc(decoded, func(r rune) bool { return unicode.IsControl(r) || r == 0xFFFE || r == 0xFFFF }) {
		t.Fatalf("%q decodes to %q", page, decoded)
	}
}

func queryOf(raw string) url.Values {
	values, _ := url.ParseQuery(raw)
	return values
}

func TestACanonicalPageIsAFixedPoint(t *testing.T) {
	t.Parallel()
	pieces := []string{"/", "//", ".", "..", "%2e", "%2F", "%5c", "%25", "%00", "a", "ü", "B", "index.html", "index.htm", "?", "&", "=", "id", "x", "#", ":", "@", "%", "http://", "h", ";", "+", " ", "\\", "%C3%BC", "%fF"}
	rapid.Check(t, func(t *rapid.T) {
		raw := strings.Join(rapid.SliceOfN(rapid.SampledFrom(pieces), 0, 20).Draw(t, "pieces"), "")
		if rapid.Bool().Draw(t, "rooted") {
			raw = "/" + raw
		}
		keep := []string{"id"}
		if page, err := comments.CanonicalPage(raw, keep); err == nil {
			assertCanonical(t, page, keep)
		} else if comments.KindOf(err) != comments.Invalid {
			t.Fatalf("%q: %v", raw, err)
		}
	})
}

func FuzzCanonicalPage(f *testing.F) {
	for _, raw := range []string{"/", "/a/../b", "https://blog.example/a?id=1#x", "//h/%2e%2e/x", "/%41%c3%a9", "/index.html?p=%20"} {
		f.Add(raw, "id")
	}
	f.Fuzz(func(t *testing.T, raw, kept string) {
		keep := []string{kept}
		if page, err := comments.CanonicalPage(raw, keep); err == nil && settingsKeep(kept) {
			assertCanonical(t, page, keep)
		}
	})
}

// settingsKeep reports whether a site may keep a parameter of that name.
func settingsKeep(name string) bool {
	s := comments.DefaultSettings()
	s.Origins, s.KeepQuery = []string{"https://blog.example"}, []string{name}
	return s.Validate() == nil
}

func TestPathsAndQueriesOfPages(t *testing.T) {
	t.Parallel()
	for page, want := range map[comments.Page][2]string{
		"/":                {"/", ""},
		"/caf%C3%A9":       {"/café", ""},
		"/a%2Fb?id=a%2Fb":  {"/a/b", "id=a%2Fb"},
		"/a%3Fb?id=1&id=2": {"/a?b", "id=1&id=2"},
	} {
		if decoded, query := page.Path(); decoded != want[0] || query != want[1] {
			t.Errorf("%q: got %q and %q, want %q", page, decoded, query, want)
		}
	}
}

package comments_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"postil/comments"
)

// assertFieldError fails unless err is an Invalid one at that field which
// tells a person something.
func assertFieldError(t *testing.T, err error, field string) {
	t.Helper()
	e, ok := errors.AsType[*comments.Error](err)
	if !ok || e.Kind != comments.Invalid || e.Field != field || e.Text == "" {
		t.Errorf("got error %v, want an Invalid one at field %q", err, field)
	}
}

func TestOriginsHaveOneForm(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string][2]string{
		"https://blog.example":                       {"https://blog.example", "blog.example"},
		" HTTPS://Blog.Example/ ":                    {"https://blog.example", "blog.example"},
		"https://blog.example:443":                   {"https://blog.example", "blog.example"},
		"http://blog.example:80/":                    {"http://blog.example", "blog.example"},
		"https://blog.example:":                      {"https://blog.example", "blog.example"},
		"http://blog.example:443":                    {"http://blog.example:443", "blog.example:443"},
		"http://localhost:1313":                      {"http://localhost:1313", "localhost:1313"},
		"http://127.0.0.1:8080":                      {"http://127.0.0.1:8080", "127.0.0.1:8080"},
		"https://blog.example:0443":                  {"https://blog.example", "blog.example"},
		"http://blog.example:65535":                  {"http://blog.example:65535", "blog.example:65535"},
		"http://[0:0:0:0:0:0:0:1]:8080":              {"http://[::1]:8080", "[::1]:8080"},
		"http://[2001:DB8::1]":                       {"http://[2001:db8::1]", "[2001:db8::1]"},
		"http://[::1]":                               {"http://[::1]", "[::1]"},
		"http://[::1]:8080":                          {"http://[::1]:8080", "[::1]:8080"},
		"https://xn--bcher-kva.example":              {"https://xn--bcher-kva.example", "xn--bcher-kva.example"},
		"https://" + strings.Repeat("a.", 126) + "a": {"https://" + strings.Repeat("a.", 126) + "a", strings.Repeat("a.", 126) + "a"},
	} {
		origin, host, err := comments.ParseOrigin(raw)
		if err != nil || origin != want[0] || host != want[1] {
			t.Errorf("%q: got %q, %q, %v, want %q", raw, origin, host, err, want)
		}
		if again, _, err := comments.ParseOrigin(origin); err != nil || again != origin {
			t.Errorf("%q: its own form %q becomes %q, %v", raw, origin, again, err)
		}
	}
}

func TestWhatIsNoOriginIsRefused(t *testing.T) {
	t.Parallel()
	for _, raw := range []string{
		"", "blog.example", "//blog.example", "https://", "https:blog.example", "ftp://blog.example", "null", "*", "https://*.example",
		"https://blog.example/post", "https://blog.example?x", "https://blog.example#x", "https://me@blog.example", "https://bücher.example",
		"https://blog_example", "https://-blog.example", "https://blog.example.", "https://../x", "https://a b.example", "https://blog.example:x",
		"https://" + strings.Repeat("a.", 126) + "aa", "https://blog.example/../..", "https://[::1", "https://blog.example:8080:1",
		"https://blog.example:65536", "http://[fe80::1%25eth0]",
	} {
		if origin, host, err := comments.ParseOrigin(raw); err == nil || origin != "" || host != "" {
			t.Errorf("%q: got %q, %q, %v", raw, origin, host, err)
		} else {
			assertFieldError(t, err, "origin")
		}
	}
}

func TestANewSiteIsValid(t *testing.T) {
	t.Parallel()
	site, err := comments.NewSite("https://Blog.example/")
	if err != nil {
		t.Fatal(err)
	}
	const day = 24 * time.Hour
	want := comments.Site{Host: "blog.example", Settings: comments.Settings{
		Origins: []string{"https://blog.example"}, Policy: comments.PolicyAuto, EditWindow: 15 * time.Minute, Language: "en", Archive: 100, MaxLinks: 2,
		Retention: comments.Retention{Held: 90 * day, Spam: 30 * day, Unconfirmed: 7 * day, Audit: 365 * day},
	}}
	if diff := cmp.Diff(want, site); diff != "" {
		t.Errorf("want (-), got (+):\n%s", diff)
	}
	if err := site.Settings.Validate(); err != nil {
		t.Error(err)
	}
	if _, err := comments.NewSite("blog.example"); err == nil {
		t.Error("a host without scheme made a site")
	}
}

func TestPagesOfASite(t *testing.T) {
	t.Parallel()
	site := comments.Site{Host: "blog.example", Settings: comments.Settings{
		Origins: []string{"https://blog.example", "http://localhost:1313"}, KeepQuery: []string{"id"},
	}}
	for raw, want := range map[string]comments.Page{
		"/post/?id=1&x=2":                "/post?id=1",
		"https://blog.example/post":      "/post",
		"HTTPS://Blog.example:443/post":  "/post",
		"http://localhost:1313/post":     "/post",
		"https://blog.example":           "/",
		"http://blog.example/post":       "",
		"https://blog.example:8443/post": "",
		"https://other.example/post":     "",
		"//blog.example/post":            "",
		"https://blog.example.evil/post": "",
		"https://blog.example@evil/post": "",
		"https://xn--x.example\\@x/post": "",
		"ftp://blog.example/post":        "",
		"post":                           "",
	} {
		page, err := site.Page(raw)
		if want == "" {
			assertFieldError(t, err, "page")
		} else if err != nil || page != want {
			t.Errorf("%q: got %q, %v, want %q", raw, page, err, want)
		}
	}
	if got := site.Link("/post?id=1"); got != "https://blog.example/post?id=1" {
		t.Errorf("link %q", got)
	}
	if !site.Allows("http://localhost:1313") || site.Allows("http://localhost") || site.Allows("null") || site.Allows("") {
		t.Error("allows other origins than its own")
	}
}

func TestCommentsAreEditableForTheWindowOfTheirSite(t *testing.T) {
	t.Parallel()
	site := comments.Site{Settings: comments.Settings{EditWindow: 90 * time.Second}}
	created := time.Date(2026, 11, 22, 14, 3, 0, 5, time.UTC)
	c := comments.Comment{Created: created, Edited: created.Add(time.Minute)} // editing gives no more time
	if got, want := site.EditableUntil(c), created.Add(90*time.Second); got != want {
		t.Errorf("got %v, want %v", got, want)
	}
}

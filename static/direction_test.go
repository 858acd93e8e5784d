package static_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"postil/static"
	"postil/static/browser"
)

// arabic returns pages of a site that is written from right to left, by path.
func arabic(t *testing.T) map[string]string {
	t.Helper()
	base := static.Page{Lang: "ar", Title: static.Text("ar", "form.title"), Stylesheet: "/postil.css"}
	var entries words
	for depth, html := range []string{"<p>شكرًا على المقال</p>", "<p>Words in English.</p><pre><code>a &lt; b</code></pre>"} {
		entry := static.RenderEntry(static.ThreadEntry{Lang: "ar", Anchor: id(depth), Depth: depth, Name: "Ann", Created: time.Now(), ReplyURL: "r", HTML: words(html)})
		entries += words(entry.XHTML())
	}
	feed := `<?xml-stylesheet type="text/css" href="/postil.css"?>
<feed xmlns="http://www.w3.org/2005/Atom" xmlns:h="http://www.w3.org/1999/xhtml" xml:lang="ar"><h:title dir="rtl">x</h:title>`
	for depth := range 2 {
		feed += fmt.Sprintf(`<entry><category term="depth-%d"/><content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml" dir="rtl"><p>Words</p></div></content></entry>`, depth)
	}
	pages := map[string]string{"/feed.xml": feed + "</feed>"}
	for path, render := range map[string]func(io.Writer) error{
		"/thread": func(w io.Writer) error {
			return static.RenderThread(w, static.ThreadPage{Page: base, Place: "blog.example/", Total: 2, Entries: entries})
		},
		"/form": func(w io.Writer) error {
			return static.RenderForm(w, static.FormPage{Page: base, Place: "blog.example/", Mail: true, Body: "Words"})
		},
	} {
		var b strings.Builder
		if err := render(&b); err != nil {
			t.Fatal(err)
		}
		pages[path] = b.String()
	}
	return pages
}

func TestPagesRunFromRightToLeft(t *testing.T) {
	t.Parallel()
	pages := arabic(t)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body := pages[r.URL.Path]
		switch {
		case r.URL.Path == "/postil.css":
			w.Header().Set("Content-Type", "text/css")
			body = string(static.Hashed("postil.css").File.Body)
		case strings.HasSuffix(r.URL.Path, ".xml"):
			w.Header().Set("Content-Type", "application/xml; charset=utf-8")
		default:
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
		}
		_, _ = io.WriteString(w, body)
	}))
	t.Cleanup(server.Close)
	b := browser.NewTab(t)
	b.Do(chromedp.EmulateViewport(360, 800))
	style := func(css, property, want string) {
		t.Helper()
		b.Wait(fmt.Sprintf(`getComputedStyle(document.querySelector(%q)).%s`, css, property), want)
	}
	// text is at which of its box's sides the first line of an element begins
	// or ends: it has less room there.
	text := func(css, side string) {
		t.Helper()
		b.Wait(fmt.Sprintf(`(e => {
  const range = document.createRange()
  range.selectNodeContents(e)
  const [words, box] = [range.getBoundingClientRect(), e.getBoundingClientRect()]
  return words.left - box.left < box.right - words.right ? 'left' : 'right'
})(document.querySelector(%q))`, css), side)
	}
	fits := func() { t.Helper(); b.Wait(`innerWidth + ' ' + document.documentElement.scrollWidth`, "360 360") }

	b.Open(server.URL + "/thread")
	style("html", "direction", "rtl")
	style(".entry.depth-1", "paddingRight", "12px")
	style(".entry.depth-1", "backgroundPosition", "100% 50%, 0% 50%")
	text(".depth-0 p", "right")
	text(".depth-1 p", "left")
	style("pre", "direction", "ltr")
	fits()
	b.Open(server.URL + "/form")
	style("textarea", "direction", "rtl")
	style("#website", "direction", "ltr")
	text("label", "right")
	fits()
	b.Open(server.URL + "/feed.xml")
	style("feed", "direction", "rtl")
	style("entry:last-of-type", "paddingRight", "12px")
	style("entry:last-of-type", "backgroundPosition", "100% 50%, 0% 50%")
	fits()
}

// Sheets of pages for readers say start and end, never left and right.
func TestSheetsKnowNoSide(t *testing.T) {
	t.Parallel()
	sheets, err := filepath.Glob("styles/*.css")
	if err != nil || len(sheets) < 6 {
		t.Fatalf("%d sheets, %v", len(sheets), err)
	}
	comment, side := regexp.MustCompile(`(?s)/\*.*?\*/`), regexp.MustCompile(`\b(left|right)\b`)
	for _, sheet := range append(sheets, "widget/style.css") {
		raw, err := os.ReadFile(sheet)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(comment.ReplaceAllString(string(raw), "")) {
			if side.MatchString(line) && !strings.Contains(line, "--start:") && !strings.Contains(line, "--end:") {
				t.Errorf("%s: %s", sheet, strings.TrimSpace(line))
			}
		}
	}
}

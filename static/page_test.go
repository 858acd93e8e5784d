package static_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"postil/static"
	"postil/static/browser"
)

// A browser shows the feed without a script, as a page for people.
func TestFeedReadsAsAPage(t *testing.T) {
	t.Parallel()
	s := newStandin(t,
		&remark{name: "Ann", html: "<p>First</p>"},
		&remark{name: "Bob", parent: id(1), html: "<p>Second</p>", edited: true},
		&remark{name: "Gone", parent: id(1), gone: true},
		&remark{name: "Cy", parent: id(3), html: "<p>Third</p>"},
		&remark{name: "Lost", gone: true})
	b := browser.NewTab(t)
	b.Do(chromedp.EmulateViewport(1000, 600))
	b.Open(s.URL + "/feeds/blog.example/post/feed.xml#comment-" + id(4))
	b.Wait(`document.title`, "Comments on blog.example/post")
	const when = "22 November 2026, 14:03 UTC"
	b.Wait(`document.documentElement.textContent.includes('tag:')`, true)
	b.Wait(shownText, strings.Join([]string{
		"Comments on blog.example/post", "Write a comment",
		"Ann", when, "First", "Reply", "Bob", when, "edited", "Second", "Reply", "This comment was removed.", "Cy", when, "Third", "Reply",
	}, "|"))
	b.Wait(`[...document.querySelectorAll('entry')].map(e => parseInt(getComputedStyle(e).paddingInlineStart)).join()`, "0,24,24,48")
	b.Wait(`getComputedStyle([...document.querySelectorAll('entry')].at(-1)).getPropertyValue('--light') !== 'transparent'`, true)
}

// shownText is the text of a page that is to be seen, piece by piece.
const shownText = `(() => {
  const pieces = []
  const walk = document.createTreeWalker(document.documentElement, NodeFilter.SHOW_TEXT)
  while (walk.nextNode()) {
    const range = document.createRange()
    range.selectNode(walk.currentNode)
    if (range.getClientRects().length && walk.currentNode.data.trim()) pieces.push(walk.currentNode.data.trim())
  }
  return pieces.join('|').replace('Comments on|', 'Comments on ')
})()`

type words string

func (w words) XHTML() string { return string(w) }

func TestPagesAreNoWiderThanANarrowScreen(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 200)
	html := words("<p>" + long + "</p><pre><code>" + long + "</code></pre><table><tr><td>" + long + "</td></tr></table>")
	base := static.Page{Lang: "en", Title: long, Stylesheet: "/postil.css"}
	now := time.Now()
	thread := static.ThreadPage{Page: base, Place: long, Total: 1, Older: "x"}
	var entries words
	for depth := range 10 {
		entry := static.RenderEntry(static.ThreadEntry{Lang: "en", Anchor: id(depth), Depth: depth, Name: long, Created: now, Edited: true, ReplyURL: "r", HTML: html, Badge: long[:13], Owner: true, Pinned: true})
		entries += words(entry.XHTML())
	}
	thread.Entries = entries
	pages := map[string]func(io.Writer) error{
		"thread": func(w io.Writer) error { return static.RenderThread(w, thread) },
		"form": func(w io.Writer) error {
			return static.RenderForm(w, static.FormPage{Page: base, Place: long, Parent: &static.Quote{Name: long, Text: long}, Preview: html, Problem: long, Field: "body", Mail: true})
		},
		"done": func(w io.Writer) error {
			return static.RenderDone(w, static.DonePage{Page: base, State: "held", EditURL: "e", HTML: html, Replies: "r", Follow: "asked"})
		},
		"follow": func(w io.Writer) error {
			return static.RenderFollow(w, static.FollowPage{Page: base, State: "asked", Site: long, Place: long, Quote: long})
		},
		"privacy": func(w io.Writer) error {
			return static.RenderPrivacy(w, static.PrivacyPage{Page: base, Sites: []static.PrivacySite{{Host: long, Policy: "auto", Webhooks: []string{long}, Hub: long}}})
		},
		"edit":    func(w io.Writer) error { return static.RenderEdit(w, static.EditPage{Page: base, Preview: html}) },
		"problem": func(w io.Writer) error { return static.RenderProblem(w, static.ProblemPage{Page: base, Text: long}) },
		"demo":    func(w io.Writer) error { return static.RenderDemo(w, static.DemoPage{Page: base, DiskPath: long}) },
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name := strings.TrimPrefix(r.URL.Path, "/")
		if render, ok := pages[name]; ok {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			_ = render(w)
		} else if name == "postil.css" {
			w.Header().Set("Content-Type", "text/css")
			_, _ = w.Write(static.Hashed(name).File.Body)
		}
	}))
	t.Cleanup(server.Close)
	b := browser.NewTab(t)
	b.Do(chromedp.EmulateViewport(320, 800))
	for name := range pages {
		b.Open(server.URL + "/" + name)
		b.Wait(`getComputedStyle(document.documentElement).fontSize`, "17px") // the sheet is there
		b.Wait(`innerWidth + ' ' + (document.documentElement.scrollWidth <= 320) + ' on `+name+`'`, "320 true on "+name)
	}
}

package main

import (
	"context"
	"fmt"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"postil/comments"
	"postil/feeds"
	"postil/static/browser"
)

// page returns the built page at a path.
func (x *example) page(path string) string {
	x.Helper()
	status, body := get(x.T, x.blog+path)
	if status != http.StatusOK {
		x.Fatalf("%s answers %d", path, status)
	}
	return body
}

var (
	feedLink = regexp.MustCompile(`<link rel="alternate" type="application/atom\+xml"[^>]* href="([^"]*)">`)
	anyLink  = regexp.MustCompile(`<a href="([^"]*/thread\.html)">`)
	formLink = regexp.MustCompile(`<a href="([^"]*/comment\?[^"]*)">`)
)

// hasAddresses checks that a page names the very addresses under which the
// service has its documents.
func (x *example) hasAddresses(path string) {
	x.Helper()
	page, err := comments.CanonicalPage(path, nil)
	if err != nil {
		x.Fatal(err)
	}
	body := x.page(path)
	head, _, _ := strings.Cut(body, "</head>")
	for what, c := range map[string]struct {
		in   string
		link *regexp.Regexp
		want string
	}{
		"feed":   {head, feedLink, feeds.URL(x.service.base, x.host, page, feeds.Document{Form: feeds.Atom})},
		"thread": {body, anyLink, feeds.URL(x.service.base, x.host, page, feeds.Document{Form: feeds.HTML})},
		"form":   {body, formLink, x.service.base + "/comment?" + url.Values{"page": {string(page)}, "site": {x.host}}.Encode()},
	} {
		m := c.link.FindStringSubmatch(c.in)
		if m == nil || addressOf(m[1]) != addressOf(c.want) {
			x.Errorf("%s of %s is %q, want %s", what, path, m, c.want)
		}
	}
}

// addressOf undoes what HTML, percent-encoding and the order of a query leave
// open.
func addressOf(link string) string {
	u, err := url.Parse(html.UnescapeString(link))
	if err != nil {
		return err.Error()
	}
	u.RawPath = ""
	query := u.Query()
	if page, err := comments.CanonicalPage(query.Get("page"), nil); err == nil {
		query.Set("page", string(page))
	}
	u.RawQuery = query.Encode()
	return u.String()
}

// shows opens a page with the script, and without. Noise is what the blog
// itself does against the policy.
func (x *example) shows(path, words string, noise ...string) {
	x.Helper()
	tab := browser.NewTab(x.T, noise...)
	tab.Open(x.blog + path)
	tab.Wait("root.querySelector('article')?.textContent.includes('"+words+"')", true)
	tab.AsksOnly(x.blog, x.service.base)
	tab.LeavesNoTrace()
	plain := scriptless(x.T, noise...)
	plain.Open(x.blog + path)
	plain.Press(`postil-thread a[href$="thread.html"]`)
	plain.Do(chromedp.WaitVisible(chromedp.CSS("article .words")))
	plain.Wait("document.body.textContent.includes('"+words+"')", true)
}

// scriptless opens a tab in which pages run no script.
func scriptless(t *testing.T, noise ...string) *browser.Tab {
	t.Helper()
	tab := browser.NewTab(t, noise...)
	tab.Do(chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		_, err := chromedp.Call(ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
		return err
	}))
	return tab
}

// counts opens the list of pages.
func (x *example) counts(page, number string, noise ...string) {
	x.Helper()
	tab := browser.NewTab(x.T, noise...)
	tab.Open(x.blog + "/")
	element := fmt.Sprintf(`document.querySelector('postil-count[page="%s"]')`, page)
	tab.Wait(fmt.Sprintf(`(%s.shadowRoot ?? %[1]s).textContent.includes(%q)`, element, number), true)
	tab.AsksOnly(x.blog, x.service.base)
}

// TestExampleBlogsShowTheirComments builds each example and reads it as people
// do, with the script and without.
func TestExampleBlogsShowTheirComments(t *testing.T) {
	t.Parallel()
	for name := range builders {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			x := buildExample(t, name)
			accented := "/posts/caf%C3%A9/"
			if name == "zola" {
				accented = "/posts/cafe/" // Zola's own way with names of files
			}
			for _, path := range []string{"/posts/first/", accented} {
				x.hasAddresses(path)
				x.service.post(t, x.host, path, "words on "+path[7:10])
				x.shows(path, "words on "+path[7:10])
			}
			x.counts("/posts/first", "1")
		})
	}
}

// TestHugoBuildsCommentsIn looks at a page whose comments were fetched when the
// site was built.
func TestHugoBuildsCommentsIn(t *testing.T) {
	t.Parallel()
	x := buildExample(t, "hugo")
	body := x.page("/posts/built/")
	for _, want := range []string{`<section class="postil"`, "words that are built in &#123;&#123; .Site }}", "1 comment</h2>", `/comment?site=`} {
		if !strings.Contains(body, want) {
			t.Errorf("the page has no %s:\n%s", want, body)
		}
	}
	tab := browser.NewTab(t)
	tab.Open(x.blog + "/posts/built/")
	tab.Do(chromedp.WaitVisible(chromedp.CSS("section.postil article .words")))
}

// TestPureHTMLTakesAComment goes the way without any script on the blog: link,
// button, form, result, thread; and looks into the frame.
func TestPureHTMLTakesAComment(t *testing.T) {
	t.Parallel()
	x := buildExample(t, "html")
	tab := scriptless(t)
	tab.Open(x.blog + "/posts/pure/")
	tab.Press("form button")
	tab.Do(chromedp.SendKeys(chromedp.CSS("textarea[name=body]"), "written by a plain form"))
	tab.Press("button[value=post]")
	tab.Do(chromedp.WaitVisible(chromedp.CSS(`a[href*="/edit"]`)))
	tab.Open(x.blog + "/posts/pure/")
	tab.Press(`a[href$="thread.html"]`)
	tab.Do(chromedp.WaitVisible(chromedp.CSS("article .words")))
	tab.Wait("document.body.textContent.includes('written by a plain form')", true)

	x.service.post(t, x.host, "/posts/framed/", "words in a frame")
	framed := browser.NewTab(t)
	framed.Open(x.blog + "/posts/framed/")
	framed.Wait("frames.length", 1.0)
	framed.AsksOnly(x.blog, x.service.base)
}

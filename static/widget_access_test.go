package static_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/accessibility"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"postil/static/browser"
)

func TestKeyboardAloneIsEnough(t *testing.T) {
	t.Parallel()
	s := newStandin(t, &remark{name: "Ann", html: "<p>One</p>"})
	b := browser.NewTab(t)
	b.Open((&browser.Blog{}).Serve(t, s.URL))
	b.Text(".entry .words", "One")
	press := func(keys string) { t.Helper(); b.Do(chromedp.KeyEvent(keys)) }
	focused := func(css string) {
		t.Helper()
		b.Wait(fmt.Sprintf(`root.activeElement?.matches(%q)`, css), true)
		b.Wait(`getComputedStyle(root.activeElement).outlineStyle`, "solid")
	}
	press(kb.Tab)
	focused(".view")
	press(kb.Tab)
	focused(".when")
	press(kb.Tab)
	focused(".reply")
	press(kb.Enter)
	focused(".branch textarea")
	press("Typed")
	for _, css := range []string{"[name=name]", "[name=website]", ".remember", ".post"} {
		press(kb.Tab)
		focused(".branch " + css)
	}
	press(kb.Enter)
	b.Text(".answers .words", "Typed")
}

// What assistive software is told.
func TestEverythingHasANameAndARole(t *testing.T) {
	t.Parallel()
	s := newStandin(t, &remark{name: "Ann", html: "<p>One</p>"}, &remark{name: "Bob", parent: id(1), html: "<p>Two</p>"})
	b := browser.NewTab(t)
	b.Open((&browser.Blog{}).Serve(t, s.URL))
	b.Text(".entry .words", "One")
	b.Click(".reply")
	b.Wait(`root.querySelectorAll('form').length`, 2.0)
	nodes, err := chromedp.Run(b.Context, chromedp.Action[accessibility.GetFullAXTreeResult](func(ctx context.Context, _ *chromedp.Target) (accessibility.GetFullAXTreeResult, error) {
		return chromedp.Call(ctx, accessibility.GetFullAXTree, accessibility.GetFullAXTreeParams{})
	}))
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]int{}
	for _, n := range nodes.Nodes {
		if n.Ignored || n.Role == nil {
			continue
		}
		name := ""
		if n.Name != nil {
			name = strings.Trim(string(n.Name.Value), `"`)
		}
		role := strings.Trim(string(n.Role.Value), `"`)
		found[role+" "+name]++
		switch role {
		case "button", "link", "textbox", "heading", "region":
			if name == "" {
				t.Errorf("a %s has no name", role)
			}
		}
	}
	for want, n := range map[string]int{
		"region Comments": 1, "heading Comments": 1, "heading Ann": 1, "heading Bob": 1, "article ": 2, "link In reply to Ann": 1,
		"button Reply": 2, "textbox Comment Markdown works": 2, "textbox Name optional; Ann#secret signs your name": 2, "textbox Website optional": 2,
		"button Post comment": 2, "button Preview": 2, "button Cancel": 1, "status ": 3, "heading Reply to Ann": 1, "heading Write a comment": 1,
	} {
		if found[want] != n {
			t.Errorf("%d of %q, want %d, among %v", found[want], want, n, found)
		}
	}
}

func TestNothingIsWiderThanANarrowScreen(t *testing.T) {
	t.Parallel()
	s := newStandin(t)
	long := strings.Repeat("x", 200)
	for i := range 12 {
		parent := ""
		if i > 0 {
			parent = id(i)
		}
		s.add(&remark{name: long[:80], parent: parent, html: "<p>" + long + "</p><pre><code>" + long + "</code></pre><table><tr><td>" + long + "</td></tr></table>"})
	}
	b := browser.NewTab(t)
	b.Do(chromedp.EmulateViewport(360, 800))
	b.Open((&browser.Blog{Element: `<postil-thread site="blog.example" page="/post"></postil-thread>`}).Serve(t, s.URL) + "#comment-" + id(12))
	b.Wait(`root.querySelectorAll('.entry.target').length`, 1.0)
	b.Click(".entry.target .reply")
	b.Wait(`root.querySelectorAll('form').length`, 2.0)
	b.Wait(`document.documentElement.scrollWidth <= innerWidth && innerWidth === 360`, true)
}

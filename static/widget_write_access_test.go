package static_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"postil/static/browser"
)

// composing are the states of the composer, each reached from a blog of its
// own.
var composing = []struct {
	name  string
	reach func(*browser.Tab, *standin)
}{
	{"composer", func(b *browser.Tab, _ *standin) { b.Click(".reply") }},
	{"preview", func(b *browser.Tab, _ *standin) {
		b.Write("[name=body]", "<p>A <em>word</em>, a <code>code</code></p><blockquote><p>Quoted</p></blockquote><ul><li>One</li></ul>")
		b.Click(".buttons button:not(.post)")
		b.Wait(`root.querySelectorAll('.preview li').length`, 1.0)
	}},
	{"error", func(b *browser.Tab, s *standin) {
		s.set(func(s *standin) { s.mail = true })
		b.Write("[name=body]", "wrong name")
		b.Wait(`root.querySelector('[name=email]').checkVisibility()`, true)
		b.Click(".post")
		b.Text("[name=name] + .error", "Name is not what was asked for")
	}},
	{"held", func(b *browser.Tab, s *standin) {
		s.set(func(s *standin) { s.held = true })
		b.Write("[name=body]", "Two")
		b.Click(".post")
		b.Text(".entry .mark", "awaits approval")
	}},
	{"published", func(b *browser.Tab, _ *standin) {
		b.Write("[name=body]", "Two")
		b.Click(".post")
		b.Text(".follow a", "Feed of answers to your comment")
	}},
	{"offline", func(b *browser.Tab, _ *standin) {
		b.Write("[name=body]", "Two")
		connect(b, false)
		b.Click(".post")
		b.Text(".form > .status", queued)
	}},
	{"edit", func(b *browser.Tab, _ *standin) {
		b.Write("[name=body]", "Two")
		b.Click(".post")
		b.Click(".edit")
		b.Wait(`root.querySelectorAll('.branch form').length`, 1.0)
	}},
}

// onComposing opens a blog and brings its composer into a state.
func onComposing(t *testing.T, b *browser.Tab, reach func(*browser.Tab, *standin)) {
	t.Helper()
	s := newStandin(t, &remark{name: "Ann", html: "<p>One</p>"})
	b.Open((&browser.Blog{Element: `<meta name="color-scheme" content="light dark"><postil-thread site="blog.example" page="/post"></postil-thread>`}).Serve(t, s.URL))
	b.Wait(`root?.querySelectorAll('form').length`, 1.0)
	// A colour of the page's own, for axe does not see the browser's.
	b.Eval(`(sheet => { sheet.replaceSync('body { background: Canvas; color: CanvasText }'); document.adoptedStyleSheets.push(sheet); return 0 })(new CSSStyleSheet())`)
	reach(b, s)
}

// screenshot writes what the tab shows into the folder that the variable
// POSTIL_SCREENSHOTS names, for people to look at.
func screenshot(b *browser.Tab, name string) {
	b.Helper()
	dir := os.Getenv("POSTIL_SCREENSHOTS")
	if dir == "" {
		return
	}
	png, err := chromedp.Run(b.Context, chromedp.FullScreenshot(100))
	if err != nil {
		b.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, name+".png"), png, 0o600); err != nil {
		b.Fatal(err)
	}
}

func TestComposerIsAccessible(t *testing.T) {
	t.Parallel()
	for _, scheme := range []string{"light", "dark", "forced"} {
		for some := range slices.Chunk(composing, 4) { // a tab has a minute
			t.Run(scheme+" "+some[0].name, func(t *testing.T) {
				t.Parallel()
				b := browser.NewTab(t, "400 (Bad Request)", "ERR_INTERNET_DISCONNECTED")
				b.Colours(scheme)
				for _, state := range some {
					onComposing(t, b, state.reach)
					b.Wait(`matchMedia('(prefers-color-scheme: dark)').matches + ' ' + matchMedia('(forced-colors: active)').matches`, fmt.Sprint(scheme == "dark", " ", scheme == "forced"))
					b.Accessible(state.name)
					connect(b, true)
				}
				b.Eval(`(root.querySelector('textarea').labels[0].remove(), 0)`)
				if found := b.Inaccessible("a broken form"); !strings.Contains(found, "label") {
					t.Errorf("axe finds nothing wrong with a broken form: %q", found)
				}
			})
		}
	}
}

// WCAG 1.4.10: 320 CSS pixels is what is left of 1280 at 400 %, and of 640 at
// 200 %.
func TestComposerFitsEveryScreen(t *testing.T) {
	t.Parallel()
	for _, scheme := range []string{"light", "dark"} {
		for _, width := range []int64{320, 1280} {
			t.Run(fmt.Sprint(scheme, width), func(t *testing.T) {
				t.Parallel()
				b := browser.NewTab(t, "400 (Bad Request)", "ERR_INTERNET_DISCONNECTED")
				b.Colours(scheme)
				b.Do(chromedp.EmulateViewport(width, 640))
				for _, state := range composing {
					onComposing(t, b, state.reach)
					b.Wait(fmt.Sprintf(`document.documentElement.scrollWidth <= %[1]d && innerWidth === %[1]d`, width), true)
					b.Wait(tooSmall, 0.0)
					screenshot(b, fmt.Sprintf("compose-%s-%s-%d", state.name, scheme, width))
					connect(b, true)
				}
			})
		}
	}
}

// tooSmall counts what is to be pressed and is too small to hit (WCAG 2.5.8).
const tooSmall = `[...root.querySelectorAll('form button, form input')].filter(c => c.checkVisibility() && c.type !== 'checkbox' && c.getBoundingClientRect().height < 24).length`

// What is told is told by elements that were there before, with the role of a
// status: only so it is read out.
func TestWhatHappensIsAnnounced(t *testing.T) {
	t.Parallel()
	s := newStandin(t)
	s.busy = 1
	b := browser.NewTab(t, "503 (Service Unavailable)", "400 (Bad Request)")
	b.Open((&browser.Blog{}).Serve(t, s.URL))
	b.Wait(`root?.querySelectorAll('form').length`, 1.0)
	b.Eval(`(window.said = [], new MutationObserver(all => {
		for (const { target } of all) {
			const told = target.closest?.('[role=status], [aria-live]')?.textContent
			if (told && said.at(-1) !== told) said.push(told)
		}
	}).observe(root, { subtree: true, childList: true }), 0)`)
	b.Write("[name=body]", "wrong page")
	b.Click(".post")
	b.Text(".form > .status", "page is not what was asked for")
	b.Eval(`(root.querySelector('[name=body]').value = '', 0)`)
	b.Write("[name=body]", "One")
	b.Click(".buttons button:not(.post)")
	b.Text(".preview", "One")
	b.Click(".post")
	b.Text(".entry .words", "One")
	b.Wait(`said`, []any{
		"Sending …", "page is not what was asked for", "One moment …", "One",
		"Sending …", "The service is busy. Your comment is sent again in a moment.", "Your comment is published.",
	})
}

// On a slow line the keyboard is at the link before there is a form.
func TestFocusGoesFromTheLinkToTheForm(t *testing.T) {
	t.Parallel()
	s := newStandin(t)
	b := browser.NewTab(t)
	b.Before(`window.IntersectionObserver = class extends IntersectionObserver {
  constructor(tell, options) {
    super((seen, self) => seen[0].target.className === 'compose' ? window.near = () => tell(seen, self) : tell(seen, self), options)
  }
}`)
	b.Open((&browser.Blog{}).Serve(t, s.URL))
	b.Wait(`!!window.near`, true)
	b.Eval(`(root.querySelector('.compose').focus(), near(), 0)`)
	b.Wait(`root.activeElement?.name`, "body")
	b.Write("[name=body]", "One")
	b.Click(".post")
	b.Wait(`root.activeElement?.className`, "entry target")
}

// From the toolbar to what became of the comment, by keyboard alone.
func TestFocusGoesThroughTheComposerInOrder(t *testing.T) {
	t.Parallel()
	s := newStandin(t)
	s.mail = true
	b := browser.NewTab(t)
	b.Open((&browser.Blog{}).Serve(t, s.URL))
	b.Write("[name=body]", "One")
	b.Wait(`root.querySelector('[name=email]').checkVisibility()`, true)
	focused := func(css string) {
		t.Helper()
		b.Wait(fmt.Sprintf(`root.activeElement?.matches(%q)`, css), true)
	}
	b.Do(chromedp.KeyEvent(kb.Tab, chromedp.KeyModifiers(chromedp.ModifierShift)))
	focused(".bold")
	for _, css := range []string{"[name=body]", "[name=name]", "[name=website]", "[name=email]", ".remember", ".post", ".button", ".button:last-child"} {
		b.Do(chromedp.KeyEvent(kb.Tab))
		focused(css)
	}
	b.Do(chromedp.KeyEvent(kb.Tab, chromedp.KeyModifiers(chromedp.ModifierShift)), chromedp.KeyEvent(kb.Tab, chromedp.KeyModifiers(chromedp.ModifierShift)), chromedp.KeyEvent(kb.Enter))
	focused(".entry.target")
	for _, css := range []string{".when", ".reply", ".edit", ".delete", ".follow a"} {
		b.Do(chromedp.KeyEvent(kb.Tab))
		focused(css)
	}
}

package static_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"postil/static/browser"
)

// busy makes a thread with everything that reading can meet.
func busy(t *testing.T) *standin {
	t.Helper()
	long := strings.Repeat("x", 120)
	s := newStandin(t,
		&remark{name: "Ann", badge: "k3jhasdkjfhak", website: "https://ann.example/", pinned: true, html: "<p>A <em>word</em>, <code>code</code>, <a href=\"https://c.example/\">a link</a></p>"},
		&remark{name: "Bob", owner: true, edited: true, parent: id(1), html: "<pre><code>" + long + "</code></pre><blockquote><p>Quoted</p></blockquote>"},
		&remark{name: long, parent: id(2), html: "<p>" + long + "</p>"},
		&remark{gone: true},
		&remark{name: "Cy", parent: id(4), html: "<table><thead><tr><th>One</th><th>Two</th></tr></thead><tbody><tr><td>" + long + "</td><td>2</td></tr></tbody></table>"},
		&remark{name: "Di", html: "<h3>A heading</h3><ul><li>One</li></ul><ol start=\"3\"><li>Three</li></ol>", created: time.Now()})
	s.perPage = 3
	return s
}

// states are what a reader may have reached for.
var states = []struct {
	name  string
	reach func(*browser.Tab)
}{
	{"first view", func(*browser.Tab) {}},
	{"all", func(b *browser.Tab) {
		b.Click(".older")
		b.Wait(`root.querySelectorAll('.words').length`, 5.0)
		b.Click(".view")
		b.Wait(`root.querySelectorAll('.views button').length`, 4.0)
	}},
	{"marked and folded", func(b *browser.Tab) {
		b.Eval(`(location.hash = '#comment-` + id(5) + `', 0)`)
		b.Text(".target .name", "Cy")
		b.Eval(`(root.querySelectorAll('.fold')[0].click(), 0)`)
		b.Wait(`root.querySelector('.fold').ariaExpanded`, "false")
	}},
}

func onReading(t *testing.T, b *browser.Tab, s *standin, reach func(*browser.Tab)) {
	t.Helper()
	b.Open("about:blank")
	b.Open((&browser.Blog{Element: `<meta name="color-scheme" content="light dark"><postil-thread site="blog.example" page="/post"></postil-thread>`}).Serve(t, s.URL))
	b.Wait(`root?.querySelectorAll('.words').length > 0`, true)
	b.Eval(`(sheet => { sheet.replaceSync('body { background: Canvas; color: CanvasText }'); document.adoptedStyleSheets.push(sheet); return 0 })(new CSSStyleSheet())`)
	reach(b)
}

func TestThreadIsAccessible(t *testing.T) {
	t.Parallel()
	for _, scheme := range []string{"light", "dark", "forced"} {
		t.Run(scheme, func(t *testing.T) {
			t.Parallel()
			b := browser.NewTab(t)
			b.Colours(scheme)
			for _, state := range states {
				onReading(t, b, busy(t), state.reach)
				b.Accessible(state.name)
			}
			b.Eval(`(root.querySelector('.view').textContent = '', 0)`)
			if found := b.Inaccessible("a broken thread"); !strings.Contains(found, "button-name") {
				t.Errorf("axe finds nothing wrong with a broken thread: %q", found)
			}
		})
	}
}

// WCAG 1.4.10 and 2.5.8: 320 CSS pixels is what 1280 leave at 400 %, and 640
// at 200 %; what is to be pressed and does not stand in a line of text has at
// least 24.
func TestThreadFitsEveryScreen(t *testing.T) {
	t.Parallel()
	for _, dir := range []string{"ltr", "rtl"} {
		for _, width := range []int64{320, 640, 1280} {
			t.Run(fmt.Sprint(dir, width), func(t *testing.T) {
				t.Parallel()
				b := browser.NewTab(t)
				b.Do(chromedp.EmulateViewport(width, 640))
				for _, state := range states {
					onReading(t, b, busy(t), state.reach)
					b.Eval(fmt.Sprintf(`(document.documentElement.dir = %q, 0)`, dir))
					b.Wait(fmt.Sprintf(`document.documentElement.scrollWidth <= %[1]d && innerWidth === %[1]d`, width), true)
					b.Wait(`[...root.querySelectorAll('button')].filter(c => c.checkVisibility() && (c.offsetHeight < 24 || c.offsetWidth < 24)).map(c => c.className).join()`, "")
				}
			})
		}
	}
}

// Lines, pictures and buttons stand where reading begins.
func TestThreadTurnsWithTheDirectionOfThePage(t *testing.T) {
	t.Parallel()
	b := browser.NewTab(t)
	onReading(t, b, busy(t), states[1].reach)
	const sides = `['.answers', '.fold', '.branch .branch .entry'].map(css => {
	  const inner = root.querySelector(css).getBoundingClientRect(), outer = root.querySelector('.list').getBoundingClientRect()
	  return Math.round(inner.left - outer.left) + ' ' + Math.round(outer.right - inner.right)
	}).join()`
	left := b.Eval(sides).(string)
	b.Eval(`(document.documentElement.dir = 'rtl', 0)`)
	var turned []string
	for _, pair := range strings.Split(left, ",") {
		from, to, _ := strings.Cut(pair, " ")
		turned = append(turned, to+" "+from)
	}
	b.Wait(sides, strings.Join(turned, ","))
}

func TestOlderCommentsAreReachedByKeyboardAndAnnounced(t *testing.T) {
	t.Parallel()
	b := browser.NewTab(t)
	onReading(t, b, busy(t), func(*browser.Tab) {})
	b.Eval(`(window.said = [], new MutationObserver(() => said.push(root.querySelector('.status').textContent)).observe(root.querySelector('.status'), { childList: true }), 0)`)
	for _, css := range []string{".view", ".older"} {
		b.Do(chromedp.KeyEvent(kb.Tab))
		b.Wait(fmt.Sprintf(`root.activeElement?.matches(%q)`, css), true)
	}
	b.Do(chromedp.KeyEvent(kb.Enter))
	b.Wait(`root.querySelectorAll('.words').length`, 5.0)
	b.Wait(`said.join()`, "One moment …,")
	b.Wait(`root.activeElement.className`, "entry") // the button is gone
	b.Wait(`root.querySelector('.status').role`, "status")
}

func TestNothingMovesAndPaperHasWordsOnly(t *testing.T) {
	t.Parallel()
	b := browser.NewTab(t)
	onReading(t, b, busy(t), states[2].reach)
	b.Wait(`document.getAnimations({ subtree: true }).length`, 0.0)
	b.Do(chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: "print"})
		return err
	}))
	b.Wait(`[...root.querySelectorAll('button, form, .compose')].filter(c => c.checkVisibility()).length`, 0.0)
	b.Wait(`root.querySelector('.heading').checkVisibility()`, true)
}

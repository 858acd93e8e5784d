package static_test

import (
	"fmt"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"postil/static/browser"
)

// composer opens a blog whose form has the focus and some words, of which
// those between from and to are selected.
func composer(t *testing.T, words string, from, to int) *browser.Tab {
	t.Helper()
	b := browser.NewTab(t)
	b.Open((&browser.Blog{}).Serve(t, newStandin(t).URL))
	b.Wait(`root?.querySelectorAll('form').length`, 1.0)
	b.Eval(fmt.Sprintf(`(a => { a.value = %q; a.focus(); a.setSelectionRange(%d, %d); return 0 })(root.querySelector('[name=body]'))`, words, from, to))
	return b
}

// marked is the form's text with brackets around what is selected.
const marked = `(a => a.value.slice(0, a.selectionStart) + '«' + a.value.slice(a.selectionStart, a.selectionEnd) + '»' + a.value.slice(a.selectionEnd))(root.querySelector('[name=body]'))`

func TestToolbarMarksWhatIsSelected(t *testing.T) {
	t.Parallel()
	b := composer(t, "one\ntwo three\nfour", 4, 7)
	for _, c := range []struct{ tool, want string }{
		{"bold", "one\n**«two»** three\nfour"},
		{"italic", "one\n_«two»_ three\nfour"},
		{"link", "one\n[«two»](https://) three\nfour"},
		{"code", "one\n`«two»` three\nfour"},
		{"quote", "one\n> two«» three\nfour"},
		{"list", "one\n- two«» three\nfour"},
	} {
		b.Click(".tool." + c.tool)
		b.Wait(marked, c.want)
		b.Wait(`root.activeElement.name`, "body")
		b.Eval(`document.execCommand('undo')`)
		b.Wait(`root.querySelector('[name=body]').value`, "one\ntwo three\nfour")
		b.Eval(`root.querySelector('[name=body]').setSelectionRange(4, 7)`)
	}
	b.Eval(`root.querySelector('[name=body]').setSelectionRange(1, 12)`)
	b.Click(".tool.quote")
	b.Wait(marked, "> one\n> two thre«»e\nfour")
	b.Wait(`JSON.parse(Object.values(sessionStorage)[0]).body`, "> one\n> two three\nfour") // as if it had been typed
}

func TestToolbarUnmarksWhatIsMarked(t *testing.T) {
	t.Parallel()
	for _, tool := range []string{"bold", "italic", "link", "code"} {
		b := composer(t, "one two", 4, 7)
		b.Click(".tool." + tool)
		b.Wait(`root.querySelector('[name=body]').value.length > 7`, true)
		b.Click(".tool." + tool)
		b.Wait(marked, "one «two»")
	}
}

func TestShortcutsMarkWords(t *testing.T) {
	t.Parallel()
	for key, want := range map[string]string{"b": "**«one»**", "i": "_«one»_", "k": "[«one»](https://)"} {
		b := composer(t, "one", 0, 3)
		b.Do(chromedp.KeyEvent(key, chromedp.KeyModifiers(chromedp.ModifierCtrl)))
		b.Wait(marked, want)
	}
}

// A toolbar is one stop for the Tab key; arrows go on from there (ARIA
// Authoring Practices, toolbar pattern).
func TestToolbarIsOneStopForTheKeyboard(t *testing.T) {
	t.Parallel()
	b := composer(t, "one", 0, 3)
	press := func(keys string, modifiers ...chromedp.Modifier) {
		t.Helper()
		b.Do(chromedp.KeyEvent(keys, chromedp.KeyModifiers(modifiers...)))
	}
	focused := func(css string) {
		t.Helper()
		b.Wait(fmt.Sprintf(`root.activeElement?.matches(%q)`, css), true)
	}
	press(kb.Tab, chromedp.ModifierShift)
	focused(".bold")
	press(kb.ArrowLeft)
	focused(".list")
	press(kb.ArrowRight)
	focused(".bold")
	press(kb.ArrowRight)
	focused(".italic")
	press(kb.Tab)
	focused("[name=body]")
	press(kb.Tab, chromedp.ModifierShift)
	focused(".italic")
	b.Eval(`(document.dir = 'rtl', 0)`)
	b.Wait(`[...root.querySelectorAll('.input')].map(i => i.name + ' ' + getComputedStyle(i).direction).join()`, "body rtl,name rtl,website ltr,email ltr")
	press(kb.ArrowLeft)
	focused(".link")
	press(kb.Enter)
	b.Wait(marked, "[«one»](https://)")
	b.Wait(`root.querySelectorAll('.tool[tabindex="0"]').length`, 1.0)
}

// draw draws the mouse over words, from the beginning of a paragraph to the end
// of another.
func draw(b *browser.Tab, from, to int) {
	b.Helper()
	b.Wait(`root.querySelectorAll('form').length`, 1.0) // nothing moves any more
	at := func(paragraph int) (left, right, y float64) {
		r := b.Eval(fmt.Sprintf(`(r => [r.left, r.right, r.top + r.height / 2])((n => { const r = document.createRange(); r.selectNodeContents(n); return r.getBoundingClientRect() })(root.querySelectorAll('.words p')[%d]))`, paragraph)).([]any)
		return r[0].(float64), r[1].(float64), r[2].(float64)
	}
	x1, _, y1 := at(from)
	_, x2, y2 := at(to)
	b.Do(
		chromedp.MouseEvent(chromedp.MousePressed, x1+1, y1, chromedp.ButtonLeft, chromedp.ClickCount(1)),
		chromedp.MouseEvent(chromedp.MouseMoved, x2-1, y2, chromedp.ButtonLeft),
		chromedp.MouseEvent(chromedp.MouseReleased, x2-1, y2, chromedp.ButtonLeft, chromedp.ClickCount(1)))
}

// Browsers take the mouse for a click on what is around both ends.
func TestSelectingAcrossAnswersDoesNothing(t *testing.T) {
	t.Parallel()
	s := newStandin(t, &remark{name: "Ann", html: "<p>1</p>"},
		&remark{name: "Bob", parent: id(1), html: "<p>two</p>"}, &remark{name: "Cy", parent: id(1), html: "<p>three</p>"})
	b := browser.NewTab(t)
	b.Open((&browser.Blog{}).Serve(t, s.URL))
	b.Wait(shown, "1 two three")
	draw(b, 1, 2)
	b.Eval(`(root.querySelector('.view').click(), 0)`) // what is asked for later comes later
	b.Wait(`root.querySelectorAll('.views').length`, 1.0)
	b.Wait(shown, "1 two three")
	b.Wait(`/^two[^]*three$/.test(root.getSelection())`, true)
	b.Click(".answers .reply") // what lies between are buttons and names: no words to be quoted
	b.Wait(`root.querySelector('.answers form [name=body]').value`, "")
}

func TestAnswerQuotesWhatIsSelected(t *testing.T) {
	t.Parallel()
	s := newStandin(t, &remark{name: "Ann", html: "<p>The tea is</p><p>too hot</p>"}, &remark{name: "Bob", html: "<p>Other words</p>"})
	b := browser.NewTab(t)
	b.Open((&browser.Blog{}).Serve(t, s.URL))
	b.Text(".entry .name", "Ann")
	draw(b, 0, 1)
	b.Click(".reply")
	b.Wait(marked, "> The tea is\n> \n> too hot\n\n«»")
	b.Wait(`root.activeElement.name`, "body")
	b.Click(".branch .buttons button:last-child")
	b.Eval(`getSelection().removeAllRanges()`)
	b.Click(".reply")
	b.Wait(`root.querySelectorAll('.branch .form').length`, 1.0) // the form below the thread is empty as well
	b.Wait(marked, "«»")
}

func TestAnswersCanBeFollowedByFeed(t *testing.T) {
	t.Parallel()
	s := newStandin(t)
	b := browser.NewTab(t)
	b.Open((&browser.Blog{}).Serve(t, s.URL))
	b.Write("[name=body]", "One")
	b.Click(".post")
	b.Text(".follow a", "Feed of answers to your comment")
	b.Click(".follow button")
	b.Text(".thread > .status", "The address is copied.")
	b.Wait(`root.querySelector('.follow a').href`, s.URL+"/replies/"+id(1)+"/feed.xml")
	b.Click(".delete")
	b.Wait(`!!root.querySelector('.delete').onblur`, true)
	b.Click(".delete")
	b.Text(".thread > .status", "Your comment is deleted.")
	b.Wait(`root.querySelectorAll('.follow').length`, 0.0)
	s.set(func(s *standin) { s.held = true })
	b.Write("[name=body]", "Two")
	b.Click(".post")
	b.Text(".entry .mark", "awaits approval")
	b.Wait(`root.querySelectorAll('.follow').length`, 0.0) // there is none yet
}

package admin

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"postil/comments"
	"postil/static/browser"
)

// desk is a moderator's tab.
type desk struct {
	*browser.Tab
	w *world
}

// open signs in as a person does: the browser is asked for a password and
// sends it from then on. Here it finds it in the address.
func (w *world) open(t *testing.T, name, path string, expected ...string) *desk {
	t.Helper()
	d := &desk{browser.NewTab(t, expected...), w}
	d.Do(chromedp.EmulateViewport(1280, 800))
	u, err := url.Parse(w.url + path)
	w.must(err)
	u.User = url.UserPassword(name, password)
	d.Open(u.String())
	return d
}

// press types keys as a keyboard does: what a page makes of a key decides
// whether it becomes a letter.
func (d *desk) press(keys string) {
	d.Helper()
	for _, r := range keys {
		events := kb.Encode(r)
		down, up := *events[0], *events[len(events)-1]
		down.Type = kb.KeyRawDown
		if len(events) == 3 {
			down.Type, down.Text = kb.KeyDown, events[1].Text
		}
		call(d.Tab, input.DispatchKeyEvent, down)
		call(d.Tab, input.DispatchKeyEvent, up)
	}
}

// shows waits until a page is there that has its keys.
func (d *desk) shows(title string) {
	d.Helper()
	d.Wait(`document.documentElement.className + ': ' + document.querySelector('h1').innerText`, "keys: "+title)
}

// at waits until the keys are about a comment.
func (d *desk) at(c comments.Comment) {
	d.Helper()
	d.Wait(`document.activeElement?.closest('.card')?.id`, anchor(c.ID))
}

// becomes waits until a comment has a status.
func (d *desk) becomes(c comments.Comment, want comments.Status) {
	d.Helper()
	var got comments.Status
	d.Until(func() bool { got = d.w.stored(c.ID).Status; return got == want }, func() string { return fmt.Sprintf("the comment is %s, want %s", got, want) })
}

func TestKeysAloneAreEnough(t *testing.T) {
	t.Parallel()
	w := start(t)
	var all []comments.Comment
	for i := range 6 {
		all = append([]comments.Comment{w.held(fmt.Sprintf("Number %d", i))}, all...) // newest first, as in the queue
	}
	d := w.open(t, "ann", "/admin/queue")
	d.shows("Queue")
	d.press("a") // about no comment yet
	d.press("j")
	d.at(all[0])
	d.press("j")
	d.at(all[1])
	d.press("k")
	d.at(all[0])
	d.press("k") // there is none before
	d.at(all[0])
	d.press("j")
	d.press("a")
	d.becomes(all[1], comments.Published)
	d.Wait(`document.querySelector('.notice')?.innerText`, "1 comment is published. Look at it")
	d.at(all[2]) // on with the next
	d.press("s")
	d.becomes(all[2], comments.Spam)
	d.at(all[3])
	d.press("x")
	d.Wait(`document.querySelector('[data-count]').textContent`, "1 selected")
	d.Wait(`document.querySelector('[data-all]').indeterminate`, true)
	d.press("x")
	d.Wait(`document.querySelector('[data-count]').textContent`, "Tick comments to decide about them together")
	d.press("d")
	d.shows("Really erase 1 comment?")
	d.press("n")
	d.shows("Queue")
	d.press("j")
	d.press("d")
	d.shows("Really erase 1 comment?")
	d.press("y")
	d.becomes(all[0], comments.Deleted)
	d.at(all[3])
	d.press("o")
	d.shows("Comment by Bob")
	d.press("a") // the page is about one comment
	d.becomes(all[3], comments.Published)
	d.Wait(`document.querySelector('.card .status').innerText`, "published")
	d.shows("Comment by Bob") // the next page, whose words stand before its keys work
	d.press("h")
	d.becomes(all[3], comments.Held)
	for _, c := range all[4:] {
		if got := w.stored(c.ID); got.Status != comments.Held || got.By != "" {
			t.Errorf("a comment that no key was about is %s by %q", got.Status, got.By)
		}
	}
	d.LeavesNoTrace()
}

func TestKeysAreExplainedAndCanBeSwitchedOff(t *testing.T) {
	t.Parallel()
	w := start(t)
	c := w.held("One")
	d := w.open(t, "ann", "/admin/queue")
	d.shows("Queue")
	open := `document.querySelector('#keys').open`
	d.Wait(open, false)
	d.press("?")
	d.Wait(open, true)
	d.press("j") // belongs to the dialog
	d.press(kb.Escape)
	d.Wait(open, false)
	d.Wait(`document.activeElement.closest('.card')`, nil)
	d.press("/")
	d.Wait(`document.activeElement.name`, "text")
	d.press("jasdhx?/")
	d.Wait(`document.activeElement.value`, "jasdhx?/")
	d.Eval(`document.activeElement.blur()`)
	d.press("?")
	d.Wait(open, true)
	d.Press(`[data-keys=off]`)
	d.Wait(open, false)
	d.press("j")
	d.press("a")
	d.Wait(`document.documentElement.className + document.activeElement.tagName`, "BODY")
	if got := w.stored(c.ID); got.Status != comments.Held {
		t.Errorf("a key that is switched off made the comment %s", got.Status)
	}
}

func TestKeysDecideAboutAllThatAreSelected(t *testing.T) {
	t.Parallel()
	w := start(t)
	third, second, first := w.held("Third"), w.held("Second"), w.held("First")
	d := w.open(t, "ann", "/admin/queue")
	d.shows("Queue")
	d.press("jxjjx")
	d.at(third)
	d.Wait(`document.querySelector('[data-count]').textContent`, "2 selected")
	d.press("k") // the selection counts, not the focus
	d.press("h") // nothing that waits can be held
	d.press("s")
	d.Wait(`document.querySelector('.notice')?.innerText`, "2 comments are spam now.")
	d.becomes(first, comments.Spam)
	d.becomes(third, comments.Spam)
	if got := w.stored(second.ID); got.Status != comments.Held || got.By != "" {
		t.Errorf("what was not selected is %s by %q", got.Status, got.By)
	}
	d.shows("Queue")
	d.press("a") // nothing is selected, and nothing has the focus
	d.press("j")
	d.at(second)
}

func TestAllOnThePageAreSelectedAtOnce(t *testing.T) {
	t.Parallel()
	w := start(t)
	for i := range 3 {
		w.held(fmt.Sprint("Number ", i))
	}
	d := w.open(t, "ann", "/admin/queue")
	d.Press(`[data-all]`)
	d.Wait(`document.querySelector('[data-count]').textContent`, "3 selected")
	d.Press(`.bulk .do-spam`)
	d.Wait(`document.querySelector('.notice')?.innerText`, "3 comments are spam now.")
	d.Wait(`document.querySelector('.empty').innerText`, "Nothing waits for a decision.")
}

// withoutScript switches JavaScript off.
func withoutScript(d *desk) {
	d.Helper()
	call(d.Tab, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
}

func TestEverythingWorksWithoutJavaScript(t *testing.T) {
	t.Parallel()
	w := start(t)
	first, second, third := w.held("First"), w.held("Second"), w.held("Third")
	d := w.open(t, "root", "/admin/queue", "400 (Bad Request)")
	withoutScript(d)
	d.Open(w.url + "/admin/queue")
	css := func(s string) chromedp.CSS { return chromedp.CSS(s) }
	card := func(c comments.Comment) string { return "#" + anchor(c.ID) }
	d.Wait(`document.documentElement.className + document.querySelector('.option.all').hidden + getComputedStyle(document.querySelector('kbd')).display`, "truenone")
	d.Press(card(first) + " .do-approve")
	d.Do(chromedp.WaitVisible(css(".notice")))
	d.becomes(first, comments.Published)
	d.Press(card(second) + " .tick input")
	d.Press(card(third) + " .tick input")
	d.Press(".bulk .do-erase")
	d.Do(chromedp.WaitVisible(css(".quotes")))
	screenshot(d.Tab, "confirm-1280-light")
	d.Wait(`document.querySelector('h1').innerText`, "Really erase 2 comments?")
	d.Press("button.grave")
	d.Do(chromedp.WaitVisible(css(".notice")))
	d.becomes(second, comments.Deleted)
	d.becomes(third, comments.Deleted)

	d.Open(w.url + "/admin/sites/blog.example")
	d.Press(`input[name=policy][value=hold-all]`)
	d.Do(chromedp.SendKeys(css(`[name=words]`), "casino\n/[unclosed/"))
	d.Press(`button[value=save]`)
	d.Wait(`document.querySelector('#f-words-problem')?.innerText.includes('entry 2')`, true)
	screenshot(d.Tab, "fault-1280-light")
	d.Wait(`document.querySelector('[name=policy]:checked').value + document.querySelector('[name=words]').value`, "hold-allcasino\n/[unclosed/")
	d.Do(chromedp.SetValue(css(`[name=words]`), "casino"))
	d.Press(`button[value=save]`)
	d.Wait(`document.querySelector('.notice')?.innerText`, "Saved.")
	if got := w.site("blog.example").Settings; got.Policy != comments.PolicyHoldAll || len(got.Words) != 1 {
		t.Errorf("stored is %+v", got)
	}
	d.AsksOnly(w.url, strings.Replace(w.url, "://", "://root:correct%20horse%20battery@", 1), "data:image")
}

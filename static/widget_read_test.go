package static_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"postil/static/browser"
)

// shown lists the words of the comments that can be seen, in their order.
const shown = `[...root.querySelectorAll('.words')].filter(w => w.checkVisibility()).map(w => w.innerText).join(' ')`

func TestFirstViewAsksForScriptAndFeedOnly(t *testing.T) {
	t.Parallel()
	s := newStandin(t, &remark{name: "Ann", html: "<p>1</p>"}, &remark{parent: id(1), html: "<p>2</p>"})
	s.closed = true // else the form is near, and what writes is fetched
	b := browser.NewTab(t)
	b.Open((&browser.Blog{}).Serve(t, s.URL))
	b.Wait(shown, "1 2")
	b.Wait(`document.readyState`, "complete")
	b.Eval(`(window.idle = 0, requestIdleCallback(() => window.idle = 1), 0)`)
	b.Wait(`window.idle`, 1.0)
	if got := s.all(); len(got) != 2 {
		t.Errorf("the first view took %q", got)
	}
	b.LeavesNoTrace()
}

func TestAnswersFoldByPointerAndKeyboard(t *testing.T) {
	t.Parallel()
	s := newStandin(t,
		&remark{name: "Ann", html: "<p>1</p>"}, &remark{name: "Bob", parent: id(1), html: "<p>2</p>"},
		&remark{name: "Cy", parent: id(2), html: "<p>3</p>"}, &remark{name: "Di", html: "<p>4</p>"})
	url := (&browser.Blog{}).Serve(t, s.URL)
	b := browser.NewTab(t)
	b.Open(url)
	b.Wait(shown, "1 2 3 4")
	b.Wait(`[...root.querySelectorAll('.fold')].map(f => f.checkVisibility()).join()`, "true,true,false,false")
	b.Wait(`root.querySelector('.fold').ariaLabel + root.querySelector('.fold').ariaExpanded`, "Answerstrue")
	b.Click(".fold")
	b.Wait(shown, "1 4")
	b.Wait(`root.querySelector('.fold').ariaExpanded + root.querySelector('.fold').innerText`, "false2")
	b.Wait(`root.activeElement.className`, "fold")
	b.Do(chromedp.KeyEvent(kb.Enter))
	b.Wait(shown, "1 2 3 4")
	// The line beside answers folds them too.
	b.Eval(`(l => l.click())(root.querySelectorAll('.answers')[1])`)
	b.Wait(shown, "1 2 4")
	b.Eval(`location.hash = '#comment-` + id(3) + `'`)
	b.Wait(shown, "1 2 3 4")
	b.Text(".target .words", "3")
	b.Click(".fold")
	b.Wait(shown, "1 4")
	b.LeavesNoTrace()
	b.Open(url + "?again")
	b.Wait(shown, "1 2 3 4")
}

func TestCommentsCanBeReadInOtherOrders(t *testing.T) {
	t.Parallel()
	at := func(minute int) time.Time { return time.Date(2026, 11, 22, 13, minute, 0, 0, time.UTC) }
	s := newStandin(t,
		&remark{name: "Ann", html: "<p>a</p>", created: at(1)}, &remark{name: "Bob", html: "<p>b</p>", created: at(2)},
		&remark{name: "Cy", parent: id(1), html: "<p>c</p>", created: at(3)}, &remark{name: "Di", parent: id(3), html: "<p>d</p>", created: at(5)},
		&remark{name: "Ed", html: "<p>e</p>", created: at(4)})
	b := browser.NewTab(t)
	b.Open((&browser.Blog{}).Serve(t, s.URL))
	b.Wait(shown, "a c d b e")
	b.Wait(`root.querySelectorAll('.order').length`, 0.0)
	b.Click(".view")
	b.Wait(`[...root.querySelectorAll('.views button')].map(b => b.innerText + ' ' + b.ariaPressed).join()`,
		"By thread true,Oldest first false,Newest first false,Mark new comments on this device false")
	b.Wait(`root.querySelector('.view').ariaExpanded`, "true")
	order := func(n int, words string) {
		t.Helper()
		b.Click(fmt.Sprintf(".order:nth-child(%d)", n))
		b.Wait(shown, words)
		b.Wait(`[...root.querySelectorAll('.order')].findIndex(b => b.ariaPressed === 'true')`, float64(n-1))
	}
	order(2, "a b c e d")
	order(3, "d e c b a")
	order(1, "a c d b e")
	order(3, "d e c b a")
	// What is written now finds its place too.
	b.Write("[name=body]", "new")
	b.Click(".post")
	b.Wait(shown, "new d e c b a")
	b.Click(".view")
	b.Wait(`root.querySelector('.views').checkVisibility()`, false)
	b.LeavesNoTrace("postil:" + id(6))
}

func TestDatesAreRelativeAndExact(t *testing.T) {
	t.Parallel()
	now := time.Now()
	ago := func(d time.Duration) *remark {
		return &remark{name: "Ann", html: "<p>1</p>", created: now.Add(-d)}
	}
	day := 24 * time.Hour
	s := newStandin(t, ago(10*time.Second), ago(5*time.Minute+time.Second), ago(3*time.Hour+time.Minute), ago(day+time.Hour),
		ago(2*7*day+time.Hour), ago(70*day), ago(800*day), ago(-time.Hour))
	b := browser.NewTab(t)
	b.Before(fmt.Sprintf(`Date.now = () => %d`, now.UnixMilli())) // however long it takes
	b.Open((&browser.Blog{}).Serve(t, s.URL))
	b.Wait(`[...root.querySelectorAll('time')].map(t => t.innerText).join(', ')`,
		"this minute, 5 minutes ago, 3 hours ago, yesterday, 2 weeks ago, 2 months ago, 2 years ago, this minute")
	b.Wait(`(t => t.title === new Date(t.dateTime).toLocaleString('en', { dateStyle: 'long', timeStyle: 'short' }) && t.dateTime)(root.querySelector('time'))`,
		s.stored()[0].at().Format(time.RFC3339))
}

func TestLettersMoveTheFocusWithinTheThreadOnly(t *testing.T) {
	t.Parallel()
	s := newStandin(t,
		&remark{name: "Ann", html: "<p>1</p>"}, &remark{name: "Bob", parent: id(1), html: "<p>2</p>"}, &remark{name: "Cy", html: "<p>3</p>"})
	b := browser.NewTab(t)
	b.Open((&browser.Blog{}).Serve(t, s.URL))
	b.Wait(shown, "1 2 3")
	press := func(keys string) { t.Helper(); b.Do(chromedp.KeyEvent(keys)) }
	at := func(words string) {
		t.Helper()
		b.Wait(`root.activeElement?.querySelector('.words')?.innerText`, words)
	}
	press("j") // the host's, not ours
	b.Wait(`document.activeElement.localName`, "body")
	press(kb.Tab)
	b.Wait(`root.activeElement.className`, "view")
	press("j")
	at("1")
	press("j")
	at("2")
	press("j")
	at("3")
	press("j") // there is nothing below
	at("3")
	press("k")
	at("2")
	b.Click(".fold")
	press("j")
	at("3")
	press("k")
	at("1")
	b.Wait(`root.querySelector('section').getAttribute('aria-keyshortcuts')`, "J K")
	b.Write("[name=body]", "jk")
	b.Wait(`root.querySelector('[name=body]').value + root.activeElement.name`, "jkbody")
}

func TestNamesOfOldFindImportedComments(t *testing.T) {
	t.Parallel()
	s := newStandin(t)
	for i := range 40 {
		s.add(&remark{name: "Ann", html: fmt.Sprintf("<p>%d</p>", i+1)})
	}
	s.comments[4].was, s.comments[32].was = "isso-5", "comment-33"
	s.perPage = 10
	url := (&browser.Blog{}).Serve(t, s.URL)
	b := browser.NewTab(t)
	b.Open(url + "#comment-33")
	b.Text(".target .words", "33")
	if n := s.asked("GET /feeds/blog.example/post/feed-2.xml"); n != 0 {
		t.Errorf("an older document was fetched %d times without need", n)
	}
	b.Eval(`location.hash = '#isso-5'`)
	b.Text(".target .words", "5")
	// What is on the page, or no name of a comment, is none of ours.
	s.set(func(s *standin) { s.requests = nil })
	b.Eval(`(document.querySelector('h1').id = 'part-1', location.hash = '#part-1', location.hash = '#/route/2', 0)`)
	b.Eval(`(window.idle = 0, requestIdleCallback(() => window.idle = 1), 0)`)
	b.Wait(`window.idle`, 1.0)
	b.Text(".target .words", "5")
	if got := s.all(); len(got) != 0 {
		t.Errorf("fragments of the page's own led to %q", got)
	}
}

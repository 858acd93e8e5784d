package static_test

import (
	"testing"
	"time"

	"postil/static/browser"
)

// hurried makes a page's long waits a two hundredth of what they are, and lets
// a test hide it.
const hurried = `{
  const wait = setTimeout
  window.setTimeout = (f, ms, ...rest) => wait(f, ms >= 5000 ? ms / 200 : ms, ...rest)
  Object.defineProperty(document, 'hidden', { get: () => !!window.away })
}`

const feedPath = "/feeds/blog.example/post/feed.xml"

// unchanged counts the answers that said that nothing is new.
func (s *standin) unchanged() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.seen)
}

func TestNewEditedAndDeletedCommentsAppearByThemselves(t *testing.T) {
	t.Parallel()
	s := newStandin(t,
		&remark{name: "Ann", html: "<p>1</p>"}, &remark{name: "Bob", parent: id(1), html: "<p>2</p>"}, &remark{name: "Cy", html: "<p>3</p>"})
	b := browser.NewTab(t)
	b.Before(hurried)
	b.Open((&browser.Blog{}).Serve(t, s.URL))
	b.Wait(shown, "1 2 3")
	b.Until(func() bool { return s.unchanged() > 1 }, func() string { return "the feed is not asked for again, or not conditionally" })
	b.Eval(`(window.first = root.querySelector('.entry'), first.focus(), 0)`)
	s.set(func(s *standin) {
		s.add(&remark{name: "Di", parent: id(3), html: "<p>4</p>"})
		s.add(&remark{name: "Ed", html: "<p>5</p>"})
	})
	b.Wait(shown, "1 2 3 4 5")
	b.Text(".status", "New comments: 2")
	b.Wait(`[...root.querySelectorAll('.fresh')].map(m => m.innerText).join()`, "new,new")
	b.Wait(`root.activeElement === window.first && first.isConnected`, true)
	s.set(func(s *standin) {
		s.comments[0].html, s.comments[0].edited, s.comments[0].version = "<p>one</p>", true, 1
		s.comments[2].gone, s.comments[2].version = true, 1 // answered
		s.comments[4].gone, s.comments[4].version = true, 1 // not answered
	})
	b.Wait(shown, "one 2 4")
	b.Wait(`root.querySelectorAll('.gone').length + root.querySelector('.mark').innerText`, "1edited")
	b.Wait(`root.activeElement === window.first`, true)
	// Of one that is being answered its place stays.
	b.Click(".answers .reply")
	b.Wait(`root.querySelectorAll('.branch form').length`, 1.0)
	s.set(func(s *standin) { s.comments[1].gone, s.comments[1].version = true, 1 })
	b.Wait(shown, "one 4")
	b.Wait(`root.querySelectorAll('.branch form').length`, 1.0)
	b.Wait(`root.activeElement.name`, "body")
	b.LeavesNoTrace()
}

func TestNobodyAsksForWhatNobodySees(t *testing.T) {
	t.Parallel()
	s := newStandin(t, &remark{name: "Ann", html: "<p>1</p>"})
	b := browser.NewTab(t)
	b.Before(hurried)
	b.Open((&browser.Blog{}).Serve(t, s.URL))
	b.Wait(shown, "1")
	b.Until(func() bool { return s.unchanged() > 0 }, func() string { return "the feed is not asked for again" })
	b.Eval(`(window.away = true, window.waited = 0, setTimeout(() => window.waited = 1, 400_000), 0)`)
	asked := s.unchanged()
	b.Wait(`window.waited`, 1.0)
	if got := s.unchanged(); got > asked+1 { // one may have been under way
		t.Errorf("a hidden page asked %d times", got-asked)
	}
	s.set(func(s *standin) { s.add(&remark{name: "Bob", html: "<p>2</p>"}) })
	b.Eval(`(window.away = false, 0)`)
	b.Wait(shown, "1 2")
	// Nor does one whose thread has been taken away.
	b.Eval(`(window.taken = document.querySelector('postil-thread'), taken.remove(), window.waited = 0, setTimeout(() => window.waited = 1, 400_000), 0)`)
	asked = s.asked("GET " + feedPath)
	b.Wait(`window.waited`, 1.0)
	if got := s.asked("GET " + feedPath); got > asked+1 {
		t.Errorf("a thread that was taken away asked %d times", got-asked)
	}
	s.set(func(s *standin) { s.add(&remark{name: "Cy", html: "<p>3</p>"}) })
	b.Eval(`(document.body.append(window.taken), 0)`)
	b.Wait(shown, "1 2 3")
}

func TestFeedThatStaysTheSameIsAskedForLessOften(t *testing.T) {
	t.Parallel()
	s := newStandin(t, &remark{name: "Ann", html: "<p>1</p>"})
	b := browser.NewTab(t)
	b.Before(hurried + `; { const wait = setTimeout; window.waits = []; window.setTimeout = (f, ms, ...rest) => { if (ms >= 5000) waits.push(ms); return wait(f, ms, ...rest) } }`)
	b.Open((&browser.Blog{}).Serve(t, s.URL))
	b.Wait(`window.waits.slice(0, 4).join()`, "60000,120000,240000,480000")
	s.set(func(s *standin) { s.add(&remark{name: "Bob", html: "<p>2</p>"}) })
	b.Wait(shown, "1 2")
	b.Wait(`window.waits.lastIndexOf(60000) > 0`, true)
}

func TestNewCommentsSinceTheLastVisitAreMarkedForThoseWhoAsk(t *testing.T) {
	t.Parallel()
	at := func(minute int) time.Time { return time.Date(2026, 11, 22, 14, minute, 0, 0, time.UTC) }
	s := newStandin(t, &remark{name: "Ann", html: "<p>1</p>", created: at(1)})
	url := (&browser.Blog{}).Serve(t, s.URL)
	b := browser.NewTab(t)
	visit := func(words string) {
		t.Helper()
		b.Open("about:blank")
		b.Open(url)
		b.Wait(shown, words)
	}
	visit("1")
	s.set(func(s *standin) { s.add(&remark{name: "Bob", html: "<p>2</p>", created: at(2)}) })
	visit("1 2")
	b.LeavesNoTrace()
	b.Click(".view")
	b.Click(".marks")
	b.Wait(`root.querySelector('.marks').ariaPressed + root.querySelector('.status').innerText.slice(0, 20)`, "trueFrom your next visit")
	b.LeavesNoTrace("postil:visits")
	b.Wait(`localStorage['postil:visits']`, `{"blog.example/post":"2026-11-22T14:02:00Z"}`)
	s.set(func(s *standin) {
		s.add(&remark{name: "Cy", parent: id(1), html: "<p>3</p>", created: at(3)})
		s.add(&remark{name: "Di", html: "<p>4</p>", created: at(4)})
	})
	visit("1 3 2 4")
	b.Text(".status", "New since your last visit: 2")
	b.Wait(`[...root.querySelectorAll('.fresh')].map(m => m.closest('.entry').querySelector('.words').innerText).join()`, "3,4")
	visit("1 3 2 4")
	b.Wait(`root.querySelectorAll('.marks').length + root.querySelectorAll('.fresh').length`, 1.0)
	b.Click(".view")
	b.Click(".marks")
	b.Text(".status", "How far you had read is forgotten.")
	b.LeavesNoTrace()
}

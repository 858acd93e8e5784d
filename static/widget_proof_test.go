package static_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"postil/static"
	"postil/static/browser"
)

func TestProofOfWorkIsDoneWhileTyping(t *testing.T) {
	t.Parallel()
	s := newStandin(t)
	s.hard = 20_000
	b := browser.NewTab(t)
	b.Open((&browser.Blog{}).Serve(t, s.URL))
	b.Wait(`root.querySelectorAll('[name=body]').length`, 1.0)
	const asked = "GET /api/v1/challenge"
	if s.asked(asked) > 0 {
		t.Error("a challenge is asked for before anybody types")
	}
	b.Write("[name=body]", "One")
	b.Until(func() bool { return s.asked(asked) == 1 }, func() string { return "no challenge is asked for" })
	b.Write("[name=body]", " and more")
	b.Click(".post")
	b.Text(".entry .words", "One and more")
	b.Write("[name=body]", "Two")
	b.Click(".post")
	b.Wait(`root.querySelectorAll('.entry').length`, 2.0)
	all := s.stored()
	if !all[0].proved || !all[1].proved || s.asked(asked) != 2 {
		t.Errorf("proved: %v and %v, with %d challenges", all[0].proved, all[1].proved, s.asked(asked))
	}
}

// However hard the work, it leaves the page to its reader.
func TestTypingGoesOnWhileTheWorkIsDone(t *testing.T) {
	t.Parallel()
	s := newStandin(t)
	s.hard = 1_000_000_000_000 // never done
	b := browser.NewTab(t)
	b.Open((&browser.Blog{}).Serve(t, s.URL))
	b.Write("[name=body]", "One")
	b.Until(func() bool { return s.asked("GET /api/v1/challenge") == 1 }, func() string { return "no challenge is asked for" })
	b.Write("[name=body]", " and more")
	b.Click(".buttons button:not(.post)")
	b.Text(".preview", "One and more")
	if n := len(s.stored()); n != 0 {
		t.Errorf("%d comments", n)
	}
}

// The work pauses whenever the clock says that a slice of five milliseconds is
// over, so that no task is long enough to be felt. The clock of this test goes
// on by one millisecond whenever it is looked at: it is not the machine that is
// measured. How long tasks really were is told, not judged.
func TestWorkIsDoneInShortSlices(t *testing.T) {
	t.Parallel()
	s := newStandin(t)
	s.hard = 20_000
	b := browser.NewTab(t)
	b.Before(`{
		let now = 0, looks = 0
		const later = setTimeout
		Object.assign(window, { most: 0, slices: 0, long: [] })
		performance.now = () => { most = Math.max(most, ++looks); return ++now }
		window.setTimeout = (work, ...rest) => later(() => { looks = 0; slices++; work() }, ...rest)
		new PerformanceObserver(list => long.push(...list.getEntries().map(e => Math.round(e.duration)))).observe({ type: 'longtask' })
	}`)
	b.Open((&browser.Blog{}).Serve(t, s.URL))
	b.Write("[name=body]", "One")
	b.Click(".post")
	b.Text(".entry .words", "One")
	if !s.stored()[0].proved {
		t.Error("no work was done")
	}
	b.Wait(`slices > 10 && most > 2 && most <= 7`, true)
	t.Logf("%v slices; tasks above 50 ms: %v", b.Eval(`slices`), b.Eval(`long`))
}

// An edit needs none, and is not kept waiting for one.
func TestEditNeedsNoProof(t *testing.T) {
	t.Parallel()
	s := newStandin(t)
	b := browser.NewTab(t)
	b.Open((&browser.Blog{}).Serve(t, s.URL))
	b.Write("[name=body]", "One")
	b.Click(".post")
	b.Click(".edit")
	b.Write(".branch [name=body]", " more")
	b.Click(".branch .post")
	b.Text(".entry .words", "One more")
	if n := s.asked("GET /api/v1/challenge"); n != 1 {
		t.Errorf("%d challenges", n)
	}
}

// Where there is no challenge to be had, a comment goes without, and a
// moderator decides.
func TestCommentGoesWithoutAProofThatCannotBeHad(t *testing.T) {
	t.Parallel()
	s := newStandin(t)
	s.hard, s.held = -1, true
	b := browser.NewTab(t, "503 (Service Unavailable)")
	b.Open((&browser.Blog{}).Serve(t, s.URL))
	b.Write("[name=body]", "One")
	b.Click(".post")
	b.Text(".entry .mark", "awaits approval")
	if c := s.stored()[0]; c.proved {
		t.Errorf("%+v", c)
	}
}

// The first try had arrived although its answer did not, and what was typed
// since is another comment.
func TestWordsChangedAfterALostAnswerAreAnotherComment(t *testing.T) {
	t.Parallel()
	s := newStandin(t)
	s.lose = true
	b := browser.NewTab(t, "ERR_EMPTY_RESPONSE", "409 (Conflict)")
	b.Open((&browser.Blog{}).Serve(t, s.URL))
	b.Write("[name=body]", "Once")
	b.Click(".post")
	b.Text(".form > .status", "The service did not answer. Your words are still here; please try again.")
	s.set(func(s *standin) { s.lose = false })
	b.Write("[name=body]", " more")
	b.Click(".post")
	b.Text(".entry .words", "Once more")
	all := s.stored()
	if len(all) != 2 || all[0].key == all[1].key || !all[1].proved {
		t.Errorf("stored: %+v", all)
	}
}

// What writes is checked by the hash that stands in the script: blogs check
// the one, and by it the other.
func TestWritingPartIsCheckedByItsHash(t *testing.T) {
	t.Parallel()
	s := newStandin(t, &remark{name: "Ann", html: "<p>One</p>"})
	changed := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == static.Hashed("postil.write.js").Path {
			w.Header().Set("Content-Type", "text/javascript")
			w.Header().Set("Access-Control-Allow-Origin", "*")
			_, _ = fmt.Fprint(w, "export class Desk { form() { return Object.assign(document.createElement('p'), { id: 'evil' }) } }")
			return
		}
		s.Config.Handler.ServeHTTP(w, r)
	}))
	t.Cleanup(changed.Close)
	b := browser.NewTab(t, "integrity")
	b.Open((&browser.Blog{}).Serve(t, changed.URL))
	b.Text(".entry .words", "One")
	b.Click(".reply")
	b.Text(".thread > .status", "The service did not answer; please try again.")
	b.Wait(`root.querySelectorAll('form, #evil').length`, 0.0)
	b.Wait(`root.querySelector('.compose').getAttribute('href')`, s.URL+"/comment?site=blog.example&page=%2Fpost")
}

func TestWritingPartIsFetchedByThoseWhoGetThere(t *testing.T) {
	t.Parallel()
	s := newStandin(t)
	for i := range 60 {
		s.add(&remark{name: "Ann", html: fmt.Sprintf("<p>%d</p>", i+1)})
	}
	b := browser.NewTab(t)
	b.Open((&browser.Blog{}).Serve(t, s.URL))
	b.Wait(`root?.querySelectorAll('.entry').length`, 60.0)
	b.Wait(`root.querySelector('.compose').innerText`, "Write a comment")
	fetched := "GET " + static.Hashed("postil.write.js").Path
	if n := s.asked(fetched); n != 0 {
		t.Errorf("fetched %d times before anybody wants to write", n)
	}
	b.Eval(`root.querySelector('.compose').scrollIntoView()`)
	b.Wait(`root.querySelectorAll('form').length`, 1.0)
	b.Wait(`document.querySelectorAll('link[rel=modulepreload]').length`, 0.0)
	b.Click(".reply")
	b.Wait(`root.querySelectorAll('form').length`, 2.0)
	if n := s.asked(fetched); n != 1 {
		t.Errorf("fetched %d times", n)
	}
}

func TestAddressIsAskedForWhereThereIsMail(t *testing.T) {
	t.Parallel()
	s := newStandin(t)
	b := browser.NewTab(t)
	b.Open((&browser.Blog{}).Serve(t, s.URL))
	b.Write("[name=body]", "One")
	b.Click(".post")
	b.Text(".entry .words", "One")
	b.Wait(`root.querySelector('[name=email]').checkVisibility()`, false)
	s.set(func(s *standin) { s.mail = true })
	b.Write("[name=body]", "Two")
	b.Wait(`root.querySelector('[name=email]').checkVisibility()`, true)
	b.Write("[name=email]", "bob@reader.example")
	b.Click(".post")
	b.Text(".thread > .status", "Your comment is published. A mail asks you to confirm your address.")
	b.Wait(`root.querySelector('[name=email]').value`, "")
	if all := s.stored(); all[0].email != "" || all[1].email != "bob@reader.example" {
		t.Errorf("stored: %+v", all)
	}
	b.Wait(`JSON.stringify(localStorage).includes('reader.example')`, false)
}

func TestMarksAndPicturesAreShown(t *testing.T) {
	t.Parallel()
	const badge = "k3jd8abcdefgh"
	s := newStandin(t,
		&remark{name: "Ann", badge: badge, owner: true, pinned: true, edited: true, html: "<p>One</p>"},
		&remark{name: "Bob", html: "<p>Two</p>"})
	b := browser.NewTab(t)
	b.Open((&browser.Blog{}).Serve(t, s.URL))
	b.Wait(`[...root?.querySelectorAll('.mark')].map(m => m.innerText)`, []any{"owner", "pinned", "edited"})
	b.Wait(`[...root.querySelectorAll('.badge')].map(m => m.innerText + ' ' + m.title)`, []any{"k3jd8 Signed name, badge " + badge})
	b.Wait(`root.querySelectorAll('.face').length`, 1.0)
	b.Wait(`(face => face.getAttribute('aria-hidden') + ' ' + getComputedStyle(face).width)(root.querySelector('.face'))`, "true 20px")
}

// Both draw the same: the service in its files, the script by itself.
func TestPicturesAreThoseOfTheService(t *testing.T) {
	t.Parallel()
	s := newStandin(t)
	var want []any
	for i := range 20 {
		badge := badgeOf(strings.Repeat("x", i%7) + fmt.Sprint(i*7919))
		s.add(&remark{name: "Ann", badge: badge, html: "<p>One</p>"})
		want = append(want, strings.Replace(static.Identicon(badge), "/></svg>", "></path></svg>", 1))
	}
	b := browser.NewTab(t)
	b.Open((&browser.Blog{}).Serve(t, s.URL))
	b.Wait(`[...root?.querySelectorAll('.face')].map(f => new XMLSerializer().serializeToString(f).replace('/></svg>', '></path></svg>'))`, want)
}

func TestSecretOfASignedNameIsNotShown(t *testing.T) {
	t.Parallel()
	s := newStandin(t)
	b := browser.NewTab(t)
	b.Open((&browser.Blog{}).Serve(t, s.URL))
	b.Write("[name=body]", "One")
	b.Write("[name=name]", "Ann#hush")
	b.Click(".post")
	b.Text(".entry .name", "Ann")
	b.Text(".entry .badge", "husha")
	b.Wait(`root.querySelector('.list').innerHTML.includes('#hush')`, false)
	b.Wait(`JSON.stringify(localStorage).includes('#hush')`, false)
	b.Wait(`root.querySelector('[name=name]').value`, "Ann#hush") // for the next, while the page is open
}

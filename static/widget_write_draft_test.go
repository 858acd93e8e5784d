package static_test

import (
	"testing"

	"postil/static/browser"
)

// kept is what the browser keeps of a draft: its words, what else is known of
// it, and all that stays when the tab is closed.
const kept = `(draft => [draft?.body, draft && Object.keys(draft).join(), document.cookie + Object.entries(localStorage).join()])` +
	`(JSON.parse(Object.values(sessionStorage)[0] ?? 'null'))`

func TestDraftOutlivesAReload(t *testing.T) {
	t.Parallel()
	s := newStandin(t, &remark{name: "Ann", html: "<p>One</p>"})
	url := (&browser.Blog{}).Serve(t, s.URL)
	b := browser.NewTab(t)
	b.Open(url)
	b.Text(".entry .words", "One")
	b.Write("[name=body]", "Half a")
	b.Write("[name=name]", "Bob#hush")
	b.Click(".reply")
	b.Write(".branch [name=body]", "An answer")
	b.Wait(`Object.values(sessionStorage).map(v => JSON.parse(v).body).sort()`, []any{"An answer", "Half a"})
	b.Wait(`JSON.stringify([localStorage, sessionStorage]).includes('Bob')`, false)
	b.Open(url)
	b.Wait(`root?.querySelector('[name=body]')?.value`, "Half a")
	b.Wait(`root.querySelector('[name=name]').value`, "")
	b.Click(".reply")
	b.Wait(`root.querySelector('.branch [name=body]').value`, "An answer")
	b.Write(".thread > .form [name=body]", " thought")
	b.Click(".thread > .form .post")
	b.Wait(`[...root.querySelectorAll('.words')].map(w => w.innerText)`, []any{"One", "Half a thought"})
	b.Click(".branch .buttons button:last-child")
	b.Wait(`sessionStorage.length`, 0.0)
}

func TestDraftOfAnEditIsKeptToo(t *testing.T) {
	t.Parallel()
	s := newStandin(t)
	url := (&browser.Blog{}).Serve(t, s.URL)
	b := browser.NewTab(t)
	b.Open(url)
	b.Write("[name=body]", "One")
	b.Click(".post")
	b.Click(".edit")
	b.Write(".branch [name=body]", " and more")
	b.Open(url)
	b.Wait(`root?.querySelector('[name=body]')?.value`, "")
	b.Click(".edit")
	b.Wait(`root.querySelector('.branch [name=body]').value`, "One and more")
	b.Click(".branch .post")
	b.Text(".words", "One and more")
	b.Wait(`sessionStorage.length`, 0.0)
}

func TestDiscardedDraftIsGoneButForUndo(t *testing.T) {
	t.Parallel()
	s := newStandin(t)
	b := browser.NewTab(t)
	b.Open((&browser.Blog{}).Serve(t, s.URL))
	b.Write("[name=body]", "Not this")
	b.Wait(`sessionStorage.length`, 1.0)
	b.Click(".buttons button:last-child")
	b.Wait(`root.querySelector('[name=body]').value`, "")
	b.LeavesNoTrace()
	b.Eval(`document.execCommand('undo')`)
	b.Wait(`root.querySelector('[name=body]').value`, "Not this")
}

// The first try arrived, its answer did not, and the page was loaded anew: it
// is the same comment still, with the name that it was sent with.
func TestRetryAfterAReloadPostsOnce(t *testing.T) {
	t.Parallel()
	s := newStandin(t)
	s.lose = true
	url := (&browser.Blog{}).Serve(t, s.URL)
	b := browser.NewTab(t, "ERR_EMPTY_RESPONSE")
	b.Open(url)
	b.Write("[name=body]", "Once")
	b.Write("[name=name]", "Bob")
	b.Click(".post")
	b.Text(".form > .status", "The service did not answer. Your words are still here; please try again.")
	s.set(func(s *standin) { s.lose = false })
	b.Open(url)
	b.Wait(`root?.querySelector('.form [name=name]')?.value`, "Bob")
	b.Click(".post")
	b.Text(".thread > .status", "Your comment is published.")
	b.Wait(`[...root.querySelectorAll('.entry')].map(a => a.querySelector('.name').innerText + ': ' + a.querySelector('.words').innerText)`, []any{"Bob: Once"})
	if all := s.stored(); len(all) != 1 || all[0].name != "Bob" {
		t.Errorf("stored: %+v", all)
	}
}

func TestNameIsRememberedForThoseWhoAsk(t *testing.T) {
	t.Parallel()
	s := newStandin(t)
	url := (&browser.Blog{}).Serve(t, s.URL)
	b := browser.NewTab(t)
	b.Open(url)
	b.Write("[name=body]", "One")
	b.Write("[name=name]", "Bob")
	b.Write("[name=website]", "https://bob.example/")
	b.Click(".remember")
	b.Click(".post")
	b.Text(".entry .name", "Bob")
	b.Open(url)
	b.Wait(`root?.querySelector('.form [name=name]')?.value + root.querySelector('[name=website]').value + root.querySelector('.remember').checked`, "Bobhttps://bob.example/true")
	b.Click(".remember")
	b.Wait(`JSON.stringify(localStorage).includes('Bob')`, false)
	b.Open(url)
	b.Wait(`root?.querySelector('.form [name=name]')?.value + root.querySelector('.remember').checked`, "false")
}

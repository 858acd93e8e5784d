package static_test

import (
	"context"
	"testing"
	"time"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"postil/static/browser"
)

// connect takes the network away from a tab, or gives it back: first the
// network, and then it is told, or what waits would be sent too early.
func connect(b *browser.Tab, on bool) {
	b.Helper()
	b.Do(chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		_, err := chromedp.Call(ctx, network.EmulateNetworkConditionsByRule, network.EmulateNetworkConditionsByRuleParams{
			MatchedNetworkConditions: []*network.Conditions{{Offline: !on, DownloadThroughput: -1, UploadThroughput: -1}},
		})
		if err != nil {
			return err
		}
		_, err = chromedp.Call(ctx, network.OverrideNetworkState, network.OverrideNetworkStateParams{
			Offline: !on, DownloadThroughput: -1, UploadThroughput: -1,
		})
		return err
	}))
}

const queued = "No connection. Your comment waits on this device until there is one, or until your next visit."

func TestCommentWithoutAConnectionIsSentOnceThereIsOne(t *testing.T) {
	t.Parallel()
	s := newStandin(t)
	b := browser.NewTab(t, "ERR_INTERNET_DISCONNECTED")
	b.Open((&browser.Blog{}).Serve(t, s.URL))
	b.Write("[name=body]", "One")
	b.Until(func() bool { return s.asked("GET /api/v1/challenge") == 1 }, func() string { return "no challenge is asked for" })
	connect(b, false)
	b.Click(".post")
	b.Text(".form > .status", queued)
	b.Wait(`localStorage.length + ' ' + sessionStorage.length`, "1 0")
	connect(b, true)
	b.Text(".entry .words", "One")
	b.Text(".thread > .status", "Your comment is published.")
	b.Wait(`Object.keys(localStorage)`, []any{"postil:" + id(1)})
	if all := s.stored(); len(all) != 1 || !all[0].proved {
		t.Errorf("stored: %+v", all)
	}
}

// Each form keeps what it sent.
func TestSeveralCommentsWaitForAConnection(t *testing.T) {
	t.Parallel()
	s := newStandin(t, &remark{name: "Ann", html: "<p>One</p>"})
	b := browser.NewTab(t, "ERR_INTERNET_DISCONNECTED")
	b.Open((&browser.Blog{}).Serve(t, s.URL))
	b.Wait(`root?.querySelectorAll('form').length`, 1.0)
	b.Click(".reply")
	connect(b, false)
	for form, words := range map[string]string{".branch > .form": "An answer", ".thread > .form": "Two"} {
		b.Write(form+" [name=body]", words)
		b.Click(form + " .post")
		b.Text(form+" > .status", queued)
	}
	connect(b, true)
	b.Wait(`[...root.querySelectorAll('.words')].map(w => w.innerText)`, []any{"One", "An answer", "Two"})
	if n := len(s.stored()); n != 3 {
		t.Errorf("%d comments", n)
	}
}

// The page was left before there was a connection again: what waited is sent
// when it is opened the next time, and moves nothing under the reader's eyes.
func TestCommentThatWaitedIsSentAtTheNextVisit(t *testing.T) {
	t.Parallel()
	s := newStandin(t, &remark{name: "Ann", html: "<p>One</p>"})
	for range 60 {
		s.add(&remark{name: "Ann", html: "<p>Long</p>"})
	}
	url := (&browser.Blog{}).Serve(t, s.URL)
	b := browser.NewTab(t)
	b.Open(url)
	b.Text(".entry .words", "One")
	b.Eval(`(localStorage['postil:draft:blog.example/post#'] = '{"body":"Two","name":"Bob","website":"","email":"","key":"1111111111111111"}', 0)`)
	b.Eval(`(localStorage['postil:draft:blog.example/post#` + id(1) + `'] = '{"body":"An answer","name":"Bob","website":"","email":"","key":"2222222222222222"}', 0)`)
	b.Open(url)
	b.Wait(`root?.querySelectorAll('.entry').length`, 63.0)
	b.Text(".answers .words", "An answer")
	b.Text(".thread > .status", "Your comment is published.")
	b.Wait(`scrollY + ' ' + (root.activeElement === null)`, "0 true")
	b.Wait(`Object.keys(localStorage).filter(k => k.includes('draft')).length`, 0.0)
	b.Wait(`root.querySelectorAll('form').length + root.querySelector('[name=body]').value`, "1")
	all := s.stored()
	for _, c := range all[61:] {
		if c.name != "Bob" || len(c.key) != 16 || !c.proved {
			t.Errorf("stored: %+v", c)
		}
	}
}

// Whoever types on takes the comment out of the queue: half a thought is not
// sent.
func TestWordsThatAreChangedNoLongerWait(t *testing.T) {
	t.Parallel()
	s := newStandin(t)
	b := browser.NewTab(t, "ERR_INTERNET_DISCONNECTED")
	b.Open((&browser.Blog{}).Serve(t, s.URL))
	b.Write("[name=body]", "Half")
	connect(b, false)
	b.Click(".post")
	b.Text(".form > .status", queued)
	b.Write("[name=body]", " a")
	b.Text(".form > .status", "Not sent yet.")
	b.Wait(`localStorage.length + ' ' + sessionStorage.length`, "0 1")
	connect(b, true)
	b.Wait(`navigator.onLine`, true)
	b.Write("[name=body]", " thought")
	if n := s.asked("POST /api/v1/comments"); n != 0 {
		t.Errorf("it was sent %d times", n)
	}
	b.Click(".post")
	b.Text(".entry .words", "Half a thought")
}

func TestServiceThatAsksForPatienceGetsIt(t *testing.T) {
	t.Parallel()
	s := newStandin(t)
	s.busy = 2
	b := browser.NewTab(t, "503 (Service Unavailable)")
	b.Open((&browser.Blog{}).Serve(t, s.URL))
	b.Write("[name=body]", "One")
	begun := time.Now()
	b.Click(".post")
	b.Text(".form > .status", "The service is busy. Your comment is sent again in a moment.")
	b.Text(".entry .words", "One")
	if waited := time.Since(begun); waited < 2*time.Second {
		t.Errorf("it came back twice after %v in all, asked for a second each", waited)
	}
	if n, m := s.asked("POST /api/v1/comments"), len(s.stored()); n != 3 || m != 1 {
		t.Errorf("%d posts for %d comments", n, m)
	}
}

func TestPatienceHasAnEnd(t *testing.T) {
	t.Parallel()
	s := newStandin(t)
	s.busy = 100
	b := browser.NewTab(t, "503 (Service Unavailable)")
	b.Before(`const later = setTimeout; setTimeout = (work, after) => later(work, after > 900 ? 0 : after)`)
	b.Open((&browser.Blog{}).Serve(t, s.URL))
	b.Write("[name=body]", "One")
	b.Click(".post")
	b.Text(".form > .status", "Come back.")
	b.Wait(`root.querySelector('[name=body]').value + root.querySelector('.post').innerText + root.querySelector('[name=body]').readOnly`, "OneTry againfalse")
	if n := s.asked("POST /api/v1/comments"); n != 6 {
		t.Errorf("%d posts", n)
	}
}

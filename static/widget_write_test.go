package static_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"postil/static/browser"
)

func TestPostedCommentIsShownAtOnceAndStored(t *testing.T) {
	t.Parallel()
	s := newStandin(t, &remark{name: "Ann", html: "<p>One</p>"})
	url := (&browser.Blog{}).Serve(t, s.URL)
	b := browser.NewTab(t)
	b.Open(url)
	b.Text(".entry .words", "One")
	b.Write("[name=body]", "Tea & <biscuits>")
	b.Write("[name=name]", "Bob")
	b.Write("[name=website]", "https://bob.example/")
	b.Wait(kept, []any{"Tea & <biscuits>", "body,key", ""})
	b.Click(".post")
	b.Text(".thread > .status", "Your comment is published.")
	b.Wait(`[...root.querySelectorAll('.entry')].map(a => a.querySelector('.name').innerText + ': ' + a.querySelector('.words').innerText)`,
		[]any{"Ann: One", "Bob: Tea & <biscuits>"})
	b.Wait(`root.activeElement === root.querySelectorAll('.entry')[1]`, true)
	b.Wait(`root.querySelector('[name=body]').value + root.querySelector('[name=name]').value`, "Bob")
	b.Wait(`JSON.stringify(localStorage)`, `{"postil:`+id(2)+`":"{\"key\":\"key-of-`+id(2)+`\",\"body\":\"Tea & <biscuits>\"}"}`)
	got := s.stored()[1]
	if len(got.key) < 16 || len(got.key) > 128 {
		t.Errorf("the idempotency key is %q", got.key)
	}
	want := remark{id: id(2), name: "Bob", website: "https://bob.example/", html: "<p>Tea &amp; &lt;biscuits&gt;</p>", key: got.key, proved: true}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(remark{})); diff != "" {
		t.Errorf("stored (-want +got):\n%s", diff)
	}
	b.Open(url) // from the feed now
	b.Wait(`[...root.querySelectorAll('.entry .words')].map(w => w.innerText)`, []any{"One", "Tea & <biscuits>"})
	b.AsksOnly(url, s.URL)
}

func TestAnswerStandsBelowItsComment(t *testing.T) {
	t.Parallel()
	s := newStandin(t, &remark{name: "Ann", html: "<p>One</p>"}, &remark{name: "Bob", html: "<p>Two</p>"})
	b := browser.NewTab(t)
	b.Open((&browser.Blog{}).Serve(t, s.URL))
	b.Text(".entry .words", "One")
	b.Click(".reply")
	b.Text(".branch .form .title", "Reply to Ann")
	b.Wait(`root.activeElement === root.querySelector('.branch [name=body]')`, true)
	b.Write(".branch [name=body]", "Hear, hear")
	b.Click(".branch .post")
	b.Text(".answers .words", "Hear, hear")
	b.Wait(`root.querySelectorAll('.branch .form').length`, 0.0)
	b.Wait(`root.querySelector('.answers .name').innerText`, "Anonymous")
	if got := s.stored()[2].parent; got != id(1) {
		t.Errorf("the answer's parent is %s, want %s", got, id(1))
	}
	b.Click(".answers .reply")
	b.Text(".answers .form .title", "Reply to Anonymous")
	b.Click(".answers .form .buttons button:last-child")
	b.Wait(`root.querySelectorAll('.branch .form').length`, 0.0)
	b.Wait(`root.activeElement === root.querySelector('.answers .entry')`, true)
}

func TestPreviewShowsMarkupAndPostsNothing(t *testing.T) {
	t.Parallel()
	s := newStandin(t)
	b := browser.NewTab(t)
	b.Open((&browser.Blog{}).Serve(t, s.URL))
	b.Text(".thread > .status", "No comments yet. Yours can be the first.")
	xhtml := `<p>a &amp; b<br/><a href="https://c.example/?d&amp;e" rel="x" onclick="f">&quot;g&quot;&#10;</a></p>` +
		`<script>h</script><ul><li><em>i</em></li></ul><a href="javascript:j">k</a></p>`
	b.Write("[name=body]", xhtml)
	b.Click(".buttons button:not(.post)")
	b.Wait(`root.querySelector('.preview').innerHTML`, `<p>a &amp; b<br><a href="https://c.example/?d&amp;e" rel="nofollow ugc noopener">"g"`+"\n"+`</a></p>`+
		`h<ul><li><em>i</em></li></ul><a rel="nofollow ugc noopener">k</a>`)
	b.Wait(`root.querySelector('[name=body]').value.length`, float64(len(xhtml)))
	b.Write("[name=body]", "!") // what is shown is never older than what is written
	b.Wait(`root.querySelector('.preview').innerHTML`, "")
	b.Eval(`(window.fetch = (real => (...all) => new Promise(go => window.answer = () => go(real(...all))))(fetch), 0)`)
	b.Click(".buttons button:not(.post)")
	b.Wait(`!!window.answer`, true)
	b.Write("[name=body]", "?")
	b.Eval(`(answer(), 0)`)
	b.Text(".form > .status", "")
	b.Wait(`root.querySelector('.preview').innerHTML`, "")
	if n := len(s.stored()); n != 0 {
		t.Errorf("%d comments were stored", n)
	}
}

func TestAuthorEditsAndDeletesWithTheKeptKey(t *testing.T) {
	t.Parallel()
	s := newStandin(t, &remark{name: "Ann", html: "<p>One</p>"})
	url := (&browser.Blog{}).Serve(t, s.URL)
	b := browser.NewTab(t)
	b.Open(url)
	b.Text(".entry .words", "One")
	b.Wait(`root.querySelectorAll('.edit, .delete').length`, 0.0)
	b.Write("[name=body]", "Two")
	b.Click(".post")
	b.Wait(`root.querySelectorAll('.edit').length`, 1.0)
	b.Open(url) // the key outlives the page
	b.Wait(`root.querySelectorAll('.edit').length`, 1.0)

	b.Click(".edit")
	b.Wait(`root.querySelector('.branch [name=body]').value`, "Two")
	b.Wait(`root.querySelectorAll('.branch [name=name]').length`, 0.0)
	b.Write(".branch [name=body]", " and three")
	b.Click(".branch .post")
	b.Text(".thread > .status", "Your changes are saved.")
	b.Wait(`root.querySelectorAll('.words')[1].innerText + root.querySelector('.mark').innerText`, "Two and threeedited")
	if got := s.stored()[1].html; got != "<p>Two and three</p>" {
		t.Errorf("stored: %s", got)
	}

	b.Wait(`(d => (d.click(), d.click()))(root.querySelector('.delete'))`, nil) // as some press everything
	b.Text(".delete", "Delete for good?")
	b.Wait(`!!root.querySelector('.delete').onblur`, true)
	if s.stored()[1].gone {
		t.Error("it was deleted before the question could be read")
	}
	b.Click(".delete")
	b.Text(".thread > .status", "Your comment is deleted.")
	b.Wait(`root.querySelectorAll('.entry').length`, 1.0)
	b.Wait(`root.activeElement === root.querySelector('.thread > .status')`, true)
	b.LeavesNoTrace()
	if !s.stored()[1].gone {
		t.Error("it is still there")
	}
}

// answering opens a page without comments, posts the first, and writes an answer
// to it.
func answering(t *testing.T, s *standin) *browser.Tab {
	t.Helper()
	b := browser.NewTab(t)
	b.Open((&browser.Blog{}).Serve(t, s.URL))
	b.Text(".thread > .status", "No comments yet. Yours can be the first.")
	b.Write("[name=body]", "One")
	b.Click(".post")
	b.Click(".reply")
	b.Write(".branch [name=body]", "Two")
	return b
}

func TestDeletedCommentWithAnswersLeavesItsPlace(t *testing.T) {
	t.Parallel()
	s := newStandin(t)
	b := answering(t, s)
	b.Click(".branch .post")
	b.Text(".answers .words", "Two")
	b.Click(".delete")
	b.Wait(`!!root.querySelector('.delete').onblur`, true)
	b.Click(".delete")
	b.Text(".entry.gone", "This comment was removed.")
	b.Text(".answers .words", "Two")
}

// What leads to the new comment may be long in coming.
func TestWhoWritesOnIsNotTornAway(t *testing.T) {
	t.Parallel()
	s := newStandin(t)
	s.late = make(chan struct{})
	b := answering(t, s)
	close(s.late)
	b.Wait(`root.querySelectorAll('.follow').length`, 1.0) // what was asked for first
	b.Wait(`root.activeElement === root.querySelector('.branch [name=body]')`, true)
	b.Wait(`root.querySelectorAll('.target').length`, 0.0)
}

func TestHeldCommentIsSaidToBeHeld(t *testing.T) {
	t.Parallel()
	s := newStandin(t)
	s.held = true
	url := (&browser.Blog{}).Serve(t, s.URL)
	b := browser.NewTab(t)
	b.Open(url)
	b.Text(".thread > .status", "No comments yet. Yours can be the first.")
	b.Write("[name=body]", "One")
	b.Click(".post")
	b.Text(".thread > .status", "Your comment is stored. Others will see it once a moderator has approved it.")
	b.Text(".entry .mark", "awaits approval")
	b.Wait(`root.querySelectorAll('.reply').length + ' ' + root.querySelectorAll('.edit').length`, "0 1")
	b.Open(url)
	b.Text(".thread > .status", "No comments yet. Yours can be the first.")
}

func TestRefusalIsShownAtItsField(t *testing.T) {
	t.Parallel()
	s := newStandin(t)
	b := browser.NewTab(t, "400 (Bad Request)")
	b.Open((&browser.Blog{}).Serve(t, s.URL))
	b.Write("[name=body]", "wrong name")
	b.Click(".post")
	b.Text("[name=name] + .error", "Name is not what was asked for")
	b.Wait(`(c => c.getAttribute('aria-invalid') + ' ' + (root.getElementById(c.getAttribute('aria-describedby')) === c.nextSibling))(root.querySelector('[name=name]'))`, "true true")
	b.Wait(`root.activeElement === root.querySelector('[name=name]')`, true)
	b.Eval(`root.querySelector('[name=body]').value = ''`)
	b.Write("[name=body]", "wrong page")
	b.Click(".buttons button:not(.post)")
	b.Text(".form > .status", "page is not what was asked for")
	b.Wait(`root.querySelectorAll('[aria-invalid]').length + root.querySelector('[name=name] + .error').innerText`, "0")
	b.Eval(`root.querySelector('[name=body]').value = ''`)
	b.Write("[name=body]", "Right")
	b.Click(".post")
	b.Text(".entry .words", "Right")
	b.Text(".form > .status", "")
}

func TestRetryAfterALostAnswerPostsOnce(t *testing.T) {
	t.Parallel()
	s := newStandin(t)
	s.lose = true
	b := browser.NewTab(t, "ERR_EMPTY_RESPONSE")
	b.Open((&browser.Blog{}).Serve(t, s.URL))
	b.Write("[name=body]", "Once")
	b.Click(".post")
	b.Text(".form > .status", "The service did not answer. Your words are still here; please try again.")
	b.Wait(`root.querySelector('[name=body]').value + root.querySelector('.post').innerText`, "OnceTry again")
	s.set(func(s *standin) { s.lose = false })
	b.Click(".post")
	b.Text(".entry .words", "Once")
	first := s.stored()
	b.Write("[name=body]", "Once")
	b.Click(".post")
	b.Wait(`root.querySelectorAll('.entry').length`, 2.0)
	all := s.stored()
	if len(first) != 1 || len(all) != 2 || all[0].key == all[1].key {
		t.Errorf("%d comments after the retry, then %d: %v", len(first), len(all), all)
	}
}

// The comment may have come by the feed before its author tries again.
func TestRetryMakesTheCommentItsAuthors(t *testing.T) {
	t.Parallel()
	s := newStandin(t)
	s.lose = true
	b := browser.NewTab(t, "ERR_EMPTY_RESPONSE")
	b.Before(hurried)
	b.Open((&browser.Blog{}).Serve(t, s.URL))
	b.Write("[name=body]", "Once")
	b.Click(".post")
	b.Text(".post", "Try again")
	b.Text(".entry .words", "Once")
	b.Wait(`root.querySelectorAll('.edit').length`, 0.0)
	s.set(func(s *standin) { s.lose = false })
	b.Click(".post")
	b.Wait(`root.querySelectorAll('.edit').length + ' of ' + root.querySelectorAll('.entry').length`, "1 of 1")
}

func TestStorageThatFailsIsNoFailure(t *testing.T) {
	t.Parallel()
	s := newStandin(t)
	b := browser.NewTab(t)
	b.Before(`Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('no', 'SecurityError') } })`)
	b.Open((&browser.Blog{}).Serve(t, s.URL))
	b.Write("[name=body]", "One")
	b.Click(".post")
	b.Text(".entry .words", "One")
	b.Click(".edit") // while the page is open
	b.Write(".branch [name=body]", " more")
	b.Click(".branch .post")
	b.Text(".entry .words", "One more")
	if key := s.stored()[0].key; len(key) < 16 || len(key) > 128 {
		t.Errorf("the idempotency key is %q", key)
	}
}

// The script reads the answer to a post by itself, the feed by the browser's
// XML parser: both must come to the same.
func TestOwnReaderReadsWhatTheBrowserReads(t *testing.T) {
	t.Parallel()
	xhtml := `<p>a &amp;amp; &lt;b&gt; "c" 'd' &#9;&#10; é 漢 😀 &#x1F600; &apos;&quot;</p>` + "\n<pre><code class=\"language-c++\">int  a;\n\n\tb &lt; c;\n</code></pre>\n" +
		`<p>x<br/>y<hr/>z</p><a href="https://e.example/?q=&quot;1&gt;2&quot;&amp;r=%20" title="a&#10;b &lt;c&gt;" rel="nofollow ugc noopener">l<em>m</em></a>` +
		`<ul><li><p>1</p><ol start="7"><li>2</li></ol></li></ul><blockquote><blockquote><p>q</p></blockquote></blockquote>` +
		`<table><thead><tr><th align="center">h</th></tr></thead><tbody><tr><td></td></tr></tbody></table><p></p><h3>t</h3><unknown><b>u</b></unknown>`
	s := newStandin(t)
	url := (&browser.Blog{}).Serve(t, s.URL)
	b := browser.NewTab(t)
	b.Open(url)
	b.Wait(`root?.querySelector('.form') != null`, true)
	quoted, err := json.Marshal(xhtml)
	if err != nil {
		t.Fatal(err)
	}
	b.Eval(`root.querySelector('[name=body]').value = ` + string(quoted))
	b.Click(".post")
	b.Text(".thread > .status", "Your comment is published.")
	own := b.Eval(`root.querySelector('.words').innerHTML`)
	b.Open(url)
	b.Wait(`root?.querySelector('.words').innerHTML`, own)
	if html, ok := own.(string); !ok || !strings.HasPrefix(html, "<p>a &amp;amp; &lt;b&gt;") || !strings.HasSuffix(html, "<h3>t</h3><b>u</b>") {
		t.Errorf("shown: %v", own)
	}
}

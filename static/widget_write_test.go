package static_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestPostedCommentIsShownAtOnceAndStored(t *testing.T) {
	t.Parallel()
	s := newStandin(t, &remark{name: "Ann", html: "<p>One</p>"})
	url := blog{}.serve(t, s.URL)
	b := newTab(t)
	b.open(url)
	b.text(".entry .words", "One")
	b.write("[name=body]", "Tea & <biscuits>")
	b.write("[name=name]", "Bob")
	b.write("[name=website]", "https://bob.example/")
	b.leavesNoTrace()
	b.click(".post")
	b.text(".thread > .status", "Your comment is published.")
	b.wait(`[...root.querySelectorAll('.entry')].map(a => a.querySelector('.name').innerText + ': ' + a.querySelector('.words').innerText)`,
		[]any{"Ann: One", "Bob: Tea & <biscuits>"})
	b.wait(`root.activeElement === root.querySelectorAll('.entry')[1]`, true)
	b.wait(`root.querySelector('[name=body]').value + root.querySelector('[name=name]').value`, "Bob")
	b.wait(`JSON.stringify(localStorage)`, `{"postil:`+id(2)+`":"{\"key\":\"key-of-`+id(2)+`\",\"body\":\"Tea & <biscuits>\"}"}`)
	got := s.stored()[1]
	if got.key = strings.Repeat("x", len(got.key)); len(got.key) != 36 {
		t.Errorf("the idempotency key has %d characters, want a UUID's 36", len(got.key))
	}
	want := remark{id: id(2), name: "Bob", website: "https://bob.example/", html: "<p>Tea &amp; &lt;biscuits&gt;</p>", key: got.key}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(remark{})); diff != "" {
		t.Errorf("stored (-want +got):\n%s", diff)
	}
	b.open(url) // from the feed now
	b.wait(`[...root.querySelectorAll('.entry .words')].map(w => w.innerText)`, []any{"One", "Tea & <biscuits>"})
	b.asksOnly(url, s.URL)
}

func TestAnswerStandsBelowItsComment(t *testing.T) {
	t.Parallel()
	s := newStandin(t, &remark{name: "Ann", html: "<p>One</p>"}, &remark{name: "Bob", html: "<p>Two</p>"})
	b := newTab(t)
	b.open(blog{}.serve(t, s.URL))
	b.text(".entry .words", "One")
	b.click(".reply")
	b.text(".branch .form .title", "Reply to Ann")
	b.wait(`root.activeElement === root.querySelector('.branch [name=body]')`, true)
	b.write(".branch [name=body]", "Hear, hear")
	b.click(".branch .post")
	b.text(".answers .words", "Hear, hear")
	b.wait(`root.querySelectorAll('.branch .form').length`, 0.0)
	b.wait(`root.querySelector('.answers .name').innerText`, "Anonymous")
	if got := s.stored()[2].parent; got != id(1) {
		t.Errorf("the answer's parent is %s, want %s", got, id(1))
	}
	b.click(".answers .reply")
	b.text(".answers .form .title", "Reply to Anonymous")
	b.click(".answers .form .buttons button:last-child")
	b.wait(`root.querySelectorAll('.branch .form').length`, 0.0)
	b.wait(`root.activeElement === root.querySelector('.answers .entry')`, true)
}

func TestPreviewShowsMarkupAndPostsNothing(t *testing.T) {
	t.Parallel()
	s := newStandin(t)
	b := newTab(t)
	b.open(blog{}.serve(t, s.URL))
	b.text(".thread > .status", "No comments yet. Yours can be the first.")
	xhtml := `<p>a &amp; b<br/><a href="https://c.example/?d&amp;e" rel="x" onclick="f">&quot;g&quot;&#10;</a></p>` +
		`<script>h</script><ul><li><em>i</em></li></ul><a href="javascript:j">k</a></p>`
	b.write("[name=body]", xhtml)
	b.click(".buttons button:not(.post)")
	b.wait(`root.querySelector('.preview').innerHTML`, `<p>a &amp; b<br><a href="https://c.example/?d&amp;e" rel="nofollow ugc noopener">"g"`+"\n"+`</a></p>`+
		`h<ul><li><em>i</em></li></ul><a rel="nofollow ugc noopener">k</a>`)
	b.wait(`root.querySelector('[name=body]').value.length`, float64(len(xhtml)))
	if n := len(s.stored()); n != 0 {
		t.Errorf("%d comments were stored", n)
	}
	b.leavesNoTrace()
}

func TestAuthorEditsAndDeletesWithTheKeptKey(t *testing.T) {
	t.Parallel()
	s := newStandin(t, &remark{name: "Ann", html: "<p>One</p>"})
	url := blog{}.serve(t, s.URL)
	b := newTab(t)
	b.open(url)
	b.text(".entry .words", "One")
	b.wait(`root.querySelectorAll('.edit, .delete').length`, 0.0)
	b.write("[name=body]", "Two")
	b.click(".post")
	b.wait(`root.querySelectorAll('.edit').length`, 1.0)
	b.open(url) // the key outlives the page
	b.wait(`root.querySelectorAll('.edit').length`, 1.0)

	b.click(".edit")
	b.wait(`root.querySelector('.branch [name=body]').value`, "Two")
	b.wait(`root.querySelectorAll('.branch [name=name]').length`, 0.0)
	b.write(".branch [name=body]", " and three")
	b.click(".branch .post")
	b.text(".thread > .status", "Your changes are saved.")
	b.wait(`root.querySelectorAll('.words')[1].innerText + root.querySelector('.mark').innerText`, "Two and threeedited")
	if got := s.stored()[1].html; got != "<p>Two and three</p>" {
		t.Errorf("stored: %s", got)
	}

	b.click(".delete")
	b.text(".delete", "Delete for good?")
	if s.stored()[1].gone {
		t.Error("one press deleted it")
	}
	b.click(".delete")
	b.text(".thread > .status", "Your comment is deleted.")
	b.wait(`root.querySelectorAll('.entry').length`, 1.0)
	b.wait(`root.activeElement === root.querySelector('.thread > .status')`, true)
	b.leavesNoTrace()
	if !s.stored()[1].gone {
		t.Error("it is still there")
	}
}

func TestDeletedCommentWithAnswersLeavesItsPlace(t *testing.T) {
	t.Parallel()
	s := newStandin(t)
	b := newTab(t)
	b.open(blog{}.serve(t, s.URL))
	b.text(".thread > .status", "No comments yet. Yours can be the first.")
	b.write("[name=body]", "One")
	b.click(".post")
	b.click(".reply")
	b.write(".branch [name=body]", "Two")
	b.click(".branch .post")
	b.text(".answers .words", "Two")
	b.click(".delete")
	b.click(".delete")
	b.text(".entry.gone", "This comment was removed.")
	b.text(".answers .words", "Two")
}

func TestHeldCommentIsSaidToBeHeld(t *testing.T) {
	t.Parallel()
	s := newStandin(t)
	s.held = true
	url := blog{}.serve(t, s.URL)
	b := newTab(t)
	b.open(url)
	b.text(".thread > .status", "No comments yet. Yours can be the first.")
	b.write("[name=body]", "One")
	b.click(".post")
	b.text(".thread > .status", "Your comment is stored. Others will see it once a moderator has approved it.")
	b.text(".entry .mark", "awaits approval")
	b.wait(`root.querySelectorAll('.reply').length + ' ' + root.querySelectorAll('.edit').length`, "0 1")
	b.open(url)
	b.text(".thread > .status", "No comments yet. Yours can be the first.")
}

func TestRefusalIsShownAtItsField(t *testing.T) {
	t.Parallel()
	s := newStandin(t)
	b := newTab(t, "400 (Bad Request)")
	b.open(blog{}.serve(t, s.URL))
	b.write("[name=body]", "wrong name")
	b.click(".post")
	b.text("[name=name] + .error", "Name is not what was asked for")
	b.wait(`(c => c.getAttribute('aria-invalid') + ' ' + (root.getElementById(c.getAttribute('aria-describedby')) === c.nextSibling))(root.querySelector('[name=name]'))`, "true true")
	b.wait(`root.activeElement === root.querySelector('[name=name]')`, true)
	b.eval(`root.querySelector('[name=body]').value = ''`)
	b.write("[name=body]", "wrong page")
	b.click(".buttons button:not(.post)")
	b.text(".form > .status", "page is not what was asked for")
	b.wait(`root.querySelectorAll('[aria-invalid]').length + root.querySelector('[name=name] + .error').innerText`, "0")
	b.eval(`root.querySelector('[name=body]').value = ''`)
	b.write("[name=body]", "Right")
	b.click(".post")
	b.text(".entry .words", "Right")
	b.text(".form > .status", "")
}

func TestRetryAfterALostAnswerPostsOnce(t *testing.T) {
	t.Parallel()
	s := newStandin(t)
	s.lose = true
	b := newTab(t, "ERR_EMPTY_RESPONSE")
	b.open(blog{}.serve(t, s.URL))
	b.write("[name=body]", "Once")
	b.click(".post")
	b.text(".form > .status", "The service did not answer. Your words are still here; please try again.")
	b.wait(`root.querySelector('[name=body]').value`, "Once")
	b.leavesNoTrace()
	s.set(func(s *standin) { s.lose = false })
	b.click(".post")
	b.text(".entry .words", "Once")
	first := s.stored()
	b.write("[name=body]", "Once")
	b.click(".post")
	b.wait(`root.querySelectorAll('.entry').length`, 2.0)
	all := s.stored()
	if len(first) != 1 || len(all) != 2 || all[0].key == all[1].key {
		t.Errorf("%d comments after the retry, then %d: %v", len(first), len(all), all)
	}
}

func TestStorageThatFailsIsNoFailure(t *testing.T) {
	t.Parallel()
	s := newStandin(t)
	b := newTab(t)
	b.before(`Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('no', 'SecurityError') } }); crypto.randomUUID = undefined`)
	b.open(blog{}.serve(t, s.URL))
	b.write("[name=body]", "One")
	b.click(".post")
	b.text(".entry .words", "One")
	b.click(".edit") // while the page is open
	b.write(".branch [name=body]", " more")
	b.click(".branch .post")
	b.text(".entry .words", "One more")
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
	url := blog{}.serve(t, s.URL)
	b := newTab(t)
	b.open(url)
	b.wait(`root?.querySelector('.form') != null`, true)
	quoted, err := json.Marshal(xhtml)
	if err != nil {
		t.Fatal(err)
	}
	b.eval(`root.querySelector('[name=body]').value = ` + string(quoted))
	b.click(".post")
	b.text(".thread > .status", "Your comment is published.")
	own := b.eval(`root.querySelector('.words').innerHTML`)
	b.open(url)
	b.wait(`root?.querySelector('.words').innerHTML`, own)
	if html, ok := own.(string); !ok || !strings.HasPrefix(html, "<p>a &amp;amp; &lt;b&gt;") || !strings.HasSuffix(html, "<h3>t</h3><b>u</b>") {
		t.Errorf("shown: %v", own)
	}
}

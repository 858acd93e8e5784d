package static_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestThreadIsShownUnderTheStrictestPolicy(t *testing.T) {
	t.Parallel()
	s := newStandin(t,
		&remark{name: "Ann", website: "https://ann.example/", html: "<p>First <em>one</em></p>"},
		&remark{name: "Bob & <b>", parent: id(1), html: "<p>An answer</p>", edited: true},
		&remark{parent: id(2), html: "<p>Another</p>"},
		&remark{name: "Gone", gone: true},
		&remark{name: "Cy", parent: id(4), html: "<p>To nobody</p>"})
	url := blog{}.serve(t, s.URL)
	b := newTab(t)
	b.open(url)
	b.text(".entry .words", "First one")
	want := []any{
		"Ann: First one", "Ann > Bob & <b>: An answer", "Ann > Bob & <b> > Anonymous: Another",
		"This comment was removed.", "This comment was removed. > Cy: To nobody",
	}
	b.wait(`[...root.querySelectorAll('.entry')].map(article => {
	  const who = a => a.querySelector('.name')?.innerText ?? a.innerText
	  const path = [who(article)]
	  for (let n = article.parentNode.parentNode; n.className === 'answers'; n = n.parentNode.parentNode) path.unshift(who(n.previousSibling))
	  const words = article.querySelector('.words')?.innerText
	  return path.join(' > ') + (words ? ': ' + words : '')
	})`, want)
	b.wait(`root.querySelectorAll('.mark').length`, 1.0)
	b.wait(`root.querySelector('.name a').href + ' ' + root.querySelector('.name a').rel`, "https://ann.example/ nofollow ugc noopener")
	b.wait(`root.querySelector('.when').getAttribute('href')`, "#comment-"+id(1))
	b.wait(`root.querySelector('.answered').innerText`, "In reply to Ann")
	b.wait(`root.querySelectorAll('[style], style, script, [onclick]').length`, 0.0)
	b.wait(`getComputedStyle(root.querySelector('.by')).display`, "flex")
	b.wait(`document.querySelector('#fallback').checkVisibility()`, false)
	b.leavesNoTrace()
	b.asksOnly(url, s.URL)
}

// leavesNoTrace checks that nothing was stored in the browser.
func (b *tab) leavesNoTrace() {
	b.Helper()
	b.wait(`[document.cookie, ...Object.keys(localStorage), ...Object.keys(sessionStorage)].join()`, "")
}

func (b *tab) asksOnly(origins ...string) {
	b.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, r := range b.requests {
		known := false
		for _, o := range origins {
			known = known || strings.HasPrefix(r, o+"/")
		}
		if !known {
			b.Errorf("the page asked for %s", r)
		}
	}
}

func TestNothingButAllowedMarkupIsCopied(t *testing.T) {
	t.Parallel()
	s := newStandin(t, &remark{name: "Eve", website: "javascript:alert(1)", html: `<p onclick="alert(1)" style="color:red" class="post" id="x">A` +
		`<script>alert(1)</script><a href="javascript:alert(1)">b</a><a href="https://c.example/" target="_top" title="t">c</a>` +
		`<img src="https://tracker.example/x.png" onerror="alert(1)" alt="d"/><iframe src="https://tracker.example/"/>` +
		`<svg xmlns="http://www.w3.org/2000/svg"><script>alert(2)</script></svg></p>` +
		`<pre><code class="language-go">x</code><code class="post">y</code></pre><ol start="3"><li>z</li></ol>` +
		`<table><tr><td align="right">q</td><td align="evil">r</td></tr></table>`})
	url := blog{}.serve(t, s.URL)
	// The browser refuses these when it parses the feed, before we see it.
	b := newTab(t, "Executing inline event handler", "Applying inline style")
	b.open(url)
	b.wait(`root.querySelector('.words')?.innerHTML`, `<p>Aalert(1)<a rel="nofollow ugc noopener">b</a>`+
		`<a href="https://c.example/" title="t" rel="nofollow ugc noopener">c</a>alert(2)</p>`+
		`<pre><code class="language-go">x</code><code>y</code></pre><ol start="3"><li>z</li></ol>`+
		`<table><tr><td align="right">q</td><td>r</td></tr></table>`)
	b.wait(`root.querySelectorAll('.name a').length`, 0.0)
	b.asksOnly(url, s.URL)
}

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

package static_test

import (
	"fmt"
	"testing"

	"postil/static/browser"
)

func TestThreadIsShownUnderTheStrictestPolicy(t *testing.T) {
	t.Parallel()
	s := newStandin(t,
		&remark{name: "Ann", website: "https://ann.example/", html: "<p>First <em>one</em></p>"},
		&remark{name: "Bob & <b>", parent: id(1), html: "<p>An answer</p>", edited: true},
		&remark{parent: id(2), html: "<p>Another</p>"},
		&remark{name: "Gone", gone: true},
		&remark{name: "Cy", parent: id(4), html: "<p>To nobody</p>"})
	url := (&browser.Blog{}).Serve(t, s.URL)
	b := browser.NewTab(t)
	b.Open(url)
	b.Text(".entry .words", "First one")
	want := []any{
		"Ann: First one", "Ann > Bob & <b>: An answer", "Ann > Bob & <b> > Anonymous: Another",
		"This comment was removed.", "This comment was removed. > Cy: To nobody",
	}
	b.Wait(`[...root.querySelectorAll('.entry')].map(article => {
	  const who = a => a.querySelector('.name')?.innerText ?? a.innerText
	  const path = [who(article)]
	  for (let n = article.parentNode.parentNode; n.className === 'answers'; n = n.parentNode.parentNode) path.unshift(who(n.previousSibling))
	  const words = article.querySelector('.words')?.innerText
	  return path.join(' > ') + (words ? ': ' + words : '')
	})`, want)
	b.Wait(`root.querySelectorAll('.mark').length`, 1.0)
	b.Wait(`root.querySelector('.name a').href + ' ' + root.querySelector('.name a').rel`, "https://ann.example/ nofollow ugc noopener")
	b.Wait(`root.querySelector('.when').getAttribute('href')`, "#comment-"+id(1))
	b.Wait(`root.querySelector('.answered').ariaLabel`, "In reply to Ann")
	b.Wait(`root.querySelectorAll('[style], style, script, [onclick]').length`, 0.0)
	b.Wait(`getComputedStyle(root.querySelector('.by')).display`, "flex")
	b.Wait(`document.querySelector('#fallback').checkVisibility()`, false)
	b.LeavesNoTrace()
	b.AsksOnly(url, s.URL)
}

func TestNothingButAllowedMarkupIsCopied(t *testing.T) {
	t.Parallel()
	s := newStandin(t, &remark{name: "Eve", website: "javascript:alert(1)", html: `<p onclick="alert(1)" style="color:red" class="post" id="x">A` +
		`<script>alert(1)</script><a href="javascript:alert(1)">b</a><a href="https://c.example/" target="_top" title="t">c</a>` +
		`<img src="https://tracker.example/x.png" onerror="alert(1)" alt="d"/><iframe src="https://tracker.example/"/>` +
		`<svg xmlns="http://www.w3.org/2000/svg"><script>alert(2)</script></svg></p>` +
		`<pre><code class="language-go">x</code><code class="post">y</code></pre><ol start="3"><li>z</li></ol>` +
		`<table><tr><td align="right">q</td><td align="evil">r</td></tr></table>`})
	url := (&browser.Blog{}).Serve(t, s.URL)
	// The browser refuses these when it parses the feed, before we see it.
	b := browser.NewTab(t, "Executing inline event handler", "Applying inline style")
	b.Open(url)
	b.Wait(`root.querySelector('.words')?.innerHTML`, `<p>Aalert(1)<a rel="nofollow ugc noopener">b</a>`+
		`<a href="https://c.example/" title="t" rel="nofollow ugc noopener">c</a>alert(2)</p>`+
		`<pre dir="ltr"><code class="language-go">x</code><code>y</code></pre><ol start="3"><li>z</li></ol>`+
		`<table><tr><td align="right">q</td><td>r</td></tr></table>`)
	b.Wait(`root.querySelectorAll('.name a').length`, 0.0)
	b.AsksOnly(url, s.URL)
}

// What hosts wrote inside the element is there whenever the thread is not.
func TestFallbackStaysWhereTheThreadCannotBe(t *testing.T) {
	t.Parallel()
	const failed = "The comments could not be loaded. Try again"
	for name, c := range map[string]struct {
		integrity string
		forbidden string // by the blog's policy
		down      bool
		says      string // in the shadow tree, if there is one
		expected  string // on the console
	}{
		"wrong integrity":    {integrity: "sha384-oqVuAfXRKap7fdgcCY5uykM6+R9GqQ8K/uxy9rx7HNQlGYl1kPzQho1wx4JwY8wC", expected: "integrity"},
		"script not allowed": {forbidden: "script-src", expected: "Content Security Policy"},
		"feed not allowed":   {forbidden: "connect-src", expected: "Content Security Policy", says: failed},
		"feed is away":       {down: true, expected: "503", says: failed},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStandin(t, &remark{name: "Ann", html: "<p>One</p>"})
			s.down = c.down
			policy := browser.Strict(s.URL)
			if c.forbidden != "" {
				policy = policy.With(c.forbidden, "'none'")
			}
			b := browser.NewTab(t, c.expected)
			b.Open((&browser.Blog{Integrity: c.integrity, Policy: policy}).Serve(t, s.URL))
			if c.says != "" {
				b.Text(".status", c.says)
			}
			b.Wait(`document.querySelector('#fallback').checkVisibility()`, true)
			if c.down { // for now
				s.set(func(s *standin) { s.down = false })
				b.Click("button")
				b.Text(".entry .words", "One")
				b.Wait(`document.querySelector('#fallback').checkVisibility()`, false)
			}
		})
	}
}

func TestOlderDocumentsJoinTheThread(t *testing.T) {
	t.Parallel()
	s := newStandin(t,
		&remark{name: "A", html: "<p>1</p>"}, &remark{name: "B", html: "<p>2</p>"},
		&remark{name: "C", parent: id(1), html: "<p>3</p>"}, &remark{name: "D", html: "<p>4</p>"},
		&remark{name: "E", parent: id(1), html: "<p>5</p>"}, &remark{name: "F", parent: id(5), html: "<p>6</p>"},
		&remark{name: "G", parent: id(3), html: "<p>7</p>"})
	s.perPage = 2
	const order = `[...root.querySelectorAll('.words')].map(w => w.innerText).join(' ')`
	const earlier = `[...root.querySelectorAll('.answered')].filter(a => a.innerText === 'In reply to an earlier comment').length`
	b := browser.NewTab(t)
	b.Open((&browser.Blog{}).Serve(t, s.URL))
	b.Wait(order, "5 6 7")
	b.Wait(earlier, 2.0)
	b.Click(".older")
	b.Wait(order, "3 7 4 5 6")
	b.Wait(earlier, 2.0)
	b.Click(".older")
	b.Wait(order, "1 3 7 5 6 2 4")
	b.Wait(earlier, 0.0)
	b.Wait(`root.querySelector('.older').checkVisibility()`, false)
	b.Wait(`root.activeElement === root.querySelector('.entry')`, true)
}

func TestPermalinkIsFoundAndMarked(t *testing.T) {
	t.Parallel()
	s := newStandin(t)
	for i := range 40 {
		s.add(&remark{name: "Ann", html: fmt.Sprintf("<p>%d</p>", i+1)})
	}
	s.perPage = 10
	url := (&browser.Blog{}).Serve(t, s.URL)
	b := browser.NewTab(t)
	marked := func(n int) {
		t.Helper()
		b.Text(".target .words", fmt.Sprint(n))
		b.Wait(`root.querySelectorAll('.target').length`, 1.0)
		b.Wait(`(r => r.top >= 0 && r.bottom <= innerHeight)(root.querySelector('.target').getBoundingClientRect())`, true)
		b.Wait(`root.activeElement === root.querySelector('.target')`, true)
	}
	b.Open(url + "#comment-" + id(33))
	marked(33)
	b.Eval(`location.hash = '#comment-` + id(5) + `'`) // three documents back
	marked(5)
	b.Eval(`root.querySelector('.when').click()`)
	marked(1)
	b.Wait(`location.hash`, "#comment-"+id(1))
	if n := s.asked("GET /feeds/blog.example/post/feed-1.xml"); n != 1 {
		t.Errorf("the oldest document was fetched %d times", n)
	}
}

func TestElementFollowsItsAttributesAndPlaces(t *testing.T) {
	t.Parallel()
	s := newStandin(t, &remark{name: "Ann", html: "<p>One</p>"})
	b := browser.NewTab(t)
	b.Open((&browser.Blog{Element: `<postil-thread site="blog.example" page="/post"></postil-thread><postil-thread site="blog.example" page="/other"></postil-thread>`}).Serve(t, s.URL))
	b.Wait(`[...document.querySelectorAll('postil-thread')].filter(e => e.shadowRoot.querySelector('.words')).length`, 2.0)
	b.Write("[name=body]", "half a draft")
	b.Eval(`(e => { e.remove(); document.body.append(e); document.body.prepend(e) })(document.querySelector('postil-thread'))`)
	b.Wait(`root.querySelector('[name=body]').value`, "half a draft")
	if n := s.asked("GET /feeds/blog.example/post/feed.xml"); n != 1 {
		t.Errorf("moving the element fetched its feed again, %d times in all", n)
	}
	b.Eval(`document.querySelector('postil-thread').setAttribute('page', '/third')`)
	b.Wait(`root.querySelector('[name=body]').value + root.querySelectorAll('.entry').length`, "1")
	if n := s.asked("GET /feeds/blog.example/third/feed.xml"); n != 1 {
		t.Errorf("the third page's feed was fetched %d times", n)
	}
}

// The service reduces addresses the same way; where it must do more, it
// redirects.
func TestPageAttributeIsMadeCanonical(t *testing.T) {
	t.Parallel()
	s := newStandin(t)
	b := browser.NewTab(t)
	b.Open((&browser.Blog{}).Serve(t, s.URL))
	for page, want := range map[string]string{
		"/":                              "",
		"/index.html":                    "",
		"/a//b/":                         "/a/b",
		"/a/./b/../c/index.htm":          "/a/c",
		"/%7euser/%c3%84rger":            "/~user/%C3%84rger",
		"/Ärger und Freude":              "/%C3%84rger%20und%20Freude",
		"/a%2Fb":                         "/a%2Fb",
		"/$&+,;=:@!'()*":                 "/$&+,;=:@!'()*",
		"/100%25":                        "/100%25",
		"/p?id=7":                        "/p%3Fid%3D7",
		"/?id=7":                         "/%3Fid%3D7",
		"https://blog.example/x/?q#frag": "/x%3Fq",
	} {
		b.Eval(fmt.Sprintf(`document.querySelector('postil-thread').setAttribute('page', %q)`, page))
		request := "GET /feeds/blog.example" + want + "/feed.xml"
		b.Until(func() bool { return s.asked(request) > 0 }, func() string { return page + ": nobody asked for " + request })
	}
}

func TestClosedThreadOffersNoForm(t *testing.T) {
	t.Parallel()
	s := newStandin(t, &remark{name: "Ann", html: "<p>One</p>"})
	s.closed = true
	b := browser.NewTab(t)
	b.Open((&browser.Blog{}).Serve(t, s.URL))
	b.Text(".closed", "Comments are closed.")
	b.Wait(`root.querySelectorAll('form, .reply').length`, 0.0)
}

package static_test

import (
	"net/url"
	"slices"
	"testing"

	"postil/static/browser"
)

func TestCountsOfAllPagesTakeOneQuestion(t *testing.T) {
	t.Parallel()
	s := newStandin(t)
	b := browser.NewTab(t)
	b.Open((&browser.Blog{Element: `<ul>
<li><postil-count site="blog.example" page="/a/">Comments</postil-count>
<li><postil-count site="blog.example" page="/b?id=7">Comments</postil-count>
<li><postil-count site="blog.example" page="/a">Comments</postil-count>
</ul>`}).Serve(t, s.URL))
	const texts = `[...document.querySelectorAll('postil-count')].map(c => c.shadowRoot?.textContent ?? c.innerText).join()`
	b.Wait(texts, "1 comment,2 comments,1 comment")
	b.Eval(`(document.querySelector('postil-count').setAttribute('page', '/c'), 0)`)
	b.Wait(`document.querySelectorAll('postil-count').length`, 3.0)
	b.Until(func() bool { return len(s.questions()) == 2 }, func() string { return "a changed attribute is not noticed" })
	want := []url.Values{{"site": {"blog.example"}, "page": {"/a", "/b?id=7"}}, {"site": {"blog.example"}, "page": {"/c"}}}
	for i, got := range s.questions() {
		if got.Encode() != want[i].Encode() {
			t.Errorf("question %d: %v, want %v", i+1, got, want[i])
		}
	}
	b.LeavesNoTrace()
}

// As in applications whose lists change faster than a slow line answers.
func TestCountIsOfThePageThatTheElementIsAboutNow(t *testing.T) {
	t.Parallel()
	s := newStandin(t)
	b := browser.NewTab(t)
	b.Before(`window.fetch = (real => (url, ...rest) => window.answer || !String(url).includes('/counts')
  ? real(url, ...rest)
  : new Promise(go => window.answer = () => go(real(url, ...rest))))(fetch)`)
	b.Open((&browser.Blog{Element: `<postil-count site="blog.example" page="/a">Comments</postil-count>
<postil-count site="blog.example" page="/b">Comments</postil-count>
<postil-count site="blog.example" page="/c">Comments</postil-count>`}).Serve(t, s.URL))
	const texts = `[...document.querySelectorAll('postil-count')].map(c => c.shadowRoot?.textContent ?? c.innerText).join()`
	b.Wait(`!!window.answer`, true)
	b.Eval(`(document.querySelectorAll('postil-count')[1].setAttribute('page', '/d'), 0)`)
	b.Wait(texts, "Comments,1 comment,Comments")
	b.Eval(`(answer(), 0)`)
	b.Wait(texts, "1 comment,1 comment,3 comments")
}

func TestCountThatCannotBeHadLeavesWhatIsThere(t *testing.T) {
	t.Parallel()
	s := newStandin(t)
	s.down = true
	b := browser.NewTab(t, "503")
	b.Open((&browser.Blog{Element: `<postil-count site="blog.example" page="/a"><a href="/a">Comments</a></postil-count>`}).Serve(t, s.URL))
	b.Until(func() bool { return len(s.questions()) == 1 }, func() string { return "nobody asked" })
	b.Eval(`(window.idle = 0, requestIdleCallback(() => window.idle = 1), 0)`)
	b.Wait(`window.idle`, 1.0)
	b.Wait(`document.querySelector('postil-count a').checkVisibility()`, true)
}

// questions returns what was asked for counts.
func (s *standin) questions() []url.Values {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []url.Values
	for _, raw := range slices.Clone(s.counted) {
		query, err := url.ParseQuery(raw)
		if err != nil {
			panic(err)
		}
		all = append(all, query)
	}
	return all
}

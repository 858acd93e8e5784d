package static_test

import (
	"context"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/heapprofiler"
	"github.com/chromedp/cdproto/memory"
	"github.com/chromedp/chromedp"

	"postil/static/browser"
)

func TestThreadFarBelowIsFetchedWhenItComesNear(t *testing.T) {
	t.Parallel()
	s := newStandin(t, &remark{name: "Ann", html: "<p>1</p>"})
	url := (&browser.Blog{Element: strings.Repeat("<p>Words</p>", 200) +
		`<postil-thread site="blog.example" page="/post">` + browser.Fallback + `</postil-thread>`}).Serve(t, s.URL)
	b := browser.NewTab(t)
	b.Open(url)
	b.Eval(`(window.idle = 0, requestIdleCallback(() => window.idle = 1), 0)`)
	b.Wait(`window.idle`, 1.0)
	b.Wait(`!!root.querySelector('slot')`, true)
	if n := s.asked("GET " + feedPath); n != 0 {
		t.Errorf("the feed was fetched %d times before anybody came near", n)
	}
	b.Eval(`(document.querySelector('postil-thread').previousElementSibling.scrollIntoView(), 0)`)
	b.Wait(shown, "1")
	// A link to a comment does not wait.
	b.Open("about:blank")
	b.Open(url + "#comment-" + id(1))
	b.Text(".target .words", "1")
	b.Wait(`scrollY > 1000`, true)
}

// A browser that is busy tells at once that the form was far away and that it
// is near: what counts is the last that it tells.
func TestFormComesWhenTheBrowserTellsLate(t *testing.T) {
	t.Parallel()
	s := newStandin(t, &remark{name: "Ann", html: "<p>1</p>"})
	b := browser.NewTab(t)
	b.Before(`window.IntersectionObserver = class extends IntersectionObserver {
  constructor(tell, options) {
    super((seen, self) => tell([{ isIntersecting: false }, ...seen], self), options)
  }
}`)
	b.Open((&browser.Blog{}).Serve(t, s.URL))
	b.Wait(shown, "1")
	b.Wait(`root.querySelectorAll('form').length`, 1.0)
}

// As applications do that change pages without loading them.
func TestElementsComeAndGoWithoutALeak(t *testing.T) {
	t.Parallel()
	s := newStandin(t)
	for range 6 {
		s.add(&remark{name: "Ann", html: "<p>1</p>"})
	}
	b := browser.NewTab(t)
	b.Open((&browser.Blog{Element: "<main></main>"}).Serve(t, s.URL))
	b.Wait(`!!customElements.get('postil-thread')`, true)
	b.Eval(`(window.gone = [], window.cycle = async n => {
	  const main = document.querySelector('main')
	  for (let i = 0; i < n; i++) {
	    const thread = document.createElement('postil-thread')
	    thread.setAttribute('site', 'blog.example')
	    thread.setAttribute('page', '/p' + i % 3)
	    main.append(thread)
	    while (thread.shadowRoot.querySelectorAll('.words').length < 6) await new Promise(requestAnimationFrame)
	    while (!thread.shadowRoot.querySelector('form')) await new Promise(requestAnimationFrame)
	    if (i % 2) {
	      thread.shadowRoot.querySelector('.view').click()
	      while (!thread.shadowRoot.querySelector('.views')) await new Promise(requestAnimationFrame)
	    }
	    thread.remove()
	    gone.push(new WeakRef(thread))
	  }
	  window.cycled = (window.cycled ?? 0) + n
	}, 0)`)
	cycle := func(n int, all float64) (nodes, listeners int64) {
		t.Helper()
		b.Eval(`(cycle(` + string(rune('0'+n)) + `), 0)`)
		b.Wait(`window.cycled`, all)
		b.Until(func() bool {
			nodes, listeners = counters(b)
			return b.Eval(`window.gone.filter(g => g.deref()).length`) == 0.0
		}, func() string { return "elements that were taken away stay in memory" })
		return nodes, listeners
	}
	nodes, listeners := cycle(4, 4)
	moreNodes, moreListeners := cycle(9, 13)
	if moreNodes > nodes+50 || moreListeners > listeners+5 {
		t.Errorf("9 more threads left %d nodes and %d listeners more", moreNodes-nodes, moreListeners-listeners)
	}
}

// counters collects garbage and counts what is left in the page.
func counters(b *browser.Tab) (nodes, listeners int64) {
	b.Helper()
	got, err := chromedp.Run(b.Context, chromedp.Action[memory.GetDOMCountersResult](func(ctx context.Context, _ *chromedp.Target) (memory.GetDOMCountersResult, error) {
		if _, err := chromedp.Call(ctx, heapprofiler.CollectGarbage, cdp.Empty{}); err != nil {
			return memory.GetDOMCountersResult{}, err
		}
		return chromedp.Call(ctx, memory.GetDOMCounters, cdp.Empty{})
	}))
	if err != nil {
		b.Fatal(err)
	}
	return int64(got.Nodes), int64(got.JsEventListeners)
}

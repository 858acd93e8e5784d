package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"postil/bench/setup"
	"postil/static"
)

// slowdown is how much slower than this machine the reader's is made.
const slowdown = 4

// aimFirst and aimShift are what the first view is held against.
const (
	aimFirst = "≤ 150 ms at 100 comments"
	aimShift = "≤ 0.02"
)

// view is what Chromium tells of one first view.
type view struct {
	First  float64 // milliseconds from the end of the script's run until the first comment was drawn
	Opened float64 // likewise, from opening the page
	Long   float64 // the longest task, in milliseconds; 0 when none took 50
	Tasks  float64 // how many took longer than that
	Shift  float64 // cumulative layout shift, from opening the page to its end
	Stored float64 // names in the browser's storage, and cookies
	asked  []string
}

// watching is run before the page's own scripts.
const watching = `{
  const seen = window.seen = { First: 0, Opened: 0, Long: 0, Tasks: 0, Shift: 0 }
  new PerformanceObserver(list => list.getEntries().forEach(e => { seen.Tasks++; seen.Long = Math.max(seen.Long, e.duration) })).observe({ type: 'longtask', buffered: true })
  new PerformanceObserver(list => list.getEntries().forEach(e => { if (!e.hadRecentInput) seen.Shift += e.value })).observe({ type: 'layout-shift', buffered: true })
  customElements.whenDefined('postil-thread').then(async () => {
    const ran = performance.now()
    // The script may run before the parser has come to the element.
    while (!document.querySelector('postil-thread')) await new Promise(done => setTimeout(done))
    const root = document.querySelector('postil-thread').shadowRoot
    const observer = new MutationObserver(() => {
      if (!root.querySelector('.words')) return
      observer.disconnect()
      // The frame has been drawn when the next task begins, which must not be one of the script's own timers.
      requestAnimationFrame(() => scheduler.postTask(() => {
        seen.Opened = performance.now()
        seen.First = seen.Opened - ran
      }, { priority: 'user-blocking' }))
    })
    observer.observe(root, { childList: true, subtree: true })
  })
}`

// firstView measures what a reader's browser does with a thread that it has
// never met before.
func (b *bench) firstView() error {
	s, err := b.serve("firstview")
	if err != nil {
		return err
	}
	defer s.Stop()
	var rows [][]string
	for _, n := range []int{10, 100, 1000} {
		path := fmt.Sprintf("/comments-%d", n)
		if err := fill(s.Base, path, n); err != nil {
			return err
		}
		row, err := b.viewRow(s, n, path)
		if err != nil {
			return err
		}
		rows = append(rows, row)
	}
	table("Comments|requests|script: bytes raw, gzip, brotli|feed: raw, gzip, brotli|first comment: after the script ran, after the page was opened|tasks over 50 ms, the longest|layout shift|stored", rows...)
	fmt.Printf("\nMedians of %d, CPU ÷%d, cold cache. Aims: first comment %s, layout shift %s.\n", b.rounds, slowdown, aimFirst, aimShift)
	return nil
}

// viewRow looks at one thread several times.
func (b *bench) viewRow(s *setup.Service, n int, path string) ([]string, error) {
	if err := published(s, path, n); err != nil {
		return nil, err
	}
	blog := httptest.NewServer(blogPage(s.Base, path))
	defer blog.Close()
	var first, opened, long, tasks, shift, stored []float64
	var asked []string
	for range b.rounds {
		v, err := b.fresh(blog.URL)
		if err != nil {
			return nil, err
		}
		first, opened = append(first, v.First), append(opened, v.Opened)
		long, tasks = append(long, v.Long), append(tasks, v.Tasks)
		shift, stored, asked = append(shift, v.Shift), append(stored, v.Stored), v.asked
	}
	script, err := sizes(s.Base + static.Hashed("postil.js").Path)
	if err != nil {
		return nil, err
	}
	feed, err := sizes(s.Base + "/feeds/blog.example" + path + "/feed.xml")
	if err != nil {
		return nil, err
	}
	return []string{fmt.Sprint(n), fmt.Sprint(len(asked)), script, feed, fmt.Sprintf("%.0f, %.0f ms", median(first), median(opened)),
		fmt.Sprintf("%.0f, %.0f ms", median(tasks), median(long)), fmt.Sprintf("%.3f", median(shift)), fmt.Sprintf("%.0f", median(stored))}, nil
}

// published waits until all of a page's comments stand in its files.
func published(s *setup.Service, path string, n int) error {
	want := fmt.Sprintf("%q:%d", path, n)
	for deadline := time.Now().Add(seenWithin); ; time.Sleep(10 * time.Millisecond) {
		counts, err := os.ReadFile(filepath.Join(s.Public, "sites", "blog.example", "counts.json"))
		if strings.Contains(strings.ReplaceAll(string(counts), " ", ""), want) {
			return nil
		}
		if time.Now().After(deadline) {
			return errors.Join(err, fmt.Errorf("%s was not published within %v", path, seenWithin))
		}
	}
}

// blogPage is a post of a few screens, with a thread and a footer below it.
func blogPage(service, path string) http.Handler {
	script := static.Hashed("postil.js")
	body := strings.Repeat("<p>"+strings.Join(words, " ")+"</p>", 6)
	html := fmt.Sprintf(`<!DOCTYPE html><html lang="en"><head><title>Post</title><meta name="viewport" content="width=device-width">
<script src="%s" async crossorigin="anonymous" integrity="%s"></script></head><body><main><h1>Post</h1>%s
<postil-thread site="blog.example" page="%s"><a href="%s">Comments</a></postil-thread></main><footer>%s</footer></body></html>`,
		service+script.Path, script.Integrity, body, path, service, body)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		if r.URL.Path == "/" {
			_, _ = io.WriteString(w, html)
		}
	})
}

// fresh looks with a browser of its own, which knows nothing yet.
func (b *bench) fresh(url string) (view, error) {
	ctx, stop, err := setup.Chromium(b.ctx)
	if err != nil {
		return view{}, err
	}
	defer stop()
	return lookAt(ctx, url)
}

// viewWithin bounds one view.
const viewWithin = time.Minute

// lookAt opens a page as a reader who has never been there, and scrolls to its
// end. Requests are counted until the first comment is there.
func lookAt(ctx context.Context, url string) (v view, err error) {
	asked := make(chan string, 100)
	ctx, cancel := chromedp.NewContext(ctx, chromedp.WithNewBrowserContext(), chromedp.WithListener(func(event any) {
		if e, ok := event.(*network.EventRequestWillBeSent); ok && !strings.HasPrefix(e.Request.URL, url) {
			asked <- e.Request.URL
		}
	}))
	defer cancel()
	ctx, cancel = context.WithTimeout(ctx, viewWithin)
	defer cancel()
	err = chromedp.Do(ctx, chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		if _, err := chromedp.Call(ctx, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: watching}); err != nil {
			return err
		}
		if err := setup.Visible(ctx); err != nil {
			return err
		}
		_, err := chromedp.Call(ctx, emulation.SetCPUThrottlingRate, emulation.SetCPUThrottlingRateParams{Rate: slowdown})
		return err
	}), chromedp.Navigate(url))
	if err != nil {
		return v, err
	}
	if err := setup.UntilTrue(ctx, `seen.First > 0`); err != nil {
		return v, err
	}
	for len(asked) > 0 {
		v.asked = append(v.asked, <-asked)
	}
	const scroll = `(async () => {
	  for (let y = 0; y < document.body.scrollHeight; y += 100) { scrollTo(0, y); await new Promise(done => setTimeout(done, 16)) }
	  seen.Stored = Object.keys(localStorage).length + Object.keys(sessionStorage).length + document.cookie.length
	})(), 0`
	if _, err := chromedp.Run(ctx, chromedp.Evaluate[any](scroll)); err != nil {
		return v, err
	}
	if err := setup.UntilTrue(ctx, `seen.Stored !== undefined`); err != nil {
		return v, err
	}
	measured, err := chromedp.Run(ctx, chromedp.Evaluate[view](`seen`))
	measured.asked = v.asked
	return measured, err
}

// sizes returns how many bytes a file takes on its way, in three codings.
func sizes(url string) (string, error) {
	var all []string
	for _, coding := range []string{"identity", "gzip", "br"} {
		request, err := http.NewRequest(http.MethodGet, url, nil)
		if err != nil {
			return "", err
		}
		request.Header.Set("Accept-Encoding", coding)
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			return "", err
		}
		n, err := io.Copy(io.Discard, response.Body)
		response.Body.Close()
		if err != nil {
			return "", err
		}
		all = append(all, fmt.Sprint(n))
	}
	return strings.Join(all, ", "), nil
}

package static_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"postil/static"
	"postil/static/csp"
)

// patience is how long a test waits for what it says must happen: never
// reached where all is well, however busy the machine.
const patience = 30 * time.Second

// One browser serves all tests of the package; each has a profile of its own.
var (
	browser     = sync.OnceValues(startBrowser)
	stopBrowser = func() {}
)

func TestMain(m *testing.M) {
	code := m.Run()
	stopBrowser()
	os.Exit(code)
}

func startBrowser() (context.Context, error) {
	var path string
	var err error
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err = exec.LookPath(name); err == nil {
			break
		}
	}
	if err != nil {
		return nil, err
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true), chromedp.WindowSize(1000, 800))
	allocator, stop := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, cancel := chromedp.NewContext(allocator)
	stopBrowser = func() { cancel(); stop() }
	return ctx, chromedp.Do(ctx)
}

// tab is a page in the browser, and what it did besides being shown.
type tab struct {
	*testing.T
	ctx      context.Context
	mu       sync.Mutex
	noise    []string // errors, warnings and violations
	requests []string // addresses
}

// newTab opens a tab with storage of its own. The test fails at its end when
// the page complained of anything that was not expected.
func newTab(t *testing.T, expected ...string) *tab {
	t.Helper()
	parent, err := browser()
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatalf("no Chromium: %v", err)
		}
		t.Skipf("no Chromium: %v", err)
	}
	b := &tab{T: t}
	ctx, cancel := chromedp.NewContext(parent, chromedp.WithNewBrowserContext(), chromedp.WithListener(b.hear))
	t.Cleanup(cancel)
	b.ctx, cancel = context.WithTimeout(ctx, 2*patience)
	t.Cleanup(cancel)
	t.Cleanup(func() { b.complain(expected) })
	b.do(chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		_, err := chromedp.Call(ctx, emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true})
		return err
	}))
	return b
}

func (b *tab) hear(event any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		b.requests = append(b.requests, e.Request.URL)
	case *log.EventEntryAdded:
		b.noise = append(b.noise, e.Entry.Text)
	case *runtime.EventExceptionThrown:
		b.noise = append(b.noise, exceptionText(e.ExceptionDetails))
	case *runtime.EventConsoleAPICalled:
		b.noise = append(b.noise, fmt.Sprintf("console.%s", e.Type))
	}
}

func (b *tab) complain(expected []string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, noise := range b.noise {
		if !slices.ContainsFunc(expected, func(e string) bool { return strings.Contains(noise, e) }) {
			b.Errorf("the browser says: %s", noise)
		}
	}
}

func (b *tab) do(steps ...chromedp.Action[chromedp.Void]) {
	b.Helper()
	if err := chromedp.Do(b.ctx, steps...); err != nil {
		b.Fatal(err)
	}
}

// before runs a script in each page before its own.
func (b *tab) before(script string) {
	b.Helper()
	b.do(chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		_, err := chromedp.Call(ctx, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: script})
		return err
	}))
}

func (b *tab) open(url string) { b.Helper(); b.do(chromedp.Navigate(url)) }

// root is where the thread's own elements are.
const root = "document.querySelector('postil-thread').shadowRoot"

// inside makes a selector that finds within the element.
func inside(css string) chromedp.JSPath {
	quoted, _ := json.Marshal(css)
	return chromedp.JSPath(fmt.Sprintf("%s.querySelector(%s)", root, quoted))
}

func (b *tab) click(css string) { b.Helper(); b.do(chromedp.Click(inside(css))) }

func (b *tab) write(css, text string) { b.Helper(); b.do(chromedp.SendKeys(inside(css), text)) }

// thrown begins what look returns of an expression that throws.
const thrown = "it threw "

// look returns the value of an expression, in which root is the element's
// shadow root.
func (b *tab) look(expression string) any {
	b.Helper()
	value, err := chromedp.Run(b.ctx, chromedp.Evaluate[any](fmt.Sprintf(
		`(root => { try { return (%s) ?? null } catch (e) { return %q + e } })(document.querySelector('postil-thread')?.shadowRoot)`, expression, thrown)))
	if err != nil {
		b.Fatalf("%s: %v", expression, err)
	}
	return value
}

// eval is look for what must work at once.
func (b *tab) eval(expression string) any {
	b.Helper()
	value := b.look(expression)
	if text, ok := value.(string); ok && strings.HasPrefix(text, thrown) {
		b.Fatalf("%s: %s", expression, text)
	}
	return value
}

// until returns once something holds, and fails with what report says when it
// does not.
func (b *tab) until(holds func() bool, report func() string) {
	b.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	deadline := time.After(patience)
	for !holds() {
		select {
		case <-tick.C:
		case <-deadline:
			b.Fatalf("after %v: %s", patience, report())
		}
	}
}

// wait returns once an expression has the value.
func (b *tab) wait(expression string, want any) {
	b.Helper()
	var got any
	b.until(func() bool {
		got = b.look(expression)
		return reflect.DeepEqual(got, want)
	}, func() string { return fmt.Sprintf("%s is %#v, want %#v", expression, got, want) })
}

// text waits for the text of the first element that a selector finds.
func (b *tab) text(css, want string) {
	b.Helper()
	b.wait(fmt.Sprintf("root.querySelector(%q)?.innerText.trim()", css), want)
}

// blog serves one page of another origin with the embed.
type blog struct {
	policy    csp.Policy
	integrity string // overrides the right one
	element   string // overrides the element
}

// strict is the policy that design promises the script can do with.
func strict(service string) csp.Policy {
	return csp.Policy{{Name: "default-src", Values: []string{"'none'"}}}.Merge(csp.Embed(service)).
		With("base-uri", "'none'").With("form-action", "'none'").
		With("require-trusted-types-for", "'script'").With("trusted-types", "'none'")
}

const fallback = `<a id="fallback" href="https://comments.example/thread.html">Comments</a>`

// serve starts the blog and returns its address.
func (g blog) serve(t *testing.T, service string) string {
	t.Helper()
	script := static.Hashed("postil.js")
	if g.policy == nil {
		g.policy = strict(service)
	}
	if g.integrity == "" {
		g.integrity = script.Integrity
	}
	if g.element == "" {
		g.element = `<postil-thread site="blog.example" page="/post">` + fallback + `</postil-thread>`
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/favicon.ico" {
			w.WriteHeader(http.StatusNoContent)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Content-Security-Policy", g.policy.String())
		_, _ = fmt.Fprintf(w, `<!DOCTYPE html><html lang="en"><head><title>Blog</title>
<script src="%s" async crossorigin="anonymous" integrity="%s"></script></head>
<body><h1>Post</h1>%s</body></html>`, service+script.Path, g.integrity, g.element)
	}))
	t.Cleanup(server.Close)
	return server.URL
}

func exceptionText(e *runtime.ExceptionDetails) string {
	if e.Exception != nil {
		return e.Text + " " + e.Exception.Description
	}
	return e.Text
}

// Package browser is how a test gets a Chromium, a tab in it, and a blog of
// another origin that embeds the script. Only tests import it.
package browser

import (
	"context"
	"encoding/json"
	"fmt"
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
)

// patience is how long a test waits for what it says must happen: never
// reached where all is well, however busy the machine.
const patience = time.Minute

// launcher starts one browser for all tests of a process; each tab has a
// profile of its own.
type launcher struct {
	once sync.Once
	ctx  context.Context
	err  error
	stop func()
}

var shared launcher

// Main runs a package's tests and ends the browser that they started.
func Main(m *testing.M) int {
	code := m.Run()
	if shared.stop != nil {
		shared.stop()
	}
	if err := fetched.remove(); err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	return code
}

func (l *launcher) start() {
	var path string
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, l.err = exec.LookPath(name); l.err == nil {
			break
		}
	}
	if l.err != nil {
		return
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true), chromedp.WindowSize(1000, 800), chromedp.WSURLReadTimeout(patience))
	allocator, stop := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, cancel := chromedp.NewContext(allocator)
	l.ctx, l.stop = ctx, func() { cancel(); stop() }
	l.err = chromedp.Do(ctx)
}

// Tab is a page in the browser, and what it did besides being shown.
type Tab struct {
	*testing.T
	Context  context.Context // for chromedp
	mu       sync.Mutex
	noise    []string // errors, warnings and violations
	requests []string // addresses
}

// NewTab opens a tab with storage of its own. The test fails at its end when
// the page complained of anything that was not expected.
func NewTab(t *testing.T, expected ...string) *Tab {
	t.Helper()
	shared.once.Do(shared.start)
	if err := shared.err; err != nil {
		if os.Getenv("CI") != "" {
			t.Fatalf("no Chromium: %v", err)
		}
		t.Skipf("no Chromium: %v", err)
	}
	b := &Tab{T: t}
	ctx, cancel := chromedp.NewContext(shared.ctx, chromedp.WithNewBrowserContext(), chromedp.WithListener(b.hear))
	t.Cleanup(cancel)
	b.Context, cancel = context.WithTimeout(ctx, 5*patience)
	t.Cleanup(cancel)
	t.Cleanup(func() { b.complain(expected) })
	b.Do(chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		_, err := chromedp.Call(ctx, emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true})
		return err
	}))
	return b
}

func (b *Tab) hear(event any) {
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

// LeavesNoTrace checks that nothing was stored in the browser but, under these
// names, what its reader asked for.
func (b *Tab) LeavesNoTrace(but ...string) {
	b.Helper()
	stored := `[document.cookie, ...Object.keys(localStorage), ...Object.keys(sessionStorage)].filter(Boolean).sort().join()`
	slices.Sort(but)
	b.Wait(stored, strings.Join(but, ","))
}

// AsksOnly checks that the page has asked for nothing at other origins.
func (b *Tab) AsksOnly(origins ...string) {
	b.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, r := range b.requests {
		if !slices.ContainsFunc(origins, func(o string) bool { return strings.HasPrefix(r, o+"/") }) {
			b.Errorf("the page asked for %s", r)
		}
	}
}

// Asked returns the addresses that the page has asked for, in order.
func (b *Tab) Asked() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.requests)
}

func (b *Tab) complain(expected []string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, noise := range b.noise {
		if !slices.ContainsFunc(expected, func(e string) bool { return strings.Contains(noise, e) }) {
			b.Errorf("the browser says: %s", noise)
		}
	}
}

// Do runs steps, each of which must succeed.
func (b *Tab) Do(steps ...chromedp.Action[chromedp.Void]) {
	b.Helper()
	if err := chromedp.Do(b.Context, steps...); err != nil {
		b.Fatal(err)
	}
}

// Before runs a script in each page before its own.
func (b *Tab) Before(script string) {
	b.Helper()
	b.Do(chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		_, err := chromedp.Call(ctx, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: script})
		return err
	}))
}

// Open goes to an address.
func (b *Tab) Open(url string) { b.Helper(); b.Do(chromedp.Navigate(url)) }

// root is where the thread's own elements are.
const root = "document.querySelector('postil-thread').shadowRoot"

// Inside makes a selector that finds within the element.
func Inside(css string) chromedp.JSPath {
	quoted, _ := json.Marshal(css)
	return chromedp.JSPath(fmt.Sprintf("%s.querySelector(%s)", root, quoted))
}

// thrown begins what look returns of an expression that throws, or whose page
// is left before it has a value.
const thrown = "it threw "

// look returns the value of an expression, in which root is the element's
// shadow root, or what it promises.
func (b *Tab) look(expression string) any {
	b.Helper()
	value, err := chromedp.Run(b.Context, chromedp.Evaluate[any](fmt.Sprintf(
		`(root => { try { return (%s) ?? null } catch (e) { return %q + e } })(document.querySelector('postil-thread')?.shadowRoot)`, expression, thrown), chromedp.EvalAwaitPromise))
	if gone(err) {
		return thrown + err.Error()
	}
	if err != nil {
		b.Fatalf("%s: %v", expression, err)
	}
	return value
}

// Eval is look for what must work at once.
func (b *Tab) Eval(expression string) any {
	b.Helper()
	value := b.look(expression)
	if text, ok := value.(string); ok && strings.HasPrefix(text, thrown) {
		b.Fatalf("%s: %s", expression, text)
	}
	return value
}

// Until returns once something holds, and fails with what report says when it
// does not.
func (b *Tab) Until(holds func() bool, report func() string) {
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

// Wait returns once an expression has the value.
func (b *Tab) Wait(expression string, want any) {
	b.Helper()
	var got any
	b.Until(func() bool {
		got = b.look(expression)
		return reflect.DeepEqual(got, want)
	}, func() string { return fmt.Sprintf("%s is %#v, want %#v", expression, got, want) })
}

// Text waits for the text of the first element that a selector finds.
func (b *Tab) Text(css, want string) {
	b.Helper()
	b.Wait(fmt.Sprintf("root.querySelector(%q)?.innerText.trim()", css), want)
}

func exceptionText(e *runtime.ExceptionDetails) string {
	if e.Exception != nil {
		return e.Text + " " + e.Exception.Description
	}
	return e.Text
}

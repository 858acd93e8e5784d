package main

import (
	"context"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"postil/static/browser"
)

// serveHere starts a server in this process, under the race detector, with
// the policy that new sites have.
func serveHere(t *testing.T, sites ...string) (*server, string) {
	t.Helper()
	flags := &storeFlags{Data: t.TempDir()}
	s, _ := serveWith(t, flags, sites...)
	return s, flags.publicDir()
}

// serveWith starts a server on what a folder holds, and returns its log.
func serveWith(t *testing.T, flags *storeFlags, sites ...string) (*server, *syncBuffer) {
	t.Helper()
	given := serveFlags{Listen: "127.0.0.1:0", OpsListen: "127.0.0.1:0", Rate: "0", LogFormat: "text", Policy: "auto", Site: sites, lifeFlags: lifeFlags{DrainRequests: within}}
	set, err := given.settings(flags, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	log := &syncBuffer{}
	s, err := start(t.Context(), flags, set, slog.New(slog.NewTextHandler(log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.stop(); err != nil {
			t.Errorf("stop: %v", err)
		}
	})
	return s, log
}

// onDisk waits until a page's three documents hold a text.
func onDisk(t *testing.T, folder, text string) {
	t.Helper()
	for _, name := range []string{"feed.xml", "thread.html", "thread.json"} {
		eventually(t, name+" holds "+text, func() bool { return fileHas(filepath.Join(folder, name), text) })
	}
}

func demoFolder(s *server, public string) string {
	return filepath.Join(public, "feeds", s.hosts[0], "demo")
}

// TestDemonstrationTakesACommentByScript is the first command as a newcomer
// sees it.
func TestDemonstrationTakesACommentByScript(t *testing.T) {
	t.Parallel()
	tab := browser.NewTab(t)
	s, public := serveHere(t)
	tab.Open(s.base + "/demo/")
	tab.Wait("!!root.querySelector('textarea')", true)
	tab.Write("textarea[name=body]", "typed with *script*")
	tab.Write("input[name=name]", "Ann")
	tab.Click(".post")
	tab.Wait("root.querySelector('article em')?.textContent", "script")
	onDisk(t, demoFolder(s, public), "typed with <em>script</em>")
}

// TestDemonstrationTakesACommentWithoutScript goes the same way with
// JavaScript switched off: page, link, form, result, thread, edit, delete.
func TestDemonstrationTakesACommentWithoutScript(t *testing.T) {
	t.Parallel()
	tab := browser.NewTab(t)
	s, public := serveHere(t)
	tab.Do(chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		_, err := chromedp.Call(ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
		return err
	}))
	tab.Open(s.base + "/demo/")
	tab.Press(`postil-thread a[href*="/comment?"]`)
	tab.Do(chromedp.SendKeys(chromedp.CSS("textarea[name=body]"), "typed without script"), chromedp.SendKeys(chromedp.CSS("input[name=name]"), "Bob"))
	tab.Press("button[value=post]")
	tab.Do(chromedp.WaitVisible(chromedp.CSS(`a[href*="/edit"]`)))
	onDisk(t, demoFolder(s, public), "typed without script")
	tab.Press(`a[href*="/edit"]`)
	tab.Do(chromedp.SendKeys(chromedp.CSS("textarea[name=body]"), ", and edited"))
	tab.Press("button[value=post], button[value=save]")
	tab.Do(chromedp.WaitVisible(chromedp.CSS(`a[href*="/edit"]`)))
	onDisk(t, demoFolder(s, public), "and edited")
}

// TestEmbedOnAStrictBlogPosts is promise 8 with the real service: another
// origin, the least policy, Trusted Types. The tab fails the test at any
// violation.
func TestEmbedOnAStrictBlogPosts(t *testing.T) {
	t.Parallel()
	tab := browser.NewTab(t)
	blog := (&browser.Blog{Element: `<postil-thread></postil-thread>`}).Listen(t)
	s, public := serveHere(t, blog.URL())
	blog.Serve(t, s.base)
	tab.Open(blog.URL() + "/post")
	tab.Wait("!!root.querySelector('textarea')", true)
	tab.Write("textarea[name=body]", "from a strict blog")
	tab.Click(".post")
	folder := filepath.Join(public, "feeds", strings.TrimPrefix(blog.URL(), "http://"), "post")
	onDisk(t, folder, "from a strict blog")
	tab.Open(blog.URL() + "/post")
	tab.Wait("root.querySelector('article')?.textContent.includes('from a strict blog')", true)
	if status, _ := get(t, s.base+"/feeds/none.example/post/feed.xml"); status != http.StatusNotFound {
		t.Errorf("an unknown site answers %d", status)
	}
}

// TestEmptiedFolderRebuildsItself is promise 5 seen by a reader.
func TestEmptiedFolderRebuildsItself(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	p := serveProgram(t, "--data", data, "--site", "https://blog.example")
	a := p.post(t, "blog.example", "/post", "to be written twice")
	folder := filepath.Join(data, "public", "feeds", "blog.example", "post")
	onDisk(t, folder, a.ID)
	if code := p.stop(t); code != 0 {
		t.Fatalf("serve ended with %d", code)
	}
	if err := os.RemoveAll(filepath.Join(data, "public")); err != nil {
		t.Fatal(err)
	}
	serveProgram(t, "--data", data)
	onDisk(t, folder, a.ID)
}

package web

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"postil/comments"
	"postil/comments/spam"
	"postil/feeds"
	"postil/static"
	"postil/static/browser"
)

// onBlog is a service with everything real: its defences, its publisher,
// and a site at a blog's address with the policy that sites start with.
func onBlog(t *testing.T, blog *browser.Blog, changes ...func(*Config)) (w *world, host string) {
	t.Helper()
	u, err := url.Parse(blog.URL())
	if err != nil {
		t.Fatal(err)
	}
	var publisher *feeds.Publisher
	w = start(t, append([]func(*Config){proving, func(c *Config) {
		publisher = publish(t, c)
		defences := spam.New(spam.Config{Store: c.Service.Store, Now: c.Now, Log: c.Log})
		c.Files, c.Service.Judge, c.Service.Changed, c.Service.Settle = publisher, defences.Judge, publisher.Nudge, publisher.Wait
		c.FeedURL = func(host string, page comments.Page) string { return feeds.URL(c.Base, host, page, feeds.Document{}) }
	}}, changes...)...)
	site, err := comments.NewSite(blog.URL())
	if err != nil {
		t.Fatal(err)
	}
	site.Epoch, _ = newID(w.clock.now())
	site.Created = w.clock.now()
	if site.Settings.Policy != comments.PolicyAuto {
		t.Fatalf("sites start with the policy %s", site.Settings.Policy)
	}
	if err := w.store.PutSite(t.Context(), site); err != nil {
		t.Fatal(err)
	}
	w.clock.advance(2 * siteAge)
	if err := w.service.Settle(t.Context(), u.Host, 0); err != nil { // the publisher knows the site
		t.Fatal(err)
	}
	return w, u.Host
}

// publish runs a publisher until the test ends.
func publish(t *testing.T, c *Config) *feeds.Publisher {
	t.Helper()
	dir, err := feeds.OpenDir(filepath.Join(t.TempDir(), "public"))
	if err != nil {
		t.Fatal(err)
	}
	p, err := feeds.NewPublisher(feeds.Config{Source: c.Service.Store, Dir: dir, Base: c.Base, Log: c.Log, Assets: static.Assets()})
	if err != nil {
		t.Fatal(err)
	}
	ctx, end := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		p.Run(ctx)
	}()
	t.Cleanup(func() {
		end()
		<-done
		_ = dir.Close()
	})
	return p
}

// statuses returns what became of the comments of a site, the newest first.
func (w *world) statuses(host string) (all []string) {
	w.t.Helper()
	list, err := w.store.Search(w.t.Context(), comments.Filter{Site: host, Limit: 10})
	if err != nil {
		w.t.Fatal(err)
	}
	for _, c := range list {
		all = append(all, fmt.Sprintf("%s: %s", c.Source, c.Status))
	}
	return all
}

// A blog of another origin under the strictest policy, Trusted Types included,
// on a site with the policy that sites start with: who types there is
// published at once, because the work was done while typing.
func TestCommentByScriptIsPublishedForItsProof(t *testing.T) {
	t.Parallel()
	tab := browser.NewTab(t)
	blog := (&browser.Blog{Element: `<postil-thread></postil-thread>`}).Listen(t)
	w, host := onBlog(t, blog, mailing)
	blog.Serve(t, w.url)
	tab.Open(blog.URL() + "/post")
	tab.Write("[name=body]", "Written by hand")
	tab.Write("[name=name]", "Ann#hush")
	tab.Wait(`root.querySelector('[name=email]').checkVisibility()`, true)
	tab.Click(".post")
	tab.Text(".thread > .status", "Your comment is published.")
	tab.Text(".entry .name", "Ann")
	if got := w.statuses(host); len(got) != 1 || got[0] != "Written by hand: published" {
		t.Errorf("stored: %v", got)
	}
	badge := tab.Eval(`root.querySelector('.badge').title`)
	tab.Open(blog.URL() + "/post") // from the feed now
	tab.Text(".entry .words", "Written by hand")
	tab.Wait(`root.querySelector('.badge').title`, badge)
	tab.Wait(`root.querySelectorAll('.face').length`, 1.0)
	tab.AsksOnly(blog.URL(), w.url)
	if log := w.log.String(); strings.Contains(log, "hush") {
		t.Errorf("the log holds the secret: %s", log)
	}
}

// The same site holds what comes without script, and says so.
func TestCommentWithoutScriptIsHeldAndSaidToBe(t *testing.T) {
	t.Parallel()
	tab := browser.NewTab(t)
	blog := (&browser.Blog{}).Listen(t)
	w, host := onBlog(t, blog)
	tab.Do(chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		_, err := chromedp.Call(ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
		return err
	}))
	tab.Open(w.url + "/comment?" + url.Values{"site": {host}, "page": {"/post"}}.Encode())
	w.clock.advance(40 * time.Second) // people take longer than machines
	tab.Do(chromedp.SendKeys(chromedp.CSS("textarea[name=body]"), "Written by hand"))
	tab.Press("button[value=post]")
	tab.Do(chromedp.WaitVisible(chromedp.CSS(`a[href*="/edit"]`)))
	heading, err := chromedp.Run(tab.Context, chromedp.Text(chromedp.CSS("h1")))
	if err != nil || heading != "Your comment awaits approval" {
		t.Errorf("the page says %q, %v", heading, err)
	}
	if got := w.statuses(host); len(got) != 1 || got[0] != "Written by hand: held" {
		t.Errorf("stored: %v", got)
	}
	if feed := w.send(http.MethodGet, "/feeds/"+host+"/post/feed.xml", "").want(http.StatusOK); strings.Contains(feed.body, "Written by hand") {
		t.Errorf("the feed shows it: %s", feed.body)
	}
}

// People who use a keyboard or a screen reader must not fall into the trap.
func TestTrapCannotBeReachedByKeyboard(t *testing.T) {
	t.Parallel()
	tab := browser.NewTab(t)
	blog := (&browser.Blog{}).Listen(t)
	w, host := onBlog(t, blog, mailing)
	tab.Open(w.url + "/comment?" + url.Values{"site": {host}, "page": {"/post"}}.Encode())
	var names []string
	tab.Do(chromedp.Focus(chromedp.CSS("textarea")))
	for range 6 {
		tab.Do(chromedp.KeyEvent("\t"))
		names = append(names, fmt.Sprint(tab.Eval(`document.activeElement.name || document.activeElement.href || ''`)))
	}
	if got := strings.Join(names, " "); !strings.HasPrefix(got, "name website email notify do do") {
		t.Errorf("the keyboard leads to %s", got)
	}
	tab.Wait(`(r => r.width <= 1 && r.height <= 1)(document.querySelector('.trap').getBoundingClientRect())`, true)
}

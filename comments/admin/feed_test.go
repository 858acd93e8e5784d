package admin

import (
	"encoding/xml"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/mmcdole/gofeed"

	"postil/comments"
	"postil/static/browser"
)

func (w *world) feedOf(name string) string {
	w.Helper()
	return "/moderate/feed/" + name + "/" + w.Keys.FeedToken(w.find(name)) + ".xml"
}

func TestFeedHoldsTheQueueOfItsModerator(t *testing.T) {
	t.Parallel()
	w := start(t)
	first := w.held("The *first* & only")
	w.held("Elsewhere", func(d *comments.Draft) { d.Site = "other.example" })
	w.comment("Published", 0)
	second := w.held("Second", func(d *comments.Draft) { d.Name = "" })
	a := w.as("", w.feedOf("ann"), nil).want(http.StatusOK)
	if got := a.header.Get("Content-Type"); got != "application/xml; charset=utf-8" {
		t.Errorf("it is served as %s", got)
	}
	feed, err := gofeed.NewParser().ParseString(a.body)
	w.must(err)
	if len(feed.Items) != 2 || feed.FeedType != "atom" || feed.Title != "Held comments, for ann" || feed.FeedLink != w.url+w.feedOf("ann") {
		t.Fatalf("%s feed %q at %s has %d entries:\n%s", feed.FeedType, feed.Title, feed.FeedLink, len(feed.Items), a.body)
	}
	day := w.site("blog.example").Created.UTC().Format(time.DateOnly)
	for i, c := range []comments.Comment{second, first} {
		e := feed.Items[i]
		if e.GUID != "tag:blog.example,"+day+":held:"+c.ID.String() || e.Link != w.url+"/admin/comments/"+c.ID.String() || !e.PublishedParsed.Equal(c.Created.Truncate(time.Microsecond)) {
			t.Errorf("entry %d is %s, %s, %s", i, e.GUID, e.Link, e.Published)
		}
	}
	e := feed.Items[1]
	if e.Title != "Bob on blog.example/post" || e.Author.Name != "Bob" || !strings.Contains(e.Content, "<p>The <em>first</em> &amp; only</p>") || !strings.Contains(e.Content, "Links +120") {
		t.Errorf("the entry %q by %s holds %s", e.Title, e.Author.Name, e.Content)
	}
	if root, err := gofeed.NewParser().ParseString(w.as("", w.feedOf("root"), nil).body); err != nil || len(root.Items) != 3 {
		t.Errorf("an admin's feed has %d entries (%v)", len(root.Items), err)
	}
}

// links are the links of the first entry, by their texts.
func (a answer) links() map[string]string {
	a.Helper()
	links, dec, href := map[string]string{}, xml.NewDecoder(strings.NewReader(a.body)), ""
	for {
		token, err := dec.Token()
		if errors.Is(err, io.EOF) {
			return links
		}
		if err != nil {
			a.Fatal(err)
		}
		switch token := token.(type) {
		case xml.StartElement:
			href = ""
			for _, attr := range token.Attr {
				if attr.Name.Local == "href" {
					href = attr.Value
				}
			}
		case xml.CharData:
			if href != "" && links[string(token)] == "" {
				links[string(token)] = href
			}
		case xml.EndElement:
			href = ""
		}
	}
}

func TestEntriesDecide(t *testing.T) {
	t.Parallel()
	w := start(t)
	for text, want := range map[string]comments.Status{"Approve": comments.Published, "Spam": comments.Spam, "Erase for good": comments.Deleted} {
		c := w.held("Words")
		link := must(url.Parse(w.as("", w.feedOf("ann"), nil).links()[text]))
		w.as("", link.RequestURI(), nil).want(http.StatusOK)
		w.act(link.RequestURI()).want(http.StatusSeeOther)
		if got := w.stored(c.ID); got.Status != want || got.By != "ann" {
			t.Errorf("%s made it %s by %q", text, got.Status, got.By)
		}
	}
	w.as("", w.feedOf("ann"), nil).want(http.StatusOK).lacks("<entry")
}

func TestFeedIsAskedForAgainCheaply(t *testing.T) {
	t.Parallel()
	w := start(t)
	c := w.held("Words")
	a := w.as("", w.feedOf("ann"), nil).want(http.StatusOK)
	again := w.request("", w.feedOf("ann"), nil)
	again.Header.Set("If-None-Match", a.header.Get("ETag"))
	w.send(again).want(http.StatusNotModified)
	w.must(second(w.Decide(t.Context(), "ann", "blog.example", []comments.ID{c.ID}, comments.Spam)))
	w.send(again).want(http.StatusOK)
	for _, path := range []string{"/moderate/feed/ann/x.xml", "/moderate/feed/eve/" + w.Keys.FeedToken(w.find("ann")) + ".xml", "/moderate/feed/nobody/x.xml", strings.TrimSuffix(w.feedOf("ann"), ".xml")} {
		w.as("", path, nil).want(http.StatusNotFound)
	}
}

func second[T any](_ T, err error) error { return err }

func TestFeedHoldsTheNewestOnly(t *testing.T) {
	t.Parallel()
	w := start(t)
	w.flood("blog.example", feedSize+20)
	if n := strings.Count(w.as("", w.feedOf("ann"), nil).body, "<entry>"); n != feedSize {
		t.Errorf("the feed has %d entries", n)
	}
}

func TestFeedReadsAsAPage(t *testing.T) {
	t.Parallel()
	w := start(t)
	c := w.held("Some *words*")
	d := w.visit(t, w.feedOf("ann"))
	d.Wait(`document.title`, "Held comments, for ann")
	d.Wait(`[...document.querySelectorAll('entry id, entry published, feed > id')].every(e => getComputedStyle(e).display === 'none')`, true)
	d.Wait(`document.querySelector('content em').textContent`, "words")
	d.Eval(`[...document.querySelectorAll('content a')].find(a => a.textContent === 'Approve').click()`)
	d.Wait(`document.querySelector('button')?.innerText`, "Approve")
	d.Press("button")
	d.becomes(c, comments.Published)
}

// visit opens a page without a password.
func (w *world) visit(t *testing.T, path string) *desk {
	t.Helper()
	d := &desk{browser.NewTab(t), w}
	d.Open(w.url + path)
	return d
}

func TestTagsNameTheBlog(t *testing.T) {
	t.Parallel()
	since := time.Date(2026, 11, 22, 23, 0, 0, 0, time.UTC)
	for host, want := range map[string]string{
		"blog.example": "tag:blog.example,2026-11-22:x", "blog.example:8080": "tag:blog.example,2026-11-22:8080:x", "[::1]:8080": "tag:--1,2026-11-22:8080:x", "[::1]": "tag:--1,2026-11-22:x",
	} {
		if got := tag(host, since, "x"); got != want {
			t.Errorf("%s: %s, want %s", host, got, want)
		}
	}
}

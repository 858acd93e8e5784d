package feeds

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"postil/comments"
	"postil/static"
)

// ask returns the file at a path, and fails if there is an error.
func (w *world) ask(path string) *static.File {
	w.t.Helper()
	f, err := w.File(w.t.Context(), path)
	if err != nil {
		w.t.Fatalf("%s: %v", path, err)
	}
	return f
}

// refuses fails unless a path is answered with an error of that kind.
func (w *world) refuses(kind comments.Kind, paths ...string) {
	w.t.Helper()
	for _, path := range paths {
		f, err := w.File(w.t.Context(), path)
		if err == nil {
			w.t.Errorf("%s: got %.60q", path, f.Body)
		} else if comments.KindOf(err) != kind {
			w.t.Errorf("%s: got %v, want kind %v", path, err, kind)
		}
	}
}

// leads fails unless a path is answered with another.
func (w *world) leads(path, to string) {
	w.t.Helper()
	_, err := w.File(w.t.Context(), path)
	if moved, ok := errors.AsType[*Moved](err); !ok || moved.Location() != to {
		w.t.Errorf("%s leads to %v, want %s", path, err, to)
	}
}

func TestAMissingFileIsRenderedAndWritten(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.fill("/post", 25)
	w.pass()
	want := tree(t, w.path)
	for _, name := range []string{"feed.xml", "thread-1.html"} {
		path := "feeds/blog.example/post/" + name
		for _, suffix := range suffixes {
			if err := os.Remove(filepath.Join(w.path, path+suffix)); err != nil {
				t.Fatal(err)
			}
		}
		if got := w.ask("/" + path); string(got.Body) != want[path] || got.Policy == "" || got.ETag == "" {
			t.Errorf("%s: another file came back", path)
		}
	}
	w.ask("/sites/blog.example/latest.xml")
	w.agrees()
}

func TestAPageWithoutCommentsIsAnEmptyThreadWithoutFiles(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.pass()
	for path, want := range map[string]string{
		"/feeds/blog.example/post/feed.xml":                             "<title>Comments on blog.example/post</title>",
		"/feeds/blog.example/feed.xml":                                  "<title>Comments on blog.example</title>",
		"/feeds/blog.example/post/thread.html":                          "No comments yet.",
		"/feeds/blog.example/post/thread.json":                          `"items":[]`,
		"/feeds/blog.example/" + strings.Repeat("y", 300) + "/feed.xml": "tag:blog.example,2026-11-22:thread:/yyy",
	} {
		first, again := w.ask(path), w.ask(path)
		if !strings.Contains(string(first.Body), want) || first.ETag != again.ETag {
			t.Errorf("%s: tags %s and %s of %s", path, first.ETag, again.ETag, first.Body)
		}
	}
	if w.dir.exists("feeds") {
		t.Error("files were written for pages without comments")
	}
	w.refuses(comments.NotFound, "/feeds/blog.example/post/feed-1.xml")
}

// Fragments are there where the site asks for them, and only as long.
func TestFragmentsComeAndGoWithTheSetting(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.fill("/post", 45)
	w.pass()
	const written, empty = "/feeds/blog.example/post/fragment.html", "/feeds/blog.example/other/fragment.html"
	for _, on := range []bool{false, true, false} {
		w.putSite("https://blog.example", func(s *comments.Site) { s.Settings.Fragment, s.Settings.Archive = on, 10 })
		w.pass()
		w.agrees()
		if !on {
			w.refuses(comments.NotFound, written)
			w.refuses(comments.NotFound, empty)
			continue
		}
		if got := string(w.ask(written).Body); !strings.Contains(got, "45 comments") || !strings.Contains(got, "/thread-3.html") {
			t.Errorf("%s", got)
		}
		if got := string(w.ask(empty).Body); !strings.Contains(got, "No comments yet.") {
			t.Errorf("%s", got)
		}
		w.refuses(comments.NotFound, "/feeds/blog.example/post/fragment-1.html")
	}
}

func TestEveryAddressLeadsToTheOneThatHasTheFile(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(s *comments.Site) { s.Settings.KeepQuery = kept })
	long := "/" + strings.Repeat("y", 300)
	for _, page := range []string{"/post", "/feed.xml", "/a?p=1", long, "/new"} {
		w.fill(page, 1)
	}
	if err := w.store.Alias(t.Context(), "blog.example", "/old", "/new"); err != nil {
		t.Fatal(err)
	}
	w.pass()
	const to = "/talk/feeds/blog.example/"
	w.leads("/feeds/blog.example/post/index.html/feed.xml", to+"post/feed.xml")
	w.leads("/feeds/BLOG.example/post/thread.html", to+"post/thread.html")
	w.leads("/feeds/blog.example//post/thread.json", to+"post/thread.json")
	w.leads("/sites/BLOG.example/latest.xml", "/talk/sites/blog.example/latest.xml")
	w.leads("/feeds/blog.example/feed.xml/feed.xml", to+segment("feed.xml")+"/feed.xml")
	w.leads("/feeds/blog.example/a?x=9&p=1/feed.xml", to+"a%3Fp=1/feed.xml")
	w.leads("/feeds/blog.example/old/feed.xml", to+"new/feed.xml")
	w.leads("/feeds/blog.example"+long+"/feed.xml", to+segment(long[1:])+"/feed.xml")
	for _, path := range []string{"/feeds/blog.example/a?p=1/feed.xml", "/feeds/blog.example/" + segment(long[1:]) + "/feed.xml"} {
		if !strings.Contains(string(w.ask(path).Body), "comment 1 of") {
			t.Errorf("%s does not hold its comment", path)
		}
	}
}

func TestWhatIsNoFileIsNotFound(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.fill("/post", 1)
	w.pass()
	w.refuses(comments.NotFound,
		"", "/", "/feeds", "/feeds/blog.example", "/feeds/other.example/feed.xml", "/sites/other.example/latest.xml", "/sites/blog.example/feed.xml",
		"/feeds/blog.example/post/feed-1.xml", "/feeds/blog.example/post/feed.xml.gz", "/feeds/blog.example/=="+strings.Repeat("0", 64)+"/feed.xml",
		"/"+cursorName, "/"+lockName, "/"+tempDir+"/1", "/feeds/../"+cursorName, "/static/../"+cursorName, "/static/other.js", "/postil.js.gz",
		"/feeds/blog.example/\x00/feed.xml", "/feeds/blog.example/"+strings.Repeat("y/", 600)+"feed.xml",
	)
}

func TestBuiltFilesAreServedAndOlderOnesStay(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.spoil("static/postil.0000.js", "older")
	w.pass()
	if got := w.ask("/static/postil.0000.js"); string(got.Body) != "older" || got.Type != "text/javascript; charset=utf-8" {
		t.Errorf("got %q of type %s", got.Body, got.Type)
	}
	if got := w.ask("/postil.js"); string(got.Body) != "'use strict';\n" {
		t.Errorf("got %q", got.Body)
	}
	if err := os.Remove(filepath.Join(w.path, "postil.js")); err != nil {
		t.Fatal(err)
	}
	w.pass()
	if !w.dir.exists("postil.js") {
		t.Error("a removed built file was not written again")
	}
}

func TestSitesAddedAMomentAgoAreFound(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.ask("/feeds/blog.example/post/feed.xml") // nothing was published yet
	w.putSite("https://late.example")
	w.lastScan = time.Time{} // as if the last look were long ago
	w.ask("/feeds/late.example/post/feed.xml")
}

func TestReadingOutlivesTheDatabase(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.fill("/post", 12)
	w.pass()
	if err := w.store.Close(); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/feeds/blog.example/post/feed.xml", "/feeds/blog.example/post/thread.json", "/sites/blog.example/counts.json", "/postil.js"} {
		w.ask(path)
	}
	if got := w.ask("/feeds/blog.example/quiet/feed.xml"); !strings.Contains(string(got.Body), "<title>Comments on blog.example/quiet</title>") {
		t.Errorf("a page without comments is answered with %s", got.Body)
	}
	w.refuses(comments.Unavailable, "/feeds/blog.example/post/feed-1.xml")
	if err := w.Pass(t.Context()); comments.KindOf(err) != comments.Unavailable || w.State().Err == nil {
		t.Errorf("the pass says %v, the state %+v", err, w.State())
	}

	w.stop(t.Context())
	if err := w.dir.Close(); err != nil {
		t.Fatal(err)
	}
	w.open() // a start while the database is down
	f := w.ask("/feeds/blog.example/post/thread.html")
	if !strings.HasSuffix(f.Policy, "frame-ancestors https://blog.example") {
		t.Errorf("the policy is %s", f.Policy)
	}
	w.refuses(comments.Unavailable, "/feeds/blog.example/quiet/feed.xml")
}

func TestAFullDiskKeepsNobodyFromReading(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.pass()
	w.dir.before = func(string, string) error { return errStopped }
	w.fill("/post", 3)
	if got := w.ask("/feeds/blog.example/post/feed.xml"); strings.Count(string(got.Body), "<entry>") != 3 {
		t.Errorf("got %s", got.Body)
	}
}

func TestARequestThatGivesUpIsLetGo(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.fill("/post", 1)
	w.pass()
	unlock, ok := w.pages.try("feeds/blog.example/other")
	if !ok {
		t.Fatal("the lock is taken")
	}
	defer unlock()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := w.File(ctx, "/feeds/blog.example/other/feed.xml"); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

package feeds

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"postil/comments"
)

func TestACommentReachesAllItsFiles(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.pass()
	c := w.post("/2026/post", "Hello from here", comments.ID{})
	w.pass()
	files := tree(t, w.path)
	for _, name := range []string{
		"feeds/blog.example/2026/post/feed.xml", "feeds/blog.example/2026/post/thread.html", "feeds/blog.example/2026/post/thread.json",
		"sites/blog.example/latest.xml", "sites/blog.example/latest.json",
	} {
		if !strings.Contains(files[name], "Hello from here") || !strings.Contains(files[name], c.ID.String()) {
			t.Errorf("%s does not hold the comment: %s", name, files[name])
		}
	}
	if got := files["sites/blog.example/counts.json"]; got != "{\n\"/2026/post\":1}\n" {
		t.Errorf("counts.json is %q", got)
	}
	for _, name := range []string{"postil.js", "static/postil.abc.js", cursorName} {
		if !w.dir.exists(name) {
			t.Errorf("%s is missing", name)
		}
	}
	w.agrees()
}

func TestArchivesAppearAtTheirBoundaries(t *testing.T) {
	t.Parallel()
	w := newWorld(t) // of ten comments each
	for _, c := range []struct {
		total int
		want  []string
	}{
		{10, []string{"feed.xml"}},
		{19, []string{"feed.xml"}},
		{20, []string{"feed-1.xml", "feed.xml"}},
		{21, []string{"feed-1.xml", "feed.xml"}},
		{30, []string{"feed-1.xml", "feed-2.xml", "feed.xml"}},
	} {
		for n := w.lastOf("/post"); n < c.total; n++ {
			w.post("/post", fmt.Sprintf("comment %d;", n+1), comments.ID{})
		}
		w.pass()
		files := tree(t, w.path)
		var feeds []string
		counted := 0
		for name, body := range files {
			if strings.HasPrefix(name, "feeds/blog.example/post/feed") && strings.HasSuffix(name, ".xml") {
				feeds = append(feeds, filepath.Base(name))
				counted += strings.Count(body, "<entry>")
			}
		}
		slices.Sort(feeds)
		if diff := cmp.Diff(c.want, feeds); diff != "" || counted != c.total {
			t.Errorf("%d comments: %d entries, files (-want +got):\n%s", c.total, counted, diff)
		}
		w.agrees()
	}
}

func (w *world) lastOf(page comments.Page) int {
	thread, err := w.store.Thread(w.t.Context(), "blog.example", page)
	if err != nil {
		w.t.Fatal(err)
	}
	return int(thread.Last)
}

func TestOneCommentRewritesABoundedNumberOfFiles(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.fill("/post", 55)
	w.pass()
	before := modified(t, w.path)
	w.post("/post", "one more", comments.ID{})
	w.pass()
	var changed []string
	for name, at := range modified(t, w.path) {
		if before[name] != at && filepath.Ext(name) != gzipSuffix && filepath.Ext(name) != brotliSuffix {
			changed = append(changed, name)
		}
	}
	slices.Sort(changed)
	want := []string{
		"feeds/blog.example/post/feed.xml", "feeds/blog.example/post/thread.html", "feeds/blog.example/post/thread.json",
		"sites/blog.example/counts.json", "sites/blog.example/latest.json", "sites/blog.example/latest.xml",
	}
	if diff := cmp.Diff(want, changed); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// modified returns which file stands under each name: a written one is another.
func modified(t *testing.T, path string) map[string]uint64 {
	t.Helper()
	inodes := map[string]uint64{}
	for name := range tree(t, path) {
		info, err := os.Stat(filepath.Join(path, name))
		if err != nil {
			t.Fatal(err)
		}
		inodes[name] = info.Sys().(*syscall.Stat_t).Ino
	}
	return inodes
}

func TestAnAliasMovesTheFiles(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.fill("/old", 25)
	w.fill("/new", 3)
	w.pass()
	if err := w.store.Alias(t.Context(), "blog.example", "/old", "/new"); err != nil {
		t.Fatal(err)
	}
	w.pass()
	if w.dir.exists("feeds/blog.example/old") {
		t.Error("the old page kept its files")
	}
	if got := tree(t, w.path)["sites/blog.example/counts.json"]; got != "{\n\"/new\":28}\n" {
		t.Errorf("counts.json is %q", got)
	}
	w.agrees()
}

func TestAnEmptiedDirectoryIsBuiltAgainTheSame(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.fill("/post", 25)
	w.fill("/", 2)
	w.pass()
	before := tree(t, w.path)
	names, err := filepath.Glob(filepath.Join(w.path, "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range append(names, filepath.Join(w.path, cursorName), filepath.Join(w.path, tempDir)) {
		if err := os.RemoveAll(name); err != nil {
			t.Fatal(err)
		}
	}
	w.pass()
	if diff := differences(before, tree(t, w.path)); diff != "" {
		t.Errorf("built again it differs: %s", diff)
	}
	if !w.dir.exists(cursorName) {
		t.Error("the cursor was not written again")
	}
}

func TestEmptyingIsNoticedThoughSomeFilesAreBackAlready(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.fill("/a", 25)
	w.fill("/b", 1)
	w.pass()
	for _, tree := range []string{feedsTree, sitesTree} {
		if err := os.RemoveAll(filepath.Join(w.path, tree)); err != nil {
			t.Fatal(err)
		}
	}
	w.dir.cache.dropTree(feedsTree)
	w.ask("/feeds/blog.example/b/feed.xml")
	w.ask("/sites/blog.example/latest.xml")
	if !w.dir.exists("feeds/blog.example/b/feed.xml") {
		t.Fatal("asking for a file did not write it")
	}
	w.pass()
	w.agrees()
}

func TestARemovedSiteTakesItsFilesAlong(t *testing.T) {
	t.Parallel()
	for _, running := range []bool{true, false} {
		w := newWorld(t)
		w.putSite("https://other.example")
		w.fill("/post", 2)
		w.pass()
		if !running {
			w.stop(t.Context())
			if err := w.dir.Close(); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.store.RemoveSite(t.Context(), "blog.example"); err != nil {
			t.Fatal(err)
		}
		if !running {
			w.open()
		}
		w.pass()
		if w.dir.exists("feeds/blog.example") || w.dir.exists("sites/blog.example") {
			t.Errorf("running %v: files of the removed site are left", running)
		}
		if !w.dir.exists("sites/other.example/latest.xml") {
			t.Errorf("running %v: another site lost its files", running)
		}
		w.agrees()
	}
}

func TestNewSettingsReachAllFiles(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.fill("/post", 45)
	w.pass()
	get := func() string {
		f, err := w.File(t.Context(), "/feeds/blog.example/post/thread.html")
		if err != nil {
			t.Fatal(err)
		}
		return f.Policy
	}
	if got := get(); !strings.Contains(got, "frame-ancestors https://blog.example") {
		t.Errorf("policy %s", got)
	}
	w.putSite("https://blog.example", func(s *comments.Site) {
		s.Settings.Origins = append(s.Settings.Origins, "https://www.blog.example")
		s.Settings.Archive = 20
	})
	w.pass()
	if got := get(); !strings.HasSuffix(got, "frame-ancestors https://blog.example https://www.blog.example") {
		t.Errorf("after the change: policy %s", got)
	}
	w.agrees()
}

func TestAnotherAddressOfTheServiceReachesAllFiles(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.fill("/post", 3)
	w.pass()
	w.stop(t.Context())
	w.Config.Base = "https://elsewhere.example"
	p, err := NewPublisher(w.Config)
	if err != nil {
		t.Fatal(err)
	}
	w.Publisher = p
	w.pass()
	for name, body := range tree(t, w.path) {
		if strings.Contains(body, "c.example/talk") {
			t.Errorf("%s still names the old address", name)
		}
	}
	if base, err := w.dir.Base(); err != nil || base != "https://elsewhere.example" {
		t.Errorf("the directory says %q, %v", base, err)
	}
}

// forgetful is a store that has dropped old changes.
type forgetful struct {
	comments.Reader
	upTo int64
}

func (f forgetful) Changes(ctx context.Context, site string, after int64, limit int) ([]comments.Change, error) {
	return f.Reader.Changes(ctx, site, max(after, f.upTo), limit)
}

func TestForgottenChangesAreMadeUpFor(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.fill("/a", 12)
	w.pass()
	w.fill("/b", 12)
	c := w.fill("/a", 9)
	w.decide(comments.Spam, c[0].ID)
	sites, err := w.store.Sites(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	w.Source = forgetful{w.store, sites[0].Head - 2}
	w.pass()
	w.agrees()
}

func TestAPageThatCannotBeWrittenStopsNoOther(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.pass()
	var mu sync.Mutex
	full := true
	w.dir.before = func(op, path string) error {
		mu.Lock()
		defer mu.Unlock()
		if full && op == "rename" && strings.HasPrefix(path, "feeds/blog.example/bad/") {
			return syscall.ENOSPC
		}
		return nil
	}
	w.post("/bad", "words", comments.ID{})
	w.post("/good", "words", comments.ID{})
	if err := w.Pass(t.Context()); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("the pass says %v", err)
	}
	if !w.dir.exists("feeds/blog.example/good/feed.xml") {
		t.Error("the other page was not written")
	}
	state := w.State()
	if state.Failing != 1 || !errors.Is(state.Err, syscall.ENOSPC) || !strings.Contains(state.Err.Error(), "blog.example/bad") || state.Behind != 2 {
		t.Errorf("the state is %+v", state)
	}
	if c, err := w.dir.readCursor(); err != nil || c.Sites["blog.example"].Change != 0 {
		t.Errorf("the cursor moved past what is not written: %+v, %v", c, err)
	}
	mu.Lock()
	full = false
	mu.Unlock()
	w.wait(2) // it is tried again by itself
	if state := w.State(); state.Err != nil || state.Failing != 0 || state.Behind != 0 || state.LastPass.IsZero() {
		t.Errorf("after that the state is %+v", state)
	}
	w.pass()
	w.agrees()
}

func TestWaitEndsWithItsContextAndSaysWhy(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.pass()
	w.dir.before = func(op, _ string) error { return syscall.ENOSPC }
	w.post("/post", "words", comments.ID{})
	if err := w.Pass(t.Context()); err == nil {
		t.Fatal("a full disk is no failure")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := w.Wait(ctx, "blog.example", 1); !errors.Is(err, context.Canceled) || !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("got %v", err)
	}
}

func TestWaitForARemovedSiteReturns(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	defer w.run()()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if err := w.Wait(ctx, "gone.example", 7); err != nil {
		t.Error(err)
	}
}

func TestRunPublishesWhatCameInBeforeItEnded(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	end := w.run()
	w.wait(0)
	w.post("/post", "at the last moment", comments.ID{})
	end()
	if !strings.Contains(tree(t, w.path)["feeds/blog.example/post/feed.xml"], "at the last moment") {
		t.Error("a comment stored before the end was not published")
	}
	w.agrees()
	if c, err := w.dir.readCursor(); err != nil || c.Sites["blog.example"].Change != 1 {
		t.Errorf("the cursor is %+v, %v", c, err)
	}
}

func TestRunSeesChangesOfOtherProcessesByItself(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	defer w.run()()
	w.wait(0)
	w.post("/post", "not announced", comments.ID{})
	seen := func() bool { s := w.sites["blog.example"]; return s.taken == 1 && len(s.tasks) == 0 }
	if err := w.await(t.Context(), seen); err != nil {
		t.Fatal(err)
	}
	if !w.dir.exists("feeds/blog.example/post/feed.xml") {
		t.Error("it was not published")
	}
}

// spoil writes a file that nothing published.
func (w *world) spoil(name, body string) {
	w.t.Helper()
	full := filepath.Join(w.path, name)
	if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
		w.t.Fatal(err)
	}
	if err := os.WriteFile(full, []byte(body), 0o644); err != nil {
		w.t.Fatal(err)
	}
}

func TestCheckNamesEveryDifference(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.fill("/a", 25)
	w.pass()
	for name, body := range map[string]string{
		"feeds/blog.example/a/thread-1.json": "other words",
		"feeds/blog.example/a/feed.xml.br":   "another twin",
		"feeds/blog.example/a/feed-9.xml":    "an archive too many",
		"feeds/other.example/feed.xml":       "a site too many",
		"sites/blog.example/notes.txt":       "something else",
		"sites/blog.example/counts.json":     "{}",
		"postil.js":                          "alert()",
	} {
		w.spoil(name, body)
	}
	for _, name := range []string{"feeds/blog.example/a/thread.html", "feeds/blog.example/a/feed.xml.gz"} {
		if err := os.Remove(filepath.Join(w.path, name)); err != nil {
			t.Fatal(err)
		}
	}
	view, err := ViewDir(w.path) // as beside a running server
	if err != nil {
		t.Fatal(err)
	}
	defer view.Close()
	got := map[string]Fault{}
	if err := publisherOn(t, w.store, view).Check(t.Context(), func(d Difference) { got[d.Path] = d.Fault }); err != nil {
		t.Fatal(err)
	}
	want := map[string]Fault{
		"feeds/blog.example/a/thread-1.json": Stale, "feeds/blog.example/a/feed.xml.br": Twin, "feeds/blog.example/a/feed.xml.gz": Twin,
		"feeds/blog.example/a/feed-9.xml": Extra, "feeds/other.example/feed.xml": Extra, "sites/blog.example/notes.txt": Extra,
		"sites/blog.example/counts.json": Stale, "postil.js": Stale, "feeds/blog.example/a/thread.html": Missing,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

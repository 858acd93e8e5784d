package feeds

import (
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"postil/comments"
)

func TestRebuildMendsAndCountsEverything(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.fill("/a", 25)
	w.fill("/b", 2)
	w.pass()
	for name, body := range map[string]string{
		"feeds/blog.example/a/feed-1.xml":     "other words",
		"feeds/blog.example/a/feed-9.xml":     "an archive too many",
		"feeds/blog.example/c/feed.xml":       "a page too many",
		"feeds/blog.example/c/d/stray.txt":    "something else",
		"sites/blog.example/latest.old":       "something else",
		"feeds/blog.example/b/thread.html.gz": "another twin",
	} {
		w.spoil(name, body)
	}
	var calls [][2]int
	if err := w.Rebuild(t.Context(), func(done, total int) { calls = append(calls, [2]int{done, total}) }); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([][2]int{{2, 2}}, calls); diff != "" {
		t.Errorf("progress (-want +got):\n%s", diff)
	}
	w.agrees()
	if w.dir.exists("feeds/blog.example/c") {
		t.Error("an empty directory was left")
	}
}

// A rebuild writes neighbouring pages together; one that cannot be written
// must not hold up the others.
func TestARebuildGoesOnWithoutAPageThatFails(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for i := range 9 {
		w.fill(fmt.Sprintf("/page%d", i), 3)
	}
	const failing = "/page4/"
	var mended atomic.Bool
	w.dir.before = func(op, path string) error {
		if !mended.Load() && op == "rename" && strings.Contains(path, failing) {
			return syscall.EIO
		}
		return nil
	}
	if err := w.Rebuild(t.Context(), nil); !errors.Is(err, syscall.EIO) {
		t.Errorf("the failure was not told: %v", err)
	}
	for i := range 9 {
		path := Path("blog.example", comments.Page(fmt.Sprintf("/page%d", i)), Document{})
		if stands, want := w.dir.exists(path), !strings.Contains(path, failing); stands != want {
			t.Errorf("%s stands: %v", path, stands)
		}
	}
	mended.Store(true)
	if err := w.await(t.Context(), func() bool { return len(w.sites["blog.example"].tasks) == 0 }); err != nil {
		t.Fatal(err)
	}
	w.agrees()
}

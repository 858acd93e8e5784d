package feeds

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"postil/comments"
)

func TestUnpublishedCommentsChangeNoByte(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	first := w.post("/post", "published", comments.ID{})
	w.pass()
	before, inodes := tree(t, w.path), modified(t, w.path)
	w.putSite("https://blog.example", func(s *comments.Site) { s.Settings.Policy = comments.PolicyHoldAll })
	w.pass()
	held := w.post("/post", "SECRET one", first.ID)
	spam := w.post("/never-seen", "SECRET two", comments.ID{})
	w.decide(comments.Spam, spam.ID)
	w.pass()
	if diff := differences(before, tree(t, w.path)); diff != "" {
		t.Errorf("held comments show: %s", diff)
	}
	if diff := cmp.Diff(inodes, modified(t, w.path)); diff != "" {
		t.Errorf("files were written for held comments (-before +after):\n%s", diff)
	}
	w.decide(comments.Published, held.ID)
	w.pass()
	if !strings.Contains(tree(t, w.path)["feeds/blog.example/post/feed.xml"], "SECRET one") {
		t.Error("an approved comment is not published")
	}
	w.decide(comments.Spam, held.ID)
	w.pass()
	checkGone(t, w, "SECRET")
	w.agrees()
}

func (w *world) decide(status comments.Status, ids ...comments.ID) {
	w.t.Helper()
	if _, err := w.service.Decide(w.t.Context(), "mod", "blog.example", ids, status); err != nil {
		w.t.Fatal(err)
	}
}

// checkGone fails if words are in any file below the output directory, in any
// twin, or in memory.
func checkGone(t *testing.T, w *world, words string) {
	t.Helper()
	for name, body := range tree(t, w.path) {
		for _, suffix := range suffixes[1:] {
			if strings.HasSuffix(name, suffix) {
				var err error
				if body, err = unpack(suffix, []byte(body)); err != nil {
					t.Fatal(err)
				}
			}
		}
		if strings.Contains(body, words) {
			t.Errorf("%s still holds %q", name, words)
		}
		if f := w.dir.Cached(name); f != nil && strings.Contains(string(f.Body), words) {
			t.Errorf("%s is still answered with %q", name, words)
		}
	}
	for name, body := range tree(t, filepath.Join(w.path, tempDir)) {
		if strings.Contains(body, words) {
			t.Errorf("the temporary file %s holds %q", name, words)
		}
	}
}

func TestErasedWordsAreNowhereWhenWaitReturns(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.settleBy()
	defer w.run()()
	for i := range 8 {
		w.fill("/post", 4)
		c := w.post("/post", "SECRET "+strings.Repeat("word ", 100), comments.ID{})
		w.post("/post", "an answer", c.ID)
		w.wait(int64((i+1)*6 + i))
		for _, path := range []string{"/feeds/blog.example/post/feed.xml", "/sites/blog.example/latest.json"} {
			f, err := w.File(t.Context(), path) // so that it is in memory
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(string(f.Body), "SECRET") {
				t.Fatalf("%s does not hold the comment", path)
			}
		}
		if _, err := w.service.Erase(t.Context(), "mod", "blog.example", []comments.ID{c.ID}); err != nil {
			t.Fatal(err)
		}
		checkGone(t, w, "SECRET")
	}
}

func TestErasingInAnArchiveRewritesIt(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.settleBy()
	defer w.run()()
	w.fill("/post", 3)
	first := w.post("/post", "SECRET in an archive", comments.ID{})
	w.fill("/post", 35)
	second := w.post("/post", "SECRET too", first.ID)
	w.fill("/post", 20)
	if _, err := w.service.Erase(t.Context(), "mod", "blog.example", []comments.ID{second.ID, first.ID}); err != nil {
		t.Fatal(err)
	}
	checkGone(t, w, "SECRET")
	if got := tree(t, w.path)["feeds/blog.example/post/feed-1.xml"]; !strings.Contains(got, "deleted-entry ref=\"tag:blog.example,2026-11-22:comment:"+first.ID.String()) {
		t.Error("the archive has no tombstone")
	}
}

package feeds

import (
	"strings"
	"testing"

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
	for _, name := range []string{"postil.js", "postil.css", ".postil-cursor"} {
		if !w.dir.exists(name) {
			t.Errorf("%s is missing", name)
		}
	}
	w.agrees()
}

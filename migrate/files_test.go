package migrate

import (
	"io/fs"
	"log/slog"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"postil/feeds"
)

// TestFilesAreAsBeforeOnceAnImportIsTakenBack publishes before and after, as a
// server does.
func TestFilesAreAsBeforeOnceAnImportIsTakenBack(t *testing.T) {
	t.Parallel()
	for kind, open := range databases() {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, open(t))
			public := t.TempDir()
			w.write("/hello", "", "before the import")
			w.write("/3", "", "on a page of the import")
			before := w.publish(public)
			if len(before) < 6 {
				t.Fatalf("only %d files are published", len(before))
			}
			large := filepath.Join(t.TempDir(), "disqus.xml") // threads of several documents
			writeFile(t, large, disqusOf(3000, 9))
			first := w.imports(job{format: Auto, files: []string{large}})
			second := w.imports(job{format: Auto, files: []string{"testdata/wordpress/part1.xml", "testdata/wordpress/part2.xml"}})
			during := w.publish(public)
			if len(during) < 3*len(before) || !strings.Contains(during["feeds/blog.example/hello/thread.html"], "paragraph with <em>stress</em>") {
				t.Errorf("%d files are published", len(during))
			}
			w.undo(second.Run)
			w.undo(first.Run)
			if diff := cmp.Diff(before, w.publish(public)); diff != "" {
				t.Errorf("after taking it back (-want +got):\n%s", diff)
			}
		})
	}
}

// publish writes what is pending, and returns the files that readers see.
func (w *world) publish(public string) map[string]string {
	w.Helper()
	dir, err := feeds.OpenDir(public)
	w.must(err)
	p, err := feeds.NewPublisher(feeds.Config{Source: w.store, Dir: dir, Base: "https://c.example", Log: slog.New(slog.DiscardHandler)})
	w.must(err)
	w.must(p.Pass(w.Context()))
	w.must(dir.Close())
	files := map[string]string{}
	w.must(fs.WalkDir(os.DirFS(public), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasPrefix(path.Base(name), ".") || strings.HasSuffix(name, ".gz") || strings.HasSuffix(name, ".br") {
			return err
		}
		text, err := os.ReadFile(filepath.Join(public, name))
		files[name] = string(text)
		return err
	}))
	return files
}

package feeds

import (
	"context"
	"errors"
	"fmt"
	"html"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"postil/comments"
	"postil/comments/sqlite"
	"postil/static"
)

// world is a database, a service over it, and a publisher that follows it.
type world struct {
	t       testing.TB
	store   comments.Store
	service *comments.Service
	dir     *Dir
	path    string // of dir
	*Publisher

	ticking sync.Mutex // the service reads the clock from several goroutines
	clock   time.Time
	ids     int64
	files   string
	closed  bool
}

// fataler is what tests and property tests have in common.
type fataler interface{ Fatal(...any) }

func newWorld(t testing.TB, configure ...func(*comments.Site)) *world {
	t.Helper()
	return newWorldIn(t, t.TempDir(), configure...)
}

// memoryDir returns a directory in memory where there is such a thing: random
// tests sync thousands of files.
func memoryDir(t testing.TB) string {
	dir, err := os.MkdirTemp("/dev/shm", "postil-test-")
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

func newWorldIn(t testing.TB, files string, configure ...func(*comments.Site)) *world {
	t.Helper()
	w := &world{t: t, clock: day, files: files}
	var err error
	if w.store, err = sqlite.Open(t.Context(), filepath.Join(w.files, "postil.db")); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.close)
	w.serve()
	w.putSite("https://blog.example", configure...)
	w.open()
	return w
}

// close may be called twice.
func (w *world) close() {
	if w.closed {
		return
	}
	w.closed = true
	if w.dir != nil {
		w.stop(context.Background())
		_ = w.dir.Close()
	}
	_ = w.store.Close()
}

// serve makes the service; its clock moves on by a second each time it is read.
func (w *world) serve() {
	w.service = comments.NewService(comments.Config{
		Store: w.store,
		Render: func(source string, _ comments.Markup) (comments.HTML, error) {
			return comments.HTML("<p>" + html.EscapeString(source) + "</p>\n"), nil
		},
		Now:     w.now,
		NewID:   func(time.Time) (comments.ID, error) { w.ids++; return numbered(w.ids), nil },
		Keys:    testKeys(),
		Judge:   func(context.Context, comments.Case) ([]comments.Verdict, error) { return nil, nil },
		Changed: func() {},
		Settle:  func(context.Context, string, int64) error { return nil },
	})
}

func testKeys() comments.Keyring {
	keys, err := comments.NewKeyring([]byte("a secret of at least thirty-two bytes"))
	if err != nil {
		panic(err) // it has more
	}
	return keys
}

func (w *world) now() time.Time {
	w.ticking.Lock()
	defer w.ticking.Unlock()
	w.clock = w.clock.Add(time.Second)
	return w.clock
}

func (w *world) putSite(origin string, configure ...func(*comments.Site)) {
	w.t.Helper()
	site, err := comments.NewSite(origin)
	if err != nil {
		w.t.Fatal(err)
	}
	site.Settings.Archive, site.Settings.Policy = comments.MinArchive, comments.PolicyOpen
	site.Created = day
	w.ids++
	site.Epoch = numbered(1_000_000 + w.ids)
	for _, c := range configure {
		c(&site)
	}
	if err := w.store.PutSite(w.t.Context(), site); err != nil {
		w.t.Fatal(err)
	}
}

// open opens the output directory, again if it was closed.
func (w *world) open() {
	w.t.Helper()
	w.path = filepath.Join(w.files, "public")
	dir, err := OpenDir(w.path)
	if err != nil {
		w.t.Fatal(err)
	}
	w.dir = dir
	w.Publisher = publisherOn(w.t, w.store, dir)
}

func publisherOn(t testing.TB, source comments.Reader, dir *Dir) *Publisher {
	t.Helper()
	script := static.NewFile([]byte("'use strict';\n"), "text/javascript; charset=utf-8", day)
	p, err := NewPublisher(Config{
		Source: source, Dir: dir, Base: "https://c.example/talk", Log: slog.New(slog.NewTextHandler(testLog{t}, &slog.HandlerOptions{Level: slog.LevelWarn})),
		Assets: []static.Asset{{Path: "/postil.js", File: script}, {Path: "/static/postil.abc.js", File: script}}, Generator: "1.2.3",
	})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// testLog shows the log of a failed test.
type testLog struct{ t testing.TB }

func (l testLog) Write(line []byte) (int, error) {
	l.t.Logf("%s", line)
	return len(line), nil
}

// post adds a comment and returns it.
func (w *world) post(page, body string, parent comments.ID) comments.Comment {
	w.t.Helper()
	d := comments.Draft{Site: "blog.example", Page: page, Name: "Ann", Body: body}
	if !parent.IsZero() {
		d.Parent = parent.String()
	}
	r, err := w.service.Submit(w.t.Context(), d)
	if err != nil {
		w.t.Fatal(err)
	}
	return r.Comment
}

// fill adds n comments to a page.
func (w *world) fill(page string, n int) (all []comments.Comment) {
	w.t.Helper()
	for i := range n {
		all = append(all, w.post(page, fmt.Sprintf("comment %d of %s", i+1, page), comments.ID{}))
	}
	return all
}

// pass publishes what differs.
func (w *world) pass() {
	w.t.Helper()
	if err := w.Pass(w.t.Context()); err != nil {
		w.t.Fatal(err)
	}
}

// tree reads all published files of a directory, without what is its own. A
// file may be replaced meanwhile.
func tree(t fataler, path string) map[string]string {
	files := map[string]string{}
	err := filepath.WalkDir(path, func(name string, e fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(path, name)
		if err != nil || strings.HasPrefix(rel, ".") || e.IsDir() {
			return err
		}
		body, err := os.ReadFile(name)
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		files[filepath.ToSlash(rel)] = string(body)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// scratch builds the files of a database from nothing and returns them.
func scratch(t testing.TB, source comments.Reader) map[string]string {
	t.Helper()
	path := memoryDir(t)
	dir, err := OpenDir(path)
	if err != nil {
		t.Fatal(err)
	}
	defer dir.Close()
	p := publisherOn(t, source, dir)
	defer p.stop(t.Context())
	if err := p.Pass(t.Context()); err != nil {
		t.Fatal(err)
	}
	return tree(t, path)
}

// differences compares two sets of files, showing only names where many differ.
func differences(want, got map[string]string) string {
	names := func(files map[string]string) (all map[string]int) {
		all = map[string]int{}
		for name, body := range files {
			all[name] = len(body)
		}
		return all
	}
	if diff := cmp.Diff(names(want), names(got)); diff != "" {
		return "sizes (-want +got):\n" + diff
	}
	for name := range want {
		if want[name] != got[name] {
			return name + " (-want +got):\n" + cmp.Diff(want[name], got[name])
		}
	}
	return ""
}

// agrees fails unless the directory holds what the database says, and nothing
// else.
func (w *world) agrees() {
	w.t.Helper()
	if diff := differences(scratch(w.t, w.store), withoutReplies(tree(w.t, w.path))); diff != "" {
		w.t.Fatalf("files differ from those built from nothing: %s", diff)
	}
}

// run starts Run and returns how to end it.
func (w *world) run() (end func()) {
	ctx, cancel := context.WithCancel(w.t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		w.Run(ctx)
	}()
	return func() { cancel(); <-done }
}

// settleBy has the service wait for the publisher, as the real one does.
func (w *world) settleBy() {
	w.service.Changed, w.service.Settle = w.Nudge, w.Wait
}

// patience is how long a test waits for what must happen.
const patience = 30 * time.Second

// wait waits until the files show a change.
func (w *world) wait(change int64) {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.t.Context(), patience)
	defer cancel()
	if err := w.Wait(ctx, "blog.example", change); err != nil {
		w.t.Fatal(err)
	}
}

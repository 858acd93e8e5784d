package feeds

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/andybalholm/brotli"
	"pgregory.net/rapid"

	"postil/static"
)

func openTestDir(t testing.TB) *Dir {
	t.Helper()
	d, err := OpenDir(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	return d
}

// fileOf makes a file of one repeated word, long enough for twins if n is.
func fileOf(word string, n int) *static.File {
	return static.NewFile([]byte(strings.Repeat(word+"\n", n)), "text/plain", day)
}

func put(t testing.TB, d *Dir, writes ...Write) {
	t.Helper()
	if err := d.Put(writes, nil); err != nil {
		t.Fatal(err)
	}
}

// unpack returns what a twin holds.
func unpack(suffix string, twin []byte) (string, error) {
	var r io.Reader = brotli.NewReader(bytes.NewReader(twin))
	if suffix == gzipSuffix {
		var err error
		if r, err = gzip.NewReader(bytes.NewReader(twin)); err != nil {
			return "", err
		}
	}
	body, err := io.ReadAll(r)
	return string(body), err
}

func TestGetReturnsWhatWasPut(t *testing.T) {
	t.Parallel()
	d := openTestDir(t)
	want := fileOf("hello", 500)
	put(t, d, Write{"feeds/a.example/post/thread.html", want})
	got, err := d.Get("feeds/a.example/post/thread.html", []string{"https://a.example"})
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got.Body, want.Body) || !bytes.Equal(got.Gzip, want.Gzip) || !bytes.Equal(got.Brotli, want.Brotli) || want.Gzip == nil || want.Brotli == nil {
		t.Error("the file or a twin came back as another")
	}
	if got.ETag != want.ETag || got.Type != "text/html; charset=utf-8" || got.Modified.IsZero() || !strings.Contains(got.Policy, "frame-ancestors https://a.example") {
		t.Errorf("tag %s (was %s), type %s, modified %v, policy %s", got.ETag, want.ETag, got.Type, got.Modified, got.Policy)
	}
	again, err := d.Get("feeds/a.example/post/thread.html", nil)
	if err != nil || again != got {
		t.Errorf("the second Get read the disk again: %v", err)
	}
}

// errStopped is where a test lets the process end.
var errStopped = errors.New("stopped")

// stopAfter lets n changes of the directory happen, and none after them, as if
// the process had been killed.
func stopAfter(d *Dir, n int) {
	var steps atomic.Int64
	d.before = func(string, string) error {
		if steps.Add(1) > int64(n) {
			return errStopped
		}
		return nil
	}
}

func TestStoppingAtAnyStepLeavesWholeFilesAndNoStaleTwin(t *testing.T) {
	t.Parallel()
	const path = "feeds/a.example/post/feed.xml"
	versions := []*static.File{fileOf("first", 500), fileOf("second", 600)}
	for n := 0; ; n++ {
		d := openTestDir(t)
		put(t, d, Write{path, versions[0]})
		stopAfter(d, n)
		err := d.Put([]Write{{path, versions[1]}, {"feeds/a.example/other/feed.xml", versions[1]}}, nil)
		checkWhole(t, d, path, versions)
		if err == nil && n > 0 {
			if n < 15 {
				t.Fatalf("the whole of it took only %d steps", n)
			}
			return
		}
		reopen(t, d, path, versions)
	}
}

// checkWhole fails unless a file is one of the versions, and each twin that is
// there the same one.
func checkWhole(t *testing.T, d *Dir, path string, versions []*static.File) {
	t.Helper()
	body, err := os.ReadFile(filepath.Join(d.path, path))
	if err != nil {
		t.Fatal(err)
	}
	if string(body) != string(versions[0].Body) && string(body) != string(versions[1].Body) {
		t.Fatalf("half a file: %d bytes", len(body))
	}
	for _, suffix := range suffixes[1:] {
		twin, err := os.ReadFile(filepath.Join(d.path, path+suffix))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		if words, err := unpack(suffix, twin); err != nil || words != string(body) {
			t.Fatalf("the twin %s says %.10q, its file %.10q, %v", suffix, words, body, err)
		}
	}
}

// reopen goes on after a stop, as the next process would.
func reopen(t *testing.T, d *Dir, path string, versions []*static.File) {
	t.Helper()
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	again, err := OpenDir(d.path)
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	if left, err := again.list(tempDir); err != nil || len(left) > 0 {
		t.Fatalf("%d temporary files were left, %v", len(left), err)
	}
	put(t, again, Write{path, versions[1]})
	before := again.syncs.Load()
	if put(t, again, Write{path, versions[1]}); again.syncs.Load() != before {
		t.Fatal("it could not be written again")
	}
}

// Many files are synced together, in the same order of steps, whether they are
// put at once or added to a batch one after the other.
func TestStoppingAmongManyFilesLeavesWholeFilesAndNoStaleTwin(t *testing.T) {
	t.Parallel()
	for name, write := range map[string]func(*Dir, []Write) error{
		"at once":    func(d *Dir, writes []Write) error { return d.Put(writes, nil) },
		"one by one": addEach,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			stopAmongMany(t, write)
		})
	}
}

func addEach(d *Dir, writes []Write) error {
	b := d.begin(true)
	for _, w := range writes {
		if err := b.add([]Write{w}); err != nil {
			return errors.Join(err, b.discard())
		}
	}
	return errors.Join(b.commit(nil), b.discard())
}

func stopAmongMany(t *testing.T, write func(*Dir, []Write) error) {
	const n = manyFiles / 2
	versions := []*static.File{fileOf("first", 500), fileOf("second", 600)}
	writes := func(version int) (all []Write) {
		for i := range n {
			all = append(all, Write{fmt.Sprintf("feeds/a.example/%02d/feed.xml", i), versions[version]})
		}
		return all
	}
	d, stop := openTestDir(t), 0
	for stopped := true; stopped; stop += 7 {
		d.before = nil
		put(t, d, writes(0)...)
		stopAfter(d, stop)
		stopped = write(d, writes(1)) != nil
		for _, w := range writes(0) {
			checkWhole(t, d, w.Path, versions)
		}
	}
	if stop < 6*n {
		t.Errorf("the whole of it took only %d steps", stop)
	}
	before := d.syncs.Load()
	d.before = nil
	if err := write(d, writes(0)); err != nil {
		t.Fatal(err)
	}
	if syncs := d.syncs.Load() - before; canSyncAll && syncs != 3 {
		t.Errorf("%d files took %d syncs", n, syncs)
	}
}

// Whoever empties the directory while files are written into it only delays
// readers until those stand there.
func TestADirectoryThatGoesMeanwhileIsMadeAgain(t *testing.T) {
	t.Parallel()
	const path = "feeds/a.example/post/feed.xml"
	for _, at := range []string{"write", "remove", "sync"} {
		d := openTestDir(t)
		put(t, d, Write{path, fileOf("first", 500)})
		d.before = func(op, _ string) error {
			if op == at {
				d.before = nil
				return os.RemoveAll(filepath.Join(d.path, "feeds"))
			}
			return nil
		}
		if err := addEach(d, []Write{{path, fileOf("second", 500)}}); err != nil {
			t.Fatalf("emptied at a %s: %v", at, err)
		}
		if f, err := d.Get(path, nil); err != nil || f.ETag != fileOf("second", 500).ETag {
			t.Errorf("emptied at a %s: got %v, %v", at, f, err)
		}
	}
}

func TestAFailedPutLeavesNoTemporaryFiles(t *testing.T) {
	t.Parallel()
	d := openTestDir(t)
	d.before = func(op, _ string) error {
		if op == "rename" {
			return syscall.ENOSPC
		}
		return nil
	}
	if err := d.Put([]Write{{"feeds/a.example/feed.xml", fileOf("x", 500)}}, nil); !errors.Is(err, syscall.ENOSPC) {
		t.Fatalf("got %v", err)
	}
	if left, err := d.list(tempDir); err != nil || len(left) > 0 {
		t.Errorf("%d temporary files were left, %v", len(left), err)
	}
}

func TestReadersNeverSeeHalfAFile(t *testing.T) {
	t.Parallel()
	d := openTestDir(t)
	const path = "feeds/a.example/feed.xml"
	version := func(n int) *static.File { return fileOf(fmt.Sprint("version ", n), 400+n%7) }
	put(t, d, Write{path, version(0)})
	ctx, cancel := context.WithCancel(t.Context())
	var readers sync.WaitGroup
	for range 4 {
		readers.Go(func() {
			for ctx.Err() == nil {
				f, err := d.Get(path, nil)
				if err != nil {
					t.Error(err)
					return
				}
				checkOneVersion(t, f)
			}
		})
	}
	readers.Go(func() { // a static server, which knows nothing of our locks
		for ctx.Err() == nil {
			body, err := os.ReadFile(filepath.Join(d.path, path))
			if err != nil {
				t.Error(err)
				return
			}
			checkOneVersion(t, &static.File{Body: body})
		}
	})
	for n := range 60 {
		put(t, d, Write{path, version(n)})
	}
	cancel()
	readers.Wait()
	if f, err := d.Get(path, nil); err != nil || !bytes.Equal(f.Body, version(59).Body) {
		t.Errorf("the last version is not what is answered: %v", err)
	}
}

func checkOneVersion(t *testing.T, f *static.File) {
	lines := strings.Split(strings.TrimSuffix(string(f.Body), "\n"), "\n")
	if len(lines) < 400 || lines[0] != lines[len(lines)-1] {
		t.Errorf("half a file: %d lines", len(lines))
	}
	for suffix, twin := range map[string][]byte{gzipSuffix: f.Gzip, brotliSuffix: f.Brotli} {
		if twin == nil {
			continue
		}
		if words, err := unpack(suffix, twin); err != nil || words != string(f.Body) {
			t.Errorf("file and twin %s are of different versions: %.12q, %.12q, %v", suffix, words, f.Body, err)
		}
	}
}

func TestASecondProcessIsRefusedAndTold(t *testing.T) {
	t.Parallel()
	d := openTestDir(t)
	second := func() string {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), "POSTIL_TEST_LOCK="+d.path)
		out, err := cmd.Output()
		if err != nil {
			t.Fatal(err)
		}
		return string(out)
	}
	got := second()
	for _, want := range []string{"true ", fmt.Sprintf("process %d on ", os.Getpid()), d.path, "--public"} {
		if !strings.Contains(got, want) {
			t.Errorf("the refusal lacks %q: %s", want, got)
		}
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	if got := second(); !strings.HasPrefix(got, "opened") {
		t.Errorf("the lock outlived its holder: %s", got)
	}
}

func TestNothingOutsideIsReachable(t *testing.T) {
	t.Parallel()
	d := openTestDir(t)
	outside := filepath.Join(filepath.Dir(d.path), "feed.xml")
	if err := os.WriteFile(outside, []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(outside, filepath.Join(d.path, "thread.html")); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"../feed.xml", "/../feed.xml", outside, "feeds/../../feed.xml", "thread.html", "", ".", "feeds"} {
		if f, err := d.Get(path, nil); err == nil {
			t.Errorf("%q: got %q", path, f.Body)
		}
	}
	if err := d.Put([]Write{{"../evil", fileOf("x", 1)}}, nil); err == nil {
		t.Error("a file was written outside")
	}
}

func TestAViewWritesNothing(t *testing.T) {
	t.Parallel()
	d := openTestDir(t)
	view, err := ViewDir(d.path)
	if err != nil {
		t.Fatal(err)
	}
	defer view.Close()
	if err := view.Put([]Write{{"feeds/a.example/feed.xml", fileOf("x", 1)}}, nil); err == nil {
		t.Error("it wrote")
	}
}

func TestTheCacheStaysWithinItsLimit(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		const limit = 20_000
		c := newCache(limit)
		var recent []string // last asked for first
		for range rapid.IntRange(0, 60).Draw(t, "steps") {
			path := fmt.Sprintf("%c/f", rapid.IntRange('a', 'h').Draw(t, "path"))
			if rapid.Bool().Draw(t, "put") {
				c.put(path, &static.File{Body: make([]byte, rapid.IntRange(0, limit).Draw(t, "size"))})
			} else if c.get(path) == nil {
				continue
			}
			recent = append([]string{path}, recent...)
		}
		if c.used < 0 || c.used > limit {
			t.Fatalf("it holds %d of %d bytes", c.used, limit)
		}
		seen := map[string]bool{}
		used := int64(0)
		for _, path := range recent {
			if e := c.files[path]; e != nil && !seen[path] {
				used += e.Value.(*cached).cost
			}
			seen[path] = true
		}
		if used != c.used || len(c.files) != c.order.Len() {
			t.Fatalf("it counts %d bytes and holds %d", c.used, used)
		}
	})
}

func TestTheCacheEvictsTheLeastRecent(t *testing.T) {
	t.Parallel()
	c := newCache(3 * (entryCost + 101))
	for _, path := range []string{"a", "b", "c"} {
		c.put(path, &static.File{Body: make([]byte, 100)})
	}
	c.get("a")
	c.put("d", &static.File{Body: make([]byte, 100)})
	if c.get("b") != nil || c.get("a") == nil || c.get("c") == nil || c.get("d") == nil {
		t.Error("another than the least recent file was evicted")
	}
	c.put("e", &static.File{Body: make([]byte, 10*entryCost)})
	if c.get("e") != nil || c.get("a") == nil {
		t.Error("one file took the place of all")
	}
}

// A child that is being started holds copies of all files until it runs.
func TestClosingUnlocksWhateverCopiesThereAre(t *testing.T) {
	t.Parallel()
	d := openTestDir(t)
	copied, err := syscall.Dup(int(d.lock.Fd()))
	if err != nil {
		t.Fatal(err)
	}
	defer syscall.Close(copied)
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	again, err := OpenDir(d.path)
	if err != nil {
		t.Fatal(err)
	}
	if err := again.Close(); err != nil {
		t.Fatal(err)
	}
}

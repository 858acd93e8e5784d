package feeds

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"postil/static"
)

func TestTwinsGoWithTheirFiles(t *testing.T) {
	t.Parallel()
	d := openTestDir(t)
	const path = "feeds/a.example/feed.xml"
	put(t, d, Write{path, fileOf("long", 500)})
	put(t, d, Write{path, fileOf("short", 1)}) // too short for twins
	for _, suffix := range suffixes[1:] {
		if d.exists(path + suffix) {
			t.Errorf("%s outlived its file", suffix)
		}
	}
	put(t, d, Write{path, fileOf("long", 500)})
	if err := d.Put(nil, []string{path}); err != nil {
		t.Fatal(err)
	}
	if d.exists("feeds") {
		t.Error("directories that became empty were left")
	}
	if _, err := d.Get(path, nil); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a removed file is answered with %v", err)
	}
}

// A change whose words were written with those of the change before, twins and
// all, comes to the same file without twins.
func TestTwinsStayWithTheSameFile(t *testing.T) {
	t.Parallel()
	d := openTestDir(t)
	w := Write{"feeds/a.example/feed.xml", fileOf("same", 500)}
	put(t, d, w)
	before := d.syncs.Load()
	plain := func(word string) Write {
		return Write{w.Path, static.NewPlainFile(fileOf(word, 500).Body, w.File.Type, w.File.Modified)}
	}
	put(t, d, plain("same"))
	if d.syncs.Load() != before || !d.exists(w.Path+gzipSuffix) || !d.exists(w.Path+brotliSuffix) {
		t.Error("the twins of the same file are gone")
	}
	put(t, d, plain("else"))
	if d.exists(w.Path+gzipSuffix) || d.exists(w.Path+brotliSuffix) {
		t.Error("twins of other words stand beside the file")
	}
}

func TestWhatIsThereAlreadyIsLeftAlone(t *testing.T) {
	t.Parallel()
	d := openTestDir(t)
	w := Write{"sites/a.example/latest.xml", fileOf("same", 500)}
	put(t, d, w)
	before := d.syncs.Load()
	put(t, d, w)
	if d.syncs.Load() != before {
		t.Error("the same file was written twice")
	}
	if err := os.Remove(filepath.Join(d.path, w.Path+gzipSuffix)); err != nil {
		t.Fatal(err)
	}
	put(t, d, w)
	if !d.exists(w.Path + gzipSuffix) {
		t.Error("a missing twin was not written again")
	}
}

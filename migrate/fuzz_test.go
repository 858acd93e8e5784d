package migrate

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"postil/comments"
)

// fuzzText reads any bytes as a format. The reader must come to an end, pass on
// nothing larger than a row may be, and name the place of each damage.
func fuzzText(f *testing.F, format *Format, seeds ...string) {
	for _, s := range seeds {
		f.Add([]byte(s), false)
		f.Add([]byte(s), true)
		f.Add([]byte(s[:len(s)/2]), true)
	}
	m := newMapper(comments.Site{Host: host, Settings: comments.Settings{Origins: []string{"https://" + host}}}, Mapping{})
	f.Fuzz(func(t *testing.T, data []byte, lenient bool) {
		newHeading("fuzz", data)
		s, err := newStream("fuzz", bytes.NewReader(data), format.xml, lenient)
		if err != nil {
			return
		}
		format.text(t.Context(), s, func(item Item, err error) bool {
			check(t, m, item, err, len(data))
			return lenient || err == nil
		})
	})
}

func check(t *testing.T, m *mapper, item Item, err error, size int) {
	t.Helper()
	if damage, ok := errors.AsType[*Damage](err); ok && damage.Place.File == "" {
		t.Errorf("damage without a place: %v", err)
	}
	if err != nil {
		return
	}
	if page, reason, _ := m.page(item.Thread); (page == "") == (reason == "") || page != "" && page[0] != '/' {
		t.Errorf("thread %+v is on page %q because of %q", item.Thread, page, reason)
	}
	if r := item.Comment; r != nil && len(r.Source) > 40*size+1000 {
		t.Errorf("%d bytes became %d", size, len(r.Source))
	}
}

func seed(f *testing.F, path string) string {
	f.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", path))
	if err != nil {
		f.Fatal(err)
	}
	return string(text)
}

func FuzzDisqus(f *testing.F) {
	fuzzText(f, disqusFormat(), seed(f, "disqus/export.xml"), seed(f, "disqus-bare/export.xml"), disqusHead+"<post><message>a & b</mesage></post>"+disqusLast)
}

func FuzzWordPress(f *testing.F) {
	fuzzText(f, wordpressFormat(), seed(f, "wordpress/part1.xml"), seed(f, "wordpress/part2.xml"))
}

func FuzzDisqusWXR(f *testing.F) { fuzzText(f, disqusWXRFormat(), seed(f, "disqus-wxr/import.xml")) }

func FuzzIssoJSON(f *testing.F) { fuzzText(f, issoJSONFormat(), seed(f, "isso-json/threads.json")) }

func FuzzRemark42(f *testing.F) { fuzzText(f, remark42Format(), seed(f, "remark42/backup.json")) }

func FuzzCommento(f *testing.F) {
	fuzzText(f, commentoFormat(), seed(f, "commento-1/export.json"), seed(f, "commento-2/export.json"), seed(f, "comentario-3/export.json"))
}

func FuzzArtalk(f *testing.F) { fuzzText(f, artalkFormat(), seed(f, "artalk/artrans.json")) }

func FuzzWaline(f *testing.F) { fuzzText(f, walineFormat(), seed(f, "waline/waline.json")) }

func FuzzLeanCloud(f *testing.F) {
	fuzzText(f, leancloudFormat(), seed(f, "leancloud/Comment.0.jsonl"), seed(f, "valine/comments.json"))
}

func FuzzCusdisDump(f *testing.F) {
	fuzzText(f, cusdisDumpFormat(), seed(f, "cusdis-json/cusdis.json"), seed(f, "cusdis-sqlite-dump/dump.sql"), seed(f, "cusdis-postgres-dump/dump.sql"), seed(f, "cusdis-mysql-dump/dump.sql"))
}

func FuzzPostil(f *testing.F) {
	fuzzText(f, postilFormat(), `{"format":"postil","version":1}
{"type":"site","site":"blog.example","epoch":"01000000-0000-0000-0000-000000000000","created":"2026-11-22T12:00:00Z","settings":{"origins":["https://blog.example"]}}
{"type":"thread","site":"blog.example","page":"/a","closed":true,"aliases":["/b"]}
{"type":"comment","site":"blog.example","page":"/a","id":"01000000-0000-7000-8000-000000000000","number":1,"status":"published","created":"2026-11-22T12:00:00Z","decided":"2026-11-22T12:00:00Z","edit_key":"`+strings.Repeat("ab", 32)+`","markup":"markdown","source":"x","html":"<p>x</p>"}
`)
}

func FuzzStaticman(f *testing.F) {
	f.Add("a/b.yml", []byte(seed(f, "staticman/comments/first-post/entry1.yml")))
	f.Add("a/b.json", []byte(seed(f, "staticman/comments/zweiter/entry3.json")))
	f.Add("b.yml", []byte("- &a [x, x]\n- &b [*a, *a]\n- [*b, *b]\n"))
	f.Add("b.yml", []byte(strings.Repeat("[", 20_000)))
	f.Add("b.yml", []byte(strings.Repeat("a: b\n", 200_000)))
	m := newMapper(comments.Site{Host: host, Settings: comments.Settings{Origins: []string{"https://" + host}}}, Mapping{})
	f.Fuzz(func(t *testing.T, name string, data []byte) {
		if !fs.ValidPath(name) || name == "." {
			return // no file system has it
		}
		tree := hashedFS{fstest.MapFS{name: {Data: data}}, sha256.New()}
		readStaticman(t.Context(), tree, "fuzz", func(item Item, err error) bool {
			check(t, m, item, err, len(data))
			return true
		})
	})
}

// FuzzDatabase changes a few bytes of a database of Isso, or of Cusdis.
func FuzzDatabase(f *testing.F) {
	for at := 0; at < 4096; at += 97 {
		f.Add(at, []byte{0xff}, false)
		f.Add(at, []byte{0, 1, 2, 3}, true)
	}
	originals := map[bool][]byte{}
	for cusdis, script := range map[bool]string{false: issoTables(5), true: cusdisTables} {
		path := filepath.Join(f.TempDir(), "original.db")
		db, err := openFile(path, nil)
		if err != nil {
			f.Fatal(err)
		}
		if _, err := db.Exec(script); err != nil {
			f.Fatal(err)
		}
		if err := db.Close(); err != nil {
			f.Fatal(err)
		}
		if originals[cusdis], err = os.ReadFile(path); err != nil {
			f.Fatal(err)
		}
	}
	m := newMapper(comments.Site{Host: host, Settings: comments.Settings{Origins: []string{"https://" + host}}}, Mapping{})
	f.Fuzz(func(t *testing.T, at int, change []byte, cusdis bool) {
		data := bytes.Clone(originals[cusdis])
		copy(data[uint(at)%uint(len(data)):], change)
		path := filepath.Join(t.TempDir(), "changed.db")
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		in, err := Open(context.Background(), Auto, []string{path}, nil, t.TempDir(), true)
		if err != nil {
			return
		}
		for item, err := range in.Rows() {
			check(t, m, item, err, len(data))
		}
		if err := in.Close(); err != nil {
			t.Error(err)
		}
	})
}

func FuzzAddress(f *testing.F) {
	for _, s := range []string{"https://blog.example/a/?utm_source=x", "https://web.archive.org/web/2010/http:/blog.example/a", "https://blog-example.translate.goog/a", "/a b", "?p=1", "//x", "http://[::1]:80/", "https://cdn.ampproject.org/c/s/blog.example/a/amp"} {
		f.Add(s, "")
	}
	m := newMapper(comments.Site{Host: host, Settings: comments.Settings{Origins: []string{"https://" + host}}}, Mapping{Rules: []Rule{{"https://*.old.example/*", "/*/*"}}})
	f.Fuzz(func(t *testing.T, address, name string) {
		check(t, m, Item{Thread: Thread{Key: "k", Address: address, Name: name}}, nil, 0)
	})
}

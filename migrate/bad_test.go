package migrate

import (
	"bytes"
	"compress/gzip"
	"os"
	"strings"
	"testing"
	"unicode/utf16"
)

func writeFile(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func zipped(text string) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = w.Write([]byte(text))
	_ = w.Close()
	return b.String()
}

const (
	disqusHead = `<?xml version="1.0"?><disqus xmlns="http://disqus.com" xmlns:dsq="http://disqus.com/disqus-internals">` + "\n" + `<thread dsq:id="1"><link>https://blog.example/a</link></thread>` + "\n"
	disqusGood = `<post dsq:id="1"><message>one</message><createdAt>2020-01-01T00:00:00Z</createdAt><thread dsq:id="1"/></post>` + "\n"
	disqusLast = `<post dsq:id="2"><message>two</message><createdAt>2020-01-02T00:00:00Z</createdAt><thread dsq:id="1"/></post>` + "\n"
)

func TestBadFilesAreRefusedWithPlaceAndCause(t *testing.T) {
	t.Parallel()
	whole := disqusHead + disqusGood + disqusLast + "</disqus>"
	for name, c := range map[string]struct {
		format, text, says string
		saved              int64 // imported leniently; -1: refused all the same
	}{
		"cut gzip":            {"disqus", zipped(strings.Repeat(whole, 1) + strings.Repeat("<!-- "+randomText(4000)+" -->", 20))[:2000], "the compressed data ends too early", 2},
		"cut XML":             {"disqus", disqusHead + disqusGood + `<post dsq:id="2"><mess`, "line 4: ends in the middle", 1},
		"broken XML":          {"disqus", disqusHead + disqusGood + "<post dsq:id=\"3\"><message>a & b</mesage></post>\n" + disqusLast + "</disqus>", "line 4: ", 2},
		"root not closed":     {"disqus", disqusHead + disqusGood, "line 4: ends in the middle", 1},
		"DTD":                 {"disqus", `<!DOCTYPE disqus [<!ENTITY x "y">]>` + whole, "document type declaration", -1},
		"external entity":     {"disqus", `<!DOCTYPE disqus SYSTEM "file:///etc/passwd">` + whole, "document type declaration", -1},
		"entity bomb":         {"disqus", `<!DOCTYPE d [<!ENTITY a "` + strings.Repeat("a", 1000) + `"><!ENTITY b "&a;&a;&a;">]>` + whole, "document type declaration", -1},
		"unknown entity":      {"disqus", disqusHead + strings.Replace(disqusGood, "one", "&lol;", 1) + disqusLast + "</disqus>", "invalid character entity &lol;", 1},
		"deep XML":            {"disqus", disqusHead + strings.Repeat("<a>", 1_000_000), "nested more than 64 deep", 0},
		"deep XML in a post":  {"disqus", disqusHead + "<post>" + strings.Repeat("<author>", 1_000_000) + disqusGood + "</disqus>", "nested more than 64 deep", 1},
		"wrong encoding":      {"disqus", disqusHead + strings.Replace(disqusGood, "one", "caf\xe9", 1) + disqusLast + "</disqus>", "is not valid UTF-8", 2},
		"unknown encoding":    {"disqus", `<?xml version="1.0" encoding="x-klingon"?>` + "<disqus></disqus>", `encoding "x-klingon"`, -1},
		"cut JSON":            {"artalk", `[{"id":"1","content":"one","created_at":"2020-01-01","page_key":"/a"},{"id":"2","conte`, "ends in the middle", 1},
		"broken JSON":         {"artalk", `[{"id":"1","content":"one","created_at":"2020-01-01","page_key":"/a"},{"id":2 "content":"two"}]`, "byte ", 1},
		"another JSON behind": {"artalk", `[{"id":"1","content":"one","created_at":"2020-01-01","page_key":"/a"}] {}`, "more than one JSON document", 1},
		"deep JSON":           {"artalk", `[{"id":"1","content":"one","created_at":"2020-01-01","page_key":"/a"},` + strings.Repeat("[", 1_000_000), "max depth", 1},
		"deep JSON outside":   {"waline", `{"type":"waline","data":{"Comment":[{"objectId":"1","comment":"one","url":"/a","insertedAt":"2020-01-01"}]},"x":` + strings.Repeat("[", 1_000_000), "nested more than 16 deep", 1},
		"broken line":         {"remark42", `{"version":1,"users":[],"posts":[]}` + "\n" + `{"id":"1","text":"<p>one</p>","locator":{"url":"/a"},"time":"2020-01-01T00:00:00Z"}` + "\n{oops}\n", "line 3: ", 1},
		"newer Remark42":      {"remark42", `{"version":2,"users":[],"posts":[]}`, "another version than 1", 0},
		"newer Postil":        {"postil", `{"format":"postil","version":2}` + "\n", "newer ones need a newer postil", -1},
		"cut SQL":             {"cusdis", `INSERT INTO comments (id, "pageId") VALUES ('1', 'it ends`, "the file is not complete", 0},
		"SQL of other tables": {"cusdis", `INSERT INTO comments VALUES (1, 2);`, "without the names of their columns", 0},
		"a huge row":          {"disqus", disqusHead + "<post><message>" + strings.Repeat("a", maxRow+1), "a row is larger than 16 MiB", 0},
		"nothing":             {"disqus", "", "is empty", -1},
		"not XML":             {"disqus", "hello", "is neither XML nor JSON nor an SQLite database, not an export of Disqus (XML)", -1},
		"another root":        {Auto, "<html></html>", "is XML with the root element html", -1},
		"another format":      {"wordpress", whole, "is an export of Disqus (XML), not an export of WordPress (WXR); import it as: disqus", -1},
		"no such format":      {"diskus", whole, `there is no format "diskus"`, -1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, openSQLite(t))
			j := job{format: c.format, files: []string{"-"}, stdin: []byte(c.text)}
			_, _, err := w.run(j)
			if err == nil || !strings.Contains(err.Error(), c.says) {
				t.Fatalf("got %v, want %q", err, c.says)
			}
			w.same("stored", "", w.everything(host))
			if runs, err := w.store.Runs(t.Context(), host); len(runs) > 0 || err != nil {
				t.Errorf("a run was noted: %v, %v", runs, err)
			}
			j.plan.Lenient = true
			r, _, err := w.run(j)
			if c.saved < 0 {
				if err == nil {
					t.Error("was not refused leniently")
				}
				return
			}
			w.must(err)
			w.same("saved", c.saved, r.Imported)
			if c.format != "disqus" || name != "wrong encoding" {
				w.same("rows that could not be read", true, r.Skipped[Unreadable] > 0)
			}
		})
	}
}

// randomText does not compress well.
func randomText(n int) string {
	var b strings.Builder
	for x := uint32(1); b.Len() < n; x = x*1664525 + 1013904223 {
		b.WriteByte("abcdefghijklmnopqrstuvwxyz0123456789 "[x>>16%37])
	}
	return b.String()
}

func TestFilesInOtherClothesAreRead(t *testing.T) {
	t.Parallel()
	plain := disqusHead + strings.Replace(disqusGood, "one", "caf\u00e9", 1) + "</disqus>"
	latin := strings.Replace(strings.Replace(plain, `"1.0"`, `"1.0" encoding="ISO-8859-1"`, 1), "\u00e9", "\xe9", 1)
	wide := "\xff\xfe"
	for _, u := range utf16.Encode([]rune(strings.Replace(plain, `"1.0"`, `"1.0" encoding="UTF-16"`, 1))) {
		wide += string([]byte{byte(u), byte(u >> 8)})
	}
	for name, text := range map[string]string{"plain": plain, "gzip": zipped(plain), "BOM": "\ufeff" + plain, "gzip with BOM": zipped("\ufeff" + plain), "Latin 1": latin, "UTF-16": wide, "two gzip members": zipped(plain[:200]) + zipped(plain[200:])} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, openSQLite(t))
			r := w.imports(job{format: Auto, files: []string{"-"}, stdin: []byte(text)})
			w.same("format", "disqus", r.Format)
			w.same("site", "/a closed=false aliases=[]\n  #1 1 published \"\" 2020-01-01T00:00:00Z html \"caf\u00e9\"\n", w.everything(host))
		})
	}
}

func TestEveryFixtureIsToldApart(t *testing.T) {
	t.Parallel()
	for _, f := range append(fixtures(), databaseFixtures(t)...) {
		j := f.job()
		in, err := Open(t.Context(), Auto, j.files, nil, t.TempDir(), true)
		if err != nil {
			t.Errorf("%s: %v", f.folder, err)
			continue
		}
		if in.Format.Name != f.format {
			t.Errorf("%s is taken for %s", f.folder, in.Format.Name)
		}
		if err := in.Close(); err != nil {
			t.Error(err)
		}
	}
}

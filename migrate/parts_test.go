package migrate

import (
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

func TestPartsOfTheSameNameAreKeptApart(t *testing.T) {
	t.Parallel()
	w := newWorld(t, openSQLite(t))
	var files []string
	for i, page := range []string{"/one", "/two"} {
		file := filepath.Join(t.TempDir(), "export.xml")
		writeFile(t, file, wxrHead+wxrItem(page, i+1, "2010-01-02 10:00:00")+"</channel></rss>")
		files = append(files, file)
	}
	_, rows, err := w.run(job{format: Auto, files: files})
	w.must(err)
	w.same("site", `/one closed=false aliases=[]
  #1 1 published "" 2010-01-02T10:00:00Z html "words"
/two closed=false aliases=[]
  #1 2 published "" 2010-01-02T10:00:00Z html "words"
`, w.everything(host))
	if !strings.Contains(rows, files[1]) {
		t.Errorf("the report does not say which file a row is from:\n%s", rows)
	}
	if _, err := Open(t.Context(), Auto, []string{files[0], files[1], files[1]}, nil, t.TempDir(), false); err == nil || !strings.Contains(err.Error(), "is named twice") {
		t.Errorf("the same file twice: %v", err)
	}
}

func TestDatabasesAreNoParts(t *testing.T) {
	t.Parallel()
	files := []string{makeDatabase(t, "a.db", issoTables(5)), makeDatabase(t, "b.db", issoTables(5))}
	if _, err := Open(t.Context(), "isso", files, nil, t.TempDir(), false); err == nil || !strings.Contains(err.Error(), "import each by itself") {
		t.Errorf("two databases at once: %v", err)
	}
}

// A shell's <(zcat FILE) is a file that can be read only once.
func TestPipesThatHaveANameAreRead(t *testing.T) {
	t.Parallel()
	w := newWorld(t, openSQLite(t))
	pipe := filepath.Join(t.TempDir(), "pipe")
	w.must(syscall.Mkfifo(pipe, 0o600))
	written := make(chan error, 1)
	go func() { written <- os.WriteFile(pipe, []byte(disqusHead+disqusGood+disqusLast+"</disqus>"), 0) }()
	w.same("imported", int64(2), w.imports(job{format: Auto, files: []string{pipe}}).Imported)
	w.must(<-written)
}

// A program that was killed before its commit was over has written into the
// database, and what was there before into the journal.
func TestWhatAKilledProgramLeftHalfWrittenIsRolledBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t, openSQLite(t))
	path, copied := filepath.Join(t.TempDir(), "comments.db"), filepath.Join(t.TempDir(), "comments.db")
	db, err := openFile(path, url.Values{"_pragma": {"journal_mode(delete)", "synchronous(off)"}}) // off: the journal is whole at once
	w.must(err)
	defer db.Close()
	run(t, db, issoTables(5))
	run(t, db, `BEGIN; UPDATE comments SET text = 'half written'`)
	copyText(t, copied+"-journal", path+"-journal")
	run(t, db, `COMMIT`)
	copyText(t, copied, path)
	w.imports(job{format: "isso", files: []string{copied}})
	if got := w.everything(host); strings.Contains(got, "half written") || !strings.Contains(got, "three levels deep") {
		t.Errorf("half a transaction was imported:\n%s", got)
	}
}

func copyText(t *testing.T, to, from string) {
	t.Helper()
	text, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	writeFile(t, to, string(text))
}

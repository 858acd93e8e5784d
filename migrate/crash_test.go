package migrate

import (
	"bufio"
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"postil/comments"
	"postil/comments/postgres"
	"postil/comments/sqlite"
	"postil/comments/storetest"
)

// Variables that make this test binary import a file and do nothing else.
const (
	childStore = "MIGRATE_TEST_STORE"
	childFile  = "MIGRATE_TEST_FILE"
)

func TestMain(m *testing.M) {
	if where := os.Getenv(childStore); where != "" {
		if err := importAsChild(where, os.Getenv(childFile)); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	flag.Parse()
	given := false
	flag.Visit(func(f *flag.Flag) { given = given || f.Name == "rapid.checks" })
	if !given {
		if err := flag.Set("rapid.checks", checks); err != nil {
			panic(err) // the flag has another name now
		}
	}
	os.Exit(m.Run())
}

// checks is how many random cases each property is tried on, unless
// -rapid.checks says otherwise.
const checks = "15"

func openAt(ctx context.Context, where string) (comments.Store, error) {
	if strings.HasPrefix(where, "postgres") {
		return postgres.Open(ctx, where)
	}
	return sqlite.Open(ctx, where)
}

// importAsChild tells on standard output when a batch is stored.
func importAsChild(where, file string) error {
	ctx := context.Background()
	store, err := openAt(ctx, where)
	if err != nil {
		return err
	}
	keys, err := comments.NewKeyring(make([]byte, 32))
	if err != nil {
		return err
	}
	scratch, err := os.MkdirTemp(filepath.Dir(file), "child-*") // which is left behind
	if err != nil {
		return err
	}
	in, err := Open(ctx, Auto, []string{file}, nil, scratch, false)
	if err != nil {
		return err
	}
	_, err = Import(ctx, Plan{Importer: newImporter(store, keys, &atomic.Int64{}), Host: host, Input: in, Scratch: scratch, batchOf: 150, Progress: func(p Progress) { fmt.Println(p.Stage, p.Done) }})
	return err
}

// killings is how often an import is killed.
const killings = 20

func TestImportsThatAreKilledCanBeResumed(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "disqus.xml")
	writeFile(t, file, disqusOf(900, 40))
	undisturbed := newWorld(t, openSQLite(t))
	undisturbed.imports(job{format: Auto, files: []string{file}})
	want := undisturbed.everything(host)
	for kind, where := range map[string]func(*testing.T) string{
		"sqlite":   func(t *testing.T) string { return filepath.Join(t.TempDir(), "postil.db") },
		"postgres": func(t *testing.T) string { return storetest.Postgres(t) },
	} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			resumed, at := 0, where(t)
			for i := range killings {
				prepareSite(t, at)
				kill(t, at, file, i)
				if resume(t, at, file, want) {
					resumed++
				}
			}
			if resumed < killings/4 {
				t.Errorf("only %d of %d imports were killed while they stored", resumed, killings)
			}
		})
	}
}

func prepareSite(t *testing.T, where string) {
	t.Helper()
	store, err := openAt(t.Context(), where)
	if err != nil {
		t.Fatal(err)
	}
	if err := store.RemoveSite(t.Context(), host); err != nil && comments.KindOf(err) != comments.NotFound {
		t.Fatal(err)
	}
	newWorld(t, store)
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
}

// kill starts an import and ends it at a random moment after the nth line that
// it prints.
func kill(t *testing.T, where, file string, n int) {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^$")
	cmd.Env = append(os.Environ(), childStore+"="+where, childFile+"="+file)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for range n % 7 { // reading, sorting, and a line for each batch
		lines.Scan()
	}
	time.AfterFunc(rand.N(30*time.Millisecond), func() { _ = cmd.Process.Kill() })
	for lines.Scan() { // until it is dead
	}
	_ = cmd.Wait()
}

// resume completes what was killed, and reports whether anything was there to
// be completed.
func resume(t *testing.T, where, file, want string) bool {
	t.Helper()
	store, err := openAt(t.Context(), where)
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	w := emptyWorld(t, store)
	runs, err := store.Runs(t.Context(), host)
	w.must(err)
	plan := Plan{}
	underway := len(runs) == 1 && runs[0].State == comments.RunUnderway
	if underway {
		plan.Resume = runs[0].ID
		if _, _, err := w.run(job{format: Auto, files: []string{file}}); comments.KindOf(err) != comments.Conflict {
			t.Errorf("importing again beside an unfinished import: %v", err)
		}
	}
	r := w.imports(job{format: Auto, files: []string{file}, plan: plan})
	if underway && (r.There != 0 || r.Imported == 0) {
		t.Errorf("the resumed import reports %+v", r)
	}
	w.same("after the crash", want, w.everything(host))
	runs, err = store.Runs(t.Context(), host)
	w.must(err)
	if len(runs) == 0 || runs[0].State != comments.RunDone && runs[len(runs)-1].State != comments.RunDone {
		t.Errorf("runs: %+v", runs)
	}
	return underway
}

// disqusOf makes an export with so many posts, two of five of them answers.
func disqusOf(posts, threads int) string {
	var b strings.Builder
	b.WriteString(`<disqus xmlns="http://disqus.com" xmlns:dsq="http://disqus.com/disqus-internals">` + "\n")
	for i := range threads {
		fmt.Fprintf(&b, `<thread dsq:id="%d"><id/><link>https://blog.example/%d/</link><isClosed>%v</isClosed><isDeleted>false</isDeleted></thread>`+"\n", i+1, i, i%7 == 0)
	}
	start := time.Date(2015, 1, 1, 0, 0, 0, 0, time.UTC)
	for i := range posts {
		parent := ""
		if i%5 < 2 && i >= threads {
			parent = fmt.Sprintf(`<parent dsq:id="%d"/>`, i-threads+1)
		}
		fmt.Fprintf(&b, `<post dsq:id="%d"><id/><message><![CDATA[<p>Post %d says <b>this</b>.</p>]]></message><createdAt>%s</createdAt><isDeleted>false</isDeleted><isSpam>false</isSpam><author><name>A%d</name><isAnonymous>true</isAnonymous></author><thread dsq:id="%d"/>%s</post>`+"\n",
			i+1, i, start.Add(time.Duration(i)*time.Minute).Format(time.RFC3339), i%97, i%threads+1, parent)
	}
	b.WriteString("</disqus>\n")
	return b.String()
}

func TestAnImportThatIsStoppedSaysSo(t *testing.T) {
	t.Parallel()
	w := newWorld(t, openSQLite(t))
	file := filepath.Join(t.TempDir(), "disqus.xml")
	writeFile(t, file, disqusOf(3000, 40))
	in, err := Open(t.Context(), Auto, []string{file}, nil, t.TempDir(), false)
	w.must(err)
	ctx, cancel := context.WithCancel(t.Context())
	r, err := Import(ctx, Plan{Importer: w.Importer, Host: host, Input: in, Scratch: t.TempDir(), Progress: func(p Progress) {
		if p.Stage == Storing {
			cancel()
		}
	}})
	if err == nil || ctx.Err() == nil {
		t.Fatalf("it was not stopped: %v", err)
	}
	if !r.Adds() || r.Skipped[NotFinished] == 0 || r.Imported == 0 || r.Imported+r.Skipped[NotFinished] != 3000 {
		t.Errorf("report %+v", r)
	}
	runs, err := w.store.Runs(t.Context(), host)
	w.must(err)
	if len(runs) != 1 || runs[0].State != comments.RunUnderway || runs[0].ID != r.Run {
		t.Errorf("runs %+v", runs)
	}
	if _, _, err := w.run(job{format: Auto, files: []string{file}, plan: Plan{Resume: r.Run, KeepEmail: true}}); comments.KindOf(err) != comments.Conflict || !strings.Contains(err.Error(), "begun with another --keep-email;") {
		t.Errorf("resuming with other flags: %v", err)
	}
	if _, _, err := w.run(job{format: Auto, files: []string{"testdata/disqus/export.xml"}, plan: Plan{Resume: r.Run}}); comments.KindOf(err) != comments.Conflict {
		t.Errorf("resuming with another file: %v", err)
	}
	done := w.undo(r.Run)
	w.same("left", "", w.everything(host))
	w.same("taken back", int(r.Imported), done.Removed)
}

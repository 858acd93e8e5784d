package main

import (
	"fmt"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"

	"postil/comments/storetest"
)

// sendHeld sends comments to a server that holds, one after the other.
func sendHeld(t *testing.T, p *process, data string, n int) (waiting []*writer) {
	t.Helper()
	for i := range n {
		w := dialWriter(t, p.base)
		if err := w.send(fmt.Sprint("held ", i)); err != nil {
			t.Fatal(err)
		}
		waiting = append(waiting, w)
		eventually(t, "held", func() bool { return held(t, data) == i+1 })
	}
	return waiting
}

// mustSay runs the program, which must end well or not, and say something.
func mustSay(t *testing.T, well bool, says string, args ...string) {
	t.Helper()
	if out, err := runProgram(t, "", args...); (err == nil) != well || !strings.Contains(out, says) {
		t.Fatalf("%v: %v, want %q in:\n%s", args, err, says, out)
	}
}

// TestReleaseGoesOnWithAnotherDatabase moves a server from SQLite to
// PostgreSQL while it runs and is written to.
func TestReleaseGoesOnWithAnotherDatabase(t *testing.T) {
	t.Parallel()
	data, dsn := t.TempDir(), storetest.Postgres(t)
	args := []string{"--data", data, "--site", "https://blog.example"}
	p := serveProgram(t, args...)
	first := p.post(t, "blog.example", "/load", "before")
	mustSay(t, false, "nothing is held", "release", "--data", data, "--database", dsn)
	mustSay(t, true, "Writes are held", "hold", "--data", data)
	mustSay(t, false, "it has no tables of postil", "release", "--data", data, "--database", dsn)
	waiting := sendHeld(t, p, data, 3)

	elsewhere := &storeFlags{Data: t.TempDir(), Database: dsn}
	export := filepath.Join(t.TempDir(), "export")
	store, _ := openStore(t, elsewhere)
	mustSay(t, false, "the site blog.example is not there", "release", "--data", data, "--database", dsn)
	mustSay(t, true, "", "export", "--format", "postil", "--data", data, "--output", export)
	mustSay(t, true, "", "import", "postil", export, "--data", data, "--database", dsn, "--public", t.TempDir())
	mustSay(t, true, "3 writes were held. The database is PostgreSQL, ", "release", "--data", data, "--database", dsn)
	for i, w := range waiting {
		if status, _, _, err := w.answer(); err != nil || status != http.StatusCreated {
			t.Errorf("%d: %d %v", i, status, err)
		}
	}
	stored, err := store.Range(t.Context(), "blog.example", "/load", 1, 10)
	var words []string
	for _, c := range stored {
		words = append(words, c.Source)
	}
	slices.Sort(words) // what is released together is ordered as far as it takes no time
	if err != nil || !slices.Equal(words, []string{"before", "held 0", "held 1", "held 2"}) {
		t.Errorf("%q %v", words, err)
	}
	if err := store.Close(); err != nil {
		t.Error(err)
	}
	onDisk(t, filepath.Join(data, "public", "feeds", "blog.example", "load"), "held 2")
	if status, _, err := call(http.MethodDelete, p.base+"/api/v1/comments/"+first.ID, "", "Authorization", "Bearer "+first.EditKey); status != http.StatusNoContent || err != nil {
		t.Errorf("delete: %d %v", status, err)
	}
	mustSay(t, false, "has moved to the database PostgreSQL", append([]string{"serve", "--takeover", "--listen", "127.0.0.1:0", "--ops-listen", "127.0.0.1:0"}, args...)...)
	if code := p.stop(t); code != 0 {
		t.Errorf("serve ended with %d", code)
	}
}

// TestReleaseRefusesADatabaseThatLacksComments keeps the one that it has.
func TestReleaseRefusesADatabaseThatLacksComments(t *testing.T) {
	t.Parallel()
	data, other := t.TempDir(), &storeFlags{Data: t.TempDir(), Database: storetest.Postgres(t)}
	p := serveProgram(t, "--data", data, "--site", "https://blog.example")
	p.post(t, "blog.example", "/load", "before")
	mustSay(t, true, "", "site", "add", "https://blog.example", "--data", other.Data, "--database", other.Database)
	mustSay(t, true, "Writes are held", "hold", "--data", data)
	mustSay(t, false, "blog.example has 0 comments there, and 1 here", "release", "--data", data, "--database", other.Database)
	mustSay(t, false, "that is no postgres:// address. Nothing has changed", "release", "--data", data, "--database", "mysql://127.0.0.1/none")
	mustSay(t, false, "127.0.0.1", "release", "--data", data, "--database", "postgres://127.0.0.1:1/none")
	waiting := sendHeld(t, p, data, 1)
	mustSay(t, true, "Released; 1 write was held.", "release", "--data", data)
	if status, _, _, err := waiting[0].answer(); err != nil || status != http.StatusCreated {
		t.Errorf("%d %v", status, err)
	}
}

// TestSIGHUPReadsTheKeysAnew asks for a private feed whose address is signed
// with a key that the server has not read yet.
func TestSIGHUPReadsTheKeysAnew(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	p := serveProgram(t, "--data", data, "--site", "https://blog.example", "--rate", "0")
	first := p.post(t, "blog.example", "/load", "before")
	reload := func(says string) {
		t.Helper()
		p.cmd.Process.Signal(syscall.SIGHUP)
		eventually(t, says, func() bool { return strings.Contains(p.stderr.String(), says) })
	}
	reload("neither the secret keys nor the password for mail have changed")
	addModerator(t, "ann", "ann@blog.example", "--data", data)
	mustSay(t, true, "", "key", "rotate", "--data", data)
	address, err := runProgram(t, "", "admin", "feed", "ann", "--url", p.base, "--data", data)
	if err != nil {
		t.Fatal(address)
	}
	if status, _ := get(t, strings.TrimSpace(address)); status != http.StatusNotFound {
		t.Errorf("before: %d", status)
	}
	l := startLoad(t, loopback(p.base), 4, 5e6)
	l.more(10)
	reload("reloaded the secret keys")
	l.more(10)
	l.finish(&storeFlags{Data: data})
	if status, _ := get(t, strings.TrimSpace(address)); status != http.StatusOK {
		t.Errorf("after: %d", status)
	}
	if status, _, err := call(http.MethodDelete, p.base+"/api/v1/comments/"+first.ID, "", "Authorization", "Bearer "+first.EditKey); status != http.StatusNoContent || err != nil {
		t.Errorf("delete: %d %v", status, err)
	}
	if code := p.stop(t); code != 0 {
		t.Errorf("serve ended with %d", code)
	}
}

// TestPartsAreReplacedUnderRequests reloads again and again while others ask.
func TestPartsAreReplacedUnderRequests(t *testing.T) {
	t.Parallel()
	flags := &storeFlags{Data: t.TempDir()}
	mustSay(t, true, "", "site", "add", "https://blog.example", "--policy", "open", "--data", flags.Data)
	s, log := serveWith(t, flags)
	l := startLoad(t, loopback(s.local), 4, 5e6)
	var all sync.WaitGroup
	stop := make(chan struct{})
	for _, address := range []string{s.local + "/feeds/blog.example/load/feed.xml", "http://" + s.ops.String() + "/metrics", "http://" + s.ops.String() + "/readyz"} {
		l.more(1)
		all.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				resp, err := http.Get(address)
				if err != nil {
					t.Error(err)
					return
				}
				resp.Body.Close()
				if resp.StatusCode != http.StatusOK && resp.StatusCode != http.StatusNotFound { // the file of the first comment is written in a moment
					t.Errorf("%s: %d", address, resp.StatusCode)
				}
			}
		})
	}
	for range 3 {
		mustSay(t, true, "begins with a new key", "key", "rotate", "--data", flags.Data)
		if err := s.reload(t.Context()); err != nil {
			t.Error(err)
		}
		l.more(5)
	}
	close(stop)
	all.Wait()
	l.stop.Store(true)
	l.all.Wait()
	for _, lost := range l.lost {
		t.Errorf("lost: %s", lost)
	}
	if n := strings.Count(log.String(), "reloaded the secret keys"); n != 3 || strings.Contains(log.String(), "ERROR") {
		t.Errorf("reloaded %d times\n%s", n, log)
	}
}

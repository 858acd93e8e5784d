package main

import (
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"postil/comments/storetest"
	"postil/deploy/lifecycle"
	"postil/deploy/lifecycle/manager"
)

// restarts is how often a server is replaced under load.
const restarts = 6

// loopback is an address with the number in place of localhost's name.
func loopback(base string) string { return strings.Replace(base, "localhost", "127.0.0.1", 1) }

// idlers are clients that have asked once and then keep still.
func idlers(t *testing.T, base string, n int) (list []*writer) {
	t.Helper()
	for i := range n {
		w := dialWriter(t, base)
		list = append(list, w)
		speak(t, w, "words idle-"+string(rune('a'+i)))
	}
	return list
}

// speak posts, which must work, and leave the connection open.
func speak(t *testing.T, w *writer, words string) {
	t.Helper()
	if a := w.post(words); a.status != http.StatusCreated || a.ends || a.err != nil {
		t.Errorf("%s: %+v", words, a)
	}
}

// TestTakeoverUnderLoadLosesNothing upgrades a bare binary.
func TestTakeoverUnderLoadLosesNothing(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	p := serveProgram(t, "--data", data, "--site", "https://blog.example", "--rate", "0")
	base, ops := loopback(p.base), p.ops
	still := idlers(t, base, 20)
	l := startLoad(t, base, 12, 20*time.Millisecond)
	for range restarts {
		l.more(30)
		next := serveProgram(t, "--data", data, "--rate", "0", "--takeover",
			"--listen", strings.TrimPrefix(base, "http://"), "--ops-listen", strings.TrimPrefix(ops, "http://"))
		if p.wait(); p.cmd.ProcessState.ExitCode() != 0 {
			t.Errorf("the process before ended with %d\n%s", p.cmd.ProcessState.ExitCode(), p.stderr)
		}
		p = next
	}
	l.more(30)
	for i, w := range still {
		speak(t, w, "words still-"+string(rune('a'+i)))
	}
	l.finish(&storeFlags{Data: data})
	fresh := p.post(t, "blog.example", "/after", "the last process publishes")
	eventually(t, "published", func() bool { return published(data, "/after", fresh.ID) })
	if code := p.stop(t); code != 0 {
		t.Errorf("serve ended with %d", code)
	}
}

// TestFailedTakeoverIsNotNoticed starts newcomers that cannot serve.
func TestFailedTakeoverIsNotNoticed(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	p := serveProgram(t, "--data", data, "--site", "https://blog.example", "--rate", "0")
	l := startLoad(t, loopback(p.base), 4, 20*time.Millisecond)
	for _, wrong := range [][]string{{"--database", "postgres://127.0.0.1:1/none"}, {"--listen", "192.0.2.1:80"}} {
		l.more(5)
		out, err := runProgram(t, "", append([]string{"serve", "--takeover", "--data", data, "--ops-listen", "127.0.0.1:0"}, wrong...)...)
		if err == nil || strings.Contains(out, "panic") {
			t.Errorf("%v: %s", wrong, out)
		}
	}
	l.more(5)
	l.finish(&storeFlags{Data: data})
	if code := p.stop(t); code != 0 || strings.Contains(p.stdout.String(), "takes over") {
		t.Errorf("serve ended with %d\n%s", code, p.stdout)
	}
}

// TestRestartByServiceManagerLosesNothing stops and starts the server, with
// sockets and idle connections in a service manager's keeping.
func TestRestartByServiceManagerLosesNothing(t *testing.T) {
	t.Parallel()
	name, err := program()
	if err != nil {
		t.Fatal(err)
	}
	m, err := manager.New(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { m.Close() })
	public, err := m.Socket(lifecycle.Public, "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := m.Socket(lifecycle.Ops, "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	data := t.TempDir()
	start := func() *manager.Process {
		p, err := m.Start([]string{"WATCHDOG_USEC=2000000"}, name, "serve", "--data", data, "--site", "https://blog.example", "--policy", "open", "--rate", "0",
			"--fd-store", "512", "--drain-one-more", "10s")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { p.Process.Kill(); <-p.Ended() })
		return p
	}
	p := start()
	base := "http://" + public.String()
	still := idlers(t, base, 20)
	l := startLoad(t, base, 12, 20*time.Millisecond)
	for range restarts {
		l.more(30)
		if code, err := p.Stop(); code != 0 || err != nil {
			t.Errorf("exit %d, %v\n%s", code, err, p.Stderr)
		}
		p = start()
	}
	l.more(30)
	for i, w := range still {
		speak(t, w, "words still-"+string(rune('a'+i)))
	}
	l.finish(&storeFlags{Data: data})
	if !strings.Contains(strings.Join(m.Messages(), "\n"), "WATCHDOG=1") {
		t.Error("the watchdog was never fed")
	}
}

// database is a PostgreSQL server that a test restarts.
type database struct {
	*storetest.Cluster
	attr *syscall.SysProcAttr
}

func startDatabase(t *testing.T) *database {
	t.Helper()
	storetest.Postgres(t) // skips where there is none
	c, err := storetest.StartCluster("", storetest.Options{Durable: true})
	if err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(filepath.Join(c.Dir(), "data"))
	if err != nil {
		t.Fatal(err)
	}
	owner := info.Sys().(*syscall.Stat_t)
	d := &database{c, &syscall.SysProcAttr{}}
	if os.Getuid() == 0 {
		d.attr.Credential = &syscall.Credential{Uid: owner.Uid, Gid: owner.Gid}
	}
	t.Cleanup(func() {
		d.control(t, "stop", "-m", "immediate")
		if err := c.Stop(); err != nil {
			t.Error(err)
		}
	})
	return d
}

// control runs pg_ctl, which waits until it is done.
func (d *database) control(t *testing.T, args ...string) {
	t.Helper()
	cmd := exec.Command(filepath.Join(d.Bin, "pg_ctl"), append(args, "-w", "-D", filepath.Join(d.Dir(), "data"), "-l", filepath.Join(d.Dir(), "log"))...)
	cmd.Dir, cmd.SysProcAttr = "/", d.attr
	if err := cmd.Run(); err != nil { // its output is not waited for: the server would hold it open
		t.Errorf("pg_ctl %v: %v", args, err)
	}
}

// TestDatabaseRestartsUnderPosts is the automatic intermission: nobody sees
// an error, and nothing is stored twice.
func TestDatabaseRestartsUnderPosts(t *testing.T) {
	t.Parallel()
	d := startDatabase(t)
	flags := &storeFlags{Data: t.TempDir(), Database: d.URL("postgres")}
	p := serveProgram(t, "--data", flags.Data, "--database", flags.Database, "--site", "https://blog.example", "--rate", "0")
	l := startLoad(t, loopback(p.base), 10, 400*time.Millisecond) // 50 a second
	for range restarts {
		l.more(20)
		d.control(t, "restart", "-m", "fast")
	}
	l.more(20)
	l.finish(flags)
	if code := p.stop(t); code != 0 {
		t.Errorf("serve ended with %d", code)
	}
}

// TestDatabaseAwayForTooLong tells writers to come back, and takes what they
// bring then once.
func TestDatabaseAwayForTooLong(t *testing.T) {
	t.Parallel()
	d := startDatabase(t)
	data := t.TempDir()
	p := serveProgram(t, "--data", data, "--database", d.URL("postgres"), "--site", "https://blog.example", "--rate", "0", "--intermission", "500ms")
	first := p.post(t, "blog.example", "/load", "before")
	onDisk(t, filepath.Join(data, "public", "feeds", "blog.example", "load"), first.ID)
	d.control(t, "stop", "-m", "fast")
	const key = "0123456789abcdef"
	body := `{"site":"blog.example","page":"/load","body":"patient","key":"` + key + `"}`
	if status, _, err := call("POST", p.base+"/api/v1/comments", body); status != 503 || err != nil {
		t.Errorf("%d %v", status, err)
	}
	if status, text := get(t, p.base+"/feeds/blog.example/load/thread.json"); status != 200 || !strings.Contains(text, first.ID) {
		t.Errorf("reading: %d", status)
	}
	d.control(t, "start", "-o", "-k "+d.Dir()+" -h ''")
	var ids [2]string
	for i := range ids {
		status, a, err := call("POST", p.base+"/api/v1/comments", body)
		if status != 201 || err != nil {
			t.Fatalf("%d %+v %v", status, a, err)
		}
		ids[i] = a.ID
	}
	if ids[0] != ids[1] {
		t.Errorf("stored twice: %v", ids)
	}
}

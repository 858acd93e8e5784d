package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"postil/deploy/lifecycle"
)

// askProgram gives a running process a command by the real program, and
// returns its answer and the exit code.
func askProgram(t *testing.T, data, order string, args ...string) (lifecycle.Reply, int) {
	t.Helper()
	cmd := command(t, append([]string{order, "--json", "--data", data}, args...)...)
	out, err := cmd.Output()
	exit, failed := errors.AsType[*exec.ExitError](err)
	if err != nil && !failed {
		t.Fatal(err)
	}
	var reply lifecycle.Reply
	if err := json.Unmarshal(out, &reply); err != nil {
		t.Fatalf("%s: %v in %q", order, err, out)
	}
	if failed {
		return reply, exit.ExitCode()
	}
	return reply, 0
}

// held returns how many requests a server holds.
func held(t *testing.T, data string) int {
	t.Helper()
	reply, _ := askProgram(t, data, "status")
	return reply.Snapshot.Held
}

// writer is one raw keep-alive connection that never repeats anything.
type writer struct {
	net.Conn
	r    *bufio.Reader
	host string
}

func dialWriter(t *testing.T, base string) *writer {
	t.Helper()
	w, err := newWriter(base)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.Close() })
	return w
}

func newWriter(base string) (*writer, error) {
	host := strings.TrimPrefix(base, "http://")
	c, err := net.Dial("tcp", host)
	if err != nil {
		return nil, err
	}
	return &writer{Conn: c, r: bufio.NewReader(c), host: host}, nil
}

// send sends a new comment.
func (w *writer) send(body string) error {
	text := fmt.Sprintf(`{"site":"blog.example","page":"/load","body":%q}`, body)
	_, err := fmt.Fprintf(w, "POST /api/v1/comments HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", w.host, len(text), text)
	return err
}

// answer reads the answer: its status, the comment's id, and whether the
// connection ends with it.
func (w *writer) answer() (status int, id string, ends bool, err error) {
	w.SetReadDeadline(time.Now().Add(within))
	resp, err := http.ReadResponse(w.r, nil)
	if err != nil {
		return 0, "", false, err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	var a answer
	if err == nil {
		err = json.Unmarshal(text, &a)
	}
	return resp.StatusCode, a.ID, resp.Close, err
}

// TestHeldWritesWaitAndReadingGoesOn uses hold, status and release.
func TestHeldWritesWaitAndReadingGoesOn(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	p := serveProgram(t, "--data", data, "--site", "https://blog.example")
	first := p.post(t, "blog.example", "/load", "before")
	if reply, code := askProgram(t, data, "hold"); code != 0 || !strings.Contains(reply.Text, "Writes are held, for at most 5m0s") {
		t.Fatalf("%d %+v", code, reply)
	}
	var waiting []*writer
	for i := range 5 {
		w := dialWriter(t, p.base)
		if err := w.send(fmt.Sprint("held ", i)); err != nil {
			t.Fatal(err)
		}
		waiting = append(waiting, w)
		eventually(t, "held", func() bool { return held(t, data) == i+1 })
	}
	if status, text := get(t, p.base+"/feeds/blog.example/load/thread.json"); status != http.StatusOK || !strings.Contains(text, first.ID) {
		t.Errorf("reading: %d", status)
	}
	if out, err := runProgram(t, "", "serve", "--takeover", "--data", data, "--listen", "127.0.0.1:0", "--ops-listen", "127.0.0.1:0"); err == nil || !strings.Contains(out, "postil release") {
		t.Errorf("taken over while it holds: %s", out)
	}
	if _, metrics := get(t, p.ops+"/metrics"); !strings.Contains(metrics, "postil_writes_holding 1") || !strings.Contains(metrics, "postil_writes_waiting 5") {
		t.Error("metrics do not tell of the hold")
	}
	if reply, code := askProgram(t, data, "release"); code != 0 || !strings.Contains(reply.Text, "5 writes were held") {
		t.Errorf("%d %+v", code, reply)
	}
	for i, w := range waiting {
		if status, _, _, err := w.answer(); err != nil || status != http.StatusCreated {
			t.Errorf("%d: %d %v", i, status, err)
		}
	}
	if reply, code := askProgram(t, data, "release"); code != 0 || reply.Text != "Nothing was held." {
		t.Errorf("%d %+v", code, reply)
	}
}

func TestHoldEndsByItself(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	p := serveProgram(t, "--data", data, "--site", "https://blog.example")
	if _, code := askProgram(t, data, "hold", "--max", "1s"); code != 0 {
		t.Fatal(code)
	}
	p.post(t, "blog.example", "/load", "patient")
	reply, code := askProgram(t, data, "hold", "--max", "6m")
	if code != exitFailed || !strings.Contains(reply.Error, "--max: 6m0s is longer than clients wait; give at most 5m0s") {
		t.Errorf("%d %+v", code, reply)
	}
}

// TestPrestopSendsAwayAndServes goes through the states one by one.
func TestPrestopSendsAwayAndServes(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	const lame = 300 * time.Millisecond
	p := serveProgram(t, "--data", data, "--site", "https://blog.example", "--drain-lame", lame.String(), "--drain-one-more", within.String())
	w := dialWriter(t, p.base)
	began := time.Now()
	if _, code := askProgram(t, data, "prestop"); code != 0 || time.Since(began) < lame {
		t.Errorf("%d after %v", code, time.Since(began))
	}
	reply, code := askProgram(t, data, "status")
	if code != exitNotReady || reply.Snapshot.State != lifecycle.Lame {
		t.Errorf("%d %+v", code, reply.Snapshot)
	}
	for _, base := range []string{p.base, p.ops} {
		if status, _ := get(t, base+"/readyz"); status != http.StatusServiceUnavailable {
			t.Errorf("%s/readyz: %d", base, status)
		}
		if status, _ := get(t, base+"/livez"); status != http.StatusOK {
			t.Errorf("%s/livez: %d", base, status)
		}
	}
	p.cmd.Process.Signal(syscall.SIGTERM)
	eventually(t, "one more", func() bool {
		_, metrics := get(t, p.ops+"/metrics")
		return strings.Contains(metrics, `postil_lifecycle_state{state="one-more"} 1`)
	})
	if err := w.send("the last one"); err != nil {
		t.Fatal(err)
	}
	if status, _, ends, err := w.answer(); status != http.StatusCreated || !ends || err != nil {
		t.Errorf("%d, ends %v, %v", status, ends, err)
	}
	if p.wait(); p.cmd.ProcessState.ExitCode() != 0 {
		t.Errorf("exit %d\n%s", p.cmd.ProcessState.ExitCode(), p.stderr)
	}
	if _, err := os.Lstat(filepath.Join(data, serverSocket)); err == nil {
		t.Error("the control socket is left behind")
	}
}

// TestDrainStopsAsSIGTERMDoes and leaves a stale socket in peace.
func TestDrainStopsAsSIGTERMDoes(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	args := []string{"--data", data, "--site", "https://blog.example"}
	serveProgram(t, args...).kill()
	if reply, code := askProgram(t, data, "status"); code != exitFailed || !strings.Contains(reply.Error, "ended without removing the socket") {
		t.Errorf("%d %+v", code, reply)
	}
	p := serveProgram(t, args...)
	if reply, code := askProgram(t, data, "drain"); code != 0 || !strings.HasPrefix(reply.Text, "Drained in ") {
		t.Errorf("%d %+v", code, reply)
	}
	if p.wait(); p.cmd.ProcessState.ExitCode() != 0 {
		t.Errorf("exit %d\n%s", p.cmd.ProcessState.ExitCode(), p.stderr)
	}
}

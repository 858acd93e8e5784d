package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"postil/deploy/lifecycle"
)

// begin sends a new comment but for its last byte, which it returns.
func (w *writer) begin(t *testing.T, body string) (rest string) {
	t.Helper()
	text := fmt.Sprintf(`{"site":"blog.example","page":"/load","body":%q}`, body)
	if _, err := fmt.Fprintf(w, "POST /api/v1/comments HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s",
		w.host, len(text), text[:len(text)-1]); err != nil {
		t.Fatal(err)
	}
	return text[len(text)-1:]
}

// end sends the rest, after which the comment must be there.
func (w *writer) end(t *testing.T, rest string) {
	t.Helper()
	if _, err := w.Write([]byte(rest)); err != nil {
		t.Fatal(err)
	}
	if status, _, _, err := w.answer(); err != nil || status != http.StatusCreated {
		t.Errorf("%d %v", status, err)
	}
}

// underWay waits until a server has begun a request.
func underWay(t *testing.T, data string) {
	t.Helper()
	eventually(t, "the request is under way", func() bool {
		reply, _ := askProgram(t, data, "status")
		return reply.Snapshot.Requests == 1
	})
}

// TestOrdersToTheWrongProcessDoNothing: a hurried hand forgets --gate, and a
// variable of the shell is not set.
func TestOrdersToTheWrongProcessDoNothing(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	p := serveProgram(t, "--data", data, "--site", "https://blog.example")
	for _, order := range []string{"hold", "release"} {
		mustSay(t, false, "--upstream: only a gate has any; add --gate", order, "--upstream", "blog", "--data", data)
	}
	mustSay(t, true, "0 held.\n", "status", "--data", data)
	mustSay(t, true, "Writes are held", "hold", "--data", data)
	mustSay(t, false, "--database: it is empty", "release", "--database", "", "--data", data)
	mustSay(t, true, "0 held. Writes are held since ", "status", "--data", data)
	mustSay(t, true, "Released", "release", "--data", data)
	if code := p.stop(t); code != 0 {
		t.Error(code)
	}
	if said := p.stderr.String(); !strings.Contains(said, "writes are held") || !strings.Contains(said, "writes are released") {
		t.Errorf("the log does not tell of the hold:\n%s", said)
	}
}

// TestRefusedDatabaseDoesNotShortenTheHold leaves the time to copy it again.
func TestRefusedDatabaseDoesNotShortenTheHold(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	serveProgram(t, "--data", data, "--site", "https://blog.example")
	mustSay(t, true, "for at most 5m0s", "hold", "--data", data)
	mustSay(t, false, "Nothing has changed", "release", "--data", data, "--database", "postgres://127.0.0.1:1/none")
	out, err := runProgram(t, "", "status", "--data", data)
	left := regexp.MustCompile(`for another ([0-9ms]+):`).FindStringSubmatch(out)
	if err != nil || left == nil {
		t.Fatalf("%v in %q", err, out)
	}
	if d, err := time.ParseDuration(left[1]); err != nil || d < 3*time.Minute {
		t.Errorf("%v of 5 minutes are left, %v", d, err)
	}
}

// TestHoldWaitsForTheProcessBefore: its last requests write, too.
func TestHoldWaitsForTheProcessBefore(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	args := []string{"--data", data, "--site", "https://blog.example"}
	p := serveProgram(t, append(args, "--drain-requests", "1m")...)
	w := dialWriter(t, p.base)
	rest := w.begin(t, "begun before")
	underWay(t, data)
	serveProgram(t, append(args, "--takeover", "--listen", strings.TrimPrefix(loopback(p.base), "http://"))...)
	mustSay(t, false, "the process before is still at its last requests; new writes are held", "hold", "--wait", "1s", "--data", data)
	w.end(t, rest)
	mustSay(t, true, "Writes are held", "hold", "--data", data)
}

// TestReloadWaitsForWritesAlsoWhileItHolds: a hold that met an open write has
// failed and holds all the same.
func TestReloadWaitsForWritesAlsoWhileItHolds(t *testing.T) {
	t.Parallel()
	flags := &storeFlags{Data: t.TempDir()}
	mustSay(t, true, "", "site", "add", "https://blog.example", "--data", flags.Data)
	s, _ := serveWith(t, flags)
	begun, end, done := make(chan struct{}), make(chan struct{}), make(chan struct{})
	write := &lifecycle.Passage{Gate: s.gate, Next: http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		close(begun)
		<-end
	})}
	go func() {
		defer close(done)
		write.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodPost, "/", nil))
	}()
	<-begun
	s.gate.Close(time.Hour)
	mustSay(t, true, "begins with a new key", "key", "rotate", "--data", flags.Data)
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	if err := s.reload(ctx); err == nil || !strings.Contains(err.Error(), "1 write is still open") {
		t.Errorf("reloaded under a write: %v", err)
	}
	close(end)
	<-done
	if err := s.reload(t.Context()); err != nil {
		t.Error(err)
	}
	if left := s.gate.Left(); left < 50*time.Minute {
		t.Errorf("%v of an hour are left", left)
	}
}

// TestGateIsHeldAsLongAsItSays where nothing else is ordered.
func TestGateIsHeldAsLongAsItSays(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	startProgram(t, "gate", "--data", data, "--upstream", "blog=http://127.0.0.1:1", "--listen", "127.0.0.1:0", "--ops-listen", "127.0.0.1:0", "--fail", "open", "--max-hold", "40m")
	mustSay(t, true, "Holding", "hold", "--gate", "--data", data)
	mustSay(t, true, "blog is held since ", "status", "--gate", "--data", data)
	text, err := os.ReadFile(filepath.Join(data, "gate.json"))
	var state struct {
		Held map[string]struct{ Since, Until time.Time }
	}
	if err == nil {
		err = json.Unmarshal(text, &state)
	}
	if held := state.Held["blog"]; err != nil || held.Until.Sub(held.Since) != 40*time.Minute {
		t.Errorf("%v %s", err, text)
	}
}

// TestStuckProcessIsNotWellForEver asks a process that does nothing any more.
func TestStuckProcessIsNotWellForEver(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	p := serveProgram(t, "--data", data, "--site", "https://blog.example")
	if err := p.cmd.Process.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.cmd.Process.Signal(syscall.SIGCONT) })
	mustSay(t, false, "has not answered so far", "status", "--data", data)
	refused(t, another(t, "--data", data, "--takeover"), "the running process does not answer within 10s; stop it, and start without --takeover")
}

package lifecycle

import (
	"context"
	"errors"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestControlSocketAnswers(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), strings.Repeat("long/", 40), "control.sock") // longer than a socket's address
	held := 3
	r := start(t, Config{Timing: short(), Control: path, Held: func() int { return held },
		Details: func() any { return map[string]int{"answer": 42} }}, http.HandlerFunc(echo))
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info.Mode(), err)
	}
	c := dial(t, r.base)
	c.ask(get)
	eventually(t, "idle", func() bool { return r.Snapshot().Idle == 1 })
	reply, err := Ask(t.Context(), path, Request{Command: "status"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	mustContain(t, reply.Text, "is ready since", "1 connections, 1 of them idle, 0 open requests, 3 held")
	if reply.Snapshot.Held != 3 || string(reply.Details) != `{"answer":42}` {
		t.Errorf("%+v %s", reply.Snapshot, reply.Details)
	}
	if _, err := Ask(t.Context(), path, Request{Command: "dance"}, nil); err == nil {
		t.Error("an unknown command was obeyed")
	} else {
		mustContain(t, err.Error(), `no command "dance"`, "drain, prestop, status")
	}
}

func TestDrainOverTheControlSocket(t *testing.T) {
	t.Parallel()
	r := start(t, Config{Timing: short(), Control: socketPath(t)}, http.HandlerFunc(echo))
	reply, err := Ask(t.Context(), r.control, Request{Command: "drain"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	mustContain(t, reply.Text, "Drained in")
	if err := r.finish(t); err != nil {
		t.Error(err)
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(r.control); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the socket is left: %v", err)
	}
}

func TestPrestopWaitsForTheWindow(t *testing.T) {
	t.Parallel()
	timing := short()
	timing.Lame = 2 * time.Second
	r := start(t, Config{Timing: timing, Control: socketPath(t)}, http.HandlerFunc(echo))
	began := time.Now()
	reply, err := Ask(t.Context(), r.control, Request{Command: "prestop"}, nil)
	if took := time.Since(began); err != nil || took < timing.Lame {
		t.Errorf("%v after %v", err, took)
	}
	mustContain(t, reply.Text, "may be stopped")
	if r.State() != Lame {
		t.Error(r.State())
	}
	began = time.Now()
	r.order(stop)
	if err := r.finish(t); err != nil {
		t.Error(err)
	}
	if took := time.Since(began); took >= timing.Lame {
		t.Errorf("the window was waited for twice: %v", took)
	}
	reply, err = Ask(t.Context(), r.control, Request{Command: "prestop"}, nil)
	if err != nil || !strings.Contains(reply.Text, "already") {
		t.Errorf("%+v %v", reply, err)
	}
}

func TestNobodyListens(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "control.sock")
	ask := func(path string) string {
		_, err := Ask(t.Context(), path, Request{Command: "status"}, nil)
		if !errors.Is(err, ErrNobody) {
			t.Fatal(err)
		}
		return err.Error()
	}
	mustContain(t, ask(path), "no process is running with this directory")
	mustContain(t, ask(filepath.Join(dir, "none", strings.Repeat("x", 120), "control.sock")), "no such directory")
	mustContain(t, ask(dir), "it is no socket; is --control right?")
	stale(t, path)
	mustContain(t, ask(path), "has ended without removing the socket", "replaces it")
	start(t, Config{Timing: short(), Control: path}, http.HandlerFunc(echo))
	if _, err := Ask(t.Context(), path, Request{Command: "status"}, nil); err != nil {
		t.Errorf("a stale socket was not replaced: %v", err)
	}
}

// stale leaves a socket as a killed process does.
func stale(t *testing.T, path string) {
	t.Helper()
	l, err := net.ListenUnix(network, &net.UnixAddr{Name: path, Net: network})
	if err != nil {
		t.Fatal(err)
	}
	l.SetUnlinkOnClose(false)
	l.Close()
}

func TestControlSocketDoesNotReplaceAFile(t *testing.T) {
	t.Parallel()
	path := socketPath(t)
	if err := os.WriteFile(path, []byte("precious"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(t.Context(), Config{Timing: short(), Control: path, Log: quiet()}); err == nil || !strings.Contains(err.Error(), "is something else") {
		t.Error(err)
	}
}

func TestNameThatIsTooLongForASocketSaysSo(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), strings.Repeat("x", 110))
	if _, err := Open(t.Context(), Config{Timing: short(), Control: path, Log: quiet()}); err == nil {
		t.Error("accepted")
	} else {
		mustContain(t, err.Error(), "too long for a socket", "name another with --control")
	}
}

func TestClientThatLeavesEndsItsCommand(t *testing.T) {
	t.Parallel()
	begun, ended := make(chan struct{}), make(chan struct{})
	r := start(t, Config{Timing: short(), Control: socketPath(t), Commands: map[string]Command{
		"hold": func(ctx context.Context, _ map[string]string) (string, any, error) {
			close(begun)
			<-ctx.Done()
			close(ended)
			return "", nil, ctx.Err()
		},
	}}, http.HandlerFunc(echo))
	ctx, cancel := context.WithCancel(t.Context())
	failed := make(chan error, 1)
	go func() {
		_, err := Ask(ctx, r.control, Request{Command: "hold"}, nil)
		failed <- err
	}()
	<-begun
	cancel()
	if err := <-failed; !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	<-ended
}

func TestTimingIsCheckedAgainstTheGracePeriod(t *testing.T) {
	t.Parallel()
	timing := Timing{Lame: 5 * time.Second, OneMore: 10 * time.Second, Requests: 10 * time.Second, Grace: 30 * time.Second}
	if err := timing.Check(); err != nil {
		t.Error(err)
	}
	timing.Grace--
	err := timing.Check()
	if err == nil {
		t.Fatal("accepted")
	}
	mustContain(t, err.Error(), "--grace", "30s", "--drain-lame 5s", "terminationGracePeriodSeconds or TimeoutStopSec")
	if err := (Timing{Requests: -1}).Check(); err == nil || !strings.Contains(err.Error(), "--drain-requests") {
		t.Error(err)
	}
	if err := DefaultTiming().Check(); err != nil {
		t.Error(err)
	}
}

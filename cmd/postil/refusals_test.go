package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"postil/deploy/lifecycle"
)

// refused demands that a command fails and says how to mend it.
func refused(t *testing.T, cmd *exec.Cmd, says ...string) {
	t.Helper()
	out, err := cmd.CombinedOutput()
	if err == nil || strings.Contains(string(out), "panic") {
		t.Errorf("%v: %v\n%s", cmd.Args[1:], err, out)
	}
	for _, want := range says {
		if !strings.Contains(string(out), want) {
			t.Errorf("%v: want %q in:\n%s", cmd.Args[1:], want, out)
		}
	}
}

// another starts a second server on free ports.
func another(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	return command(t, append([]string{"serve", "--listen", "127.0.0.1:0", "--ops-listen", "127.0.0.1:0"}, args...)...)
}

// unmoved demands that a server has noticed nothing of what was refused.
func unmoved(t *testing.T, p *process, data string) {
	t.Helper()
	reply, code := askProgram(t, data, "status")
	if code != 0 || reply.Snapshot.State != lifecycle.Ready || reply.Snapshot.Process != p.cmd.Process.Pid {
		t.Errorf("%d %+v", code, reply)
	}
	p.post(t, "blog.example", "/post", "all is well")
}

func TestDrainLongerThanTheGraceIsRefused(t *testing.T) {
	t.Parallel()
	data := filepath.Join(t.TempDir(), "none")
	refused(t, another(t, "--data", data, "--drain-lame", "5s", "--drain-one-more", "10s", "--drain-requests", "10s", "--grace", "25s"),
		"a drain may take 30s", "is killed after 25s", "raise terminationGracePeriodSeconds or TimeoutStopSec together with --grace to 30s")
	if _, err := os.Stat(data); err == nil {
		t.Error("it made a data folder")
	}
}

func TestSecondServerOnOneFolderIsRefused(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	p := serveProgram(t, "--data", data, "--site", "https://blog.example")
	refused(t, another(t, "--data", data), "publishes into "+filepath.Join(data, "public"), "stop it, or give this process a directory of its own with --public")
	refused(t, another(t, "--data", t.TempDir(), "--public", filepath.Join(data, "public")), "with --public")
	refused(t, another(t, "--data", data, "--public", t.TempDir()), "control.sock; stop it, replace it with --takeover, or give this one a directory of its own with --data")
	unmoved(t, p, data)
}

// TestStaleControlSocketSaysSo and gives way to the next server.
func TestStaleControlSocketSaysSo(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	serveProgram(t, "--data", data, "--site", "https://blog.example").kill()
	for _, order := range []string{"status", "hold", "release", "drain", "prestop"} {
		refused(t, command(t, order, "--data", data), "its process has ended without removing the socket; the next one that starts replaces it")
	}
	refused(t, another(t, "--data", data, "--takeover"), "--takeover: nobody listens at", "start without --takeover")
	unmoved(t, serveProgram(t, "--data", data), data)
}

// TestTakeoverByAnotherUserIsRefused, by the socket's mode, and where somebody
// has opened that, by who asks.
func TestTakeoverByAnotherUserIsRefused(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		t.Skip("only root can become somebody else")
	}
	data := t.TempDir()
	p := serveProgram(t, "--data", data, "--site", "https://blog.example")
	const nobody = 65534
	asNobody := func(cmd *exec.Cmd) *exec.Cmd {
		for _, path := range []string{data, cmd.Path} {
			for path = filepath.Dir(path); path != os.TempDir() && path != "/"; path = filepath.Dir(path) {
				os.Chmod(path, 0o755)
			}
		}
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
		return cmd
	}
	if err := os.Chmod(data, 0o755); err != nil {
		t.Fatal(err)
	}
	refused(t, asNobody(another(t, "--data", data, "--takeover")), "belongs to another user; run this as the user who runs the server")
	if err := os.Chmod(filepath.Join(data, serverSocket), 0o777); err != nil {
		t.Fatal(err)
	}
	refused(t, asNobody(another(t, "--data", data, "--takeover")), "--takeover: user 65534 may not control a process of user 0; run this as that user")
	refused(t, asNobody(command(t, "drain", "--data", data)), "user 65534 may not control a process of user 0")
	unmoved(t, p, data)
}

// TestTruncatedStateOfAGateIsRefused: it may have held, and must not guess.
func TestTruncatedStateOfAGateIsRefused(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	args := []string{"gate", "--data", data, "--listen", "127.0.0.1:0", "--ops-listen", "127.0.0.1:0", "--upstream", "blog=http://127.0.0.1:1"}
	p := startProgram(t, args...)
	if _, code := askProgram(t, data, "hold", "--gate"); code != 0 {
		t.Fatal(code)
	}
	p.kill()
	state := filepath.Join(data, "gate.json")
	info, err := os.Stat(state)
	if err != nil {
		t.Fatal(err)
	}
	for _, size := range []int64{info.Size() / 2, 0} {
		if err := os.Truncate(state, size); err != nil {
			t.Fatal(err)
		}
		refused(t, command(t, args...), "--state: "+state+" is damaged", "remove it if nothing is to be held, and start again")
		if now, err := os.Stat(state); err != nil || now.Size() != size {
			t.Errorf("the file was touched: %v %v", now, err)
		}
	}
	if err := os.Remove(state); err != nil {
		t.Fatal(err)
	}
	if code := startProgram(t, args...).stop(t); code != 0 {
		t.Errorf("the gate ended with %d", code)
	}
}

package lifecycle

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
)

// TestTakeoverBySomebodyElseIsRefused asks as user nobody.
func TestTakeoverBySomebodyElseIsRefused(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		t.Skip("only root can become somebody else")
	}
	r := start(t, Config{Timing: short(), Control: socketPath(t)}, nil)
	for path := r.control; path != "/tmp" && path != "/"; path = path[:strings.LastIndex(path, "/")] {
		os.Chmod(path, 0o777) // so that only the peer's identity stands in the way
	}
	cmd := exec.Command("/proc/self/exe")
	cmd.Env = append(os.Environ(), childConfig{Timing: short(), Control: r.control, Takeover: true, Listen: "127.0.0.1:0"}.variable())
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	out, err := cmd.CombinedOutput()
	if err == nil {
		t.Fatal("user nobody took over")
	}
	mustContain(t, string(out), "--takeover: user 65534 may not control a process of user 0; run this as that user")
	if r.State() != Ready {
		t.Error(r.State())
	}
}

// TestProcessTakesOverFromProcess is the upgrade of a bare binary.
func TestProcessTakesOverFromProcess(t *testing.T) {
	t.Parallel()
	m := newManager(t) // only to learn READY=1
	c := childConfig{Timing: short(), Listen: freeAddress(t), Ops: freeAddress(t), Control: socketPath(t)}
	p := startService(t, m, c)
	idler := dial(t, "http://"+c.Listen)
	idler.ask(get)
	c.Takeover = true
	for range 5 {
		next := startService(t, m, c)
		<-p.Ended()
		if code := p.ProcessState.ExitCode(); code != 0 {
			t.Fatalf("exit %d\n%s", code, p.Stderr)
		}
		for _, c := range []*client{idler, dial(t, "http://"+c.Listen), dial(t, "http://"+c.Ops)} {
			if body, closing := c.ask(get); closing || body != fmt.Sprintf("%d ", next.Process.Pid) {
				t.Errorf("%q %v", body, closing)
			}
		}
		reply, err := Ask(context.Background(), c.Control, Request{Command: "status"}, nil)
		if err != nil || reply.Snapshot.Process != next.Process.Pid {
			t.Errorf("%+v %v", reply, err)
		}
		p = next
	}
	stopService(t, p)
}

// TestProcessOutlivesTheReaderOfItsLog stops one whose log nobody reads any
// more.
func TestProcessOutlivesTheReaderOfItsLog(t *testing.T) {
	t.Parallel()
	c := childConfig{Timing: short(), Listen: "127.0.0.1:0", Control: socketPath(t)}
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("/proc/self/exe")
	cmd.Env, cmd.Stderr = append(os.Environ(), c.variable()), w
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill() })
	w.Close()
	eventually(t, "it is ready", func() bool {
		reply, err := Ask(t.Context(), c.Control, Request{Command: "status"}, nil)
		return err == nil && reply.Snapshot.State == Ready
	})
	r.Close()
	reply, err := Ask(t.Context(), c.Control, Request{Command: "drain"}, nil)
	if err != nil || !reply.OK {
		t.Errorf("%+v %v", reply, err)
	}
	if err := cmd.Wait(); err != nil {
		t.Error(err)
	}
}

package lifecycle

import (
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
)

// TestSocketOfAUnitOutlivesATakeover ends a process that took over from one
// that systemd had started: systemd's socket hears the next one's clients.
func TestSocketOfAUnitOutlivesATakeover(t *testing.T) {
	t.Parallel()
	m := newManager(t)
	base := passSocket(t, m, Public)
	c := childConfig{Timing: short(), Listen: strings.TrimPrefix(base, "http://"), Control: socketPath(t)}
	first := startService(t, m, c)
	second := byHand(t, c)
	<-first.Ended()
	eventually(t, "the second is ready", func() bool {
		reply, err := Ask(t.Context(), c.Control, Request{Command: "status"}, nil)
		return err == nil && reply.Snapshot.State == Ready
	})
	if err := errors.Join(second.Process.Signal(syscall.SIGTERM), second.Wait()); err != nil {
		t.Fatal(err)
	}
	conn, err := net.DialTimeout("tcp", c.Listen, within) // the socket's queue takes it in
	if err != nil {
		t.Fatalf("systemd's socket is deaf: %v", err)
	}
	conn.Close()
	third := startService(t, m, c)
	if body, _ := dial(t, base).ask(get); body != fmt.Sprintf("%d ", third.Process.Pid) {
		t.Errorf("%q", body)
	}
}

// byHand takes over as a person does at a shell, without a service manager.
func byHand(t *testing.T, c childConfig) *exec.Cmd {
	t.Helper()
	c.Takeover = true
	cmd := exec.Command(os.Args[0])
	cmd.Env, cmd.Stderr = append(os.Environ(), c.variable()), os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill() })
	return cmd
}

// TestSocketThatWasLeftDeafHearsAgain gets one as a process leaves it that did
// not know that somebody else has it, too.
func TestSocketThatWasLeftDeafHearsAgain(t *testing.T) {
	t.Parallel()
	var plain net.ListenConfig
	plain.SetMultipathTCP(false) // as in Listen
	l, err := plain.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	tcp := l.(*net.TCPListener)
	if err := dropNew(tcp); err != nil {
		t.Fatal(err)
	}
	f, err := tcp.File()
	if err != nil {
		t.Fatal(err)
	}
	if err := newInheritance(systemd).takeSocket(f, Public); err != nil {
		t.Fatal(err)
	}
	c, err := net.DialTimeout("tcp", tcp.Addr().String(), within)
	if err != nil {
		t.Fatal(err)
	}
	c.Close()
}

// TestSocketThatWasMadeToBlockIsClosed stops a process whose socket somebody
// else, who has it too, has made to block.
func TestSocketThatWasMadeToBlockIsClosed(t *testing.T) {
	t.Parallel()
	r := start(t, Config{Timing: short(), Control: socketPath(t)}, named("here"))
	raw, err := r.socket(Public).tcp.SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	if err := raw.Control(func(fd uintptr) { err = syscall.SetNonblock(int(fd), false) }); err != nil {
		t.Fatal(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	c := dial(t, r.base) // after it, Accept is in the kernel
	if body, _ := c.ask(get); body != "here" {
		t.Errorf("%q", body)
	}
	c.Close()
	r.order(stop)
	if err := r.finish(t); err != nil {
		t.Error(err)
	}
}

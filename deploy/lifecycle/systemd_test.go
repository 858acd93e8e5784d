package lifecycle

import (
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"postil/deploy/lifecycle/manager"
)

func newManager(t *testing.T) *manager.Manager {
	t.Helper()
	m, err := manager.New(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { m.Close() })
	return m
}

func passSocket(t *testing.T, m *manager.Manager, name string) (base string) {
	t.Helper()
	a, err := m.Socket(name, "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return "http://" + a.String()
}

func startService(t *testing.T, m *manager.Manager, c childConfig, env ...string) *manager.Process {
	t.Helper()
	p, err := m.Start(append(env, c.variable()), os.Args[0])
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		select {
		case <-p.Ended():
		default:
			p.Process.Kill()
			<-p.Ended()
		}
	})
	return p
}

func stopService(t *testing.T, p *manager.Process) {
	t.Helper()
	code, err := p.Stop()
	if err != nil || code != 0 {
		t.Fatalf("exit %d, %v\n%s", code, err, p.Stderr)
	}
}

// said waits until the service has said a line.
func said(t *testing.T, m *manager.Manager, prefix string) {
	t.Helper()
	eventually(t, prefix, func() bool {
		return slices.ContainsFunc(m.Messages(), func(s string) bool {
			return slices.ContainsFunc(strings.Split(s, "\n"), func(line string) bool { return strings.HasPrefix(line, prefix) })
		})
	})
}

func TestSocketsComeByNameAndVariablesAreUnset(t *testing.T) {
	t.Parallel()
	m := newManager(t)
	public, ops := passSocket(t, m, Public), passSocket(t, m, Ops)
	p := startService(t, m, childConfig{Timing: short(), Listen: "127.0.0.1:1", Ops: "127.0.0.1:1"}, "WATCHDOG_USEC=1000000")
	// The sockets answer before that, with the last variable still to be read.
	said(t, m, "STATUS=ready")
	said(t, m, "WATCHDOG=1")
	for _, base := range []string{public, ops} {
		if body, _ := dial(t, base).ask(get); body != fmt.Sprintf("%d ", p.Process.Pid) {
			t.Errorf("%s: %q", base, body)
		}
	}
	p.Process.Signal(syscall.SIGHUP)
	said(t, m, "RELOADING=1")
	said(t, m, "MONOTONIC_USEC=")
	p.Process.Signal(syscall.SIGTERM)
	said(t, m, "STOPPING=1")
	said(t, m, "EXTEND_TIMEOUT_USEC=15000000") // 5 s + 5 s, and 5 s to close
	p.Process.Signal(syscall.SIGTERM)
	<-p.Ended()
	if code := p.ProcessState.ExitCode(); code != 0 {
		t.Errorf("exit %d\n%s", code, p.Stderr)
	}
}

func TestWatchdogIsNotFedByASickProcess(t *testing.T) {
	t.Parallel()
	m := newManager(t)
	passSocket(t, m, Public)
	p := startService(t, m, childConfig{Timing: short(), Listen: "127.0.0.1:1", Sick: true}, "WATCHDOG_USEC=20000")
	said(t, m, "READY=1")
	stopService(t, p)
	mustContain(t, p.Stderr.String(), "the watchdog is not fed", "sick")
	if strings.Contains(strings.Join(m.Messages(), "\n"), "WATCHDOG=1") {
		t.Error("the watchdog was fed")
	}
}

func TestWrongWatchdogIsRefusedBeforeAnybodyIsServed(t *testing.T) {
	t.Parallel()
	m := newManager(t)
	passSocket(t, m, Public)
	_, err := m.Start([]string{childConfig{Timing: short(), Listen: "127.0.0.1:1"}.variable(), "WATCHDOG_USEC=soon"}, os.Args[0])
	if err == nil {
		t.Fatal("accepted")
	}
	mustContain(t, err.Error(), "WATCHDOG_USEC", `"soon"`)
	if strings.Contains(strings.Join(m.Messages(), "\n"), "READY=1") {
		t.Error("it has said that it was ready")
	}
}

func TestUnknownSocketIsRefused(t *testing.T) {
	t.Parallel()
	m := newManager(t)
	passSocket(t, m, "postil.socket")
	_, err := m.Start([]string{childConfig{Timing: short(), Listen: "127.0.0.1:1"}.variable()}, os.Args[0])
	if err == nil {
		t.Fatal("accepted")
	}
	mustContain(t, err.Error(), `systemd passes a socket named "postil.socket"`, "name it public or ops", "FileDescriptorName=")
}

// TestRestartKeepsIdleConnections restarts a service ten times under
// connections that are idle, unread and used, with systemd's sockets and with
// its own, which systemd keeps then.
func TestRestartKeepsIdleConnections(t *testing.T) {
	t.Parallel()
	for _, own := range []bool{false, true} {
		t.Run(fmt.Sprintf("own socket %v", own), func(t *testing.T) {
			t.Parallel()
			m := newManager(t)
			// A stop that waited for a client to speak would take this long.
			timing := Timing{OneMore: within, Requests: within}
			c := childConfig{Timing: timing, Listen: "127.0.0.1:0", FDStore: 512, Control: socketPath(t)}
			base := ""
			if !own {
				base = passSocket(t, m, Public)
			} else {
				c.Listen = freeAddress(t)
				base = "http://" + c.Listen
			}
			p := startService(t, m, c)
			clients := make([]*client, 20)
			for i := range clients {
				clients[i] = dial(t, base)
				if i%2 == 0 {
					clients[i].ask(get)
				}
			}
			waitIdle(t, c.Control, len(clients))
			for range 10 {
				began := time.Now()
				stopService(t, p)
				if took := time.Since(began); took >= within {
					t.Errorf("a stop took %v", took)
				}
				if n := m.Stored()[idlePrefix+Public]; n != len(clients) {
					t.Fatalf("%d connections are kept, want %d", n, len(clients))
				}
				p = startService(t, m, c)
				eventually(t, "the store is empty again", func() bool { return len(m.Stored()) == 0 })
				for i, c := range clients[:10] { // the others never speak
					if body, closing := c.ask(get); closing || body != fmt.Sprintf("%d ", p.Process.Pid) {
						t.Fatalf("client %d: %q, closing %v", i, body, closing)
					}
				}
			}
			if body, _ := clients[19].ask(get); body != fmt.Sprintf("%d ", p.Process.Pid) {
				t.Errorf("%q", body)
			}
		})
	}
}

// waitIdle waits until a process has a number of idle connections.
func waitIdle(t *testing.T, control string, want int) {
	t.Helper()
	eventually(t, "idle", func() bool {
		reply, err := Ask(t.Context(), control, Request{Command: "status"}, nil)
		return err == nil && reply.Snapshot.Idle == want
	})
}

// freeAddress returns an address that nobody listens on, with a port below
// those that the kernel gives out: no other test gets it meanwhile.
func freeAddress(t *testing.T) string {
	t.Helper()
	for {
		address := fmt.Sprintf("127.0.0.1:%d", 10_000+rand.IntN(20_000))
		if l, err := net.Listen("tcp", address); err == nil {
			l.Close()
			return address
		}
	}
}

func TestFullStoreLeavesTheRestToOneMoreRequest(t *testing.T) {
	t.Parallel()
	m := newManager(t)
	base := passSocket(t, m, Public)
	c := childConfig{Timing: Timing{OneMore: 500 * time.Millisecond, Requests: 5 * time.Second}, Listen: "127.0.0.1:1", FDStore: 4}
	p := startService(t, m, c)
	clients := make([]*client, 5)
	for i := range clients {
		clients[i] = dial(t, base)
		clients[i].ask(get)
	}
	stopService(t, p)
	kept := m.Stored()[idlePrefix+Public]
	if kept != 3 { // one place is the socket's
		t.Errorf("%d are kept", kept)
	}
	startService(t, m, c)
	answered := 0
	for _, c := range clients {
		c.Write([]byte(get)) // a closed one may refuse it
		if b, err := c.r.ReadByte(); err == nil && b == 'H' {
			answered++
		}
	}
	if answered != kept {
		t.Errorf("%d answered", answered)
	}
}

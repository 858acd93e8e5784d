package lifecycle

import (
	"context"
	"net"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// TestControlSocketOutlivesAWantOfDescriptors asks a process that has none left,
// and again when it has.
func TestControlSocketOutlivesAWantOfDescriptors(t *testing.T) {
	t.Parallel()
	m := newManager(t)
	base := passSocket(t, m, Public)
	c := childConfig{Timing: short(), Listen: "127.0.0.1:1", Control: socketPath(t)}
	p, err := m.Start([]string{c.variable()}, "/bin/sh", "-c", `ulimit -n 32 && exec "$0"`, os.Args[0])
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Process.Kill(); <-p.Ended() })
	ask := func() error {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err := Ask(ctx, c.Control, Request{Command: "status"}, nil)
		return err
	}
	var clients []net.Conn
	eventually(t, "no descriptor is left", func() bool {
		conn, err := net.Dial("tcp", strings.TrimPrefix(base, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		clients = append(clients, conn)
		return len(clients) >= 20 && ask() != nil
	})
	for _, conn := range clients {
		conn.Close()
	}
	eventually(t, "it answers again", func() bool { return ask() == nil })
}

// TestConnectionsThatFindNoDescriptorAreTold hands more over than the newcomer
// may open.
func TestConnectionsThatFindNoDescriptorAreTold(t *testing.T) {
	t.Parallel()
	old := start(t, Config{Timing: short(), Control: socketPath(t)}, named("old"))
	const many = 60
	for range many {
		dial(t, old.base).ask(get)
	}
	eventually(t, "idle", func() bool { return old.Snapshot().Idle == many })
	c := childConfig{Timing: short(), Control: old.control, Takeover: true, Listen: strings.TrimPrefix(old.base, "http://")}
	said := &syncBuffer{}
	cmd := exec.Command("/bin/sh", "-c", `ulimit -n 32 && exec "$0"`, os.Args[0])
	cmd.Env, cmd.Stderr = append(os.Environ(), c.variable()), said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	eventually(t, "it is told", func() bool { return strings.Contains(said.String(), "lost in the handover") })
}

package lifecycle

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"
)

func TestFailedNewcomerChangesNothing(t *testing.T) {
	t.Parallel()
	old := start(t, Config{Timing: short(), Control: socketPath(t)}, named("old"))
	c := dial(t, old.base)
	for range 3 {
		var l *Life
		eventually(t, "the newcomer before is forgotten", func() (ok bool) {
			var err error
			l, err = Open(t.Context(), Config{Timing: short(), Control: old.control, Takeover: true, Log: quiet()})
			return err == nil
		})
		if _, err := l.Listen(Public, strings.TrimPrefix(old.base, "http://")); err != nil {
			t.Fatal(err)
		}
		if err := l.Close(); err != nil {
			t.Error(err)
		}
		if body, closing := c.ask(get); body != "old" || closing {
			t.Errorf("%q %v", body, closing)
		}
	}
	if got := old.states.String(); got != "ready" {
		t.Error(got)
	}
}

// halfwayOver is a newcomer that has been told that the sockets are its own, and
// does nothing with them. It lives until it is ended.
func halfwayOver(t *testing.T, old *running) (end func()) {
	t.Helper()
	conn, err := dialControl(old.control)
	if err != nil {
		t.Fatal(err)
	}
	p := &Predecessor{conn: conn, log: quiet(), gone: make(chan struct{})}
	in, err := p.sockets(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := p.ready(t.Context()); err != nil {
		t.Fatal(err)
	}
	return func() {
		in.close()
		p.close()
	}
}

// TestNewcomerThatDiesWhileItTakesOver ends between "ready" and the last
// connection: the old process serves again.
func TestNewcomerThatDiesWhileItTakesOver(t *testing.T) {
	t.Parallel()
	entered, leave := make(chan struct{}, 9), make(chan struct{})
	old := start(t, Config{Timing: short(), Control: socketPath(t)}, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		entered <- struct{}{}
		if r.URL.Path == "/slow" {
			<-leave
		}
		io.WriteString(w, "old")
	}))
	c := dial(t, old.base)
	c.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n")
	<-entered
	end := halfwayOver(t, old)
	eventually(t, "handover", func() bool { return old.State() == Handover })
	end()
	eventually(t, "ready again", func() bool { return old.State() == Ready })
	close(leave)
	if _, body, closing := c.response(); body != "old" || closing {
		t.Errorf("%q %v", body, closing)
	}
	if body, _ := dial(t, old.base).ask(get); body != "old" {
		t.Errorf("%q", body)
	}
	if reply, err := Ask(t.Context(), old.control, Request{Command: "status"}, nil); err != nil || reply.Snapshot.Process != os.Getpid() {
		t.Errorf("%+v %v", reply, err)
	}
	successor := succeedOn(t, old, Config{Timing: short()}, named("new"))
	if body, _ := dial(t, successor.base).ask(get); body != "new" {
		t.Errorf("%q", body)
	}
	if err := old.finish(t); err != nil {
		t.Error(err)
	}
	old.Close()
}

// TestControlSocketIsLeftToTheNewcomer ends the old process before the newcomer
// has put its own socket in the place of the old one.
func TestControlSocketIsLeftToTheNewcomer(t *testing.T) {
	t.Parallel()
	old := start(t, Config{Timing: short(), Control: socketPath(t)}, named("old"))
	defer halfwayOver(t, old)()
	if err := errors.Join(old.finish(t), old.Close()); err != nil {
		t.Error(err)
	}
	if _, err := os.Lstat(old.control); err != nil {
		t.Errorf("what may be the newcomer's was removed: %v", err)
	}
}

// TestNewcomerOfAProcessThatIsKilled has the sockets already: it serves alone.
func TestNewcomerOfAProcessThatIsKilled(t *testing.T) {
	t.Parallel()
	c := childConfig{Timing: short(), Listen: freeAddress(t), Control: socketPath(t)}
	p := startService(t, newManager(t), c)
	l, err := Open(t.Context(), Config{Timing: short(), Control: c.Control, Takeover: true, Log: quiet()})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	p.Process.Kill()
	<-p.Ended()
	if _, err := l.Listen(Public, c.Listen); err != nil {
		t.Fatal(err)
	}
	if err := l.Serve(Public, &http.Server{Handler: named("alone"), ReadHeaderTimeout: within}); err != nil {
		t.Fatal(err)
	}
	if err := l.Ready(t.Context()); err != nil {
		t.Fatal(err)
	}
	if body, _ := dial(t, "http://"+c.Listen).ask(get); body != "alone" {
		t.Errorf("%q", body)
	}
	select {
	case <-l.Alone():
	case <-time.After(within):
		t.Error("it does not know that it is alone")
	}
}

// TestNewcomerThatTookTooLongIsRefused: the process before has given up waiting
// and serves on.
func TestNewcomerThatTookTooLongIsRefused(t *testing.T) {
	t.Parallel()
	timing := short()
	timing.Takeover = 50 * time.Millisecond
	old := start(t, Config{Timing: timing, Control: socketPath(t)}, named("old"))
	l, err := Open(t.Context(), Config{Timing: short(), Control: old.control, Takeover: true, Log: quiet()})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	eventually(t, "it is given up", func() bool { return strings.Contains(old.log.String(), "did not become ready") })
	if err := l.Ready(t.Context()); err == nil {
		t.Fatal("two serve")
	} else {
		mustContain(t, err.Error(), "the running process did not make way")
	}
	if body, _ := dial(t, old.base).ask(get); body != "old" {
		t.Errorf("%q", body)
	}
}

func TestTakeoverIsRefusedWithTheWayOut(t *testing.T) {
	t.Parallel()
	path := socketPath(t)
	cfg := Config{Timing: short(), Control: path, Takeover: true, Log: quiet()}
	if _, err := Open(t.Context(), cfg); err == nil {
		t.Error("took over from nobody")
	} else {
		mustContain(t, err.Error(), "--takeover: nobody listens at "+path, "start without --takeover")
	}
	timing := short()
	timing.Lame = time.Hour
	old := start(t, Config{Timing: timing, Control: path}, named("old"))
	if _, err := Open(t.Context(), Config{Timing: short(), Control: path, Log: quiet()}); err == nil {
		t.Error("a second process started beside the first")
	} else {
		mustContain(t, err.Error(), "another process is running", "--takeover", "--data")
	}
	old.order(beLame)
	eventually(t, "lame", func() bool { return old.State() == Lame })
	if _, err := Open(t.Context(), cfg); err == nil {
		t.Error("took over from a process that stops")
	} else {
		mustContain(t, err.Error(), "the process is lame", "start without --takeover")
	}
	old.order(stop)
	old.order(stop)
	if err := old.finish(t); err != nil {
		t.Error(err)
	}
}

// TestChainOfTakeovers replaces a process ten times under one connection.
func TestChainOfTakeovers(t *testing.T) {
	t.Parallel()
	p := start(t, Config{Timing: short(), Control: socketPath(t)}, named("0"))
	c := dial(t, p.base)
	c.ask(get)
	for i := 1; i <= 10; i++ {
		next := succeedOn(t, p, Config{Timing: short()}, named(fmt.Sprint(i)))
		if body, closing := c.ask(get); closing || body != fmt.Sprint(i) && body != fmt.Sprint(i-1) {
			t.Fatalf("%d: %q %v", i, body, closing)
		}
		if err := p.finish(t); err != nil {
			t.Fatal(err)
		}
		p.Close()
		select {
		case <-next.Alone():
		case <-time.After(within):
			t.Fatal("the old process is gone and the new one does not know")
		}
		p = next
	}
}

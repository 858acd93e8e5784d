package lifecycle

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/coreos/go-systemd/v22/daemon"
)

// notifier speaks sd_notify(3) with whoever started the process. Its zero
// value, and nil, say nothing to nobody.
type notifier struct {
	mu   sync.Mutex
	conn *net.UnixConn
}

// newNotifier connects to NOTIFY_SOCKET and unsets it, so that no child speaks
// in our name.
func newNotifier() (*notifier, error) {
	name := os.Getenv("NOTIFY_SOCKET")
	if name == "" {
		return &notifier{}, nil
	}
	if err := os.Unsetenv("NOTIFY_SOCKET"); err != nil {
		return nil, err
	}
	c, err := net.DialUnix("unixgram", nil, &net.UnixAddr{Name: name, Net: "unixgram"})
	if err != nil {
		return nil, fmt.Errorf("NOTIFY_SOCKET: %w; start the process without it if nobody listens there", err)
	}
	return &notifier{conn: c}, nil
}

// listening reports whether there is somebody to tell.
func (n *notifier) listening() bool { return n != nil && n.conn != nil }

// tell sends variables, each of the form NAME=value.
func (n *notifier) tell(variables ...string) error { return n.pass(nil, variables...) }

// pass sends variables with descriptors.
func (n *notifier) pass(files []syscall.Conn, variables ...string) error {
	if !n.listening() {
		return nil
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	return send(n.conn, []byte(strings.Join(variables, "\n")+"\n"), files...)
}

// status says in a sentence how it goes.
func (n *notifier) status(format string, args ...any) error {
	return n.tell("STATUS=" + fmt.Sprintf(format, args...))
}

// extend asks for time: the process is killed unless it asks again or ends
// within it.
func extend(d time.Duration) string {
	return fmt.Sprintf("EXTEND_TIMEOUT_USEC=%d", (d + Spare).Microseconds())
}

// reloading begins a reload as Type=notify-reload wants it (systemd 253);
// READY=1 ends it.
func reloading() string {
	return daemon.SdNotifyReloading + "\n" + strings.TrimSuffix(daemon.SdNotifyMonotonicUsec(), "\n")
}

// barrier returns once the service manager has read everything sent before:
// descriptors of a process that ends earlier might be dropped.
func (n *notifier) barrier(ctx context.Context) error {
	if !n.listening() {
		return nil
	}
	r, w, err := os.Pipe()
	if err != nil {
		return err
	}
	defer r.Close()
	err = errors.Join(n.pass([]syscall.Conn{w}, "BARRIER=1"), w.Close())
	if err != nil {
		return err
	}
	stop := context.AfterFunc(ctx, func() { r.SetReadDeadline(past) })
	defer stop()
	if _, err := r.Read(make([]byte, 1)); errors.Is(err, os.ErrDeadlineExceeded) {
		return fmt.Errorf("the service manager does not answer: %w", ctx.Err())
	}
	return nil // it closed its end
}

// keep stores a descriptor with the service manager until the next start.
func (n *notifier) keep(name string, file syscall.Conn) error {
	return n.pass([]syscall.Conn{file}, "FDSTORE=1", "FDNAME="+name)
}

// forget removes stored descriptors: otherwise they come back at every start.
func (n *notifier) forget(name string) error {
	return n.tell("FDSTOREREMOVE=1", "FDNAME="+name)
}

// feedWatchdog tells the service manager that the process is well for as long
// as health says so, twice per WATCHDOG_USEC, until ctx ends. Each time it
// stops or begins to be well, changed hears of it.
func (n *notifier) feedWatchdog(ctx context.Context, health func(context.Context) error, changed func(error)) error {
	every, err := daemon.SdWatchdogEnabled(true)
	if err != nil || every == 0 || !n.listening() {
		return err
	}
	go func() {
		ticker := time.NewTicker(every / 2)
		defer ticker.Stop()
		for sick := false; ; {
			err := n.feed(ctx, every/2, health)
			if sick != (err != nil) {
				changed(err)
			}
			sick = err != nil
			select {
			case <-ctx.Done():
				return
			case <-ticker.C:
			}
		}
	}()
	return nil
}

func (n *notifier) feed(ctx context.Context, within time.Duration, health func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	if err := health(ctx); err != nil {
		return err
	}
	return n.tell(daemon.SdNotifyWatchdog)
}

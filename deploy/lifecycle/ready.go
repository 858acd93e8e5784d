package lifecycle

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os/signal"
	"syscall"

	"github.com/coreos/go-systemd/v22/daemon"
)

// Ready lets requests in: what is behind the process must be open. A
// predecessor stops accepting first, so that two never do.
func (l *Life) Ready(ctx context.Context) error {
	if l.old != nil {
		if err := l.old.ready(ctx); ended(err) && vacant(l.cfg.Control) == nil {
			l.cfg.Log.Warn("the process before has ended by itself; this one goes on alone", "error", err)
		} else if err != nil {
			return err
		}
	}
	if l.cfg.Enter != nil {
		if err := l.cfg.Enter(); err != nil {
			return err
		}
	}
	if err := l.openControl(); err != nil {
		return err
	}
	l.listenToSignals()
	for _, s := range l.sockets {
		l.accept(s)
	}
	l.adoptAll()
	l.enter(Ready)
	l.say(l.notify.tell(daemon.SdNotifyReady))
	return l.watched()
}

// ended reports whether an error says that the other end of a connection is
// closed. Its process may live, and have given up waiting.
func ended(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, syscall.EPIPE) || errors.Is(err, syscall.ECONNRESET)
}

func (l *Life) openControl() (err error) {
	if l.cfg.Control == "" {
		return nil
	}
	if l.control, err = bindControl(l.cfg.Control, l.old != nil); err != nil {
		return err
	}
	l.serveControl(l.control)
	return nil
}

// accept lets a socket's server run, for both ways in.
func (l *Life) accept(s *socket) {
	if s.server == nil {
		return
	}
	for _, way := range []net.Listener{accepting{s}, adopted{s}} {
		l.running.Go(func() {
			if err := s.server.Serve(way); !errors.Is(err, http.ErrServerClosed) && !errors.Is(err, net.ErrClosed) {
				l.cfg.Log.Error("listener ended", "socket", s.name, "error", err)
			}
		})
	}
}

// adoptAll takes the idle connections of the process before: those that
// systemd kept, and those that a predecessor sends from now on.
func (l *Life) adoptAll() {
	n := 0
	for name, list := range l.in.idle {
		for _, tcp := range list {
			l.adopt(name, tcp)
			n++
		}
		delete(l.in.idle, name)
	}
	for _, name := range l.in.stored {
		l.say(l.notify.forget(name))
	}
	if n > 0 {
		l.cfg.Log.Info("adopted connections", "from", l.in.from, "connections", n)
	}
	if l.old != nil {
		l.running.Go(func() { l.old.follow(l.adopt) })
	}
}

// adopt serves a connection that another process has accepted. It may stay
// silent for as long as any idle one.
func (l *Life) adopt(name string, tcp *net.TCPConn) {
	s := l.socket(name)
	if s == nil || s.server == nil {
		l.cfg.Log.Warn("a connection came for a socket that is not served here", "socket", name)
		tcp.Close()
		return
	}
	c := l.set.add(name, tcp)
	c.header = cmp.Or(s.server.ReadHeaderTimeout, s.server.ReadTimeout)
	c.idleFor = cmp.Or(s.server.IdleTimeout, s.server.ReadTimeout)
	l.set.adopted.Add(1)
	s.hand(c)
}

// watched feeds systemd's watchdog, if it has one for this process.
func (l *Life) watched() error {
	if l.cfg.Health == nil {
		return nil
	}
	ctx, cancel := context.WithCancel(context.Background())
	l.watchdog = cancel
	err := l.notify.feedWatchdog(ctx, l.cfg.Health, func(err error) {
		if err != nil {
			l.cfg.Log.Error("the watchdog is not fed: the process is not well", "error", err)
		} else {
			l.cfg.Log.Info("the watchdog is fed again")
		}
	})
	if err != nil {
		return fmt.Errorf("WATCHDOG_USEC: %w", err)
	}
	return nil
}

// Alone is closed once no predecessor runs any more: what only one process may
// hold, such as the lock of the output directory, is free then.
func (l *Life) Alone() <-chan struct{} {
	if l.old == nil {
		closed := make(chan struct{})
		close(closed)
		return closed
	}
	return l.old.gone
}

// Succeeded reports, after Run, whether another process has taken over: what
// both can do is its work then.
func (l *Life) Succeeded() bool { return l.successor != nil }

// Predecessor returns the process that this one replaces, or nil.
func (l *Life) Predecessor() *Predecessor { return l.old }

// Close ends what Open began, when all that a successor must wait for is done:
// after Run that is the control socket, before it the sockets too, and a
// predecessor goes on untouched.
func (l *Life) Close() error {
	l.watchdog()
	signal.Stop(l.signals)
	errs := []error{l.in.close()}
	for _, s := range l.sockets {
		if err := s.Close(); !errors.Is(err, net.ErrClosed) {
			errs = append(errs, err)
		}
	}
	for _, srv := range append(l.servers, l.ops...) {
		errs = append(errs, srv.Close())
	}
	errs = append(errs, l.closeControl())
	if l.old != nil {
		errs = append(errs, l.old.close())
	}
	if l.successor != nil {
		_ = l.successor.conn.Close() // tells it that it is alone; it may be gone itself
	}
	l.running.Wait()
	l.answered()
	return errors.Join(errs...)
}

// closeControl ends the control socket. Its name is the successor's once there
// is one, which may be about to take it; and a predecessor that is to serve
// again must not have heard of that yet, or this would remove its socket.
func (l *Life) closeControl() error {
	if l.control == nil {
		return nil
	}
	end := l.control.close
	if l.successor != nil {
		end = l.control.listener.Close
	}
	if err := end(); !errors.Is(err, net.ErrClosed) {
		return err
	}
	return nil
}

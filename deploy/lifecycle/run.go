package lifecycle

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/coreos/go-systemd/v22/daemon"
)

// ErrAborted says that requests were cut because they took longer than a drain
// may.
var ErrAborted = errors.New("requests were cut")

// Run returns when the process has been told to stop and every request is
// answered, or when a newcomer has taken over. SIGTERM, SIGINT and the end of
// ctx stop it; a second signal hastens, a third cuts what is open. SIGHUP
// reloads. ctx must not be one that the same signals end.
func (l *Life) Run(ctx context.Context) error {
	defer signal.Stop(l.signals)
	for {
		e := stop
		select {
		case <-ctx.Done():
		case s := <-l.signals:
			e = eventOf(s)
		case e = <-l.events:
		case n := <-l.newcomers:
			if l.handOver(n) {
				return nil
			}
			continue
		}
		switch e {
		case beLame:
			l.beLame()
		case reload:
			l.reload(ctx)
		case stop:
			return l.drain()
		}
	}
}

// listenToSignals begins before anybody is told that the process is ready: who
// stops it then must not kill it. Nor must whoever read its log and went away:
// the next line would be its end.
func (l *Life) listenToSignals() {
	signal.Ignore(syscall.SIGPIPE)
	signal.Notify(l.signals, syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP)
}

func eventOf(s os.Signal) event {
	if s == syscall.SIGHUP {
		return reload
	}
	return stop
}

// reload reads the configuration again, and says so to systemd.
func (l *Life) reload(ctx context.Context) {
	switch {
	case l.State() != Ready:
		l.cfg.Log.Warn("SIGHUP is refused: the process is stopping")
		return
	case l.cfg.Reload == nil:
		l.cfg.Log.Warn("SIGHUP is refused: nothing here can be reloaded; restart the process")
		return
	}
	l.say(l.notify.tell(reloading()))
	if err := l.cfg.Reload(ctx); err != nil {
		l.cfg.Log.Error("reload failed; the process goes on as it was", "error", err)
	}
	l.say(l.notify.tell(daemon.SdNotifyReady))
}

// wait waits for a condition, but no longer than until a time, and not when
// the process has been told to stop more often than haste. It reports whether
// the condition holds.
func (l *Life) wait(condition func() bool, until time.Time, haste int) bool {
	timer := time.NewTimer(time.Until(until))
	defer timer.Stop()
	for !condition() && l.haste < haste {
		select {
		case <-timer.C:
			return condition()
		case <-l.set.changed:
		case s := <-l.signals:
			l.hurry(eventOf(s))
		case e := <-l.events:
			l.hurry(e)
		case n := <-l.newcomers:
			_ = n.tell(Reply{Error: l.busyText(l.State())}) // it may be gone; nothing is lost
			n.conn.Close()
		}
	}
	return condition()
}

// hurry takes up an order during a drain.
func (l *Life) hurry(e event) {
	switch e {
	case stop:
		l.haste++
		l.cfg.Log.Info("told to stop again: hastening", "times", l.haste)
	case reload:
		l.cfg.Log.Warn("SIGHUP is refused: the process is stopping")
	}
}

// never is the condition of a wait that only time ends.
func never() bool { return false }

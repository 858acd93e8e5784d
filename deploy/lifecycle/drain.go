package lifecycle

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/coreos/go-systemd/v22/daemon"
)

// stores reports whether systemd keeps connections for the next process.
func (l *Life) stores() bool { return l.cfg.FDStore > 0 && l.notify.listening() }

// beLame goes on serving and sends everybody elsewhere. Where connections are
// handed over nobody needs to leave.
func (l *Life) beLame() {
	if l.State() >= Lame {
		return
	}
	l.leaving.Store(true)
	l.set.ending.Store(!l.stores())
	l.lameSince = time.Now()
	l.enter(Lame)
}

// drain goes through all states to the end.
func (l *Life) drain() error {
	l.say(l.notify.tell(daemon.SdNotifyStopping, extend(l.cfg.Timing.Sum())))
	l.beLame()
	l.wait(never, l.lameSince.Add(l.cfg.Timing.Lame), 1)
	l.enter(Closed)
	l.shut()
	l.endPolls()
	if l.stores() {
		l.store()
	} else {
		l.enter(OneMore)
	}
	l.wait(l.withoutHTTP1, time.Now().Add(l.cfg.Timing.OneMore), 1) // HTTP/2 can be told at any time
	if l.stores() {
		l.sealStore()
	}
	return l.closeIdle()
}

// empty reports whether no connection is left.
func (l *Life) empty() bool {
	open, _ := l.set.open()
	return open == 0
}

// withoutHTTP1 reports whether only HTTP/2 connections are left.
func (l *Life) withoutHTTP1() bool {
	_, http1 := l.set.open()
	return http1 == 0
}

// shut closes the sockets that drain. One that systemd keeps for the next
// process is shared from then on.
func (l *Life) shut() {
	for _, s := range l.sockets {
		if !s.drains || s.server == nil {
			continue
		}
		s.pause()
		if l.stores() && !s.shared {
			err := l.notify.keep(socketPrefix+s.name, s.tcp)
			l.say(err)
			s.shared = err == nil
		}
		if err := s.shut(); err != nil {
			l.cfg.Log.Warn("socket", "name", s.name, "error", err)
		}
	}
}

// endPolls tells long polls and event streams to say their last.
func (l *Life) endPolls() {
	l.mu.Lock()
	defer l.mu.Unlock()
	close(l.draining)
}

// store lets systemd keep idle connections for the next process.
func (l *Life) store() {
	left, full := l.cfg.FDStore-len(l.sockets), errors.New("systemd keeps no more descriptors")
	var mu sync.Mutex
	l.set.giveTo(func(c *conn) error {
		mu.Lock()
		defer mu.Unlock()
		if left <= 0 {
			return full
		}
		if err := l.notify.keep(idlePrefix+c.server, c.TCPConn); err != nil {
			return err
		}
		left--
		return nil
	})
	l.set.want(move)
	l.enter(Handover)
}

// sealTimeout is how long systemd may take to read what was stored.
const sealTimeout = 5 * time.Second

// sealStore waits until systemd has every connection: those of a process that
// is gone might be dropped.
func (l *Life) sealStore() {
	ctx, cancel := context.WithTimeout(context.Background(), sealTimeout)
	defer cancel()
	l.say(l.notify.barrier(ctx))
}

// closeIdle closes idle connections and waits for open requests. Requests that
// come on them from here on can be lost: the log says how many were open.
func (l *Life) closeIdle() error {
	began := time.Now()
	l.set.ending.Store(true)
	l.enter(CloseIdle)
	if l.cfg.Refuse != nil {
		l.cfg.Refuse()
	}
	l.set.want(leave)
	// net/http's Shutdown drops requests that it has half read: it comes when
	// only HTTP/2 is left, or when too little time is left for its GOAWAY.
	l.wait(l.withoutHTTP1, began.Add(l.cfg.Timing.Requests/2), 2)
	over := l.shutdown(began.Add(l.cfg.Timing.Requests))
	if l.wait(over, began.Add(l.cfg.Timing.Requests), 2) || l.empty() {
		return l.stopped(nil)
	}
	return l.hard()
}

// shutdown ends HTTP/2 connections with GOAWAY and waits for all requests in
// the background; the function it returns reports whether they are done.
func (l *Life) shutdown(until time.Time) func() bool {
	done := make(chan struct{})
	ctx, cancel := context.WithDeadline(context.Background(), until)
	var all sync.WaitGroup
	for _, srv := range l.servers {
		all.Go(func() { _ = srv.Shutdown(ctx) }) // too late is Hard's matter
	}
	go func() {
		all.Wait()
		cancel()
		close(done)
		l.set.poke()
	}()
	return func() bool {
		select {
		case <-done:
			return l.empty()
		default:
			return false
		}
	}
}

// hard cuts what is left.
func (l *Life) hard() error {
	l.set.hard.Store(true)
	cut := l.set.inFlight.Load()
	l.set.aborted.Add(cut)
	l.enter(Hard)
	for _, srv := range l.servers {
		_ = srv.Close() // the sockets are closed already
	}
	switch {
	case cut == 0:
		return l.stopped(nil)
	case l.haste >= 2:
		return l.stopped(fmt.Errorf("%w: %d still open, for the process was told to stop again and again", ErrAborted, cut))
	}
	return l.stopped(fmt.Errorf("%w: %d still open after %v of --drain-requests; raise it if they need longer", ErrAborted, cut, l.cfg.Timing.Requests))
}

// opsTimeout is how long a probe or a reader of metrics may take at the end.
const opsTimeout = time.Second

// stopped ends the ops servers, too.
func (l *Life) stopped(err error) error {
	l.enter(Stopped)
	l.say(l.notify.tell(extend(0)))
	ctx, cancel := context.WithTimeout(context.Background(), opsTimeout)
	defer cancel()
	for _, srv := range l.ops {
		if e := srv.Shutdown(ctx); errors.Is(e, context.DeadlineExceeded) {
			_ = srv.Close() // its sockets are closed already
		}
	}
	return err
}

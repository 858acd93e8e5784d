package lifecycle

import (
	"errors"
	"time"
)

// handOver lets a newcomer take over; false if it ended before it had, and
// this process serves again.
func (l *Life) handOver(n *newcomer) bool {
	if l.State() != Ready {
		_ = n.tell(Reply{Error: l.busyText(l.State())}) // it may be gone; nothing is lost
		n.conn.Close()
		return false
	}
	l.enter(Closed)
	for _, s := range l.sockets {
		if s.server != nil {
			s.pause()
		}
	}
	l.successor = n
	l.set.giveTo(n.give)
	if err := errors.Join(l.control.listener.Close(), n.tell(Reply{OK: true, Event: eventYours})); err != nil {
		return l.back(err)
	}
	l.leaving.Store(true)
	l.endPolls()
	l.set.want(move)
	l.enter(Handover)
	if !l.movedAll(n) {
		return l.back(errors.New("it ended"))
	}
	_ = n.tell(Reply{OK: true, Event: eventDone}) // it has everything already
	for _, s := range l.sockets {
		s.shared = true
		_ = s.Close() // the newcomer has it
	}
	if err := l.closeIdle(); err != nil {
		l.cfg.Log.Error("handover", "error", err)
	}
	return true
}

// movedAll waits until the newcomer has every connection that can be moved,
// and longer for requests that are held; false if the newcomer ended.
func (l *Life) movedAll(n *newcomer) bool {
	finished := func() bool {
		select {
		case <-n.gone:
			return true
		default:
			return l.withoutHTTP1() && !l.holding()
		}
	}
	stop := make(chan struct{})
	defer close(stop)
	go func() {
		select {
		case <-n.gone:
			l.set.poke()
		case <-stop:
		}
	}()
	until := time.Now().Add(l.cfg.Timing.OneMore + l.cfg.Timing.Requests)
	for !l.wait(finished, until, 1) && l.haste == 0 && l.holding() {
		until = time.Now().Add(time.Second)
	}
	select {
	case <-n.gone:
		return false
	default:
		return true
	}
}

func (l *Life) holding() bool { return l.cfg.Held != nil && l.cfg.Held() > 0 }

// back serves again after a newcomer that failed.
func (l *Life) back(err error) bool {
	l.cfg.Log.Error("the newcomer failed; this process serves again", "error", err)
	l.successor = nil
	l.set.want(stay)
	l.leaving.Store(false)
	l.mu.Lock()
	l.draining = make(chan struct{})
	l.mu.Unlock()
	if c, err := bindControl(l.cfg.Control, true); err != nil {
		l.cfg.Log.Error("control socket", "error", err)
	} else {
		l.control = c
		l.serveControl(c)
	}
	for _, s := range l.sockets {
		if s.server != nil {
			s.resume()
		}
	}
	l.enter(Ready)
	return false
}

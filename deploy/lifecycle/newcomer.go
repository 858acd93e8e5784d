package lifecycle

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"syscall"
	"time"
)

// A takeover is one conversation over the control socket:
//
//	newcomer: takeover   old: its sockets (the newcomer gets itself ready)
//	newcomer: ready      old stops accepting: yours
//	                     old: moved (each idle connection) … done
//	newcomer: commands   old: their replies, until it has ended
//
// Until "done" the old process can go back: it does when the newcomer ends.
const (
	takeoverCommand = "takeover"
	readyCommand    = "ready"
	eventYours      = "yours"
	eventMoved      = "moved"
	eventDone       = "done"
)

// newcomer is the process that takes over from this one.
type newcomer struct {
	conn *net.UnixConn
	gone chan struct{} // closed when it has ended
	once sync.Once
}

// attendNewcomer is the old process's half of a takeover.
func (l *Life) attendNewcomer(c *net.UnixConn) {
	if s := l.State(); s != Ready || !l.taking.TryLock() {
		_ = write(c, Reply{Error: l.busyText(s)}) // it may be gone; nothing is lost
		return
	}
	n := &newcomer{conn: c, gone: make(chan struct{})}
	defer n.leave()
	prepared := l.prepare(n)
	l.taking.Unlock()
	if prepared {
		l.relay(n)
	}
}

func (l *Life) busyText(s State) string {
	if s == Ready {
		return "another process is taking over at this moment; wait for it"
	}
	return fmt.Sprintf("the process is %v and cannot be taken over any more; wait until it has ended and start without --takeover", s)
}

// prepare gives the newcomer the sockets and waits until it is ready; if it
// ends instead, nothing has happened.
func (l *Life) prepare(n *newcomer) bool {
	reply := Reply{OK: true, Event: takeoverCommand}
	var files []syscall.Conn
	for _, s := range l.sockets {
		reply.Names = append(reply.Names, s.name)
		if s.shared {
			reply.Shared = append(reply.Shared, s.name)
		}
		files = append(files, s.tcp)
	}
	err := write(n.conn, reply, files...)
	if err == nil {
		var r Request
		n.conn.SetReadDeadline(time.Now().Add(l.cfg.Timing.takeover()))
		_, err = read(n.conn, &r)
		n.conn.SetReadDeadline(time.Time{})
		if err == nil && r.Command != readyCommand {
			err = fmt.Errorf("it said %q", r.Command)
		}
	}
	if err != nil {
		l.cfg.Log.Warn("the newcomer did not become ready; this process goes on", "error", err)
	}
	return err == nil
}

// relay lets the state machine begin the handover, and answers what the
// newcomer asks meanwhile.
func (l *Life) relay(n *newcomer) {
	select {
	case l.newcomers <- n:
	case <-time.After(l.cfg.Timing.takeover()):
		return
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	for {
		var r Request
		if _, err := read(n.conn, &r); err != nil {
			return
		}
		if n.tell(l.answer(ctx, r)) != nil {
			return
		}
	}
}

// tell sends the newcomer a message.
func (n *newcomer) tell(r Reply, files ...syscall.Conn) error { return write(n.conn, r, files...) }

// give hands a connection over.
func (n *newcomer) give(c *conn) error {
	select {
	case <-n.gone:
		return errors.New("the newcomer is gone")
	default:
		return n.tell(Reply{OK: true, Event: eventMoved, Names: []string{c.server}}, c.TCPConn)
	}
}

func (n *newcomer) leave() { n.once.Do(func() { close(n.gone) }) }

package lifecycle

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"sync"
	"time"
)

// Predecessor is the running process that this one replaces.
type Predecessor struct {
	conn    *net.UnixConn
	log     *slog.Logger
	gone    chan struct{} // closed when it has ended
	replies chan Reply
	asking  sync.Mutex
	owed    int // replies to come that nobody waits for any more; guarded by asking
	done    sync.Once
}

// maxOwed is how many replies may come that nobody waits for, before the handover
// waits for somebody who does.
const maxOwed = 64

// takeOver asks the process at a control socket for its sockets. Those that
// systemd passed are kept where it has none of the name.
func takeOver(ctx context.Context, path string, in *inheritance, log *slog.Logger) (*Predecessor, *inheritance, error) {
	c, err := dialControl(path)
	if errors.Is(err, ErrNobody) {
		return nil, in, fmt.Errorf("--takeover: %w; start without --takeover", err)
	}
	if err != nil {
		return nil, in, fmt.Errorf("--takeover: %w", err)
	}
	p := &Predecessor{conn: c, log: log, gone: make(chan struct{}), replies: make(chan Reply, maxOwed)}
	got, err := p.answered(ctx)
	if err != nil {
		return nil, in, errors.Join(fmt.Errorf("--takeover: %w", err), c.Close())
	}
	for name, l := range in.sockets {
		if got.sockets[name] == nil {
			got.sockets[name] = l
			if in.shared(name) {
				got.units = append(got.units, name)
			}
			delete(in.sockets, name)
		}
	}
	return p, got, in.close()
}

// answered receives the listening sockets from a process that is not stuck.
func (p *Predecessor) answered(ctx context.Context) (*inheritance, error) {
	within, cancel := context.WithTimeout(ctx, stopTimeout)
	defer cancel()
	in, err := p.sockets(within)
	if err != nil && within.Err() != nil && ctx.Err() == nil {
		err = fmt.Errorf("the running process does not answer within %v; stop it, and start without --takeover", stopTimeout)
	}
	return in, err
}

// sockets receives the listening sockets.
func (p *Predecessor) sockets(ctx context.Context) (*inheritance, error) {
	in := newInheritance("the process before")
	if err := write(p.conn, Request{Command: takeoverCommand}); err != nil {
		return nil, err
	}
	reply, files, err := p.next(ctx)
	if err != nil {
		return nil, err
	}
	for i, f := range files {
		if i < len(reply.Names) {
			err = errors.Join(err, in.take(f, reply.Names[i], reply.Names))
		}
	}
	in.units = reply.Shared
	return in, err
}

// next receives a reply; an error in it is an error.
func (p *Predecessor) next(ctx context.Context) (Reply, []*os.File, error) {
	stop := context.AfterFunc(ctx, func() { p.conn.SetReadDeadline(past) })
	defer stop()
	var r Reply
	files, err := read(p.conn, &r)
	if err == nil && r.Error != "" {
		err = errors.New(r.Error)
	}
	if err != nil && ctx.Err() != nil {
		err = ctx.Err()
	}
	return r, files, err
}

// stopTimeout is how long a predecessor may take to hand out its sockets, and to
// stop accepting.
const stopTimeout = 10 * time.Second

// ready tells the predecessor to stop accepting, and waits until it has.
func (p *Predecessor) ready(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, stopTimeout)
	defer cancel()
	err := write(p.conn, Request{Command: readyCommand})
	if err == nil {
		var r Reply
		if r, _, err = p.next(ctx); err == nil && r.Event != eventYours {
			err = fmt.Errorf("it said %q", r.Event)
		}
	}
	if err != nil {
		return fmt.Errorf("--takeover: the running process did not make way: %w", err)
	}
	return nil
}

// follow adopts what the predecessor gives, until it has ended.
func (p *Predecessor) follow(adopt func(name string, c *net.TCPConn)) {
	defer p.leave()
	for {
		r, files, err := p.next(context.Background())
		if err != nil && r.Error == "" {
			return
		}
		if r.Event == "" {
			p.replies <- r
			continue
		}
		p.take(r, files, adopt)
	}
}

func (p *Predecessor) take(r Reply, files []*os.File, adopt func(name string, c *net.TCPConn)) {
	if len(files) < len(r.Names) { // the kernel has dropped it
		p.log.Error("a connection was lost in the handover, for this process may open no more; raise LimitNOFILE= or ulimit -n")
	}
	for i, f := range files {
		c, err := connFrom(f)
		if err != nil || i >= len(r.Names) {
			p.log.Warn("a connection was lost in the handover", "error", err)
			continue
		}
		adopt(r.Names[i], c)
	}
}

// Ask gives the predecessor a command while it hands over, as a client of its
// control socket would: that is this process's by now.
func (p *Predecessor) Ask(ctx context.Context, r Request) (Reply, error) {
	p.asking.Lock()
	defer p.asking.Unlock()
	if err := write(p.conn, r); err != nil {
		return Reply{}, fmt.Errorf("the process before has ended: %w", err)
	}
	reply, err := p.reply(ctx)
	for ; err == nil && p.owed > 0; p.owed-- { // to somebody who has left
		reply, err = p.reply(ctx)
	}
	if err == nil && reply.Error != "" {
		err = errors.New(reply.Error)
	}
	return reply, err
}

// reply waits for the next reply; one that ctx does not wait for is owed.
func (p *Predecessor) reply(ctx context.Context) (Reply, error) {
	select {
	case reply := <-p.replies:
		return reply, nil
	case <-ctx.Done():
		p.owed++
		return Reply{}, ctx.Err()
	case <-p.gone:
		select {
		case reply := <-p.replies: // its last word
			return reply, nil
		default:
			return Reply{}, errors.New("the process before has ended")
		}
	}
}

// Gone is closed when the predecessor has ended.
func (p *Predecessor) Gone() <-chan struct{} { return p.gone }

func (p *Predecessor) leave() { p.done.Do(func() { close(p.gone) }) }

func (p *Predecessor) close() error {
	err := p.conn.Close()
	if errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}

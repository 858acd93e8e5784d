package lifecycle

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net"
	"slices"
	"strings"
	"time"
)

// askTimeout bounds the time from a connection to its request.
const askTimeout = 10 * time.Second

// acceptPause is the time to the next try after a client could not be accepted.
const acceptPause = 200 * time.Millisecond

// serveControl answers on a control socket until it is closed.
func (l *Life) serveControl(c *control) {
	l.attending.Go(func() {
		for {
			client, err := c.listener.AcceptUnix()
			if errors.Is(err, net.ErrClosed) {
				return
			}
			if err != nil { // there may be no descriptor left at this moment
				l.cfg.Log.Error("control socket", "error", err)
				time.Sleep(acceptPause)
				continue
			}
			l.attending.Go(func() { l.attend(client) })
		}
	})
}

// answerTimeout is how long a process that has ended waits for commands that
// are being answered, such as the one that has ended it.
const answerTimeout = 2 * time.Second

// answered waits until all clients of the control socket have their answers.
func (l *Life) answered() {
	done := make(chan struct{})
	go func() {
		l.attending.Wait()
		close(done)
	}()
	select {
	case <-done:
	case <-time.After(answerTimeout): // one waits for what does not come any more
	}
}

// attend answers one client of the control socket.
func (l *Life) attend(c *net.UnixConn) {
	defer c.Close()
	var r Request
	c.SetReadDeadline(time.Now().Add(askTimeout))
	if _, err := read(c, &r); err != nil {
		return
	}
	c.SetReadDeadline(time.Time{})
	if err := permitted(c); err != nil { // only now: a socket closed with a request unread loses the reply
		l.cfg.Log.Warn("control socket", "error", err)
		_ = write(c, Reply{Error: err.Error()}) // it may be gone; nothing is lost
		return
	}
	if r.Command == takeoverCommand {
		l.attendNewcomer(c)
		return
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go func() { // a client says no more than one thing: its next word is its end
		defer cancel()
		_, _, _ = receive(c)
	}()
	_ = write(c, l.answer(ctx, r)) // it may be gone; the command is done all the same
}

// answer runs a command.
func (l *Life) answer(ctx context.Context, r Request) Reply {
	commands := l.commands()
	run, ok := commands[r.Command]
	if !ok {
		return Reply{Error: fmt.Sprintf("no command %q here; there are %s", r.Command, strings.Join(slices.Sorted(maps.Keys(commands)), ", "))}
	}
	text, details, err := run(ctx, r.Args)
	snapshot := l.Snapshot()
	reply := Reply{OK: err == nil, Text: text, Snapshot: &snapshot}
	if err != nil {
		reply.Error = err.Error()
	}
	if details != nil {
		raw, err := json.Marshal(details)
		if err != nil {
			reply.OK, reply.Error = false, err.Error()
		}
		reply.Details = raw
	}
	return reply
}

// commands are ours and the program's.
func (l *Life) commands() map[string]Command {
	all := maps.Clone(l.cfg.Commands)
	if all == nil {
		all = map[string]Command{}
	}
	all["status"], all["prestop"], all["drain"] = l.status, l.prestop, l.drainNow
	return all
}

func (l *Life) status(context.Context, map[string]string) (string, any, error) {
	s := l.Snapshot()
	text := fmt.Sprintf("Process %d is %v since %s: %d connections, %d of them idle, %d open requests, %d held.",
		s.Process, s.State, s.Since.UTC().Format(time.RFC3339), s.Connections, s.Idle, s.Requests, s.Held)
	if s.Replacing {
		text += " The process before is still at its last requests, which are not counted here."
	}
	if l.cfg.Details == nil {
		return text, nil, nil
	}
	details := l.cfg.Details()
	if says, ok := details.(fmt.Stringer); ok && says.String() != "" {
		text += " " + says.String()
	}
	return text, details, nil
}

// prestop begins Lame and returns when its time is over: whoever stops the
// process may do so then, without anybody noticing.
func (l *Life) prestop(ctx context.Context, _ map[string]string) (string, any, error) {
	l.order(beLame)
	if err := l.reach(ctx, Lame); err != nil {
		return "", nil, err
	}
	s, changed := l.watch()
	if s != Lame {
		return fmt.Sprintf("The process is %v already.", s), nil, nil
	}
	l.mu.Lock()
	left := l.cfg.Timing.Lame - time.Since(l.since)
	l.mu.Unlock()
	timer := time.NewTimer(left)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-changed:
	case <-ctx.Done():
		return "", nil, ctx.Err()
	}
	return fmt.Sprintf("Balancers have had %v to notice; the process may be stopped.", l.cfg.Timing.Lame), nil, nil
}

// drainNow stops the process as SIGTERM does, and returns when every request
// is answered.
func (l *Life) drainNow(ctx context.Context, _ map[string]string) (string, any, error) {
	began := time.Now()
	l.order(stop)
	if err := l.reach(ctx, Stopped); err != nil {
		return "", nil, err
	}
	return fmt.Sprintf("Drained in %v.", time.Since(began).Round(time.Millisecond)), nil, nil
}

// order gives the state machine an order; Run takes it up.
func (l *Life) order(e event) {
	select {
	case l.events <- e:
	default: // it has more orders than it needs
	}
}

// reach waits for a state or a later one.
func (l *Life) reach(ctx context.Context, want State) error {
	for {
		s, changed := l.watch()
		if s >= want {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

package gate

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"postil/deploy/lifecycle"
)

// Arguments of the commands.
const (
	argUpstream = "upstream" // a name; empty: all
	argMax      = "max"      // how long to hold, for a gate that fails open
	argWait     = "wait"     // how long to wait for open requests
	argDrained  = "drained"  // "yes": release returns when what was held is done
)

// Waits of commands that name none.
const (
	defaultWait = 30 * time.Second
	releaseWait = time.Second // for what a predecessor held, once it is let through
)

// Commands are the gate's for a control socket: hold and release.
func (p *Proxy) Commands() map[string]lifecycle.Command {
	return map[string]lifecycle.Command{"hold": p.hold, "release": p.release}
}

// Status is a gate with all its upstreams.
type Status map[string]lifecycle.GateStatus

// String names the upstreams that are held.
func (s Status) String() string {
	var held []string
	for _, name := range slices.Sorted(maps.Keys(s)) {
		if g := s[name]; g.Holding {
			held = append(held, fmt.Sprintf("%s is held since %s, and %d wait.", name, g.Since.UTC().Format(time.RFC3339), g.Waiting))
		}
	}
	return strings.Join(held, " ")
}

// Details returns how the gates stand, for status.
func (p *Proxy) Details() any {
	s := Status{}
	for name, w := range p.ways {
		s[name] = w.gate.Status()
	}
	return s
}

// chosen returns the ways that a command is about.
func (p *Proxy) chosen(args map[string]string) ([]*way, error) {
	name := strings.ToLower(args[argUpstream])
	if name == "" {
		var all []*way
		for _, n := range p.names {
			all = append(all, p.ways[n])
		}
		return all, nil
	}
	if w := p.ways[name]; w != nil {
		return []*way{w}, nil
	}
	return nil, fmt.Errorf("no upstream %q here; there are %s", name, strings.Join(p.names, ", "))
}

// hold closes gates, notes it, and returns when no request is under way.
func (p *Proxy) hold(ctx context.Context, args map[string]string) (string, any, error) {
	ways, err := p.chosen(args)
	limit, e1 := lifecycle.ArgDuration(args, argMax, cmp.Or(p.cfg.Limits.MaxHold, lifecycle.DefaultMaxHold))
	wait, e2 := lifecycle.ArgDuration(args, argWait, defaultWait)
	if err := errors.Join(err, e1, e2); err != nil {
		return "", nil, err
	}
	began := time.Now()
	if err := p.note(ways, began, limit); err != nil {
		return "", nil, err
	}
	for _, w := range ways {
		w.gate.Close(limit)
		p.cfg.Log.Info("holding", "upstream", w.Name)
	}
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	if err := p.drained(ctx, ways, args); err != nil {
		return "", p.Details(), err
	}
	return fmt.Sprintf("Holding; the last open request was done after %v.", time.Since(began).Round(time.Millisecond)), p.Details(), nil
}

// note writes down what is about to be held, before it is.
func (p *Proxy) note(ways []*way, since time.Time, limit time.Duration) error {
	return p.state.change(func(held map[string]savedHold) {
		for _, w := range ways {
			held[w.Name] = savedHold{Since: since.UTC(), Until: since.Add(limit).UTC(), Before: w.gate.Status().Active}
		}
	})
}

// drained waits for open requests, those of a predecessor too.
func (p *Proxy) drained(ctx context.Context, ways []*way, args map[string]string) error {
	if err := p.askBefore(ctx, "hold", args); err != nil {
		return err
	}
	for _, w := range ways {
		if err := w.gate.Drained(ctx); errors.Is(err, context.DeadlineExceeded) {
			return fmt.Errorf("%s: %d requests are still open; new ones are held, and go on being held until release", w.Name, w.gate.Status().Active)
		} else if err != nil {
			return fmt.Errorf("%s: %w", w.Name, err)
		}
	}
	return nil
}

// askBefore gives a command to a predecessor that is still handing over.
func (p *Proxy) askBefore(ctx context.Context, command string, args map[string]string) error {
	if p.life == nil || p.life.Predecessor() == nil {
		return nil
	}
	select {
	case <-p.life.Alone():
		return nil
	default:
	}
	_, err := p.life.Predecessor().Ask(ctx, lifecycle.Request{Command: command, Args: args})
	select {
	case <-p.life.Alone(): // it had nothing left to say
		return nil
	default:
		return err
	}
}

// release opens gates: what a predecessor holds goes first, since it came first.
func (p *Proxy) release(ctx context.Context, args map[string]string) (string, any, error) {
	ways, err := p.chosen(args)
	if err != nil {
		return "", nil, err
	}
	forgotten := p.state.change(func(held map[string]savedHold) {
		for _, w := range ways {
			delete(held, w.Name)
		}
	})
	if err := p.askBefore(ctx, "release", map[string]string{argUpstream: args[argUpstream], argDrained: "yes"}); err != nil {
		p.cfg.Log.Warn("the process before could not release", "error", err)
	}
	waiting := 0
	for _, w := range ways {
		held := w.gate.Waiting()
		waiting += held
		w.transport.CloseIdleConnections() // the upstream may be another by now
		w.gate.Release()
		p.cfg.Log.Info("released", "upstream", w.Name, "held", held)
	}
	if args[argDrained] == "yes" {
		p.emptied(ctx, ways)
	}
	if forgotten != nil { // no reason to let anybody wait
		return "", p.Details(), fmt.Errorf("released, but it cannot be noted: %w; a gate that starts now would hold again: mend this and release once more", forgotten)
	}
	return fmt.Sprintf("Released; %d requests were held.", waiting), p.Details(), nil
}

// expired notes that a hold has lasted its time: a gate that starts again later,
// and fails closed perhaps, must not hold anew. An order that has just been
// given has its own note.
func (p *Proxy) expired(w *way) {
	p.cfg.Log.Warn("a hold has lasted its time; requests go on", "upstream", w.Name)
	err := p.state.change(func(held map[string]savedHold) {
		if !time.Now().Before(held[w.Name].Until) {
			delete(held, w.Name)
		}
	})
	if err != nil {
		p.cfg.Log.Error("the end of a hold cannot be noted", "upstream", w.Name, "error", err)
	}
}

// emptied waits until what was held is done, but not for long requests.
func (p *Proxy) emptied(ctx context.Context, ways []*way) {
	ctx, cancel := context.WithTimeout(ctx, releaseWait)
	defer cancel()
	for _, w := range ways {
		_ = w.gate.Empty(ctx) // the time is over
	}
}

// Enter holds what the state file says, as a process did that was killed, or
// that this one replaces: it is for lifecycle's Config.
func (p *Proxy) Enter() error {
	s, err := p.state.load()
	if err != nil {
		return err
	}
	for name := range s.Held {
		if p.ways[name] == nil {
			p.cfg.Log.Warn("an upstream that was held is not served any more", "upstream", name)
		}
	}
	for name, w := range p.ways {
		p.restore(name, w, s.Held)
	}
	return nil
}

func (p *Proxy) restore(name string, w *way, held map[string]savedHold) {
	h, ok := held[name]
	left, holding := time.Until(h.Until), w.gate.Status().Holding
	switch {
	case ok && p.cfg.Limits.FailOpen && left <= 0:
		p.cfg.Log.Warn("a hold is over", "upstream", name, "since", h.Since)
	case ok && !holding:
		w.gate.Reclose(max(left, time.Millisecond), h.Before)
		p.cfg.Log.Info("holding again", "upstream", name, "since", h.Since)
	case !ok && holding:
		w.gate.Release()
	}
}

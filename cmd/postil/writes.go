package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"postil/comments"
	"postil/deploy/lifecycle"
)

// maxHeldBody is how many bytes a held request may have: what the forms
// accept, and a little more for those that are to be told so.
const maxHeldBody = 4 * comments.MaxRequest

// Arguments of the commands on the control socket.
const (
	argMax      = "max"
	argWait     = "wait"
	argUpstream = "upstream"
	argDatabase = "database"
)

// holdWait is how long "hold" waits for open requests when nothing is said.
const holdWait = 30 * time.Second

// guardWrites holds what writes while the gate is closed, and tries what can be
// repeated again when the database was away.
func (s *server) guardWrites(next http.Handler, set settings) http.Handler {
	p := &lifecycle.Passage{Gate: s.gate, Next: next}
	if set.life.intermission > 0 {
		p.Intermission = &lifecycle.Intermission{Max: set.life.intermission, Back: s.reach, Repeats: s.repeats, Again: s.again, Done: s.done}
	}
	return p
}

// hold is the command of that name: it returns when no write is under way.
func (s *server) hold(ctx context.Context, args map[string]string) (string, any, error) {
	limit, e1 := lifecycle.ArgDuration(args, argMax, lifecycle.DefaultMaxHold)
	wait, e2 := lifecycle.ArgDuration(args, argWait, holdWait)
	if limit > lifecycle.DefaultMaxHold {
		e1 = fmt.Errorf("--max: %v is longer than clients wait; give at most %v", limit, lifecycle.DefaultMaxHold)
	}
	if err := errors.Join(e1, e2); err != nil {
		return "", nil, err
	}
	began := time.Now()
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	s.changing.Lock() // a change of the parts holds, too, and must not end this
	s.gate.Close(limit)
	s.changing.Unlock()
	s.log.Info("writes are held", "max", limit.String())
	err := s.drained(ctx)
	took := time.Since(began).Round(time.Millisecond)
	switch {
	case errors.Is(err, errTwo):
		return "", s.details(), fmt.Errorf("after %v %w; new writes are held, until \"postil release\" or for %v", took, err, limit)
	case errors.Is(err, context.DeadlineExceeded):
		return "", s.details(), fmt.Errorf("after %v %s still open; new ones are held, until \"postil release\" or for %v", took, are(s.gate.Status().Active, "write"), limit)
	case err != nil:
		return "", s.details(), err
	}
	return fmt.Sprintf("Writes are held, for at most %v; the last open one was done after %v. Reading goes on.", limit, took), s.details(), nil
}

// errTwo says that the process before still answers what it had begun.
var errTwo = errors.New("the process before is still at its last requests")

// drained waits until no write is under way, here or in a process that gives
// this one its place.
func (s *server) drained(ctx context.Context) error {
	select {
	case <-s.life.Alone():
		return s.gate.Drained(ctx)
	case <-ctx.Done():
		return errTwo
	}
}

// release is the command of that name. With another database it goes on there.
func (s *server) release(ctx context.Context, args map[string]string) (string, any, error) {
	s.changing.Lock()
	defer s.changing.Unlock()
	moved := ""
	if url := args[argDatabase]; url != "" {
		if !s.gate.Status().Holding {
			return "", s.details(), errors.New("--database: nothing is held, so that comments would go to the former database meanwhile; run first: postil hold")
		}
		if err := s.move(ctx, url); err != nil {
			return "", s.details(), fmt.Errorf("--database: %w. Nothing has changed, and what was held is held still; mend it and try again, or go on as before with: postil release", err)
		}
		moved = fmt.Sprintf(" The database is %s from now on; give the next start the same --database.", s.now.database)
	}
	if !s.gate.Status().Holding {
		return "Nothing was held." + moved, s.details(), nil
	}
	waiting := s.gate.Waiting()
	s.gate.Release()
	s.log.Info("writes are released", "held", waiting)
	return fmt.Sprintf("Released; %s held.", was(waiting, "write")) + moved, s.details(), nil
}

func was(n int, noun string) string {
	if n == 1 {
		return count(n, noun) + " was"
	}
	return count(n, noun) + " were"
}

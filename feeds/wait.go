package feeds

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Wait returns once the files of a site show its change of that number and
// nothing older, as comments.Config.Settle asks. counts.json may lag behind;
// it holds no words.
func (p *Publisher) Wait(ctx context.Context, host string, change int64) error {
	p.mu.Lock()
	begun := p.scans
	p.mu.Unlock()
	p.Nudge()
	err := p.await(ctx, func() bool {
		s := p.sites[host]
		if s == nil {
			return p.scanned > begun // looked since, and there is no such site
		}
		if latest := s.tasks[latestTask]; latest != nil && latest.todo.first <= change {
			p.hurry(context.WithoutCancel(ctx), latest)
		}
		return s.shows(change)
	})
	if err != nil {
		return fmt.Errorf("wait for change %d of %s: %w", change, host, errors.Join(err, p.State().Err))
	}
	return nil
}

// State is how a Publisher is doing.
type State struct {
	LastPass time.Time // when the database was last seen; zero: not yet
	Behind   int64     // changes that files do not show yet
	Failing  int       // pages that could not be written and are tried again
	Building int       // sites whose files are being built anew
	Err      error     // what is wrong now, or nil
}

// State returns how p is doing, for readiness and metrics.
func (p *Publisher) State() State {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := State{LastPass: p.lastScan, Err: p.scanErr}
	for _, s := range p.sites {
		now.Behind += s.head - s.shown()
		if s.rebuilding() {
			now.Building++
		}
		if s.walk != nil && s.walk.err != nil {
			now.Err = s.walk.err
		}
		for _, t := range s.tasks {
			if t.err != nil {
				now.Failing++
				now.Err = fmt.Errorf("%s%s: %w", s.host, t.page, t.err)
			}
		}
	}
	return now
}

package main

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"time"
)

// How long a change of the parts may take before it is given up.
const (
	changeTimeout = time.Minute
	reloadTimeout = 10 * time.Second // of it, for open writes: the process hears no other signal
)

// change puts other parts in the place of those that work now, which are
// returned. Requests that read with them may go on; nothing may be writing.
func (s *server) change(next *parts) (before *parts) {
	s.now.end()
	next.begin()
	return s.replace(next)
}

// closeLater closes the former database when no request reads from it any
// more, or when this process ends.
func (s *parts) closeLater(before *parts) {
	s.running.Go(func() {
		select {
		case <-before.free:
		case <-s.ctx.Done():
		}
		if err := before.store.Close(); err != nil {
			s.log.Warn("closing the former database", "error", err)
		}
	})
}

// settled refuses a change while the process before publishes still.
func (s *server) settled() error {
	if s.now.outlet.current() == nil {
		return errors.New("the process before has not given up the output directory yet; try again in a moment")
	}
	return nil
}

// reload reads anew what flags name by a file: the secret keys, and the
// password for mail. Writes are held meanwhile.
func (s *server) reload(ctx context.Context) error {
	s.changing.Lock()
	defer s.changing.Unlock()
	if err := s.settled(); err != nil {
		return err
	}
	set, err := s.set.again()
	if err != nil {
		return err
	}
	keys, err := s.flags.keyList()
	if err != nil {
		return err
	}
	if sameKeys(keys, s.keyList) && reflect.DeepEqual(set.mail, s.set.mail) {
		s.log.Info("reloaded: neither the secret keys nor the password for mail have changed; other flags need a restart")
		return nil
	}
	held := s.gate.Status().Holding
	if err := s.pause(ctx, held); err != nil {
		return err
	}
	if !held {
		defer s.gate.Release()
	}
	if err := s.renew(ctx, set, keys); err != nil {
		return err
	}
	s.log.Info("reloaded the secret keys and the password for mail", "keys", len(keys))
	return nil
}

// still holds writes, for a hold must not end by itself during a change, and
// waits until none is under way.
func (s *server) still(ctx context.Context) error {
	return s.gate.Hold(ctx, max(s.gate.Left(), 2*changeTimeout))
}

// pause holds writes for a moment, or sees to it that those that are held stay
// so and that none is under way.
func (s *server) pause(ctx context.Context, held bool) error {
	ctx, cancel := context.WithTimeout(ctx, reloadTimeout)
	defer cancel()
	err := s.still(ctx)
	if err != nil {
		if !held {
			s.gate.Release()
		}
		return fmt.Errorf("%s still open after %v: %w", are(s.gate.Status().Active, "write"), reloadTimeout, err)
	}
	return nil
}

// renew makes the parts anew on the same database.
func (s *server) renew(ctx context.Context, set settings, keys [][]byte) error {
	before := s.keyList
	s.keyList = keys
	next, err := s.assemble(ctx, s.now.store, s.now.database, set)
	if err != nil {
		s.keyList = before
		return err
	}
	s.set.mail = set.mail
	s.change(next)
	return nil
}

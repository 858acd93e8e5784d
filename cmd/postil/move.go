package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"

	"postil/comments"
	"postil/comments/postgres"
)

// move goes on with another database, which holds what this one does. Writes
// are held: whatever fails, they are held still, and the database is the one
// before.
func (s *server) move(ctx context.Context, url string) error {
	if err := s.settled(); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, changeTimeout)
	defer cancel()
	if err := s.still(ctx); err != nil {
		return fmt.Errorf("%s still open: %w", are(s.gate.Status().Active, "write"), err)
	}
	to := &storeFlags{Data: s.flags.Data, Database: url}
	store, err := to.openMoved(ctx)
	if err != nil {
		return fmt.Errorf("%s: %w", to.describe(), err)
	}
	err = s.holdsTheSame(ctx, store)
	var next *parts
	if err == nil {
		next, err = s.assemble(ctx, store, to.describe(), s.set)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("%s: %w", to.describe(), err), store.Close())
	}
	next.moved = true
	next.closeLater(s.change(next))
	return nil
}

// openMoved opens a database that is there already: one without our tables is
// a mistake, not to be turned into an empty one of ours.
func (f *storeFlags) openMoved(ctx context.Context) (comments.Store, error) {
	if f.check() != nil {
		return nil, errors.New("that is no postgres:// address")
	}
	state, err := postgres.State(ctx, f.Database)
	if err == nil && state.Version == 0 {
		err = errors.New("it has no tables of postil; copy the database there first, while writes are held")
	}
	if err == nil {
		err = state.Check()
	}
	if err != nil {
		return nil, err
	}
	return f.open(ctx)
}

// holdsTheSame refuses a database that lacks sites, or comments. If the one
// before does not answer, only the names of the sites are compared.
func (s *server) holdsTheSame(ctx context.Context, store comments.Store) error {
	before, err := s.countAll(ctx, s.now.store)
	if err != nil {
		s.log.Warn("the former database does not answer; the number of comments is not compared", "error", err)
		before = map[string]int64{}
		for _, host := range s.hosts {
			before[host] = 0
		}
	}
	after, err := s.countAll(ctx, store)
	if err != nil {
		return err
	}
	var faults []string
	for host, n := range before {
		switch found, ok := after[host]; {
		case !ok:
			faults = append(faults, fmt.Sprintf("the site %s is not there", host))
		case found < n:
			faults = append(faults, fmt.Sprintf("%s has %s there, and %d here", host, count(int(found), "comment"), n))
		}
	}
	if len(faults) > 0 {
		return fmt.Errorf("it does not hold what the present one does: %s; copy the database again, while writes are held", strings.Join(faults, ", "))
	}
	return nil
}

// countAll counts the comments of each site.
func (s *server) countAll(ctx context.Context, store comments.Store) (map[string]int64, error) {
	sites, err := store.Sites(ctx)
	if err != nil {
		return nil, err
	}
	all := map[string]int64{}
	for _, site := range sites {
		counts, err := store.Tally(ctx, site.Host, math.MaxInt32)
		if err != nil {
			return nil, err
		}
		all[site.Host] = 0
		for _, n := range counts {
			all[site.Host] += n
		}
	}
	return all, nil
}

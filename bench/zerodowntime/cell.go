package main

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// cell is one way with one kind of client.
type cell struct {
	way
	rtt      time.Duration
	protocol string
}

// result is what a cell came to.
type result struct {
	cell
	counts
	leave []time.Duration // how long each process took to leave
}

// measure replaces the service again and again under load.
func (b *bench) measure(c cell) (r result, err error) {
	dir := filepath.Join(b.dir, fmt.Sprintf("%s-%s-%v", c.name, filepath.Base(c.protocol), c.rtt))
	if err := os.Mkdir(dir, 0o755); err != nil {
		return r, err
	}
	s, err := c.begin(b, dir)
	if err != nil {
		return r, err
	}
	l := newLoad(b.ctx, dialer{s.address(), c.rtt, c.protocol})
	if err := seed(l.dialer); err != nil {
		return r, errors.Join(err, s.stop())
	}
	l.add(busy())
	l.add(slow())
	if c.still {
		l.add(still())
	}
	r = result{cell: c}
	r.leave, err = b.replace(l, s)
	l.finish()
	if err = errors.Join(err, s.stop()); err != nil {
		return r, err
	}
	stored, err := s.stored()
	if err == nil {
		r.counts = l.tally.compare(stored)
	}
	return r, errors.Join(err, b.remove(dir))
}

// replace spreads the restarts over the requests.
func (b *bench) replace(l *load, s service) (leave []time.Duration, err error) {
	for i := range b.restarts {
		if err := l.tally.await(int64(b.requests * (i + 1) / (b.restarts + 1))); err != nil {
			return leave, err
		}
		took, err := s.restart()
		if err != nil {
			return leave, fmt.Errorf("restart %d: %w", i+1, err)
		}
		leave = append(leave, took)
	}
	return leave, l.tally.await(int64(b.requests))
}

// seed writes a comment on every page, and waits until each can be read.
func seed(d dialer) error {
	d.rtt, d.protocol = 0, http1
	random := rand.New(rand.NewPCG(1, 1))
	for page := range pages {
		r := comment(page, fmt.Sprintf("key-%06d-%06d", 0, page), random)
		for _, r := range []request{r, {method: http.MethodGet, path: feed(page)}} {
			if err := until(r, d); err != nil {
				return err
			}
		}
	}
	return nil
}

// until asks until the answer is good: a proxy looks first whether what is
// behind it is well, and a file is published a moment after the post.
func until(r request, d dialer) (err error) {
	for deadline := time.Now().Add(beginWithin); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		var c connection
		if c, err = d.dial(patience); err != nil {
			continue
		}
		a, failed := c.do(r, patience)
		c.close()
		if failed == nil && a.status/100 == 2 {
			return nil
		}
		err = errors.Join(failed, fmt.Errorf("%s %s: status %d", r.method, r.path, a.status))
	}
	return err
}

func median(d []time.Duration) time.Duration {
	if len(d) == 0 {
		return 0
	}
	return slices.Sorted(slices.Values(d))[len(d)/2]
}

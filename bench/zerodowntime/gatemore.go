package main

import (
	"errors"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// heldOver takes over from a gate that holds.
func (b *bench) heldOver() (err error) {
	progress("gate, taken over while it holds")
	g, err := b.newGated("taken-over")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, g.stop()) }()
	if _, err := g.order("hold"); err != nil {
		return err
	}
	first, err := g.send(http.MethodGet, 0, held, heldWithin)
	if err == nil {
		err = g.waiting(held)
	}
	if err != nil {
		return err
	}
	before, err := g.takeOver()
	if err != nil {
		return err
	}
	second, err := g.send(http.MethodGet, held, inFlight, 0)
	if err != nil {
		return err
	}
	var h holding
	if err := g.let(&h, append(first, second...)); err != nil {
		return err
	}
	if err := before.wait(); err != nil {
		return fmt.Errorf("the gate before: %w", err)
	}
	fmt.Printf("\nA gate that holds %d requests is replaced by \"postil gate --takeover\", %d more come, and it is told to release: %d lost, the last answered after %v.\n", held, inFlight, h.lost, brief(h.answers[len(h.answers)-1]))
	if h.lost > 0 {
		err = fmt.Errorf("a gate that was taken over lost %d", h.lost)
	}
	return err
}

// shortHolds holds ten times for half a second, at 300 requests a second.
func (b *bench) shortHolds() (err error) {
	const holds, rate, length = 10, 300, 500 * time.Millisecond
	progress("gate, short holds")
	g, err := b.newGated("short")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, g.stop()) }()
	l := &steady{gated: g}
	stop := l.start(rate)
	for range holds {
		if err := errors.Join(b.sleep(length), g.command("hold"), b.sleep(length), g.command("release")); err != nil {
			stop()
			return err
		}
	}
	err = b.sleep(length)
	stop()
	fmt.Printf("\n%d holds of %v at %d requests a second: %d requests, %d lost, the slowest took %v.\n", holds, length, rate, l.sent.Load(), l.lost.Load(), brief(time.Duration(l.slowest.Load())))
	if l.lost.Load() > 0 {
		err = errors.Join(err, fmt.Errorf("short holds lost %d requests", l.lost.Load()))
	}
	return err
}

func (g *gated) command(name string) error {
	_, err := g.order(name)
	return err
}

// steady sends at a rate, whatever becomes of it.
type steady struct {
	*gated
	sent, lost, slowest atomic.Int64
}

func (s *steady) start(rate int) (stop func()) {
	done := make(chan struct{})
	var all sync.WaitGroup
	all.Go(func() {
		ticker := time.NewTicker(time.Second / time.Duration(rate))
		defer ticker.Stop()
		for {
			select {
			case <-ticker.C:
				all.Go(s.one)
			case <-done:
				return
			}
		}
	})
	return func() {
		close(done)
		all.Wait()
	}
}

func (s *steady) one() {
	s.sent.Add(1)
	began := time.Now()
	w, err := s.ask(http.MethodPost, "/2", -1)
	if err != nil || !w.answered(patience) {
		s.lost.Add(1)
		return
	}
	for took := int64(time.Since(began)); ; {
		if old := s.slowest.Load(); took <= old || s.slowest.CompareAndSwap(old, took) {
			return
		}
	}
}

// heldMemory holds many.
func (b *bench) heldMemory() (err error) {
	progress("gate, memory")
	g, err := b.newGated("memory")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, g.stop()) }()
	if _, err := g.order("hold"); err != nil {
		return err
	}
	before, err := g.memory()
	if err != nil {
		return err
	}
	list, err := g.send(http.MethodGet, 0, manyHeld, heldWithin)
	if err == nil {
		err = g.waiting(manyHeld)
	}
	if err != nil {
		return err
	}
	after, err := g.memory()
	if err != nil {
		return err
	}
	fmt.Printf("\n%d held GETs, each on a connection of its own: %.1f kB of memory each.\n", manyHeld, (after-before)/manyHeld)
	var h holding
	if err := g.let(&h, list); err != nil || h.lost > 0 {
		return errors.Join(err, fmt.Errorf("%d of %d were lost", h.lost, manyHeld))
	}
	return nil
}

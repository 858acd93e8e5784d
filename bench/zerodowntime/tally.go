package main

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// loss is what became of a request.
type loss int

const (
	answered  loss = iota
	refused        // no connection
	cutFresh       // the connection ended without an answer, and had none before
	cutReused      // the connection ended without an answer
	wrong          // an answer that is not 2xx
	late           // no answer in ten seconds
	losses
)

// outcome is a request's.
type outcome struct {
	took   time.Duration
	status int
	loss   loss
	err    error
}

// tally counts. Comments that were sent are known by their keys.
type tally struct {
	requests, unseen atomic.Int64

	mu       sync.Mutex
	losses   [losses]int
	deferred int             // told to come later
	sent     map[string]bool // key → acknowledged
	slowest  time.Duration
	sample   error           // of a loss
	stop     <-chan struct{} // ends waits
}

func newTally(ctx context.Context) *tally {
	return &tally{sent: map[string]bool{}, stop: ctx.Done()}
}

func (t *tally) note(r request, o outcome) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.losses[o.loss]++
	t.slowest = max(t.slowest, o.took)
	if r.method == http.MethodPost {
		t.sent[r.key] = o.loss == answered
	}
	if o.loss != answered && t.sample == nil {
		t.sample = fmt.Errorf("%s %s: status %d, %v, after %v", r.method, r.path, o.status, o.err, o.took.Round(time.Millisecond))
	}
	t.requests.Add(1)
}

// later notes an answer that tells the client to come again.
func (t *tally) later(o outcome) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.deferred++
	t.slowest = max(t.slowest, o.took)
}

// await returns when so many requests have been answered or lost.
func (t *tally) await(n int64) error {
	const stuck = time.Minute
	last, since := t.requests.Load(), time.Now()
	ticker := time.NewTicker(5 * time.Millisecond)
	defer ticker.Stop()
	for t.requests.Load() < n {
		select {
		case <-ticker.C:
		case <-t.stop:
			return context.Canceled
		}
		if now := t.requests.Load(); now != last {
			last, since = now, time.Now()
		} else if time.Since(since) > stuck {
			return fmt.Errorf("nothing has been answered for %v; the first loss: %v", stuck, t.sample)
		}
	}
	return nil
}

// counts is a tally compared with what is stored.
type counts struct {
	requests, lost          int
	losses                  [losses]int
	silent, twice, vanished int // done and not answered; done more than once; acknowledged and not there
	unseen, deferred        int
	posts                   int
	slowest                 time.Duration
	sample                  error
}

// compare looks for each comment in what is stored, by its key.
func (t *tally) compare(stored map[string]int) counts {
	t.mu.Lock()
	defer t.mu.Unlock()
	c := counts{requests: int(t.requests.Load()), losses: t.losses, unseen: int(t.unseen.Load()), deferred: t.deferred,
		posts: len(t.sent), slowest: t.slowest, sample: t.sample}
	for _, n := range c.losses[refused:] {
		c.lost += n
	}
	for key, acknowledged := range maps.All(t.sent) {
		switch n := stored[key]; {
		case n > 1:
			c.twice++
		case n == 1 && !acknowledged:
			c.silent++
		case n == 0 && acknowledged:
			c.vanished++
		}
	}
	return c
}

package spam

import (
	"context"
	"time"
)

const (
	lookAgain  = 30 * time.Second // after which other processes' decisions are looked for
	learnAnew  = 10 * time.Minute // after which everything is read again, for what those looks miss
	leastRest  = 3 * time.Second  // between two rounds
	restFactor = 20               // times as long as a round took is the rest after it
)

// Run keeps what is known of the sites in use up to date until ctx ends. It
// reads again what moderators decided when [Defences.Learn] says so, when a
// newer comment has been decided about, and now and then. However much there
// is to learn, it takes but a small part of one processor.
func (d *Defences) Run(ctx context.Context) {
	ticker := time.NewTicker(lookAgain)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-d.wake:
		case <-ticker.C:
		}
		start := time.Now()
		for _, s := range d.inUse() {
			if d.outdated(ctx, s) {
				d.learn(ctx, s)
			}
		}
		wait(ctx, nil, max(leastRest, restFactor*time.Since(start)))
	}
}

// Learn says that decisions may have changed, and returns at once; [Run] looks
// at them soon.
func (d *Defences) Learn() {
	d.mu.Lock()
	for _, s := range d.sites {
		s.stale.Store(true)
	}
	d.mu.Unlock()
	d.wakeUp()
}

func (d *Defences) wakeUp() {
	select {
	case d.wake <- struct{}{}:
	default: // it is on its way
	}
}

// outdated reports whether there may be something to learn. A store that
// cannot say is asked again the next time.
func (d *Defences) outdated(ctx context.Context, s *site) bool {
	k := s.knowledge.Load()
	if k == nil || s.stale.Load() || d.Now().Sub(k.at) >= learnAnew {
		return true
	}
	newest, err := d.Store.Search(ctx, judgedFilter(*s.latest.Load()))
	if err != nil {
		d.failed(ctx, s, err)
		return false
	}
	return len(newest) > 0 && newest[0].ID != k.newest || len(newest) == 0 && !k.newest.IsZero()
}

// learn reads what the database says about a site. After a failure the site
// keeps what it knew, and stays stale.
func (d *Defences) learn(ctx context.Context, s *site) {
	s.learning.Lock()
	defer s.learning.Unlock()
	ctx, cancel := context.WithTimeout(ctx, learnTimeout)
	defer cancel()
	s.stale.Store(false) // what is decided from here on is to be learned again
	k, err := read(ctx, d.Store, d.seed, *s.latest.Load())
	if err != nil {
		s.stale.Store(true)
		d.failed(ctx, s, err)
		return
	}
	k.at = d.Now()
	s.knowledge.Store(k)
}

func (d *Defences) failed(ctx context.Context, s *site, err error) {
	if context.Cause(ctx) == context.Canceled {
		return
	}
	d.Log.ErrorContext(ctx, "the moderators' decisions could not be read; the classifier goes on with what it knows", "site", s.latest.Load().Host, "error", err)
}

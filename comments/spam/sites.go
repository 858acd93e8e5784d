package spam

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"postil/comments"
)

const (
	maxSites     = 64                     // that are remembered at once, the last used
	idleAfter    = repeatWindow           // without a comment, after which a site is forgotten
	patience     = 500 * time.Millisecond // that a site's first comment waits for the classifier
	learnTimeout = 30 * time.Second       // for reading what a site's moderators decided
)

// site is what is remembered of one site in use.
type site struct {
	epoch  comments.ID
	latest atomic.Pointer[comments.Site] // as the last comment had it
	used   atomic.Int64                  // when that was, in Unix nanoseconds
	words  atomic.Pointer[wordList]
	recent recent

	first     sync.Once                 // starts the first learning
	tried     chan struct{}             // closed when that is over, for better or worse
	learning  sync.Mutex                // held meanwhile
	stale     atomic.Bool               // decisions may have changed since
	knowledge atomic.Pointer[knowledge] // nil: not read yet
}

// nothing is known of a site whose decisions could not be read yet.
var nothing = &knowledge{}

// site returns what is remembered of a site, and makes room for it.
func (d *Defences) site(c comments.Site, now time.Time) *site {
	d.mu.Lock()
	defer d.mu.Unlock()
	s := d.sites[c.Host]
	if s == nil || s.epoch != c.Epoch {
		delete(d.sites, c.Host)
		if len(d.sites) >= maxSites {
			d.forgetOne()
		}
		s = &site{epoch: c.Epoch, tried: make(chan struct{})}
		d.sites[c.Host] = s
	}
	s.latest.Store(&c)
	s.used.Store(now.UnixNano())
	return s
}

func (d *Defences) forgetOne() {
	oldest := ""
	for host, s := range d.sites {
		if oldest == "" || s.used.Load() < d.sites[oldest].used.Load() {
			oldest = host
		}
	}
	delete(d.sites, oldest)
}

// inUse returns the sites that had a comment lately, and forgets the others.
func (d *Defences) inUse() (list []*site) {
	d.mu.Lock()
	defer d.mu.Unlock()
	before := d.Now().Add(-idleAfter).UnixNano()
	for host, s := range d.sites {
		if s.used.Load() < before {
			delete(d.sites, host)
			continue
		}
		list = append(list, s)
	}
	return list
}

// know returns what is known of a site. Its first comments wait for a moment
// that it be read, and go on without when that takes longer.
func (d *Defences) know(ctx context.Context, s *site) *knowledge {
	s.first.Do(func() {
		go func() {
			defer close(s.tried)
			d.learn(context.WithoutCancel(ctx), s)
		}()
	})
	k := s.knowledge.Load()
	if k == nil {
		wait(ctx, s.tried, patience)
		if k = s.knowledge.Load(); k == nil {
			return nothing
		}
	}
	if !k.since.Equal(s.latest.Load().Settings.LearnSince) {
		s.stale.Store(true)
		d.wakeUp()
	}
	return k
}

// wait returns when done is closed, ctx ends or the time is over.
func wait(ctx context.Context, done <-chan struct{}, most time.Duration) {
	timer := time.NewTimer(most)
	defer timer.Stop()
	select {
	case <-done:
	case <-ctx.Done():
	case <-timer.C:
	}
}

package feeds

import (
	"context"
	"crypto/sha256"
	"errors"
	"io/fs"
	"maps"
	"slices"
	"time"

	"postil/comments"
)

// threadsAtOnce is how many threads of a site are held in memory while it is
// walked. In a rebuild all of them are written before the next are read.
const threadsAtOnce = 1000

// walk goes once over all threads of a site: to count their comments, which
// nothing keeps between two starts, and, if render is set, to build all files
// anew. Publisher.mu guards it.
type walk struct {
	render  bool
	head    int64 // changes up to this one are shown when it ends
	after   comments.Page
	counts  map[comments.Page]int64
	seen    map[dirKey]bool        // directories of pages that have files
	early   map[comments.Page]bool // pages that a change had written whole before their turn
	running bool
	tries   int
	due     time.Time // after a failure: when to go on
	err     error
}

// dirKey stands for a directory in little memory.
type dirKey [16]byte

func keyOf(dir string) dirKey {
	sum := sha256.Sum256([]byte(dir))
	return dirKey(sum[:16])
}

func newWalk(render bool, head int64) *walk {
	return &walk{
		render: render, head: head,
		counts: map[comments.Page]int64{}, seen: map[dirKey]bool{}, early: map[comments.Page]bool{},
	}
}

// startWalks starts the walks that are due.
func (p *Publisher) startWalks(ctx context.Context) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, s := range p.sites {
		if w := s.walk; w != nil && !w.running && time.Now().After(w.due) {
			w.running = true
			p.walkers++
			go p.runWalk(ctx, s, w)
		}
	}
}

// runWalk does one walk, or notes when to go on with it.
func (p *Publisher) runWalk(ctx context.Context, s *siteState, w *walk) {
	err := p.walkInTurn(ctx, s, w)
	p.mu.Lock()
	w.running = false
	switch {
	case s.walk != w || s.gone: // something newer took its place
	case err == nil:
		s.walk, s.touched = nil, nil
	case ctx.Err() == nil:
		w.err, w.tries = err, w.tries+1
		delay := backoff(w.tries)
		w.due = time.Now().Add(delay)
		p.Log.Error("building a site's files was interrupted and will go on", "site", s.host, "in", delay, "err", err)
	}
	p.mu.Unlock()
	p.save()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.walkers--
	p.move()
}

// walkInTurn waits until no other site is walked.
func (p *Publisher) walkInTurn(ctx context.Context, s *siteState, w *walk) error {
	select {
	case p.walks <- struct{}{}:
		defer func() { <-p.walks }()
	case <-ctx.Done():
		return ctx.Err()
	}
	if w.render {
		p.save() // without this site: half-built files must not pass for whole
	}
	for more := true; more; {
		var err error
		if more, err = p.walkOn(ctx, s, w); err != nil {
			return err
		}
	}
	if w.render {
		if err := errors.Join(p.sweep(ctx, s, w), p.putLatest(ctx, s)); err != nil {
			return err
		}
	}
	p.settleCounts(s, w)
	return p.putCounts(ctx, s)
}

// settleCounts takes over what a walk counted. What tasks counted meanwhile is
// newer.
func (p *Publisher) settleCounts(s *siteState, w *walk) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if s.walk != w {
		return
	}
	maps.Copy(w.counts, s.touched)
	maps.DeleteFunc(w.counts, func(_ comments.Page, n int64) bool { return n == 0 })
	s.counts = w.counts
}

// walkOn goes over the next threads.
func (p *Publisher) walkOn(ctx context.Context, s *siteState, w *walk) (more bool, err error) {
	if p.superseded(s, w) {
		return false, errSuperseded
	}
	limited, cancel := context.WithTimeout(ctx, queryTimeout)
	threads, err := p.Source.Threads(limited, s.host, w.after, threadsAtOnce)
	cancel()
	if err != nil || len(threads) == 0 {
		return false, err
	}
	if err := p.walkThreads(ctx, s, w, threads); err != nil {
		return false, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	w.after, w.tries, w.err = threads[len(threads)-1].Page, 0, nil
	return true, nil
}

// errSuperseded ends a walk that is no longer wanted.
var errSuperseded = errors.New("the site was removed, or is walked anew")

func (p *Publisher) superseded(s *siteState, w *walk) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return s.gone || s.walk != w
}

// early reports whether a page's turn in a rebuild is yet to come: until then
// nothing is known of its files, and all must be written.
func (p *Publisher) early(w *walk, page comments.Page) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return w != nil && w.render && page > w.after && !w.early[page]
}

// note keeps a page's directory from being swept, if the database was asked
// since the walk began.
func (p *Publisher) note(v view, page comments.Page) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if v.walk != nil && v.walk == v.state.walk {
		v.walk.seen[keyOf(pageDir(v.site.Host, page))] = true
	}
}

// sweep removes the files of pages that have no comments, and whatever else
// has no business in a site's directories.
func (p *Publisher) sweep(ctx context.Context, s *siteState, w *walk) error {
	var dirs []string
	err := fs.WalkDir(p.Dir.root.FS(), siteDir(feedsTree, s.host), func(name string, e fs.DirEntry, err error) error {
		if missing(err) {
			return nil
		}
		if err == nil && e.IsDir() {
			dirs = append(dirs, name)
		}
		return err
	})
	if err != nil {
		return err
	}
	slices.Reverse(dirs) // inner ones first, so that outer ones become empty
	for _, dir := range dirs {
		if err := p.sweepDir(ctx, s, dir, w); err != nil {
			return err
		}
	}
	return p.removeExtras(siteDir(sitesTree, s.host), isSiteFile)
}

func (p *Publisher) sweepDir(ctx context.Context, s *siteState, dir string, w *walk) error {
	unlock, err := p.pages.wait(ctx, dir)
	if err != nil {
		return err
	}
	defer unlock()
	if p.superseded(s, w) {
		return errSuperseded
	}
	p.mu.Lock()
	seen := w.seen[keyOf(dir)]
	p.mu.Unlock()
	if seen {
		return nil
	}
	return p.removeExtras(dir, func(string) bool { return false })
}

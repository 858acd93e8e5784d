package feeds

import (
	"context"
	"log/slog"
	"net/url"
	"strings"
	"sync"
	"time"

	"postil/comments"
	"postil/static"
)

// maxRendering is how many files are rendered at once, whoever asks.
const maxRendering = 2

const (
	pollEvery = time.Second            // the longest that a change of another process stays unseen
	saveEvery = 250 * time.Millisecond // while there is more to do, the cursor is saved that often
	lastPass  = 10 * time.Second       // for what is still to be written when Run is told to end
)

// Config is what a Publisher is made of. Source, Dir, Base and Log are
// required.
type Config struct {
	Source    comments.Reader
	Dir       *Dir
	Base      string // public address of the service, without trailing slash
	Log       *slog.Logger
	Assets    []static.Asset // written beside the feeds; older ones stay, for blogs name them
	Generator string         // the program's version, told in every feed; may be empty
}

// Publisher keeps the files of a Dir as the database has them. Make one with
// [NewPublisher]; all methods are safe for concurrent use.
type Publisher struct {
	Config
	render renderer
	assets map[string]*static.File // by path
	slots  chan struct{}           // one token for each file being rendered
	walks  chan struct{}           // one token: one site is walked at a time
	pages  pageLocks
	nudges chan struct{}

	scanning sync.Mutex // held during a scan
	saving   sync.Mutex // held while the cursor is written
	saved    []byte     // what the cursor file holds; owned by saving

	mu       sync.Mutex // guards all below and the fields of every *siteState
	sites    map[string]*siteState
	former   cursor // as it was found; for sites that are not known yet
	queue    []*task
	workers  int
	stopped  bool // no task begins any more
	walkers  int
	scans    int64 // begun
	scanned  int64 // number of the last one that ended well
	lastScan time.Time
	scanErr  error
	lastSave time.Time
	formats  map[string]string // fingerprints by language
	progress func(more int)    // called with how many more pages of a rebuild are done; or nil
	moved    chan struct{}     // closed and replaced whenever something above changes
	awaited  int               // callers who wait for something to be published
	hurried  chan struct{}     // closed and replaced when one more does
}

// NewPublisher returns a Publisher that answers requests for files at once,
// and writes when [Publisher.Run] or [Publisher.Pass] does.
func NewPublisher(c Config) (*Publisher, error) {
	base, err := url.Parse(c.Base)
	if err != nil {
		return nil, err
	}
	former, err := c.Dir.readCursor()
	if err != nil {
		return nil, err
	}
	basePath := strings.TrimRight(base.EscapedPath(), "/")
	p := &Publisher{
		Config:  c,
		render:  renderer{base: strings.TrimRight(c.Base, "/"), basePath: basePath, generator: c.Generator, stylesheet: basePath + "/postil.css", pieces: &pieces{}},
		assets:  map[string]*static.File{},
		slots:   make(chan struct{}, maxRendering),
		walks:   make(chan struct{}, 1),
		pages:   pageLocks{held: map[string]chan struct{}{}},
		nudges:  make(chan struct{}, 1),
		sites:   map[string]*siteState{},
		formats: map[string]string{},
		former:  former,
		moved:   make(chan struct{}),
		hurried: make(chan struct{}),
	}
	for _, a := range c.Assets {
		p.assets[strings.TrimPrefix(a.Path, "/")] = a.File
	}
	return p, nil
}

// Nudge tells that there may be something new. It never blocks.
func (p *Publisher) Nudge() {
	select {
	case p.nudges <- struct{}{}:
	default: // one is under way already
	}
}

// Run publishes until ctx ends, and once more then. What cannot be written is
// logged, tried again, and told by State; it never ends Run.
func (p *Publisher) Run(ctx context.Context) {
	poll := time.NewTicker(pollEvery)
	defer poll.Stop()
	if p.Dir.foldsCase() {
		p.Log.Warn("the output directory's file system takes upper and lower case for the same; pages that differ in it only share their files")
	}
	for ctx.Err() == nil {
		if p.scan(ctx) == nil {
			p.startWalks(ctx)
		}
		select {
		case <-ctx.Done():
		case <-poll.C:
		case <-p.nudges:
		}
	}
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastPass)
	defer cancel()
	if p.scan(last) == nil && p.idle(last) == nil {
		p.flush(last)
		_ = p.idle(last) // what is left is published after the next start
	}
	p.stop(last)
}

// stop ends all work but answering requests, and saves the cursor.
func (p *Publisher) stop(ctx context.Context) {
	p.mu.Lock()
	p.stopped = true
	p.mu.Unlock()
	_ = p.idle(ctx) // on failure what is under way ends by itself
	p.save()
}

// Pass publishes everything that differs now, and returns when it is on disk.
// It returns the first error that keeps something from being so.
func (p *Publisher) Pass(ctx context.Context) error {
	for more := true; more; {
		if err := p.scan(ctx); err != nil {
			return err
		}
		p.startWalks(ctx)
		if err := p.idle(ctx); err != nil {
			return err
		}
		more = p.unread()
	}
	p.flush(ctx)
	if err := p.idle(ctx); err != nil {
		return err
	}
	p.save()
	return p.State().Err
}

// unread reports whether there are changes that were left for later.
func (p *Publisher) unread() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, s := range p.sites {
		if s.taken < s.head {
			return true
		}
	}
	return false
}

// idle waits until nothing is being done. Tasks that failed and wait for
// another try do not count, nor do site-wide files and twins that wait for
// their time.
func (p *Publisher) idle(ctx context.Context) error {
	return p.await(ctx, func() bool {
		if p.workers > 0 || p.walkers > 0 || len(p.queue) > 0 && !p.stopped {
			return false
		}
		return p.stopped || !p.postponed()
	})
}

// postponed reports whether a page waits for another who is writing it. The
// caller holds mu.
func (p *Publisher) postponed() bool {
	for _, s := range p.sites {
		for _, t := range s.tasks {
			if t.waiting && t.err == nil && !t.todo.empty() && t.page != countsTask && t.page != latestTask {
				return true
			}
		}
	}
	return false
}

// await waits for a condition on what mu guards.
func (p *Publisher) await(ctx context.Context, met func() bool) error {
	defer p.hasten()()
	for {
		p.mu.Lock()
		ok, moved := met(), p.moved
		p.mu.Unlock()
		if ok {
			return nil
		}
		select {
		case <-moved:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// move tells all who await something to look again. The caller holds mu.
func (p *Publisher) move() {
	close(p.moved)
	p.moved = make(chan struct{})
}

package spam

import (
	"context"
	"hash/maphash"
	"log/slog"
	"sync"
	"time"

	"postil/comments"
)

// Config is what Defences are made of. All fields are required.
type Config struct {
	Store Store            // supplies decisions to learn from
	Now   func() time.Time //
	Log   *slog.Logger     // is told when learning fails
}

// Store is the part of comments.Queue that the defences need.
type Store interface {
	Search(ctx context.Context, f comments.Filter) ([]comments.Comment, error)
}

// Defences judge comments. Make them with [New]; they are safe for concurrent
// use. What they remember of each site is bounded, and gone with the process.
type Defences struct {
	Config
	seed maphash.Seed // of all hashes here; they mean nothing elsewhere
	wake chan struct{}

	mu    sync.Mutex
	sites map[string]*site // by host
}

// New returns the defences.
func New(c Config) *Defences {
	return &Defences{Config: c, seed: maphash.MakeSeed(), wake: make(chan struct{}, 1), sites: map[string]*site{}}
}

// inquiry is a case with what several defences need to know about it.
type inquiry struct {
	comments.Case
	now       time.Time
	seed      maphash.Seed
	site      *site
	knowledge *knowledge
	links     []string // addresses that the comment links to
	novel     int      // hosts that it leads to and the site does not know
	script    script   // that it is mostly written in
	opinion   opinion  // the classifier's
}

// defences are all of them, by the names that moderators see.
var defences = [...]struct {
	name  string
	judge func(*inquiry) int
}{
	{"trap", trap}, {"form", form}, {"proof", proof}, {"rate", rate}, {"repeat", repeat}, {"links", links},
	{"words", words}, {"script", foreign}, {"learned", learned}, {"known", known},
}

// Judge returns the verdicts of all defences that have one. Its error is
// always nil: a defence that cannot know says nothing.
func (d *Defences) Judge(ctx context.Context, c comments.Case) ([]comments.Verdict, error) {
	i := d.inquire(ctx, c)
	var verdicts []comments.Verdict
	for _, one := range defences {
		if points := one.judge(i); points != 0 {
			verdicts = append(verdicts, comments.Verdict{Name: one.name, Points: points})
		}
	}
	return verdicts, nil
}

func (d *Defences) inquire(ctx context.Context, c comments.Case) *inquiry {
	now := d.Now()
	s := d.site(c.Site, now)
	i := &inquiry{Case: c, now: now, seed: d.seed, site: s, knowledge: d.know(ctx, s)}
	i.links, i.novel = addresses(c.Comment.HTML), i.novelHosts()
	i.script = mainScript(written(&c.Comment))
	i.opinion = i.knowledge.model.score(hashes(d.seed, &i.Comment, nil))
	return i
}

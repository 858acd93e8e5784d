package spam

import (
	"context"
	"hash/maphash"
	"time"

	"postil/comments"
)

const (
	learnBatch = 250 // comments read at once
	maxProfile = 500 // published comments that say how the site's readers write, the newest
)

// knowledge is what the database says about a site, at one time.
type knowledge struct {
	model     model
	published int             // comments looked at, up to maxProfile
	scripts   [scripts]int    // of those
	hosts     map[uint64]bool // that those lead to

	newest comments.ID // of the judged ones
	since  time.Time   // the setting LearnSince
	at     time.Time
}

// read reads what the database says about a site.
func read(ctx context.Context, store Store, seed maphash.Seed, s comments.Site) (*knowledge, error) {
	k := &knowledge{since: s.Settings.LearnSince, hosts: map[uint64]bool{}}
	if err := k.look(ctx, store, seed, s); err != nil {
		return nil, err
	}
	return k, eachJudged(ctx, store, s, func(c *comments.Comment) {
		if k.newest.IsZero() {
			k.newest = c.ID
		}
		k.model.learn(hashes(seed, c, nil), c.Status == comments.Spam)
	})
}

// look learns how the site's published comments look.
func (k *knowledge) look(ctx context.Context, store Store, seed maphash.Seed, s comments.Site) error {
	f := comments.Filter{Site: s.Host, Statuses: []comments.Status{comments.Published}, Limit: maxProfile}
	list, err := store.Search(ctx, f)
	if err != nil {
		return err
	}
	k.published = len(list)
	for n := range list {
		k.scripts[mainScript(written(&list[n]))]++
		for host := range hosts(&list[n]) {
			k.hosts[maphash.String(seed, host)] = true
		}
	}
	return nil
}

// eachJudged tells the comments that moderators have decided about, newest
// first.
func eachJudged(ctx context.Context, store Store, s comments.Site, tell func(*comments.Comment)) error {
	f := judgedFilter(s)
	for left := maxLearned; left > 0; {
		f.Limit = min(left, learnBatch)
		list, err := store.Search(ctx, f)
		if err != nil {
			return err
		}
		for n := range list {
			tell(&list[n])
		}
		if len(list) < f.Limit {
			return nil
		}
		left -= len(list)
		f.Before = list[len(list)-1].ID
	}
	return nil
}

func judgedFilter(s comments.Site) comments.Filter {
	return comments.Filter{Site: s.Host, Judged: true, Since: s.Settings.LearnSince, Limit: 1}
}

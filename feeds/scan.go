package feeds

import (
	"context"
	"errors"
	"time"

	"postil/comments"
)

// changesAtOnce is how many changes are read by one query.
const changesAtOnce = 1000

// maxTasks is how many pages may wait before no more changes of their site are
// read.
const maxTasks = 5000

// scan reads what is new in the database and queues what follows from it.
func (p *Publisher) scan(ctx context.Context) error {
	p.scanning.Lock()
	defer p.scanning.Unlock()
	number := p.beginScan()
	sites, err := p.Source.Sites(ctx)
	if err == nil {
		err = p.adopt(ctx, sites)
	}
	for _, fresh := range sites {
		if err == nil {
			err = p.follow(ctx, fresh)
		}
	}
	p.endScan(ctx, number, err)
	return err
}

func (p *Publisher) beginScan() int64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.scans++
	return p.scans
}

func (p *Publisher) endScan(ctx context.Context, number int64, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if err != nil && p.scanErr == nil && ctx.Err() == nil {
		p.Log.Error("the database cannot be followed; existing files are served as they are", "err", err)
	}
	if err == nil && p.scanErr != nil {
		p.Log.Info("the database is followed again")
	}
	if p.scanErr = err; err == nil {
		p.scanned, p.lastScan = number, time.Now()
	}
	p.move()
}

// adopt brings the set of sites up to date.
func (p *Publisher) adopt(ctx context.Context, sites []comments.Site) error {
	first := p.scannedBefore() == 0
	if err := p.putAssets(first); err != nil {
		return err
	}
	fresh := map[string]comments.Site{}
	for _, s := range sites {
		fresh[s.Host] = s
	}
	for _, s := range p.removed(fresh) {
		if err := p.removeFiles(s); err != nil {
			return err
		}
	}
	if first {
		if err := p.removeStrays(fresh); err != nil {
			return err
		}
	}
	for _, s := range sites {
		if err := p.adoptSite(s); err != nil {
			return err
		}
	}
	return nil
}

func (p *Publisher) scannedBefore() int64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.scanned
}

// removed forgets and returns the sites that are no longer there, or were
// made again.
func (p *Publisher) removed(fresh map[string]comments.Site) (removed []*siteState) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for host, s := range p.sites {
		if now, ok := fresh[host]; !ok || now.Epoch != s.site.Epoch {
			s.gone = true
			delete(p.sites, host)
			delete(p.former.Sites, host)
			removed = append(removed, s)
		}
	}
	return removed
}

// removeFiles removes what a site leaves, after the last of its writers.
func (p *Publisher) removeFiles(s *siteState) error {
	s.files.Lock()
	defer s.files.Unlock()
	return errors.Join(p.Dir.removeTree(siteDir(feedsTree, s.host)), p.Dir.removeTree(siteDir(sitesTree, s.host)))
}

// removeStrays removes the files of sites that were removed or made again
// while nobody published.
func (p *Publisher) removeStrays(fresh map[string]comments.Site) error {
	for _, tree := range [...]string{feedsTree, sitesTree} {
		expected := map[string]bool{}
		for host, s := range fresh {
			expected[siteDir(tree, host)] = p.former.Sites[host].Epoch == s.Epoch
		}
		entries, err := p.Dir.list(tree)
		if err != nil {
			return err
		}
		for _, e := range entries {
			dir := tree + "/" + e.Name()
			if !e.IsDir() || expected[dir] {
				continue
			}
			if err := p.Dir.removeTree(dir); err != nil {
				return err
			}
		}
	}
	return nil
}

// adoptSite begins to follow a site, and decides whether its files must be
// built anew.
func (p *Publisher) adoptSite(fresh comments.Site) error {
	format, err := p.format(fresh.Settings.Language)
	if err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	bare := !p.Dir.exists(SitePath(fresh.Host, countsName)) // every site has it once it was built
	s, was := p.sites[fresh.Host], p.former.Sites[fresh.Host]
	switch {
	case s == nil:
		s = &siteState{host: fresh.Host, site: fresh, format: format, tasks: map[comments.Page]*task{}, due: map[comments.Page]time.Time{}}
		p.sites[fresh.Host] = s
		emptied := was.Change > 0 && !p.Dir.exists(siteDir(feedsTree, fresh.Host))
		if was.Epoch != fresh.Epoch || was.Format != format || was.Change > fresh.Head || bare || emptied {
			p.rebuild(s, fresh, "the files are not of this database and this version")
			return nil
		}
		s.taken, s.births = was.Change, p.births(fresh.Host)
		s.begin(newWalk(false, s.taken))
	case s.rebuilding() && p.births(fresh.Host) == s.births: // all of this is being mended
	case fresh.Head < s.taken:
		p.rebuild(s, fresh, "the database went back")
	case bare || p.births(fresh.Host) != s.births:
		p.rebuild(s, fresh, "files were removed")
	}
	return nil
}

// births counts how often a site's directories were made.
func (p *Publisher) births(host string) [2]int {
	return [2]int{p.Dir.births(siteDir(feedsTree, host)), p.Dir.births(siteDir(sitesTree, host))}
}

// rebuild has all files of a site built anew. The caller holds mu.
func (p *Publisher) rebuild(s *siteState, fresh comments.Site, why string) {
	p.Log.Info("building all files of a site anew", "site", s.host, "why", why)
	s.site, s.taken, s.births = fresh, fresh.Head, p.births(fresh.Host)
	s.begin(newWalk(true, fresh.Head))
	p.Dir.cache.dropTree(siteDir(feedsTree, s.host))
}

// follow reads the changes of a site up to its Head.
func (p *Publisher) follow(ctx context.Context, fresh comments.Site) error {
	for {
		after, wanted := p.wanted(fresh)
		if !wanted {
			return nil
		}
		changes, err := p.Source.Changes(ctx, fresh.Host, after, changesAtOnce)
		if err != nil {
			return err
		}
		p.take(ctx, fresh, after, changes)
	}
}

// wanted returns after which change to go on, if there are more and not too
// much is waiting.
func (p *Publisher) wanted(fresh comments.Site) (after int64, ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	s := p.sites[fresh.Host]
	s.head = fresh.Head
	return s.taken, s.taken < s.head && len(s.tasks) < maxTasks
}

// take queues what changes after a number call for. Changes beyond the Head
// that came with the site's settings are left for the next scan, whose
// settings are those that the change may be about.
func (p *Publisher) take(ctx context.Context, fresh comments.Site, after int64, changes []comments.Change) {
	p.mu.Lock()
	defer p.mu.Unlock()
	s := p.sites[fresh.Host]
	if len(changes) == 0 || changes[0].Number != after+1 {
		p.rebuild(s, fresh, "its oldest changes are no longer known")
		return
	}
	for _, c := range changes {
		if c.Number > fresh.Head {
			break
		}
		if c.Page == "" {
			p.rebuild(s, fresh, "its settings changed")
			return
		}
		p.push(ctx, s, c.Page, job{first: c.Number, items: map[int64]bool{c.Item: true}, whole: c.Item == 0})
		s.taken = c.Number
	}
	p.push(ctx, s, latestTask, job{first: after + 1})
}

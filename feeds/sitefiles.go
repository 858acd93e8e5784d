package feeds

import (
	"context"
	"maps"
	"slices"
	"time"

	"postil/comments"
)

// putLatest writes the site-wide feeds.
func (p *Publisher) putLatest(ctx context.Context, s *siteState) error {
	return p.alone(ctx, s, []string{siteDir(sitesTree, s.host)}, func(v view) error {
		p.mu.Lock()
		s.due[latestTask] = time.Now().Add(latestEvery)
		p.mu.Unlock()
		writes, err := p.renderLatest(ctx, v.site)
		if err != nil {
			return err
		}
		return p.Dir.Put(writes, nil)
	})
}

func (p *Publisher) renderLatest(ctx context.Context, site comments.Site) ([]Write, error) {
	ctx, cancel := context.WithTimeout(ctx, queryTimeout)
	defer cancel()
	newest, err := p.Source.Latest(ctx, site.Host, latestLimit)
	if err != nil {
		return nil, err
	}
	atom, err := p.render.latestAtom(site, newest)
	if err != nil {
		return nil, err
	}
	json, err := p.render.latestJSON(site, newest)
	if err != nil {
		return nil, err
	}
	return []Write{siteFile(site, latestAtomName, atom), siteFile(site, latestJSONName, json)}, nil
}

func siteFile(s comments.Site, name string, body []byte) Write {
	return Write{SitePath(s.Host, name), newFile(name, s.Settings.Origins, body, true, time.Now())}
}

// putCounts writes counts.json.
func (p *Publisher) putCounts(ctx context.Context, s *siteState) error {
	return p.alone(ctx, s, []string{siteDir(sitesTree, s.host)}, func(v view) error {
		body, err := p.renderCounts(s)
		if err != nil {
			return err
		}
		return p.Dir.Put([]Write{siteFile(v.site, countsName, body)}, nil)
	})
}

func (p *Publisher) renderCounts(s *siteState) ([]byte, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if s.counts == nil {
		return nil, errCounting
	}
	s.due[countsTask] = time.Now().Add(countsDelay(len(s.counts)))
	return renderCounts(s.counts)
}

// flush has site-wide files and twins written that wait for their time.
func (p *Publisher) flush(ctx context.Context) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, s := range p.sites {
		p.hurry(ctx, s.tasks[latestTask])
		p.hurry(ctx, s.tasks[countsTask])
		for _, t := range s.tasks {
			if !t.late.empty() {
				t.twinsAt = time.Now()
				p.hurry(ctx, t)
			}
		}
	}
}

// putAssets writes the built files, where one is missing or all of them are
// asked for. Older ones under hashed names stay: blogs name them.
func (p *Publisher) putAssets(all bool) error {
	for name := range p.assets {
		all = all || !p.Dir.exists(name)
	}
	if !all {
		return nil
	}
	return p.Dir.Put(p.assetWrites(), nil)
}

func (p *Publisher) assetWrites() (writes []Write) {
	for _, name := range slices.Sorted(maps.Keys(p.assets)) {
		writes = append(writes, Write{name, p.assets[name]})
	}
	return writes
}

// isSiteFile reports whether a name is that of a site's own file or its twin.
func isSiteFile(name string) bool { return slices.Contains(siteFiles[:], untwinned(name)) }

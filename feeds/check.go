package feeds

import (
	"bytes"
	"context"
	"io/fs"
	"path"
	"time"

	"postil/comments"
)

// Fault says in what way a file differs from what it should be.
type Fault string

const (
	Missing Fault = "missing" // there should be such a file
	Stale   Fault = "stale"   // it says something else
	Twin    Fault = "twin"    // the file is right, but a compressed twin is missing or says something else
	Extra   Fault = "extra"   // there should be no such file
)

// Difference is one file that is not as it should be.
type Difference struct {
	Path  string // relative to the output directory
	Fault Fault
}

// checkPatience is how long differences may last: a process that publishes
// meanwhile makes twins, and counts, only now and then.
const checkPatience = 2 * twinsAfter

// Check compares all files with the database and reports each difference. It
// changes nothing and may run while another process publishes: what differs is
// looked at again for a while, and only what goes on differing is reported. (On
// a site of many pages counts.json may lag by seconds; see Wait.)
func (p *Publisher) Check(ctx context.Context, report func(Difference)) error {
	c := checker{Publisher: p, layouts: map[dirKey]layout{}, sites: map[string]comments.Site{}}
	c.suspect(p.compare(p.assetWrites()), func(context.Context) ([]Difference, error) {
		return p.compare(p.assetWrites()), nil
	})
	if err := c.all(ctx); err != nil {
		return err
	}
	if err := c.extras(ctx); err != nil {
		return err
	}
	deadline := time.Now().Add(checkPatience)
	for _, again := range c.suspects {
		differences, err := insist(ctx, again, deadline)
		if err != nil {
			return err
		}
		for _, d := range differences {
			report(d)
		}
	}
	return nil
}

// insist looks again until nothing differs or the deadline has passed.
func insist(ctx context.Context, look func(context.Context) ([]Difference, error), deadline time.Time) ([]Difference, error) {
	tick := time.NewTicker(checkPatience / 10)
	defer tick.Stop()
	for {
		differences, err := look(ctx)
		if len(differences) == 0 || err != nil || time.Now().After(deadline) {
			return differences, err
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// checker is one Check under way.
type checker struct {
	*Publisher
	sites    map[string]comments.Site                      // by directory in sitesTree
	layouts  map[dirKey]layout                             // of all pages, by directory
	suspects []func(context.Context) ([]Difference, error) // look again at what differed
}

func (c *checker) suspect(found []Difference, again func(context.Context) ([]Difference, error)) {
	if len(found) > 0 {
		c.suspects = append(c.suspects, again)
	}
}

// all looks at every file that should be there.
func (c *checker) all(ctx context.Context) error {
	sites, err := c.Source.Sites(ctx)
	if err != nil {
		return err
	}
	for _, s := range sites {
		c.sites[siteDir(sitesTree, s.Host)] = s
		err := c.eachThread(ctx, s.Host, func(t comments.Thread) error {
			c.layouts[keyOf(pageDir(s.Host, t.Page))] = layoutOf(s, t.Last)
			return c.try(ctx, func(ctx context.Context) ([]Difference, error) { return c.page(ctx, s, t.Page) })
		})
		if err != nil {
			return err
		}
		if err := c.try(ctx, func(ctx context.Context) ([]Difference, error) { return c.siteFiles(ctx, s) }); err != nil {
			return err
		}
	}
	return nil
}

// try looks at something, and makes it a suspect if it differs.
func (c *checker) try(ctx context.Context, look func(context.Context) ([]Difference, error)) error {
	found, err := look(ctx)
	c.suspect(found, look)
	return err
}

// page compares all documents of a page.
func (c *checker) page(ctx context.Context, s comments.Site, page comments.Page) (found []Difference, err error) {
	thread, err := c.thread(ctx, s.Host, page)
	if err != nil || thread.Page != page {
		return nil, err
	}
	for _, archive := range layoutOf(s, thread.Last).all() {
		writes, err := c.renderDocument(ctx, c.render.forDisk(), s, thread, archive)
		if err != nil {
			return nil, err
		}
		found = append(found, c.compare(writes)...)
	}
	replies, err := c.replies(ctx, s, thread)
	return append(found, replies...), err
}

// replies compares the feeds of answers that a page has.
func (c *checker) replies(ctx context.Context, s comments.Site, thread comments.Thread) (found []Difference, err error) {
	ids, err := c.allReplies(pageDir(s.Host, thread.Page))
	if err != nil {
		return nil, err
	}
	for _, id := range ids {
		w, err := c.renderReplies(ctx, s, thread, id, true)
		switch {
		case err == nil:
			found = append(found, c.compare([]Write{w})...)
		case comments.KindOf(err) == comments.NotFound:
			found = append(found, Difference{w.Path, Extra})
		default:
			return nil, err
		}
	}
	return found, nil
}

// siteFiles compares a site's own files.
func (c *checker) siteFiles(ctx context.Context, s comments.Site) ([]Difference, error) {
	writes, err := c.renderLatest(ctx, s)
	if err != nil {
		return nil, err
	}
	counts := map[comments.Page]int64{}
	err = c.eachThread(ctx, s.Host, func(t comments.Thread) error {
		if t.Visible > 0 {
			counts[t.Page] = t.Visible
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	body, err := renderCounts(counts)
	return c.compare(append(writes, siteFile(s, countsName, body))), err
}

// compare says how files differ from what they should be.
func (p *Publisher) compare(writes []Write) (found []Difference) {
	for _, w := range writes {
		want := parts(w.File)
		for _, suffix := range suffixes {
			have, _, err := p.Dir.read(w.Path + suffix)
			body, wanted := want[suffix]
			switch {
			case wanted == (err == nil) && bytes.Equal(body, have):
				continue
			case suffix != "":
				found = append(found, Difference{w.Path + suffix, Twin})
			case err != nil:
				found = append(found, Difference{w.Path, Missing})
			default:
				found = append(found, Difference{w.Path, Stale})
			}
		}
	}
	return found
}

// extras looks for files that should not be there.
func (c *checker) extras(ctx context.Context) error {
	for _, tree := range [...]string{feedsTree, sitesTree} {
		err := fs.WalkDir(c.Dir.root.FS(), tree, func(name string, e fs.DirEntry, err error) error {
			if missing(err) {
				return nil
			}
			if err != nil || e.IsDir() || c.expects(name) {
				return err
			}
			return c.try(ctx, func(ctx context.Context) ([]Difference, error) { return c.extra(ctx, name) })
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// expects reports whether there should be a file of that name.
func (c *checker) expects(name string) bool {
	dir, base := path.Split(name)
	dir = path.Clean(dir)
	if _, ok := c.sites[dir]; ok {
		return isSiteFile(base)
	}
	return c.layouts[keyOf(dir)].has(base)
}

// extra looks at one file that should not be there, unless it has gone or has
// come to be right meanwhile.
func (c *checker) extra(ctx context.Context, name string) ([]Difference, error) {
	found := []Difference{{name, Extra}}
	if !c.Dir.exists(name) {
		return nil, nil
	}
	r, ok := parse(untwinned(name))
	site, known := c.sites[siteDir(sitesTree, r.host)]
	if !ok || r.lossy || !known || r.tree != feedsTree {
		return found, nil
	}
	page, own, err := r.canonical(site.Settings.KeepQuery)
	if err != nil || own != untwinned(name) {
		return found, nil
	}
	thread, err := c.thread(ctx, r.host, page)
	if err == nil && thread.Page == page && layoutOf(site, thread.Last).has(path.Base(name)) {
		return nil, nil
	}
	return found, err
}

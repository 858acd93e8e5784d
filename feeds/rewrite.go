package feeds

import (
	"context"
	"errors"

	"golang.org/x/sync/errgroup"

	"postil/comments"
)

const (
	// rewritersAtOnce is how many groups of pages a rebuild writes at once:
	// while some wait for the disk, as many as there are slots render.
	rewritersAtOnce = 4
	// pagesAtOnce is how many pages are written together at most. Nobody else
	// can write them meanwhile.
	pagesAtOnce = 32
	// commentsAtOnce is how many comments those pages have at most.
	commentsAtOnce = 2000
)

// walkThreads counts threads and, in a rebuild, writes all their files.
func (p *Publisher) walkThreads(ctx context.Context, s *siteState, w *walk, threads []comments.Thread) error {
	var group errgroup.Group
	group.SetLimit(rewritersAtOnce)
	todo := p.walked(w, threads)
	p.progressed(w, len(threads)-len(todo))
	for _, pages := range together(todo) {
		group.Go(func() error {
			if err := p.rewrite(ctx, s, pages); err != nil {
				return err
			}
			p.progressed(w, len(pages))
			return nil
		})
	}
	return group.Wait()
}

// walked counts threads, and returns those that are to be written.
func (p *Publisher) walked(w *walk, threads []comments.Thread) (todo []comments.Thread) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, t := range threads {
		w.counts[t.Page] = t.Visible
		if w.render && !w.early[t.Page] {
			todo = append(todo, t)
		}
	}
	return todo
}

func (p *Publisher) progressed(w *walk, pages int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if pages > 0 && p.progress != nil && w.render {
		p.progress(pages)
	}
}

// together forms groups of neighbouring pages that are written together.
func together(threads []comments.Thread) (groups [][]comments.Page) {
	var held int64
	for _, t := range threads {
		last := len(groups) - 1
		if last < 0 || len(groups[last]) == pagesAtOnce || held+t.Last > commentsAtOnce {
			groups, held, last = append(groups, nil), 0, last+1
		}
		groups[last] = append(groups[last], t.Page)
		held += t.Last
	}
	return groups
}

// rewrite writes all files of some pages: together, or one after the other
// where that fails or there is but one.
func (p *Publisher) rewrite(ctx context.Context, s *siteState, pages []comments.Page) error {
	if len(pages) > 1 && p.rewriteTogether(ctx, s, pages) == nil {
		return nil
	}
	for _, page := range pages {
		if err := p.rewriteOne(ctx, s, page); err != nil {
			return err
		}
	}
	return nil
}

func (p *Publisher) rewriteTogether(ctx context.Context, s *siteState, pages []comments.Page) error {
	dirs := make([]string, len(pages))
	for i, page := range pages {
		dirs[i] = pageDir(s.host, page)
	}
	return p.alone(ctx, s, dirs, func(v view) error {
		threads, err := p.putPages(ctx, v, pages)
		for _, thread := range threads {
			if err == nil {
				err = p.settlePage(ctx, v, thread, nil, job{whole: true})
			}
		}
		return err
	})
}

// putPages writes all documents of pages.
func (p *Publisher) putPages(ctx context.Context, v view, pages []comments.Page) (threads []comments.Thread, err error) {
	b := p.Dir.begin(true)
	defer func() { err = errors.Join(err, b.discard()) }()
	for _, page := range pages {
		thread, err := p.threadOf(ctx, v.site.Host, page)
		if err != nil {
			return nil, err
		}
		threads = append(threads, thread)
		if thread.Last == 0 {
			continue
		}
		p.note(v, page)
		if err := p.addDocuments(ctx, v, b, thread); err != nil {
			return nil, err
		}
	}
	return threads, b.commit(nil)
}

// addDocuments renders all documents of a page.
func (p *Publisher) addDocuments(ctx context.Context, v view, b *batch, thread comments.Thread) error {
	for _, archive := range layoutOf(v.site, thread.Last).all() {
		rendered, err := p.renderDocument(ctx, p.render.forDisk(), v.site, thread, archive)
		if err == nil {
			err = b.add(rendered)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// rewriteOne writes all files of a page. Where only they are at fault, it
// leaves them to a task: the walk goes on without them.
func (p *Publisher) rewriteOne(ctx context.Context, s *siteState, page comments.Page) error {
	err := p.alone(ctx, s, []string{pageDir(s.host, page)}, func(v view) error {
		return p.writePage(ctx, v, page, job{whole: true})
	})
	if err == nil || ctx.Err() != nil || comments.KindOf(err) == comments.Unavailable {
		return err
	}
	p.Log.Error("publishing failed and will be tried again", "site", s.host, "page", page, "err", err)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.push(ctx, s, page, job{first: 1, whole: true})
	return nil
}

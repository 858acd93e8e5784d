package feeds

import (
	"context"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"postil/comments"
)

const (
	// docsAtOnce is how many documents, in their forms, are written by
	// one Put: enough to share its syncs, few enough to be held in memory.
	docsAtOnce = 4
	// queryTimeout is for one look into the database.
	queryTimeout = 15 * time.Second
)

// view is a site as its files are to be written.
type view struct {
	site  comments.Site
	state *siteState
	walk  *walk  // or nil
	leave func() // to be called when the files are written
}

// enter lets files of a site be written until the view is left; it refuses
// when the site is gone. Whoever holds a page's lock takes it before: settings
// read earlier could be older than what another writer went by.
func (p *Publisher) enter(s *siteState) (v view, ok bool) {
	s.files.RLock()
	p.mu.Lock()
	defer p.mu.Unlock()
	if s.gone {
		s.files.RUnlock()
		return view{}, false
	}
	return view{s.site, s, s.walk, s.files.RUnlock}, true
}

// alone writes files of a site while it has some directories to itself, and
// does nothing when the site is gone. The directories are in order, so that
// two who take several never wait for each other.
func (p *Publisher) alone(ctx context.Context, s *siteState, dirs []string, write func(view) error) error {
	for _, dir := range dirs {
		unlock, err := p.pages.wait(ctx, dir)
		if err != nil {
			return err
		}
		defer unlock()
	}
	v, ok := p.enter(s)
	if !ok {
		return nil
	}
	defer v.leave()
	return write(v)
}

// putPage publishes what differs on a page.
func (p *Publisher) putPage(ctx context.Context, s *siteState, page comments.Page, todo job) error {
	unlock, free := p.pages.try(pageDir(s.host, page))
	if !free {
		return errBusy
	}
	defer unlock()
	v, ok := p.enter(s)
	if !ok {
		return nil
	}
	defer v.leave()
	early := p.early(v.walk, page)
	todo.whole = todo.whole || early
	if err := p.writePage(ctx, v, page, todo); err != nil {
		return err
	}
	if early {
		p.mu.Lock()
		v.walk.early[page] = true
		p.mu.Unlock()
	}
	return nil
}

// writePage brings the files of a page, whose lock the caller holds, to what
// the database says now.
func (p *Publisher) writePage(ctx context.Context, v view, page comments.Page, todo job) error {
	thread, err := p.threadOf(ctx, v.site.Host, page)
	if err != nil {
		return err
	}
	docs := layoutOf(v.site, thread.Last).all()
	if !todo.whole {
		docs = layoutOf(v.site, thread.Last).dirty(todo.items)
	}
	touched := kin{}
	if thread.Last > 0 {
		if touched, err = p.writeDocuments(ctx, v, thread, docs, todo); err != nil {
			return err
		}
	}
	return p.settlePage(ctx, v, thread, touched, todo)
}

// settlePage brings to order what is left of a page when its documents are
// written.
func (p *Publisher) settlePage(ctx context.Context, v view, thread comments.Thread, touched kin, todo job) error {
	dir := pageDir(v.site.Host, thread.Page)
	var err error
	if todo.whole {
		err = p.settleWhole(ctx, v, thread, dir)
	} else if thread.Last > 0 {
		err = p.writeReplies(ctx, v, thread, p.repliesOf(dir, touched), todo.twins)
	}
	if err == nil {
		p.countPage(ctx, v, thread.Page, thread.Visible)
	}
	return err
}

// settleWhole writes a page's feeds of answers, and removes the files that it
// should not have.
func (p *Publisher) settleWhole(ctx context.Context, v view, thread comments.Thread, dir string) error {
	there, err := p.Dir.list(dir)
	if err == nil && thread.Last > 0 {
		err = p.writeReplies(ctx, v, thread, repliesAmong(there), true)
	}
	if err != nil {
		return err
	}
	return p.removeAmong(dir, there, layoutOf(v.site, thread.Last).has)
}

// threadOf returns the thread whose files a page has: an alias has none.
func (p *Publisher) threadOf(ctx context.Context, host string, page comments.Page) (comments.Thread, error) {
	thread, err := p.thread(ctx, host, page)
	if thread.Page != page {
		thread = comments.Thread{Page: page}
	}
	return thread, err
}

func (p *Publisher) thread(ctx context.Context, host string, page comments.Page) (comments.Thread, error) {
	ctx, cancel := context.WithTimeout(ctx, queryTimeout)
	defer cancel()
	return p.Source.Thread(ctx, host, page)
}

// writeDocuments writes documents, and tells whose answers may have changed.
func (p *Publisher) writeDocuments(ctx context.Context, v view, thread comments.Thread, docs []int64, todo job) (kin, error) {
	p.note(v, thread.Page)
	touched := kin{}
	for some := range slices.Chunk(docs, docsAtOnce) {
		var writes []Write
		for _, archive := range some {
			all, err := p.read(ctx, v.site, thread, archive)
			if err != nil {
				return nil, err
			}
			touched.add(all, todo.items)
			rendered, err := p.renderForms(ctx, p.render, newDocument(v.site, thread, archive, all), todo.whole || todo.twins)
			if err != nil {
				return nil, err
			}
			writes = append(writes, rendered...)
		}
		if err := p.Dir.Put(writes, nil); err != nil {
			return nil, err
		}
	}
	return touched, nil
}

// renderDocument reads one document and renders it with its twins.
func (p *Publisher) renderDocument(ctx context.Context, r renderer, site comments.Site, thread comments.Thread, archive int64) ([]Write, error) {
	all, err := p.read(ctx, site, thread, archive)
	if err != nil {
		return nil, err
	}
	return p.renderForms(ctx, r, newDocument(site, thread, archive, all), true)
}

// renderForms renders the forms of a document, at once as far as slots
// are free.
func (p *Publisher) renderForms(ctx context.Context, r renderer, d *document, twins bool) ([]Write, error) {
	forms := formsOf(d.site, d.archive)
	writes := make([]Write, len(forms))
	group, ctx := errgroup.WithContext(ctx)
	for i, form := range forms {
		group.Go(func() error {
			select {
			case p.slots <- struct{}{}:
				defer func() { <-p.slots }()
			case <-ctx.Done():
				return ctx.Err()
			}
			f, err := r.form(d, form, twins, time.Now())
			writes[i] = Write{Path(d.site.Host, d.page, Document{Form: form, Archive: d.archive}), f}
			return err
		})
	}
	return writes, group.Wait()
}

// read returns the comments of a document.
func (p *Publisher) read(ctx context.Context, site comments.Site, thread comments.Thread, archive int64) ([]comments.Comment, error) {
	from, to := layoutOf(site, thread.Last).bounds(archive)
	if from > to {
		return nil, nil
	}
	ctx, cancel := context.WithTimeout(ctx, queryTimeout)
	defer cancel()
	return p.Source.Range(ctx, site.Host, thread.Page, from, to)
}

// countPage notes a page's count, and has counts.json written if that differs.
func (p *Publisher) countPage(ctx context.Context, v view, page comments.Page, visible int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	s := v.state
	if s.walk != nil && s.walk == v.walk {
		s.touched[page] = visible // newer than what the walk may find
	}
	if s.count(page, visible) {
		p.push(ctx, s, countsTask, job{whole: true})
	}
}

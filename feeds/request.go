package feeds

import (
	"context"
	"errors"
	"time"

	"postil/comments"
	"postil/static"
)

// onRequest answers for a file that is not there.
func (p *Publisher) onRequest(ctx context.Context, r request, path string) (*static.File, error) {
	s, err := p.lookup(ctx, r.host)
	if err != nil {
		return nil, err
	}
	if own := SitePath(r.host, r.name); r.tree == sitesTree && own != path {
		return nil, p.elsewhere(own)
	}
	if r.tree == sitesTree {
		return p.siteFileOnRequest(ctx, s, r.name)
	}
	if r.lossy { // which page it is cannot be told, only that it has no files
		page, err := p.pageOf(ctx, r.host, r.doc, path)
		if err != nil {
			return nil, err
		}
		return p.documentOnRequest(ctx, s, page, r.doc, path)
	}
	p.mu.Lock()
	keep := s.site.Settings.KeepQuery
	p.mu.Unlock()
	page, canonical, err := r.canonical(keep)
	if err != nil {
		return nil, notFound()
	}
	if canonical != path && !hashed(canonical) {
		return nil, p.elsewhere(canonical)
	}
	return p.documentOnRequest(ctx, s, page, r.doc, path)
}

// lookup returns a site. One that is not known may have been added a moment
// ago.
func (p *Publisher) lookup(ctx context.Context, host string) (*siteState, error) {
	s, stale := p.known(host)
	if s == nil && stale {
		if err := p.scan(ctx); err != nil {
			return nil, unavailable(err)
		}
		s, _ = p.known(host)
	}
	if s == nil {
		return nil, notFound()
	}
	return s, nil
}

func (p *Publisher) known(host string) (s *siteState, stale bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.sites[host], time.Since(p.lastScan) > 2*pollEvery
}

func unavailable(cause error) error {
	return &comments.Error{Kind: comments.Unavailable, Text: "The comments cannot be reached now; ask again in a moment.", Cause: cause}
}

// documentOnRequest renders a document that has no file, as part of answering
// for path, which is another form of its own where that cannot be read back.
func (p *Publisher) documentOnRequest(ctx context.Context, s *siteState, page comments.Page, doc Document, path string) (*static.File, error) {
	unlock, err := p.pages.wait(ctx, pageDir(s.host, page))
	if err != nil {
		return nil, unavailable(err)
	}
	defer unlock()
	v, ok := p.enter(s)
	if !ok {
		return nil, notFound()
	}
	defer v.leave()
	f, err := p.Dir.Get(Path(s.host, page, doc), v.site.Settings.Origins) // written by another since?
	if err != nil {
		f, err = p.renderOnRequest(ctx, v, page, doc)
	}
	if own := Path(s.host, page, doc); err == nil && own != path && p.Dir.exists(own) {
		return nil, p.elsewhere(own)
	}
	return f, err
}

// elsewhere returns the error that sends to another path.
func (p *Publisher) elsewhere(path string) error { return &Moved{urlOf(p.render.basePath, path)} }

func (p *Publisher) renderOnRequest(ctx context.Context, v view, page comments.Page, doc Document) (*static.File, error) {
	thread, err := p.thread(ctx, v.site.Host, page)
	if err != nil && comments.KindOf(err) != comments.NotFound && doc == (Document{Form: doc.Form}) && (v.walk == nil || !v.walk.render) {
		thread, err = comments.Thread{Page: page}, nil // all threads have files: this page has none
	}
	if err != nil {
		return nil, err
	}
	if to := Path(v.site.Host, thread.Page, doc); thread.Page != page && !(thread.Last == 0 && hashed(to)) {
		return nil, p.elsewhere(to)
	}
	if !doc.Replies.IsZero() {
		return p.repliesOnRequest(ctx, v, thread, doc)
	}
	l := layoutOf(v.site, thread.Last)
	if doc.Archive > l.archives() || doc.Form == Fragment && !l.fragment {
		return nil, notFound()
	}
	writes, err := p.renderDocument(ctx, p.render.once(), v.site, thread, doc.Archive)
	if err != nil {
		return nil, unavailable(err)
	}
	if thread.Last > 0 {
		p.note(v, thread.Page)
		p.putOnRequest(writes)
	}
	return writes[doc.Form].File, nil
}

// putOnRequest writes what was rendered for a request, which is answered even
// if that fails: a full disk keeps nobody from reading.
func (p *Publisher) putOnRequest(writes []Write) {
	if err := p.Dir.Put(writes, nil); err != nil {
		p.Log.Error("a file rendered on request was not written", "path", writes[0].Path, "err", err)
	}
}

// siteFileOnRequest renders one of a site's own files.
func (p *Publisher) siteFileOnRequest(ctx context.Context, s *siteState, name string) (*static.File, error) {
	render := p.putLatest
	if name == countsName {
		render = p.putCounts
	}
	if err := render(ctx, s); err != nil {
		return nil, unavailable(err)
	}
	f, err := p.Dir.Get(SitePath(s.host, name), p.origins(s.host))
	if missing(err) {
		return nil, notFound() // the site is gone
	}
	return f, err
}

// errCounting says that counts.json cannot be made yet.
var errCounting = errors.New("the site's comments are still being counted")

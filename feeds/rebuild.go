package feeds

import (
	"context"

	"postil/comments"
)

// Rebuild builds all files of all sites anew, and removes those that should
// not be there. progress, which may be nil, is told how many of how many
// threads are done; it must not block.
func (p *Publisher) Rebuild(ctx context.Context, progress func(done, total int)) error {
	if err := p.scan(ctx); err != nil {
		return err
	}
	total, err := p.countThreads(ctx)
	if err != nil {
		return err
	}
	p.mu.Lock()
	done := 0
	if progress != nil {
		p.progress = func(more int) { done += more; progress(done, max(done, total)) }
	}
	for _, s := range p.sites {
		p.rebuild(s, s.site, "as asked")
	}
	p.mu.Unlock()
	err = p.Pass(ctx)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.progress = nil
	return err
}

func (p *Publisher) countThreads(ctx context.Context) (total int, err error) {
	sites, err := p.Source.Sites(ctx)
	for _, s := range sites {
		if err == nil {
			err = p.eachThread(ctx, s.Host, func(comments.Thread) error { total++; return nil })
		}
	}
	return total, err
}

// eachThread calls do for all threads of a site.
func (p *Publisher) eachThread(ctx context.Context, host string, do func(comments.Thread) error) error {
	for after := comments.Page(""); ; {
		threads, err := p.Source.Threads(ctx, host, after, threadsAtOnce)
		if err != nil || len(threads) == 0 {
			return err
		}
		for _, t := range threads {
			if err := do(t); err != nil {
				return err
			}
			after = t.Page
		}
	}
}

package feeds

import (
	"context"
	"errors"
	"time"

	"postil/comments"
)

const (
	maxWorkers  = 4                      // more than render at once: half of them wait for the disk
	busyDelay   = 50 * time.Millisecond  // before a page that is being written is tried again
	firstRetry  = 250 * time.Millisecond // after a failure; doubled with each further one
	longestWait = 30 * time.Second       // between two tries
)

// errBusy says that a page is being written by someone else.
var errBusy = errors.New("the page is being written")

// push has a job done. The caller holds mu.
func (p *Publisher) push(ctx context.Context, s *siteState, page comments.Page, j job) {
	t := s.tasks[page]
	if t == nil {
		t = &task{site: s, page: page}
		s.tasks[page] = t
	}
	t.todo.add(j)
	if !t.queued && !t.running && !t.waiting {
		p.enqueue(ctx, t, s.delay(page))
	}
}

// enqueue queues a task that is in no other state. The caller holds mu.
func (p *Publisher) enqueue(ctx context.Context, t *task, after time.Duration) {
	if after <= 0 {
		t.queued = true
		p.queue = append(p.queue, t)
		p.startWorker(ctx)
		return
	}
	t.waiting = true
	time.AfterFunc(after, func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.resume(ctx, t)
	})
}

// resume queues a task that waits for its time. The caller holds mu.
func (p *Publisher) resume(ctx context.Context, t *task) {
	if t.waiting {
		t.waiting = false
		p.enqueue(ctx, t, 0)
	}
}

// hurry queues a task, which may be nil, before its time, unless it failed
// last time. The caller holds mu.
func (p *Publisher) hurry(ctx context.Context, t *task) {
	if t != nil && t.err == nil {
		p.resume(ctx, t)
	}
}

// startWorker starts a worker unless enough are there. Workers live while
// there is work, and outlive the context that began it: whoever stops the
// publisher waits for them. The caller holds mu.
func (p *Publisher) startWorker(ctx context.Context) {
	if p.workers < maxWorkers && !p.stopped {
		p.workers++
		go p.work(context.WithoutCancel(ctx))
	}
}

func (p *Publisher) work(ctx context.Context) {
	for {
		t := p.next()
		if t == nil {
			break
		}
		p.finish(ctx, t, p.do(ctx, t))
		p.saveSometimes()
	}
	p.save()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.workers--
	if len(p.queue) > 0 {
		p.startWorker(ctx) // something came in while the cursor was saved
	}
	p.move()
}

// next takes the first task from the queue, or returns nil.
func (p *Publisher) next() *task {
	p.mu.Lock()
	defer p.mu.Unlock()
	for len(p.queue) > 0 && !p.stopped {
		t := p.queue[0]
		p.queue[0] = nil
		p.queue = p.queue[1:]
		t.queued = false
		if t.site.gone {
			continue
		}
		t.running, t.now, t.todo = true, t.todo, job{}
		return t
	}
	return nil
}

// finish settles a task, or has it tried again.
func (p *Publisher) finish(ctx context.Context, t *task, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	defer p.move()
	t.running = false
	delay := t.site.delay(t.page)
	switch {
	case t.site.gone:
		return
	case err == nil:
		t.tries, t.err = 0, nil
	case errors.Is(err, errBusy):
		t.todo.add(t.now)
		delay = busyDelay
	default:
		t.todo.add(t.now)
		delay = t.failed(err)
		p.Log.Error("publishing failed and will be tried again", "site", t.site.host, "page", t.page, "in", delay, "err", err)
	}
	t.now = job{}
	if t.todo.empty() {
		delete(t.site.tasks, t.page)
		return
	}
	p.enqueue(ctx, t, delay)
}

// failed notes a failure and returns how long to wait.
func (t *task) failed(err error) time.Duration {
	t.err = err
	t.tries++
	return backoff(t.tries)
}

// backoff returns how long to wait after so many failures in a row.
func backoff(tries int) time.Duration { return min(firstRetry<<min(tries-1, 10), longestWait) }

// do does what a task is about.
func (p *Publisher) do(ctx context.Context, t *task) error {
	switch t.page {
	case latestTask:
		return p.putLatest(ctx, t.site)
	case countsTask:
		return p.putCounts(ctx, t.site)
	default:
		return p.putPage(ctx, t.site, t.page, t.now)
	}
}

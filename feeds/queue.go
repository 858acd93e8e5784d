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

	twinsAfter = time.Second // between a page's first writing and that of its twins

	restFrom     = 12                     // pages in the queue without a rest
	longestRest  = 12                     // of a worker, in the time that its last task took
	longestPause = 150 * time.Millisecond // likewise
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
	switch {
	case t.queued || t.running:
	case !t.waiting:
		p.enqueue(ctx, t, s.delay(page))
	case !t.late.empty(): // it waited for its twins only, unless it failed
		p.hurry(ctx, t)
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
		began := time.Now()
		p.finish(ctx, t, p.do(ctx, t))
		p.saveSometimes()
		p.breathe(time.Since(began))
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

// breathe leaves the processors to those who post, the more the longer the
// queue is: pages that wait collect changes and are then written once for all
// of them. Nobody who awaits a page is made to wait for it.
func (p *Publisher) breathe(cost time.Duration) {
	p.mu.Lock()
	rest := cost * time.Duration(min(max(0, len(p.queue)-restFrom), longestRest))
	awaited, moved := p.awaited > 0, p.hurried
	p.mu.Unlock()
	if rest == 0 || awaited {
		return
	}
	select {
	case <-time.After(min(rest, longestPause)):
	case <-moved:
	}
}

// hasten ends all rests until the returned function is called.
func (p *Publisher) hasten() (calm func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.awaited++
	close(p.hurried)
	p.hurried = make(chan struct{})
	return func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.awaited--
	}
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
		if !t.late.empty() && !time.Now().Before(t.twinsAt) {
			t.now.twins = true
			t.now.add(job{items: t.late.items})
		}
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
		t.settle()
	case errors.Is(err, errBusy):
		t.todo.add(t.now)
		delay = busyDelay
	default:
		t.todo.add(t.now)
		delay = t.failed(err)
		p.Log.Error("publishing failed and will be tried again", "site", t.site.host, "page", t.page, "in", delay, "err", err)
	}
	t.now = job{}
	switch {
	case !t.todo.empty():
		p.enqueue(ctx, t, delay)
	case !t.late.empty():
		p.enqueue(ctx, t, time.Until(t.twinsAt))
	default:
		delete(t.site.tasks, t.page)
	}
}

// settle notes what has just been written, and what is still to get twins:
// while comments come in fast, those are made once a second only.
func (t *task) settle() {
	switch {
	case t.now.twins || t.now.whole:
		t.late, t.twinsAt = job{}, time.Time{}
	case len(t.now.items) > 0:
		t.late.add(t.now)
		if t.twinsAt.IsZero() {
			t.twinsAt = time.Now().Add(twinsAfter)
		}
	}
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

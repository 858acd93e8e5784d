package comments

import (
	"context"
	"errors"
	"sync"
	"time"
)

const (
	maxBatch      = 64               // comments in one shared transaction
	commitTimeout = 15 * time.Second // for one transaction, whoever still waits for it
)

// committer lets concurrent submissions share transactions. The first comment
// to arrive at an idle committer is written at once; those that arrive while
// a transaction is under way wait for the next one, and no one for a timer.
type committer struct {
	add func(context.Context, []Comment) ([]Added, error)

	mu      sync.Mutex
	waiting []*submission
	busy    bool
}

type submission struct {
	comment Comment
	added   Added
	err     error
	done    chan struct{}
}

// submit stores one comment. When ctx ends first the comment may be stored
// all the same: repeating the post with its key tells.
func (c *committer) submit(ctx context.Context, comment Comment) (Added, error) {
	s := &submission{comment: comment, done: make(chan struct{})}
	c.mu.Lock()
	c.waiting = append(c.waiting, s)
	if !c.busy {
		c.busy = true
		go c.drain()
	}
	c.mu.Unlock()
	select {
	case <-s.done:
		return s.added, s.err
	case <-ctx.Done():
		return Added{}, &Error{Kind: Unavailable, Text: "The comment took too long to store; post it again with the same key.", Cause: ctx.Err()}
	}
}

func (c *committer) drain() {
	for {
		c.mu.Lock()
		batch := c.waiting[:min(len(c.waiting), maxBatch)]
		c.waiting = c.waiting[len(batch):]
		c.busy = len(batch) > 0
		c.mu.Unlock()
		if len(batch) == 0 {
			return
		}
		c.commit(batch)
	}
}

// commit writes a batch; when the store refuses it, each comment is tried
// alone, so that nobody pays for another's mistake.
func (c *committer) commit(batch []*submission) {
	ctx, cancel := context.WithTimeout(context.Background(), commitTimeout)
	defer cancel()
	comments := make([]Comment, len(batch))
	for i, s := range batch {
		comments[i] = s.comment
	}
	added, err := c.add(ctx, comments)
	if err != nil && len(batch) > 1 && !errors.Is(err, context.DeadlineExceeded) && KindOf(err) != Unavailable {
		for _, s := range batch {
			c.commit([]*submission{s})
		}
		return
	}
	for i, s := range batch {
		if s.err = err; err == nil {
			s.added = added[i]
		}
		close(s.done)
	}
}

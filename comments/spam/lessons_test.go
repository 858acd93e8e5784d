package spam

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"postil/comments"
)

// desk is a store whose decisions a test makes, and which may fail.
type desk struct {
	mu       sync.Mutex
	comments []comments.Comment // newest first
	failing  bool
	block    chan struct{} // if not nil: closed when Search may answer
	searches int
}

// Search implements Store as the databases do.
func (d *desk) Search(ctx context.Context, f comments.Filter) (found []comments.Comment, err error) {
	d.mu.Lock()
	block := d.block
	d.mu.Unlock()
	if block != nil {
		select {
		case <-block:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.searches++
	if d.failing {
		return nil, errors.New("the database is away")
	}
	for _, c := range d.comments {
		switch {
		case len(found) == f.Limit:
			return found, nil
		case f.Site != c.Site, f.Statuses != nil && !slices.Contains(f.Statuses, c.Status), c.Created.Before(f.Since),
			f.Judged && (c.By == "" || c.Status != comments.Published && c.Status != comments.Spam),
			!f.Before.IsZero() && slices.Compare(c.ID[:], f.Before[:]) >= 0:
		default:
			found = append(found, c)
		}
	}
	return found, nil
}

// decide puts a decision on the desk, of which the newest comes first.
func (d *desk) decide(source string, status comments.Status) comments.ID {
	d.mu.Lock()
	defer d.mu.Unlock()
	n := len(d.comments) + 1
	c := comments.Comment{ID: comments.ID{byte(n >> 8), byte(n)}, Site: "blog.example", Source: source, HTML: comments.HTML(source), Status: status, By: "maria"}
	d.comments = slices.Insert(d.comments, 0, c)
	return c.ID
}

func (d *desk) change(do func()) {
	d.mu.Lock()
	defer d.mu.Unlock()
	do()
}

// asked returns how often it was.
func (d *desk) asked() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.searches
}

// lessons returns a desk with so many decisions of each kind.
func lessons(each int) *desk {
	d := &desk{}
	for n := range each {
		d.decide(fmt.Sprintf("the old apple tree at number %d carries fruit again, as my father said", n), comments.Published)
		d.decide(fmt.Sprintf("order %d cheap replica watches online with free worldwide shipping today", n), comments.Spam)
	}
	return d
}

package comments

import (
	"context"
	"time"
)

// Own returns a comment to the holder of its edit key, whatever its status,
// and until when it can be edited.
func (s *Service) Own(ctx context.Context, id ID, key EditKey) (Comment, time.Time, error) {
	c, err := s.Store.Find(ctx, id)
	if err != nil {
		return Comment{}, time.Time{}, err
	}
	if err := mayChange(&c, key); err != nil {
		return Comment{}, time.Time{}, err
	}
	site, err := s.Site(ctx, c.Site)
	return c, site.EditableUntil(c), err
}

// Edit replaces the words of a comment. Its Created stays, its Edited moves,
// and the site's policy judges it again.
func (s *Service) Edit(ctx context.Context, id ID, key EditKey, body string) (Comment, error) {
	body = normaliseBody(body)
	if err := validateBody(body); err != nil {
		return Comment{}, err
	}
	c, until, err := s.Own(ctx, id, key)
	if err != nil {
		return Comment{}, err
	}
	now := s.now()
	if now.After(until) {
		return Comment{}, NewError(Forbidden, "The time for editing this comment is over; it can still be deleted.").Told("edit.closed")
	}
	html, err := s.Render(body, Markdown)
	if err != nil {
		return Comment{}, err
	}
	site, err := s.Site(ctx, c.Site)
	if err != nil {
		return Comment{}, err
	}
	c.Source, c.Markup, c.HTML = body, Markdown, html
	status, verdicts, err := s.rejudge(ctx, site, c)
	if err != nil {
		return Comment{}, err
	}
	was := c.Status
	return s.change(ctx, c.Site, id, func(c *Comment) error {
		if err := mayChange(c, key); err != nil {
			return err
		}
		if c.Status != was {
			return NewError(Conflict, "This comment was decided about while you edited it; try again.")
		}
		c.Source, c.Markup, c.HTML, c.Edited, c.Verdicts = body, Markdown, html, now, verdicts
		if c.Status != status {
			c.Status, c.Decided, c.By = status, now, ""
		}
		return nil
	})
}

// Delete removes the words, name and website of a comment for good. Unlike
// editing it is never too late for it. When it returns, the published files
// no longer hold them either.
func (s *Service) Delete(ctx context.Context, id ID, key EditKey) (Comment, error) {
	c, _, err := s.Own(ctx, id, key)
	if err != nil {
		return Comment{}, err
	}
	now := s.now()
	return s.change(ctx, c.Site, id, func(c *Comment) error {
		if err := mayChange(c, key); err != nil {
			return err
		}
		c.erase(now, "")
		return nil
	})
}

// mayChange holds for any comment that is not already gone, given its key.
func mayChange(c *Comment, key EditKey) error {
	if c.Status == Deleted {
		return NewError(NotFound, "This comment has been deleted.")
	}
	if !key.Opens(c.EditKey) {
		return NewError(Forbidden, "This edit key does not belong to this comment.")
	}
	return nil
}

func (s *Service) change(ctx context.Context, site string, id ID, edit func(*Comment) error) (Comment, error) {
	changed, err := s.update(ctx, site, "", []ID{id}, edit)
	if err != nil {
		return Comment{}, err
	}
	return changed[0], nil
}

// update writes and waits until readers see it.
func (s *Service) update(ctx context.Context, site, by string, ids []ID, edit func(*Comment) error) ([]Comment, error) {
	changed, head, err := s.Store.Update(ctx, site, Act{By: by, At: s.now()}, ids, edit)
	// Also after an error, which does not mean that nothing is committed: an
	// erasure may be, with only the database's log still to be cleared.
	s.Changed()
	if s.Revised != nil {
		s.Revised()
	}
	if err != nil {
		return nil, err
	}
	return changed, s.settle(ctx, site, head)
}

func (s *Service) settle(ctx context.Context, site string, head int64) error {
	if err := s.Settle(ctx, site, head); err != nil {
		return &Error{Kind: Unavailable, Text: "This is stored, but the published files do not show it yet; ask again in a moment.", Cause: err}
	}
	return nil
}

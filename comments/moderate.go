package comments

import (
	"context"
	"strings"
)

// Decide gives comments of one site a new status: Published, Held or Spam, by
// the word of a moderator. All of them change or none does. Deleted comments
// have no words left to decide about and are a Conflict. It returns the
// comments as they are now.
func (s *Service) Decide(ctx context.Context, by, site string, ids []ID, status Status) ([]Comment, error) {
	if status != Published && status != Held && status != Spam {
		return nil, FieldError("status", "%q is none of published, held, spam", status)
	}
	now := s.now()
	changed, err := s.update(ctx, site, by, ids, func(c *Comment) error {
		if c.Status == Deleted {
			return NewError(Conflict, "Comment %s has been deleted; nothing is left to decide.", c.ID)
		}
		if c.Status != status {
			c.Status, c.Decided, c.By = status, now, by
		} else if c.By == "" {
			c.By = by // confirmed, which the classifier learns from
		}
		return nil
	})
	if err != nil || status != Published {
		return changed, err
	}
	return changed, s.acquaint(ctx, by, site, changed)
}

// acquaint notes that comments with these badges have been approved.
func (s *Service) acquaint(ctx context.Context, by, site string, approved []Comment) error {
	seen := map[Badge]bool{{}: true}
	for _, c := range approved {
		if seen[c.Author.Badge] {
			continue
		}
		seen[c.Author.Badge] = true
		known := BadgeStanding{Badge: c.Author.Badge, Standing: Known, At: s.now(), By: by}
		if err := s.Store.PutStanding(ctx, site, known, true); err != nil {
			return err
		}
	}
	return nil
}

// Rate says what a moderator thinks of a badge. Comments that are there
// already stay as they are.
func (s *Service) Rate(ctx context.Context, by, site string, badge Badge, standing Standing) error {
	switch {
	case badge == (Badge{}):
		return FieldError("badge", "is missing; only signed names can be trusted or blocked")
	case standing != Unknown && standing != Known && standing != Trusted && standing != Blocked:
		return FieldError("standing", "%q is none of known, trusted, blocked", standing)
	}
	return s.Store.PutStanding(ctx, site, BadgeStanding{badge, standing, s.now(), by}, false)
}

// Pin makes a comment stand before the others of its document, or no longer.
func (s *Service) Pin(ctx context.Context, by, site string, id ID, pinned bool) (Comment, error) {
	changed, err := s.update(ctx, site, by, []ID{id}, func(c *Comment) error {
		if pinned && c.Status != Published {
			return NewError(Conflict, "Only published comments can be pinned; publish comment %s first.", c.ID)
		}
		c.Pinned = pinned
		return nil
	})
	if err != nil {
		return Comment{}, err
	}
	return changed[0], nil
}

// CloseThread makes a page take no new comments, or take them again.
func (s *Service) CloseThread(ctx context.Context, host, raw string, closed bool) error {
	site, err := s.Site(ctx, host)
	if err != nil {
		return err
	}
	page, err := site.Page(raw)
	if err != nil {
		return err
	}
	head, err := s.Store.CloseThread(ctx, host, page, closed)
	if err != nil {
		return err
	}
	s.Changed()
	return s.settle(ctx, host, head)
}

// Answer publishes a moderator's answer to a comment, with the owner's mark.
func (s *Service) Answer(ctx context.Context, name string, parent ID, body string, key IdempotencyKey) (Comment, error) {
	// Another mark before ours would make the owner key a part of what readers see.
	if strings.TrimSpace(name) == "" || strings.Contains(name, secretMark) {
		return Comment{}, FieldError("name", "is needed, without %s: readers see it beside the owner's mark", secretMark)
	}
	c, err := s.Store.Find(ctx, parent)
	if err != nil {
		return Comment{}, err
	}
	site, err := s.Site(ctx, c.Site)
	if err != nil {
		return Comment{}, err
	}
	r, err := s.Submit(ctx, Draft{
		Site: c.Site, Page: string(c.Page), Parent: parent.String(), Body: body, Key: key,
		Name: name + secretMark + s.Keys.OwnerKey(site),
	})
	return r.Comment, err
}

// Erase removes the words, names and websites of comments for good, as
// [Service.Delete] does for an author.
func (s *Service) Erase(ctx context.Context, by, site string, ids []ID) ([]Comment, error) {
	now := s.now()
	return s.update(ctx, site, by, ids, func(c *Comment) error {
		if c.Status != Deleted {
			c.erase(now, by)
		}
		return nil
	})
}

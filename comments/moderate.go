package comments

import "context"

// Decide gives comments of one site a new status: Published, Held or Spam.
// All of them change or none does. Deleted comments have no words left to
// decide about and are a Conflict.
func (s *Service) Decide(ctx context.Context, site string, ids []ID, status Status) ([]Comment, error) {
	if status != Published && status != Held && status != Spam {
		return nil, FieldError("status", "%q is none of published, held, spam", status)
	}
	now := s.now()
	return s.update(ctx, site, ids, func(c *Comment) error {
		if c.Status == Deleted {
			return NewError(Conflict, "Comment %s has been deleted; nothing is left to decide.", c.ID)
		}
		if c.Status != status {
			c.Status, c.Decided = status, now
		}
		return nil
	})
}

// Erase removes the words, names and websites of comments for good, as
// [Service.Delete] does for an author.
func (s *Service) Erase(ctx context.Context, site string, ids []ID) ([]Comment, error) {
	now := s.now()
	return s.update(ctx, site, ids, func(c *Comment) error {
		if c.Status != Deleted {
			c.erase(now)
		}
		return nil
	})
}

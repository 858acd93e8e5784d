package comments

import "context"

// Verdicts of the policy itself, beside those of the defences.
const (
	blockedPoints = SpamPoints       // a moderator has blocked the badge
	trustedPoints = -10 * SpamPoints // a moderator trusts the badge, or it is the owner's
	firstPoints   = HoldPoints       // nobody has approved a comment of this author yet
)

// judge decides what becomes of a comment whose words are new, and notes why.
func (s *Service) judge(ctx context.Context, site Site, c *Comment, evidence Evidence) error {
	standing, err := s.standing(ctx, c)
	if err != nil {
		return err
	}
	verdicts, err := s.Judge(ctx, Case{Site: site, Comment: *c, Evidence: evidence, Standing: standing})
	if err != nil {
		return err
	}
	verdicts = append(verdicts, standingVerdict(site.Settings.Policy, standing, c.Author.Owner))
	c.Verdicts = NewVerdicts(verdicts)
	c.Status = firstStatus(site.Settings.Policy, c.Author.Owner, c.Verdicts.Points())
	return nil
}

func (s *Service) standing(ctx context.Context, c *Comment) (Standing, error) {
	if c.Author.Badge == (Badge{}) {
		return Unknown, nil
	}
	return s.Store.Standing(ctx, c.Site, c.Author.Badge)
}

func standingVerdict(p Policy, standing Standing, owner bool) Verdict {
	switch {
	case owner:
		return Verdict{"owner", trustedPoints}
	case standing == Blocked:
		return Verdict{"blocked", blockedPoints}
	case standing == Trusted:
		return Verdict{"trusted", trustedPoints}
	case p == PolicyHoldFirst && standing == Unknown:
		return Verdict{"first", firstPoints}
	default:
		return Verdict{}
	}
}

// firstStatus is what a policy makes of a comment with so many points.
func firstStatus(p Policy, owner bool, points int) Status {
	switch {
	case owner:
		return Published
	case points >= SpamPoints:
		return Spam
	case p == PolicyHoldAll, p != PolicyOpen && points >= HoldPoints:
		return Held
	default:
		return Published
	}
}

// rejudge lets the policy judge edited words. It only ever takes a comment
// back: what was held stays so, whatever the new words are.
func (s *Service) rejudge(ctx context.Context, site Site, c Comment) (Status, Verdicts, error) {
	before := c.Status
	if err := s.judge(ctx, site, &c, Evidence{Edit: true}); err != nil {
		return before, c.Verdicts, err
	}
	if before == Published {
		return c.Status, c.Verdicts, nil
	}
	return before, c.Verdicts, nil
}

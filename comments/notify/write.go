package notify

import (
	"context"
	"time"

	"postil/comments"
	"postil/static"
)

const (
	digestSize  = 20   // comments in a digest
	digestCount = 1000 // beyond which waiting comments are not counted
	trailStep   = 20   // events looked at to see what a comment went through
)

// site returns a site as it is now.
func (c *Courier) site(ctx context.Context, host string) (comments.Site, error) {
	sites, err := c.Store.Sites(ctx)
	for _, s := range sites {
		if s.Host == host {
			return s, err
		}
	}
	if err == nil {
		err = errPointless
	}
	return comments.Site{}, err
}

// recipient returns a moderator who wants mail about a site, and the address.
func (c *Courier) recipient(ctx context.Context, d comments.Delivery) (comments.Moderator, string, error) {
	all, err := c.Store.Moderators(ctx)
	if err != nil {
		return comments.Moderator{}, "", err
	}
	for _, m := range all {
		if m.Name == d.Target && wantsMail(m, d.Site) {
			address, err := c.Keys.Open(comments.SealModerator, m.Address)
			return m, address, err
		}
	}
	return comments.Moderator{}, "", errPointless
}

func wantsMail(m comments.Moderator, site string) bool {
	return m.Mail != comments.MailOff && m.Address != nil && m.May(site)
}

// held tells a moderator of a comment that waits.
func (c *Courier) held(ctx context.Context, d comments.Delivery) (letter, error) {
	m, to, err := c.recipient(ctx, d)
	if err != nil {
		return letter{}, err
	}
	site, err := c.site(ctx, d.Site)
	if err != nil {
		return letter{}, err
	}
	about, err := c.Store.Find(ctx, d.Comment)
	if err != nil {
		return letter{}, err
	}
	if about.Status != comments.Held {
		return letter{}, errPointless
	}
	if newer, err := c.newer(ctx, d); newer || err != nil {
		return letter{}, pointlessOr(err)
	}
	lang, now := site.Settings.Language, c.Now()
	text := static.HeldMail{
		Lang: lang, Site: site.Host, Comment: c.decidable(site, about, m, now),
		Admin: adminAddress(c.Base), Until: now.Add(comments.LinkLife),
	}
	return letter{Mail: text.Mail(), to: to, lang: lang}, nil
}

// newer reports whether a comment got other words after the event that a
// delivery is about; another one then tells of those.
func (c *Courier) newer(ctx context.Context, d comments.Delivery) (bool, error) {
	trail, err := c.Store.Trail(ctx, d.Site, d.Comment, 0, trailStep)
	for _, e := range trail {
		if e.Number > d.Event && isHeld(e) {
			return true, err
		}
	}
	return false, err
}

func pointlessOr(err error) error {
	if err == nil {
		return errPointless
	}
	return err
}

// digest tells a moderator which comments of a site wait.
func (c *Courier) digest(ctx context.Context, d comments.Delivery) (letter, error) {
	m, to, err := c.recipient(ctx, d)
	if err != nil {
		return letter{}, err
	}
	site, err := c.site(ctx, d.Site)
	if err != nil {
		return letter{}, err
	}
	newest, err := c.Store.List(ctx, d.Site, comments.Held, comments.ID{}, digestSize)
	if err != nil || len(newest) == 0 {
		return letter{}, pointlessOr(err)
	}
	tally, err := c.Store.Tally(ctx, d.Site, digestCount)
	if err != nil {
		return letter{}, err
	}
	lang, now := site.Settings.Language, c.Now()
	text := static.DigestMail{
		Lang: lang, Site: site.Host, Count: max(tally[comments.Held], int64(len(newest))), More: tally[comments.Held] >= digestCount,
		Admin: adminAddress(c.Base), Until: now.Add(comments.LinkLife),
	}
	for _, one := range newest {
		text.Comments = append(text.Comments, c.decidable(site, one, m, now))
	}
	return letter{Mail: text.Mail(), to: to, lang: lang}, nil
}

// reply tells a subscriber of an answer.
func (c *Courier) reply(ctx context.Context, d comments.Delivery) (letter, error) {
	sub, site, err := c.subscription(ctx, d)
	if err != nil {
		return letter{}, err
	}
	answer, err := c.Store.Find(ctx, d.Comment)
	if err != nil {
		return letter{}, err
	}
	if sub.Confirmed.IsZero() || answer.Status != comments.Published || answer.Parent != sub.Comment {
		return letter{}, errPointless
	}
	if own, err := c.owns(ctx, sub, answer); own || err != nil {
		return letter{}, pointlessOr(err)
	}
	to, err := c.Keys.Open(comments.SealSubscriber, sub.Address)
	lang, unwatch := site.Settings.Language, FollowAddress(c.Base, c.Keys, sub)
	text := static.ReplyMail{Lang: lang, Answer: quote(site, answer), Thread: c.ThreadURL(site.Host, answer.Page), Unwatch: unwatch}
	return letter{Mail: text.Mail(), to: to, lang: lang, unwatch: unwatch}, err
}

// confirm asks a subscriber whether the address is theirs. What is spam beyond
// doubt asks nobody: its address may be anyone's.
func (c *Courier) confirm(ctx context.Context, d comments.Delivery) (letter, error) {
	sub, site, err := c.subscription(ctx, d)
	if err != nil {
		return letter{}, err
	}
	about, err := c.Store.Find(ctx, sub.Comment)
	if err != nil {
		return letter{}, err
	}
	if !sub.Confirmed.IsZero() || about.Status == comments.Spam || about.Status == comments.Deleted {
		return letter{}, errPointless
	}
	to, err := c.Keys.Open(comments.SealSubscriber, sub.Address)
	lang := site.Settings.Language
	text := static.ConfirmMail{Lang: lang, Site: site.Host, Link: FollowAddress(c.Base, c.Keys, sub)}
	return letter{Mail: text.Mail(), to: to, lang: lang}, err
}

func (c *Courier) subscription(ctx context.Context, d comments.Delivery) (comments.Subscription, comments.Site, error) {
	id, err := comments.ParseID(d.Target)
	if err != nil {
		return comments.Subscription{}, comments.Site{}, errPointless
	}
	sub, err := c.Store.Subscription(ctx, d.Site, id)
	if err != nil {
		return sub, comments.Site{}, err
	}
	site, err := c.site(ctx, d.Site)
	return sub, site, err
}

// owns reports whether an answer is by the subscriber, as far as its author
// gave the same address.
func (c *Courier) owns(ctx context.Context, sub comments.Subscription, answer comments.Comment) (bool, error) {
	subs, err := c.Store.SubscriptionsOf(ctx, answer.Site, []comments.ID{answer.ID})
	for _, s := range subs {
		if s.Index == sub.Index {
			return true, err
		}
	}
	return false, err
}

// quote shows a comment to anyone who may see it.
func quote(site comments.Site, c comments.Comment) static.MailComment {
	return static.MailComment{
		Name: c.Author.Name, Badge: c.Author.Badge.String(), Website: c.Author.Website,
		Place: placeOf(c), Link: linkTo(site, c), Words: c.Source, Created: c.Created,
	}
}

// decidable shows a comment to a moderator, with links by which to decide.
func (c *Courier) decidable(site comments.Site, about comments.Comment, m comments.Moderator, now time.Time) static.MailComment {
	shown := quote(site, about)
	for _, v := range about.Verdicts.List() {
		shown.Verdicts = append(shown.Verdicts, static.MailVerdict{Name: v.Name, Points: v.Points})
	}
	for _, a := range []comments.Action{comments.Approve, comments.Reject, comments.Remove} {
		shown.Acts = append(shown.Acts, static.MailAct{Action: string(a), Link: Address(c.Base, c.Keys, m, about, a, now)})
	}
	return shown
}

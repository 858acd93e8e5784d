package comments

import (
	"context"
	"time"
)

// tidyStep is how many comments one transaction of [Service.Tidy] erases.
const tidyStep = 200

// addressStep is how many addresses are read at once.
const addressStep = 1000

// Tidied is what a run of [Service.Tidy] did on one site.
type Tidied struct {
	Held, Spam  int // comments erased
	Unconfirmed int // subscriptions removed
	Closed      int // threads closed
}

// Tidy does to a site what its settings say time does: it erases held
// comments and spam that are old enough, removes subscriptions that nobody
// confirmed and old events, and closes threads that are old enough.
func (s *Service) Tidy(ctx context.Context, site Site) (done Tidied, err error) {
	now, keep := s.now(), site.Settings.Retention
	if done.Held, err = s.eraseOld(ctx, site.Host, Held, now, keep.Held); err != nil {
		return done, err
	}
	if done.Spam, err = s.eraseOld(ctx, site.Host, Spam, now, keep.Spam); err != nil {
		return done, err
	}
	if keep.Unconfirmed > 0 {
		if done.Unconfirmed, err = s.Store.PruneSubscriptions(ctx, site.Host, now.Add(-keep.Unconfirmed)); err != nil {
			return done, err
		}
	}
	if keep.Audit > 0 {
		if err := s.Store.PruneEvents(ctx, site.Host, now.Add(-keep.Audit)); err != nil {
			return done, err
		}
	}
	done.Closed, err = s.closeOld(ctx, site, now)
	return done, err
}

// eraseOld erases comments of a status that are older than age; 0 means none.
func (s *Service) eraseOld(ctx context.Context, site string, status Status, now time.Time, age time.Duration) (erased int, err error) {
	if age == 0 {
		return 0, nil
	}
	for {
		old, err := s.Store.Search(ctx, Filter{Site: site, Statuses: []Status{status}, Until: now.Add(-age), Limit: tidyStep})
		if err != nil || len(old) == 0 {
			return erased, err
		}
		ids := make([]ID, len(old))
		for i, c := range old {
			ids[i] = c.ID
		}
		gone, err := s.update(ctx, site, "", ids, func(c *Comment) error {
			if c.Status == status { // nobody has decided meanwhile
				c.erase(now, "")
			}
			return nil
		})
		if err != nil {
			return erased, err
		}
		erased += len(gone)
	}
}

func (s *Service) closeOld(ctx context.Context, site Site, now time.Time) (closed int, err error) {
	if site.Settings.CloseAfter == 0 {
		return 0, nil
	}
	for {
		old, err := s.Store.OpenThreads(ctx, site.Host, now.Add(-site.Settings.CloseAfter), tidyStep)
		if err != nil || len(old) == 0 {
			return closed, err
		}
		for _, t := range old {
			if _, err := s.Store.CloseThread(ctx, site.Host, t.Page, true); err != nil {
				return closed, err
			}
			closed++
		}
		s.Changed()
	}
}

// By returns all comments on a site that are one person's as far as can be
// known: those signed with a badge, or those whose answers go to a confirmed
// e-mail address or that were imported with it. One of the two must be given.
func (s *Service) By(ctx context.Context, site string, badge Badge, email string) ([]Comment, error) {
	if badge != (Badge{}) {
		return s.signed(ctx, site, badge)
	}
	if err := validateEmail(email); err != nil || email == "" {
		return nil, FieldError("email", "is no e-mail address; give one, or the badge of a signed name")
	}
	subs, err := s.Follows(ctx, site, email)
	if err != nil {
		return nil, err
	}
	ids, err := s.importedWith(ctx, site, email)
	if err != nil {
		return nil, err
	}
	for _, sub := range subs {
		if !sub.Confirmed.IsZero() { // else anyone may have written it
			ids = append(ids, sub.Comment)
		}
	}
	var list []Comment
	for _, id := range UniqueIDs(ids) {
		c, err := s.Store.Find(ctx, id)
		if err != nil {
			return nil, err
		}
		list = append(list, c)
	}
	return list, nil
}

// importedWith returns the comments that were imported with an address. Sealed
// as they are, all have to be opened: a million take a few seconds.
func (s *Service) importedWith(ctx context.Context, site, email string) (ids []ID, err error) {
	wanted := s.Keys.AddressIndex(email)
	for after := (ID{}); ; {
		some, err := s.Store.Addresses(ctx, site, after, addressStep)
		if err != nil || len(some) == 0 {
			return ids, err
		}
		for _, a := range some {
			address, err := s.Keys.Open(SealImported, a.Sealed)
			if err != nil {
				return nil, err
			}
			if s.Keys.AddressIndex(address) == wanted {
				ids = append(ids, a.Comment)
			}
		}
		after = some[len(some)-1].Comment
	}
}

func (s *Service) signed(ctx context.Context, site string, badge Badge) (list []Comment, err error) {
	for before := (ID{}); ; before = list[len(list)-1].ID {
		some, err := s.Store.Search(ctx, Filter{Site: site, Badge: badge, Before: before, Limit: tidyStep})
		list = append(list, some...)
		if err != nil || len(some) < tidyStep {
			return list, err
		}
	}
}

// Forget erases all comments of one person on a site, and ends all mail to the
// address. It returns how many comments were erased.
func (s *Service) Forget(ctx context.Context, by, site string, badge Badge, email string) (int, error) {
	list, err := s.By(ctx, site, badge, email)
	if err != nil {
		return 0, err
	}
	ids := make([]ID, 0, len(list))
	for _, c := range list {
		if c.Status != Deleted {
			ids = append(ids, c.ID)
		}
	}
	if len(ids) > 0 {
		if _, err := s.Erase(ctx, by, site, ids); err != nil {
			return 0, err
		}
	}
	if badge != (Badge{}) {
		return len(ids), s.Store.PutStanding(ctx, site, BadgeStanding{Badge: badge}, false)
	}
	subs, err := s.Follows(ctx, site, email)
	if err != nil {
		return len(ids), err
	}
	gone := make([]ID, len(subs))
	for i, sub := range subs {
		gone[i] = sub.ID
	}
	return len(ids), s.Store.Unsubscribe(ctx, site, gone)
}

// Rotate seals all addresses again with the newest key, and returns how many
// there were. After it, former keys open nothing that is stored.
func (s *Service) Rotate(ctx context.Context) (sealed int, err error) {
	reseal := func(purpose string, address *[]byte) (string, error) {
		email, err := s.Keys.Open(purpose, *address)
		if err != nil {
			return "", err
		}
		sealed++
		*address, err = s.Keys.Seal(purpose, email)
		return email, err
	}
	err = s.Store.Reseal(ctx, func(sub *Subscription) error {
		email, err := reseal(SealSubscriber, &sub.Address)
		sub.Index = s.Keys.AddressIndex(email)
		return err
	}, func(m *Moderator) error {
		if m.Address == nil {
			return nil
		}
		_, err := reseal(SealModerator, &m.Address)
		return err
	})
	if err != nil {
		return sealed, err
	}
	return sealed, s.Store.ResealImported(ctx, func(address *[]byte) error {
		_, err := reseal(SealImported, address)
		return err
	})
}

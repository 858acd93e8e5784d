package comments

import (
	"context"
	"encoding/base64"
	"slices"
	"strings"
)

// FollowState says what became of an author's wish for answers by mail.
type FollowState string

const (
	NotFollowed FollowState = ""
	FollowAsked FollowState = "asked" // a mail asks whether the address is the author's
	Followed    FollowState = "on"    // the address was confirmed before
)

// Purposes under which addresses are sealed; see [Keyring.Seal].
const (
	SealSubscriber = "subscriber"
	SealModerator  = "moderator"
)

// AddressIndex returns what finds all subscriptions of an e-mail address that
// were made or resealed with the newest key.
func (k Keyring) AddressIndex(email string) Hash { return addressIndex(k.keys[0], email) }

func addressIndex(key []byte, email string) Hash {
	return Hash(sign(key, "address index", []string{strings.ToLower(email)}))
}

// Follows returns the subscriptions of an e-mail address on a site, whichever
// key of the ring they were made with.
func (s *Service) Follows(ctx context.Context, site, email string) (list []Subscription, err error) {
	for _, key := range s.Keys.keys {
		some, err := s.Store.SubscriptionsAt(ctx, site, addressIndex(key, email))
		if err != nil {
			return nil, err
		}
		list = append(list, some...)
	}
	return list, nil
}

// follow notes that the author of c wants answers by mail. An address gets
// one question only as long as it has not been answered.
func (s *Service) follow(ctx context.Context, c Comment, email string) (FollowState, error) {
	known, err := s.Follows(ctx, c.Site, email)
	if err != nil {
		return NotFollowed, err
	}
	now := s.now()
	sub := Subscription{Site: c.Site, Comment: c.ID, Index: s.Keys.AddressIndex(email), Created: now}
	if sub.ID, err = s.NewID(now); err != nil {
		return NotFollowed, err
	}
	if sub.Address, err = s.Keys.Seal(SealSubscriber, email); err != nil {
		return NotFollowed, err
	}
	state, ask := FollowAsked, []Delivery(nil)
	switch {
	case len(known) == 0:
		ask = []Delivery{{Site: c.Site, ID: sub.ID, Channel: ByMail, Target: sub.ID.String(), Kind: TellConfirm, Comment: c.ID, State: Waiting, Due: now, Created: now}}
	case slices.ContainsFunc(known, func(k Subscription) bool { return !k.Confirmed.IsZero() }):
		state, sub.Confirmed = Followed, now
	}
	_, err = s.Store.Subscribe(ctx, sub, ask)
	s.Changed()
	return state, err
}

// FollowToken is what makes an address at which a subscriber can confirm and
// end a subscription: whoever has it got the mail.
func (k Keyring) FollowToken(s Subscription) string {
	return base64.RawURLEncoding.EncodeToString(k.Sign("subscription", s.Site, s.ID.String())[:linkMAC])
}

// Following returns the subscription that a token opens. One that has ended is
// NotFound, one whose token is wrong Forbidden.
func (s *Service) Following(ctx context.Context, site, rawID, token string) (Subscription, error) {
	id, err := ParseID(rawID)
	if err != nil {
		return Subscription{}, NewError(NotFound, "There is no subscription with this id.")
	}
	mac, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil || len(mac) != linkMAC || !s.Keys.Signed(mac, "subscription", site, id.String()) {
		return Subscription{}, NewError(Forbidden, "This link was not made here, or was changed on its way; open it as the mail has it.")
	}
	return s.Store.Subscription(ctx, site, id)
}

// ConfirmFollow confirms an address, for all answers asked for with it on the
// site until now.
func (s *Service) ConfirmFollow(ctx context.Context, sub Subscription) error {
	return s.Store.Confirm(ctx, sub.Site, sub.Index, s.now())
}

// StopFollowing ends a subscription or, with all, every one of its address on
// the site, and forgets the address with it.
func (s *Service) StopFollowing(ctx context.Context, sub Subscription, all bool) error {
	ids := []ID{sub.ID}
	if all {
		same, err := s.Store.SubscriptionsAt(ctx, sub.Site, sub.Index)
		if err != nil {
			return err
		}
		for _, one := range same {
			ids = append(ids, one.ID)
		}
	}
	return s.Store.Unsubscribe(ctx, sub.Site, UniqueIDs(ids))
}

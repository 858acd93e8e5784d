package storetest

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"strings"

	"postil/comments"
)

func sealTests() tests {
	return tests{
		"resealing reaches every address":                   sealAll,
		"an error while resealing changes nothing":          sealRefused,
		"resealing reaches more addresses than fit at once": sealMany,
		"two wishes that prove to be one become one":        sealTwins,
		"nothing to reseal is no error":                     sealNothing,
	}
}

// anew seals what stands in for a sealed address with another key.
func anew(address []byte) []byte { return append([]byte("re"), address...) }

func resealed(s comments.Subscription) comments.Subscription {
	s.Address, s.Index = anew(s.Address), sha256.Sum256(s.Index[:])
	return s
}

func resealing(s *comments.Subscription) error {
	*s = resealed(*s)
	return nil
}

func noModerators(*comments.Moderator) error { return errors.New("there is none") }

func sealAll(f *fixture) {
	c := f.add(f.comment("1"), f.comment("2"))
	a, b := f.subscriber(c[0], "me@a.example"), f.subscriber(c[1], "you@a.example")
	b.Confirmed = f.now()
	f.subscribe(a)
	f.subscribe(b)
	ben, mia := f.moderator("ben"), f.moderator("mia")
	ben.Address, ben.Mail = nil, comments.MailOff
	f.putModerators(ben, mia)
	f.must(f.Reseal(f.Context(), resealing, func(m *comments.Moderator) error {
		if m.Address != nil {
			m.Address = anew(m.Address)
		}
		return nil
	}))
	f.same("subscriptions", []comments.Subscription{resealed(a), resealed(b)}, f.subscribersOf(c...))
	found, err := f.SubscriptionsAt(f.Context(), "", resealed(a).Index)
	f.must(err)
	f.same("by the new index", []comments.Subscription{resealed(a)}, found)
	found, err = f.SubscriptionsAt(f.Context(), "", a.Index)
	f.must(err)
	f.same("by the former index", []comments.Subscription(nil), found)
	mia.Address = anew(mia.Address)
	f.moderators(ben, mia)
}

func sealRefused(f *fixture) {
	c := f.add1(f.comment("1"))
	a, b := f.subscribe(f.subscriber(c, "me@a.example")), f.subscribe(f.subscriber(c, "you@a.example"))
	mia := f.moderator("mia")
	f.putModerators(mia)
	refusal := fmt.Errorf("no: %w", comments.ErrSealed)
	calls := 0
	for name, err := range map[string]error{
		"at the second subscription": f.Reseal(f.Context(), func(s *comments.Subscription) error {
			if calls++; calls == 2 {
				return refusal
			}
			return resealing(s)
		}, noModerators),
		"at the moderator": f.Reseal(f.Context(), resealing, func(*comments.Moderator) error { return refusal }),
	} {
		if err != refusal {
			f.Errorf("%s: got error %v, want the callback's own", name, err)
		}
	}
	f.same("subscriptions", []comments.Subscription{a, b}, f.subscribersOf(c))
	f.moderators(mia)
}

func sealMany(f *fixture) {
	const many = 110
	c := f.add1(f.comment("1"))
	for i := range many {
		f.subscribe(f.subscriber(c, fmt.Sprintf("%d@a.example", i)))
	}
	seen := map[comments.ID]bool{}
	f.must(f.Reseal(f.Context(), func(s *comments.Subscription) error {
		if seen[s.ID] {
			return fmt.Errorf("%s came twice", s.ID)
		}
		seen[s.ID] = true
		return resealing(s)
	}, noModerators))
	f.same("seen", many, len(seen))
	for _, s := range f.subscribersOf(c) {
		if !strings.HasPrefix(string(s.Address), "resealed ") {
			f.Fatalf("%s is not sealed anew", s.ID)
		}
	}
}

// A reader who follows a comment again after a new key was put in is not
// recognised, since the index is another.
func sealTwins(f *fixture) {
	c := f.add1(f.comment("1"))
	first, again := f.subscriber(c, "me@a.example"), f.subscriber(c, "me@a.example by the new key")
	first.Confirmed = f.now()
	f.subscribe(first, f.question(first))
	f.subscribe(again, f.question(again))
	yours := f.subscribe(f.subscriber(c, "you@a.example"))
	f.must(f.Reseal(f.Context(), func(s *comments.Subscription) error {
		if s.ID != yours.ID {
			s.Address, s.Index = []byte("sealed by the new key"), f.indexOf("me@a.example by the new key")
		}
		return nil
	}, noModerators))
	left := f.subscribersOf(c)
	f.same("left", 2, len(left))
	one := left[slices.IndexFunc(left, func(s comments.Subscription) bool { return s.ID != yours.ID })]
	f.same("when it was confirmed", first.Confirmed, one.Confirmed)
	f.same("address", "sealed by the new key", string(one.Address))
	for _, d := range f.waiting() {
		f.same("target of what is to be sent", one.ID.String(), d.Target)
	}
}

func sealNothing(f *fixture) {
	f.must(f.Reseal(f.Context(), func(*comments.Subscription) error { return errors.New("there is none") }, noModerators))
}

package storetest

import (
	"context"

	"postil/comments"
)

func moderatorTests() tests {
	return tests{
		"moderators come back as they were put, by name":           moderatorRoundTrip,
		"putting a moderator again replaces all but when it began": moderatorReplaced,
		"a moderator who is removed is gone":                       moderatorRemoved,
		"roles and mail modes that do not exist are refused":       moderatorRefused,
	}
}

// moderator returns one of the fixture's site who gets mail.
func (f *fixture) moderator(name string) comments.Moderator {
	return comments.Moderator{
		Name: name, Password: "$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA", Role: comments.RoleModerator, Sites: []string{f.site.Host, "b.example"},
		Address: []byte("sealed " + name), Mail: comments.MailEach, Serial: 3, Created: f.now(),
	}
}

func (f *fixture) putModerators(list ...comments.Moderator) {
	f.Helper()
	for _, m := range list {
		f.must(f.PutModerator(f.Context(), m))
	}
}

// moderators demands all there are.
func (f *fixture) moderators(want ...comments.Moderator) {
	f.Helper()
	got, err := f.Moderators(f.Context())
	f.must(err)
	f.same("moderators", want, got)
}

func moderatorRoundTrip(f *fixture) {
	f.moderators()
	zoe, ann, mia := f.moderator("zoe"), f.moderator("ann.b-2"), f.moderator("mia")
	ann.Role, ann.Sites, ann.Address, ann.Mail, ann.Password, ann.Serial = comments.RoleAdmin, nil, nil, comments.MailOff, "", 0
	mia.Address, mia.Mail = []byte{0, 0xff, '\''}, comments.MailDigest
	f.putModerators(zoe, ann, mia)
	f.moderators(ann, mia, zoe)
}

func moderatorReplaced(f *fixture) {
	mia := f.moderator("mia")
	f.putModerators(mia)
	again := f.moderator("mia")
	again.Password, again.Role, again.Sites, again.Address, again.Mail, again.Serial = "", comments.RoleAdmin, nil, nil, comments.MailOff, 4
	f.putModerators(again)
	again.Created = mia.Created
	f.moderators(again)
}

func moderatorRemoved(f *fixture) {
	mia, zoe := f.moderator("mia"), f.moderator("zoe")
	f.putModerators(mia, zoe)
	f.must(f.RemoveModerator(f.Context(), "mia"))
	f.moderators(zoe)
	f.fails(f.RemoveModerator(f.Context(), "mia"), comments.NotFound, "")
}

func moderatorRefused(f *fixture) {
	for _, set := range []func(*comments.Moderator){
		func(m *comments.Moderator) { m.Name = "" }, func(m *comments.Moderator) { m.Role = "owner" }, func(m *comments.Moderator) { m.Mail = "" },
	} {
		m := f.moderator("mia")
		set(&m)
		if err := f.PutModerator(f.Context(), m); err == nil || comments.KindOf(err) != comments.Internal {
			f.Errorf("got error %v, want one of kind Internal", err)
		}
	}
	f.moderators()
}

func standingTests() tests {
	return tests{
		"a badge is unknown until it is rated":            standingUnknown,
		"a rating replaces another, or leaves it alone":   standingReplaced,
		"unknown removes a rating":                        standingRemoved,
		"ratings of a site are listed, newest first":      standingsListed,
		"ratings are a site's own, and go with it":        standingSites,
		"of many who rate at once, if new, the first one": standingRace,
	}
}

// rate stores a moderator's word and returns it.
func (f *fixture) rate(badge byte, standing comments.Standing, onlyNew bool) comments.BadgeStanding {
	f.Helper()
	s := comments.BadgeStanding{Badge: comments.Badge{badge}, Standing: standing, At: f.now(), By: moderator}
	f.must(f.PutStanding(f.Context(), f.site.Host, s, onlyNew))
	return s
}

func (f *fixture) standing(badge byte, want comments.Standing) {
	f.Helper()
	got, err := f.Standing(f.Context(), f.site.Host, comments.Badge{badge})
	f.must(err)
	f.same("standing", want, got)
}

func (f *fixture) standings(want ...comments.BadgeStanding) {
	f.Helper()
	got, err := f.Standings(f.Context(), f.site.Host)
	f.must(err)
	f.same("standings", want, got)
}

func standingUnknown(f *fixture) {
	f.standing(1, comments.Unknown)
	f.standings()
	f.rate(1, comments.Known, true)
	f.standing(1, comments.Known)
	f.standing(2, comments.Unknown)
}

func standingReplaced(f *fixture) {
	f.rate(1, comments.Blocked, false)
	f.rate(1, comments.Known, true)
	f.standing(1, comments.Blocked)
	trusted := f.rate(1, comments.Trusted, false)
	f.rate(1, comments.Known, true)
	f.standings(trusted)
}

func standingRemoved(f *fixture) {
	trusted := f.rate(1, comments.Trusted, false)
	f.rate(1, comments.Unknown, true) // not new, so left alone
	f.standings(trusted)
	f.rate(1, comments.Unknown, false)
	f.standing(1, comments.Unknown)
	f.rate(2, comments.Unknown, false)
	f.standings()
}

func standingsListed(f *fixture) {
	first, second := f.rate(2, comments.Known, false), f.rate(1, comments.Trusted, false)
	f.standings(second, first)
	third := f.rate(2, comments.Blocked, false)
	f.standings(third, second)
}

func standingSites(f *fixture) {
	f.rate(1, comments.Trusted, false)
	other := f.newSite("other-" + f.site.Host)
	f.must(f.PutSite(f.Context(), other))
	got, err := f.Standing(f.Context(), other.Host, comments.Badge{1})
	f.must(err)
	f.same("on another site", comments.Unknown, got)
	f.fails(f.PutStanding(f.Context(), "unknown.example", comments.BadgeStanding{Badge: comments.Badge{1}, Standing: comments.Known}, false), comments.NotFound, "site")
	f.must(f.RemoveSite(f.Context(), f.site.Host))
	f.must(f.PutSite(f.Context(), f.site))
	f.standings()
}

func standingRace(f *fixture) {
	list := []comments.Standing{comments.Known, comments.Trusted, comments.Blocked}
	at := f.now()
	f.together(writers, func(ctx context.Context, store comments.Store, w int) error {
		for i := range list {
			s := comments.BadgeStanding{Badge: comments.Badge{byte(i)}, Standing: list[(w+i)%3], At: at, By: moderator}
			if err := store.PutStanding(ctx, f.site.Host, s, true); err != nil {
				return err
			}
		}
		return nil
	})
	before, err := f.Standings(f.Context(), f.site.Host)
	f.must(err)
	f.same("badges", 3, len(before))
	for i := range list {
		f.rate(byte(i), comments.Known, true)
	}
	f.standings(before...)
}

package storetest

import (
	"bytes"
	"time"

	"postil/comments"
)

func tidyTests() serviceTests {
	return serviceTests{
		"held comments and spam go when they are old enough":      tidyErases,
		"what is kept for ever stays":                             tidyKeeps,
		"more than one transaction's worth is tidied":             tidyMany,
		"wishes that nobody confirmed go":                         tidyUnconfirmed,
		"events go once they are old and dispatched":              tidyEvents,
		"pages close when they are old enough":                    tidyCloses,
		"all that a badge signed is found and can be erased":      forgetBadge,
		"all that a confirmed address follows is found":           forgetAddress,
		"what an unconfirmed address follows is not a person's":   forgetUnconfirmed,
		"a person is known by a badge or an address, or not":      forgetNobody,
		"a new key seals all addresses again":                     rotateSeals,
		"an address that cannot be opened leaves all as they are": rotateRefused,
	}
}

// keep sets how long the site keeps things.
func (d *desk) keep(r comments.Retention) {
	d.Helper()
	d.set(func(s *comments.Settings) { s.Retention = r })
}

func (d *desk) tidy() comments.Tidied {
	d.Helper()
	done, err := d.Tidy(d.Context(), d.site)
	d.must(err)
	return done
}

func tidyErases(d *desk) {
	d.keep(comments.Retention{Held: 48 * time.Hour, Spam: 24 * time.Hour})
	c := []comments.Comment{d.submit(d.draft("published")).Comment, d.submit(d.draft("held")).Comment, d.submit(d.draft("spam")).Comment}
	d.decide(comments.Held, c[1].ID)
	d.decide(comments.Spam, c[2].ID)
	d.same("too young", comments.Tidied{}, d.tidy())
	d.pass(25 * time.Hour)
	d.same("spam that is old", comments.Tidied{Spam: 1}, d.tidy())
	d.same("again", comments.Tidied{}, d.tidy())
	d.pass(24 * time.Hour)
	d.same("held that is old", comments.Tidied{Held: 1}, d.tidy())
	d.same("statuses", []comments.Status{comments.Published, comments.Deleted, comments.Deleted},
		[]comments.Status{d.find(c[0].ID).Status, d.find(c[1].ID).Status, d.find(c[2].ID).Status})
	d.same("who erased it", "", d.find(c[1].ID).By)
}

func tidyKeeps(d *desk) {
	d.keep(comments.Retention{})
	c := d.submit(d.draft("spam")).Comment
	d.decide(comments.Spam, c.ID)
	d.pass(100_000 * time.Hour)
	d.same("tidied", comments.Tidied{}, d.tidy())
	d.same("status", comments.Spam, d.find(c.ID).Status)
	d.same("events", 2, len(d.events(0)))
}

func tidyMany(d *desk) {
	const many = 450
	d.keep(comments.Retention{Held: 24 * time.Hour})
	var batch []comments.Comment
	for range many {
		batch = append(batch, d.held("waits"))
	}
	d.add(batch...)
	d.pass(1000 * time.Hour)
	d.same("tidied", comments.Tidied{Held: many}, d.tidy())
	d.search("left", comments.Filter{Statuses: []comments.Status{comments.Held}})
}

func tidyUnconfirmed(d *desk) {
	d.keep(comments.Retention{Unconfirmed: 24 * time.Hour})
	c := d.submit(d.following("hello", "me@a.example")).Comment
	d.pass(23 * time.Hour)
	d.same("too young", comments.Tidied{}, d.tidy())
	d.pass(2 * time.Hour)
	d.same("old", comments.Tidied{Unconfirmed: 1}, d.tidy())
	d.same("subscriptions", 0, len(d.subscribersOf(c)))
}

func tidyEvents(d *desk) {
	d.keep(comments.Retention{Audit: 24 * time.Hour})
	d.submit(d.draft("hello"))
	d.pass(25 * time.Hour)
	d.tidy()
	d.same("not dispatched", 1, len(d.events(0)))
	d.dispatch(true, 0, 1)
	d.tidy()
	d.same("dispatched", 0, len(d.events(0)))
}

func tidyCloses(d *desk) {
	d.set(func(s *comments.Settings) { s.CloseAfter = 24 * time.Hour })
	d.submit(d.draft("hello"))
	d.pass(23 * time.Hour)
	d.same("too young", comments.Tidied{}, d.tidy())
	d.pass(2 * time.Hour)
	d.same("old", comments.Tidied{Closed: 1}, d.tidy())
	d.rejects(d.draft("late"), comments.Forbidden, "")
	d.same("again", comments.Tidied{}, d.tidy())
}

// by demands what is known to be one person's.
func (d *desk) by(badge comments.Badge, email string, want ...comments.Comment) {
	d.Helper()
	got, err := d.By(d.Context(), d.site.Host, badge, email)
	d.must(err)
	d.same("one person's", idsOf(want), idsOf(got))
}

func (d *desk) forget(badge comments.Badge, email string) int {
	d.Helper()
	n, err := d.Forget(d.Context(), moderator, d.site.Host, badge, email)
	d.must(err)
	return n
}

func forgetBadge(d *desk) {
	a, b, other := d.submitAs("Ann#secret").Comment, d.submitAs("Ann#secret").Comment, d.submitAs("Bea#secret").Comment
	badge := a.Author.Badge
	d.must(d.Rate(d.Context(), moderator, d.site.Host, badge, comments.Trusted))
	d.decide(comments.Spam, a.ID)
	d.by(badge, "", b, a)
	d.same("forgotten", 2, d.forget(badge, ""))
	d.by(badge, "")
	d.standings()
	d.same("statuses", []comments.Status{comments.Deleted, comments.Deleted, comments.Published},
		[]comments.Status{d.find(a.ID).Status, d.find(b.ID).Status, d.find(other.ID).Status})
	d.same("forgotten again", 0, d.forget(badge, ""))
}

func forgetAddress(d *desk) {
	a, b := d.submit(d.following("1", "me@a.example")).Comment, d.submit(d.following("2", "Me@a.example")).Comment
	d.submit(d.following("3", "you@a.example"))
	d.must(d.Confirm(d.Context(), d.site.Host, d.Keys.AddressIndex("me@a.example"), d.time()))
	d.by(comments.Badge{}, "ME@a.example", a, b)
	d.same("forgotten", 2, d.forget(comments.Badge{}, "me@a.example"))
	left, err := d.SubscriptionsAt(d.Context(), "", d.Keys.AddressIndex("me@a.example"))
	d.must(err)
	d.same("subscriptions of theirs", 0, len(left))
	d.same("mail that waits", 1, len(d.waiting()))
}

// Anyone can put another's address below a comment of their own.
func forgetUnconfirmed(d *desk) {
	c := d.submit(d.following("1", "me@a.example")).Comment
	d.by(comments.Badge{}, "me@a.example")
	d.same("forgotten", 0, d.forget(comments.Badge{}, "me@a.example"))
	d.same("status", comments.Published, d.find(c.ID).Status)
	d.same("subscriptions", 0, len(d.subscribersOf(c)))
}

func forgetNobody(d *desk) {
	d.submit(d.draft("hello"))
	for _, email := range []string{"", "nonsense"} {
		_, err := d.Forget(d.Context(), moderator, d.site.Host, comments.Badge{}, email)
		d.fails(err, comments.Invalid, "email")
	}
	d.same("forgotten", 0, d.forget(comments.Badge{1}, ""))
}

// newKey returns a ring with another key, before that of the desk or alone.
func (d *desk) newKey(keep bool) comments.Keyring {
	d.Helper()
	keys := [][]byte{bytes.Repeat([]byte{8}, comments.MinKey)}
	if keep {
		keys = append(keys, deskKey())
	}
	ring, err := comments.NewKeyring(keys...)
	d.must(err)
	return ring
}

func rotateSeals(d *desk) {
	first, second := d.submit(d.following("1", "me@a.example")).Comment, d.submit(d.following("2", "you@a.example")).Comment
	mia, ben := d.moderator("mia"), d.moderator("ben")
	var err error
	mia.Address, err = d.Keys.Seal(comments.SealModerator, "mia@a.example")
	d.must(err)
	ben.Address, ben.Mail = nil, comments.MailOff
	d.putModerators(mia, ben)
	config := d.Config
	config.Keys = d.newKey(true)
	sealed, err := comments.NewService(config).Rotate(d.Context())
	d.must(err)
	d.same("sealed", 3, sealed)

	alone := d.newKey(false)
	for i, c := range []comments.Comment{first, second} {
		want := []string{"me@a.example", "you@a.example"}[i]
		s := d.subscribersOf(c)[0]
		address, err := alone.Open(comments.SealSubscriber, s.Address)
		d.must(err)
		d.same("address", want, address)
		d.same("index", alone.AddressIndex(want), s.Index)
	}
	all, err := d.Moderators(d.Context())
	d.must(err)
	address, err := alone.Open(comments.SealModerator, all[1].Address)
	d.must(err)
	d.same("moderators", []any{"mia@a.example", []byte(nil)}, []any{address, all[0].Address})
}

func rotateRefused(d *desk) {
	c := d.submit(d.following("1", "me@a.example")).Comment
	before := d.subscribersOf(c)
	config := d.Config
	config.Keys = d.newKey(false)
	if _, err := comments.NewService(config).Rotate(d.Context()); err == nil {
		d.Error("what was sealed by an unknown key was sealed again")
	}
	d.same("subscriptions", before, d.subscribersOf(c))
}

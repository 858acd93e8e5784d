package storetest

import (
	"time"

	"postil/comments"
)

func moderationTests() serviceTests {
	return serviceTests{
		"decisions are told to those who learn, new comments not": decideTold,
		"a decision publishes and withdraws":                      decideBoth,
		"what was decided already is not announced again":         decideAgain,
		"all of a decision holds or none of it":                   decideAll,
		"what is erased cannot be decided about":                  decideErased,
		"erasing takes words, name, website and key":              eraseAll,
		"erasing twice is no error":                               eraseTwice,
		"a decision names who made it, in the log too":            decideNamed,
		"an approval makes its badges known, once":                decideAcquaints,
		"an approval leaves what badges are rated":                decideRated,
		"badges can be rated, and stay so":                        rateBadge,
		"what is no badge or standing cannot be rated":            rateNothing,
		"only what readers can see can be pinned":                 pinPublished,
		"an answer carries the owner's mark":                      answerMarked,
		"an answer needs a comment that is published":             answerHidden,
	}
}

func decideBoth(d *desk) {
	d.policy(comments.PolicyHoldAll)
	c := d.submit(d.draft("hello")).Comment
	d.pass(time.Hour)
	changed, err := d.Decide(d.Context(), moderator, d.site.Host, []comments.ID{c.ID}, comments.Published)
	d.must(err)
	want := c
	want.Status, want.Number, want.Decided, want.By = comments.Published, 1, d.time().UTC(), moderator
	d.same("published", []comments.Comment{want}, changed)
	d.same("on the page", changed, d.all(page))
	d.same("change that readers see", d.head(), d.settled.Load())
	_, err = d.Decide(d.Context(), moderator, d.site.Host, []comments.ID{c.ID}, comments.Spam)
	d.must(err)
	d.same("visible", int64(0), d.thread(page).Visible)
	d.same("tombstone", true, d.all(page)[0].Tombstone())
}

func decideTold(d *desk) {
	c := d.submit(d.draft("hello")).Comment
	d.same("told of a new comment", int64(0), d.revised.Load())
	_, err := d.Decide(d.Context(), "ann", d.site.Host, []comments.ID{c.ID}, comments.Spam)
	d.must(err)
	d.same("told of a decision", int64(1), d.revised.Load())
	_, err = d.Erase(d.Context(), "ann", d.site.Host, []comments.ID{c.ID})
	d.must(err)
	d.same("told of an erasure", int64(2), d.revised.Load())
}

func decideAgain(d *desk) {
	c := d.submit(d.draft("hello")).Comment
	head := d.head()
	d.pass(time.Hour)
	changed, err := d.Decide(d.Context(), moderator, d.site.Host, []comments.ID{c.ID}, comments.Published)
	d.must(err)
	c.By = moderator // who has confirmed it
	d.same("comment", []comments.Comment{c}, changed)
	d.same("as found", c, d.find(c.ID))
	d.same("head", head, d.head())
}

func decideAll(d *desk) {
	c := d.submit(d.draft("hello")).Comment
	_, err := d.Decide(d.Context(), moderator, d.site.Host, []comments.ID{c.ID, d.id()}, comments.Spam)
	d.fails(err, comments.NotFound, "")
	_, err = d.Decide(d.Context(), moderator, d.site.Host, []comments.ID{c.ID}, comments.Deleted)
	d.fails(err, comments.Invalid, "status")
	d.same("as found", c, d.find(c.ID))
}

func decideErased(d *desk) {
	a, b := d.submit(d.draft("a")).Comment, d.submit(d.draft("b")).Comment
	_, err := d.Erase(d.Context(), moderator, d.site.Host, []comments.ID{b.ID})
	d.must(err)
	_, err = d.Decide(d.Context(), moderator, d.site.Host, []comments.ID{a.ID, b.ID}, comments.Held)
	d.fails(err, comments.Conflict, "")
	d.same("as found", a, d.find(a.ID))
}

func eraseAll(d *desk) {
	parent := d.submit(d.draft("parent")).Comment
	answer := d.draft("answer")
	answer.Parent = parent.ID.String()
	child := d.submit(answer).Comment
	d.pass(time.Hour)
	gone, err := d.Erase(d.Context(), moderator, d.site.Host, []comments.ID{parent.ID})
	d.must(err)
	want := comments.Comment{
		ID: parent.ID, Site: parent.Site, Page: page, Number: 1, Status: comments.Deleted, Markup: comments.Markdown,
		Created: parent.Created, Decided: d.time().UTC(), By: moderator, Idempotency: parent.Idempotency,
	}
	d.same("erased", []comments.Comment{want}, gone)
	d.same("on the page", []comments.Comment{want, child}, d.all(page))
	d.same("change that readers see", d.head(), d.settled.Load())
}

func eraseTwice(d *desk) {
	c := d.submit(d.draft("hello")).Comment
	first, err := d.Erase(d.Context(), moderator, d.site.Host, []comments.ID{c.ID})
	d.must(err)
	d.pass(time.Hour)
	again, err := d.Erase(d.Context(), moderator, d.site.Host, []comments.ID{c.ID})
	d.must(err)
	d.same("erased", first, again)
}

func decideNamed(d *desk) {
	c := d.submit(d.draft("hello")).Comment
	for _, by := range []string{"mia", "ben"} {
		d.pass(time.Minute)
		status := map[string]comments.Status{"mia": comments.Spam, "ben": comments.Published}[by]
		changed, err := d.Decide(d.Context(), by, d.site.Host, []comments.ID{c.ID}, status)
		d.must(err)
		d.same("who decided", []any{by, d.time().UTC()}, []any{changed[0].By, changed[0].Decided})
		events := d.events(0)
		d.same("event", d.event(int64(len(events)), d.time().UTC(), comments.Decided, changed[0], false, by), events[len(events)-1])
	}
	d.pass(time.Minute)
	changed, err := d.Decide(d.Context(), "mia", d.site.Host, []comments.ID{c.ID}, comments.Published)
	d.must(err)
	d.same("who decided first stays", "ben", changed[0].By)
}

func decideAcquaints(d *desk) {
	d.policy(comments.PolicyHoldAll)
	ann, bea, nobody := d.submitAs("Ann#1").Comment, d.submitAs("Bea#2").Comment, d.submitAs("Cem").Comment
	again := d.submitAs("Ann#1").Comment
	_, err := d.Decide(d.Context(), moderator, d.site.Host, []comments.ID{bea.ID}, comments.Spam)
	d.must(err)
	d.standings()
	_, err = d.Decide(d.Context(), moderator, d.site.Host, []comments.ID{ann.ID, nobody.ID, again.ID}, comments.Published)
	d.must(err)
	d.standings(comments.BadgeStanding{Badge: ann.Author.Badge, Standing: comments.Known, At: d.time().UTC(), By: moderator})
}

func decideRated(d *desk) {
	c := d.submitAs("Ann#1").Comment
	d.must(d.Rate(d.Context(), "ben", d.site.Host, c.Author.Badge, comments.Blocked))
	_, err := d.Decide(d.Context(), moderator, d.site.Host, []comments.ID{c.ID}, comments.Published)
	d.must(err)
	d.standings(comments.BadgeStanding{Badge: c.Author.Badge, Standing: comments.Blocked, At: d.time().UTC(), By: "ben"})
}

func rateBadge(d *desk) {
	c := d.submitAs("Ann#1").Comment
	for _, standing := range []comments.Standing{comments.Blocked, comments.Trusted, comments.Known} {
		d.must(d.Rate(d.Context(), moderator, d.site.Host, c.Author.Badge, standing))
		d.standings(comments.BadgeStanding{Badge: c.Author.Badge, Standing: standing, At: d.time().UTC(), By: moderator})
	}
	d.must(d.Rate(d.Context(), moderator, d.site.Host, c.Author.Badge, comments.Unknown))
	d.standings()
	d.same("what is there stays", c, d.find(c.ID))
}

func rateNothing(d *desk) {
	d.fails(d.Rate(d.Context(), moderator, d.site.Host, comments.Badge{}, comments.Known), comments.Invalid, "badge")
	d.fails(d.Rate(d.Context(), moderator, d.site.Host, comments.Badge{1}, "liked"), comments.Invalid, "standing")
	d.fails(d.Rate(d.Context(), moderator, "unknown.example", comments.Badge{1}, comments.Known), comments.NotFound, "site")
	d.standings()
}

func pinPublished(d *desk) {
	r := d.submit(d.draft("hello"))
	pinned, err := d.Pin(d.Context(), moderator, d.site.Host, r.Comment.ID, true)
	d.must(err)
	want := r.Comment
	want.Pinned = true
	d.same("pinned", []comments.Comment{want, want}, []comments.Comment{pinned, d.find(want.ID)})
	d.same("event", d.event(2, d.time().UTC(), comments.Pinned, want, false, moderator), d.events(1)[0])
	d.same("change that readers see", []int64{2, 2}, []int64{d.head(), d.settled.Load()})
	_, err = d.Pin(d.Context(), moderator, d.site.Host, r.Comment.ID, false)
	d.must(err)
	d.same("unpinned", r.Comment, d.find(want.ID))

	d.decide(comments.Held, r.Comment.ID)
	_, err = d.Pin(d.Context(), moderator, d.site.Host, r.Comment.ID, true)
	d.fails(err, comments.Conflict, "")
	_, err = d.Pin(d.Context(), moderator, d.site.Host, r.Comment.ID, false)
	d.must(err)
	_, err = d.Pin(d.Context(), moderator, d.site.Host, d.id(), true)
	d.fails(err, comments.NotFound, "")
}

func answerMarked(d *desk) {
	parent := d.submit(d.draft("hello")).Comment
	d.policy(comments.PolicyHoldAll)
	d.must(d.Service.CloseThread(d.Context(), d.site.Host, string(page), true))
	const key = "0123456789abcdef"
	c, err := d.Answer(d.Context(), "Mia", parent.ID, "welcome", key)
	d.must(err)
	d.same("answer", []any{"Mia", true, comments.Published, parent.ID, int64(1)}, []any{c.Author.Name, c.Author.Owner, c.Status, c.Parent, c.ParentNumber})
	answers, err := d.Answers(d.Context(), d.site.Host, page, parent.ID, 10)
	d.must(err)
	d.same("answers", []comments.Comment{c}, answers)
	again, err := d.Answer(d.Context(), "Mia", parent.ID, "welcome", key)
	d.must(err)
	d.same("answered twice", c, again)
}

func answerHidden(d *desk) {
	held := d.submit(d.draft("hello")).Comment
	d.decide(comments.Held, held.ID)
	_, err := d.Answer(d.Context(), "Mia", held.ID, "welcome", comments.NewIdempotencyKey())
	d.fails(err, comments.Invalid, "parent")
	for _, name := range []string{"", " ", "Mia#secret", "#"} { // or the owner key would be told to all
		_, err = d.Answer(d.Context(), name, held.ID, "welcome", comments.NewIdempotencyKey())
		d.fails(err, comments.Invalid, "name")
	}
	_, err = d.Answer(d.Context(), "Mia", d.id(), "welcome", comments.NewIdempotencyKey())
	d.fails(err, comments.NotFound, "")
}

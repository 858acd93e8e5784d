package storetest

import (
	"time"

	"postil/comments"
)

func moderationTests() serviceTests {
	return serviceTests{
		"a decision publishes and withdraws":              decideBoth,
		"what was decided already is not announced again": decideAgain,
		"all of a decision holds or none of it":           decideAll,
		"what is erased cannot be decided about":          decideErased,
		"erasing takes words, name, website and key":      eraseAll,
		"erasing twice is no error":                       eraseTwice,
	}
}

func decideBoth(d *desk) {
	d.policy(comments.PolicyHoldAll)
	c := d.submit(d.draft("hello")).Comment
	d.pass(time.Hour)
	changed, err := d.Decide(d.Context(), d.site.Host, []comments.ID{c.ID}, comments.Published)
	d.must(err)
	want := c
	want.Status, want.Number, want.Decided = comments.Published, 1, d.time().UTC()
	d.same("published", []comments.Comment{want}, changed)
	d.same("on the page", changed, d.all(page))
	d.same("change that readers see", d.head(), d.settled.Load())
	_, err = d.Decide(d.Context(), d.site.Host, []comments.ID{c.ID}, comments.Spam)
	d.must(err)
	d.same("visible", int64(0), d.thread(page).Visible)
	d.same("tombstone", true, d.all(page)[0].Tombstone())
}

func decideAgain(d *desk) {
	c := d.submit(d.draft("hello")).Comment
	head := d.head()
	d.pass(time.Hour)
	changed, err := d.Decide(d.Context(), d.site.Host, []comments.ID{c.ID}, comments.Published)
	d.must(err)
	d.same("comment", []comments.Comment{c}, changed)
	d.same("head", head, d.head())
}

func decideAll(d *desk) {
	c := d.submit(d.draft("hello")).Comment
	_, err := d.Decide(d.Context(), d.site.Host, []comments.ID{c.ID, d.id()}, comments.Spam)
	d.fails(err, comments.NotFound, "")
	_, err = d.Decide(d.Context(), d.site.Host, []comments.ID{c.ID}, comments.Deleted)
	d.fails(err, comments.Invalid, "status")
	d.same("as found", c, d.find(c.ID))
}

func decideErased(d *desk) {
	a, b := d.submit(d.draft("a")).Comment, d.submit(d.draft("b")).Comment
	_, err := d.Erase(d.Context(), d.site.Host, []comments.ID{b.ID})
	d.must(err)
	_, err = d.Decide(d.Context(), d.site.Host, []comments.ID{a.ID, b.ID}, comments.Held)
	d.fails(err, comments.Conflict, "")
	d.same("as found", a, d.find(a.ID))
}

func eraseAll(d *desk) {
	parent := d.submit(d.draft("parent")).Comment
	answer := d.draft("answer")
	answer.Parent = parent.ID.String()
	child := d.submit(answer).Comment
	d.pass(time.Hour)
	gone, err := d.Erase(d.Context(), d.site.Host, []comments.ID{parent.ID})
	d.must(err)
	want := comments.Comment{
		ID: parent.ID, Site: parent.Site, Page: page, Number: 1, Status: comments.Deleted, Markup: comments.Markdown,
		Created: parent.Created, Decided: d.time().UTC(), Idempotency: parent.Idempotency,
	}
	d.same("erased", []comments.Comment{want}, gone)
	d.same("on the page", []comments.Comment{want, child}, d.all(page))
	d.same("change that readers see", d.head(), d.settled.Load())
}

func eraseTwice(d *desk) {
	c := d.submit(d.draft("hello")).Comment
	first, err := d.Erase(d.Context(), d.site.Host, []comments.ID{c.ID})
	d.must(err)
	d.pass(time.Hour)
	again, err := d.Erase(d.Context(), d.site.Host, []comments.ID{c.ID})
	d.must(err)
	d.same("erased", first, again)
}

package storetest

import (
	"time"

	"postil/comments"
)

func followTests() serviceTests {
	return serviceTests{
		"who wants answers is asked once, by a mail that names neither": followAsked,
		"who has confirmed follows at once":                             followConfirmed,
		"a repeated post asks nobody again":                             followRepeated,
		"an address that no answers are wanted at is dropped":           followDropped,
		"who wants answers needs an address":                            followNowhere,
		"deleting a comment ends what was asked for":                    followDeleted,
	}
}

// following is a draft whose author wants answers.
func (d *desk) following(body, email string) comments.Draft {
	draft := d.draft(body)
	draft.Email, draft.Notify = email, true
	return draft
}

func (d *desk) address(s comments.Subscription) string {
	d.Helper()
	address, err := d.Keys.Open(comments.SealSubscriber, s.Address)
	d.must(err)
	return address
}

func followAsked(d *desk) {
	first := d.submit(d.following("hello", "Me@a.example"))
	d.same("what became of it", comments.FollowAsked, first.Follow)
	subs := d.subscribersOf(first.Comment)
	d.same("subscriptions", 1, len(subs))
	now := d.time().UTC()
	want := comments.Subscription{
		Site: d.site.Host, ID: subs[0].ID, Comment: first.Comment.ID, Address: subs[0].Address, Index: d.Keys.AddressIndex("me@a.example"), Created: now,
	}
	d.same("subscription", want, subs[0])
	d.same("address", "Me@a.example", d.address(subs[0]))
	d.same("question", []comments.Delivery{{
		Site: d.site.Host, ID: subs[0].ID, Channel: comments.ByMail, Target: subs[0].ID.String(), Kind: comments.TellConfirm, Comment: first.Comment.ID,
		State: comments.Waiting, Due: now, Created: now,
	}}, d.waiting())

	second := d.submit(d.following("again", "me@A.example"))
	d.same("what became of the second", comments.FollowAsked, second.Follow)
	d.same("subscriptions of both", 2, len(d.subscribersOf(first.Comment, second.Comment)))
	d.same("questions", 1, len(d.waiting()))
	d.submit(d.following("hello", "you@a.example"))
	d.same("questions to two", 2, len(d.waiting()))
}

func followConfirmed(d *desk) {
	first := d.submit(d.following("hello", "me@a.example")).Comment
	d.must(d.Confirm(d.Context(), d.site.Host, d.Keys.AddressIndex("me@a.example"), d.now()))
	d.must(d.Finish(d.Context(), d.waiting()...))
	d.pass(time.Hour)
	second := d.submit(d.following("again", "me@a.example"))
	d.same("what became of it", comments.Followed, second.Follow)
	d.same("when it was confirmed", d.time().UTC(), d.subscribersOf(second.Comment)[0].Confirmed)
	d.same("questions", 0, len(d.waiting()))
	d.same("subscriptions", 2, len(d.subscribersOf(first, second.Comment)))
}

func followRepeated(d *desk) {
	draft := d.following("hello", "me@a.example")
	draft.Key = "0123456789abcdef"
	first := d.submit(draft)
	d.pass(time.Hour)
	again := d.submit(draft)
	d.same("what became of it", first.Follow, again.Follow)
	d.same("subscriptions", 1, len(d.subscribersOf(first.Comment)))
	d.same("questions", 1, len(d.waiting()))
}

func followDropped(d *desk) {
	draft := d.draft("hello")
	draft.Email = "me@a.example"
	r := d.submit(draft)
	d.same("what became of it", comments.NotFollowed, r.Follow)
	d.same("subscriptions", 0, len(d.subscribersOf(r.Comment)))
}

func followNowhere(d *desk) {
	d.rejects(d.following("hello", ""), comments.Invalid, "email")
	d.rejects(d.following("hello", "nonsense"), comments.Invalid, "email")
}

func followDeleted(d *desk) {
	r := d.submit(d.following("hello", "me@a.example"))
	_, err := d.Delete(d.Context(), r.Comment.ID, r.EditKey)
	d.must(err)
	d.same("subscriptions", 0, len(d.subscribersOf(r.Comment)))
	d.same("questions", 0, len(d.waiting()))
}

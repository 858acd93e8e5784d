package storetest

import (
	"time"

	"postil/comments"
)

func authorTests() serviceTests {
	return serviceTests{
		"the author can edit for a while":            authorEdits,
		"the author can delete at any time":          authorDeletes,
		"a wrong key opens nothing":                  authorWrongKey,
		"an edited comment is held where all are":    authorHeld,
		"a moderator's decision outlives an edit":    authorDecided,
		"what is deleted is not there to its author": authorGone,
	}
}

func authorEdits(d *desk) {
	r := d.submit(d.draft("hello"))
	d.pass(d.site.Settings.EditWindow)
	edited, err := d.Edit(d.Context(), r.Comment.ID, r.EditKey, "bye\r\n")
	d.must(err)
	want := r.Comment
	want.Source, want.HTML, want.Edited = "bye", "<p>bye</p>", d.time().UTC()
	d.same("comment", want, edited)
	d.same("as found", want, d.find(want.ID))
	d.same("change that readers see", d.head(), d.settled.Load())

	d.pass(time.Microsecond)
	_, err = d.Edit(d.Context(), r.Comment.ID, r.EditKey, "too late")
	d.fails(err, comments.Forbidden, "")
	_, err = d.Edit(d.Context(), r.Comment.ID, r.EditKey, "")
	d.fails(err, comments.Invalid, "body")
	d.same("as found", want, d.find(want.ID))
}

func authorDeletes(d *desk) {
	r := d.submit(d.draft("hello"))
	d.pass(1000 * time.Hour)
	gone, err := d.Delete(d.Context(), r.Comment.ID, r.EditKey)
	d.must(err)
	d.same("status", comments.Deleted, gone.Status)
	d.same("words", comments.Comment{}.Source, gone.Source+string(gone.HTML)+gone.Author.Name+gone.Author.Website)
	d.same("as found", gone, d.find(gone.ID))
	d.same("change that readers see", d.head(), d.settled.Load())
}

func authorWrongKey(d *desk) {
	a, b := d.submit(d.draft("mine")), d.submit(d.draft("theirs"))
	for _, key := range []comments.EditKey{{}, b.EditKey} {
		_, err := d.Edit(d.Context(), a.Comment.ID, key, "stolen")
		d.fails(err, comments.Forbidden, "")
		_, err = d.Delete(d.Context(), a.Comment.ID, key)
		d.fails(err, comments.Forbidden, "")
		_, _, err = d.Own(d.Context(), a.Comment.ID, key)
		d.fails(err, comments.Forbidden, "")
	}
	imported := d.add1(d.imported("other", "1"))
	_, err := d.Delete(d.Context(), imported.ID, comments.EditKey{})
	d.fails(err, comments.Forbidden, "")
	_, err = d.Delete(d.Context(), d.id(), a.EditKey)
	d.fails(err, comments.NotFound, "")
	d.same("as found", a.Comment, d.find(a.Comment.ID))
}

func authorHeld(d *desk) {
	r := d.submit(d.draft("hello"))
	d.policy(comments.PolicyHoldAll)
	edited, err := d.Edit(d.Context(), r.Comment.ID, r.EditKey, "bye")
	d.must(err)
	d.same("status", comments.Held, edited.Status)
	d.same("visible", int64(0), d.thread(page).Visible)
}

func authorDecided(d *desk) {
	r := d.submit(d.draft("hello"))
	d.decide(comments.Spam, r.Comment.ID)
	edited, err := d.Edit(d.Context(), r.Comment.ID, r.EditKey, "bye")
	d.must(err)
	d.same("status", comments.Spam, edited.Status)
}

func authorGone(d *desk) {
	r := d.submit(d.draft("hello"))
	_, err := d.Delete(d.Context(), r.Comment.ID, r.EditKey)
	d.must(err)
	_, err = d.Delete(d.Context(), r.Comment.ID, r.EditKey)
	d.fails(err, comments.NotFound, "")
	_, err = d.Edit(d.Context(), r.Comment.ID, r.EditKey, "again")
	d.fails(err, comments.NotFound, "")
}

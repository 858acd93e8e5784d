package storetest

import (
	"errors"
	"fmt"

	"postil/comments"
)

func updateTests() tests {
	return tests{
		"an edit changes words and keeps all else":                    updateWords,
		"the first publication gives a number, the second does not":   updateNumber,
		"numbers follow the order of the given ids":                   updateOrder,
		"changes of a comment nobody has seen are not announced":      updateUnseen,
		"an edit that changes nothing is not announced":               updateNothing,
		"who decided and why is kept, but not announced":              updateUnannounced,
		"only what may change changes":                                updateProtected,
		"an error of the callback undoes all and comes back as it is": updateRefused,
		"an unknown id undoes all":                                    updateMissing,
		"a comment of another site is not found":                      updateForeign,
		"an unknown site is not found":                                updateSiteUnknown,
		"an id given twice counts once":                               updateTwice,
		"an erased comment keeps its place and nothing else":          updateErase,
		"an answer keeps its erased parent":                           updateEraseParent,
		"no status makes the visible count wrong":                     updateCounts,
	}
}

func updateWords(f *fixture) {
	c := f.add1(f.keyed(1))
	at := f.now()
	changed := f.update(func(c *comments.Comment) {
		c.Source, c.Markup, c.HTML, c.Edited = "new", comments.SourceHTML, "<p>new</p>", at
	}, c.ID)
	c.Source, c.Markup, c.HTML, c.Edited = "new", comments.SourceHTML, "<p>new</p>", at
	f.same("as returned", []comments.Comment{c}, changed)
	f.same("as found", c, f.find(c.ID))
	f.same("changes", []comments.Change{f.change(2, page, 1)}, f.changes(1))
	f.same("updated", at, f.thread(page).Updated)
}

func updateNumber(f *fixture) {
	c := f.add(f.held("waits"), f.comment("one"))[0]
	published := f.decide(comments.Published, c.ID)[0]
	f.same("number", int64(2), published.Number)
	f.same("as found", published, f.find(c.ID))
	f.decide(comments.Held, c.ID)
	f.add(f.comment("three"))
	f.same("number the second time", int64(2), f.decide(comments.Published, c.ID)[0].Number)
	f.same("changes", []comments.Change{
		f.change(1, page, 1), f.change(2, page, 2), f.change(3, page, 2), f.change(4, page, 3), f.change(5, page, 2),
	}, f.changes(0))
}

func updateOrder(f *fixture) {
	c := f.add(f.held("1"), f.held("2"), f.held("3"))
	stored := f.decide(comments.Published, c[2].ID, c[0].ID, c[1].ID)
	f.same("order", []comments.ID{c[2].ID, c[0].ID, c[1].ID}, idsOf(stored))
	f.same("numbers", []int64{1, 2, 3}, numbersOf(stored))
	f.same("on the page", stored, f.all(page))
}

func updateUnseen(f *fixture) {
	c := f.add1(f.held("waits"))
	f.decide(comments.Spam, c.ID)
	f.erase(c.ID)
	f.same("changes", []comments.Change(nil), f.changes(0))
	f.same("number", int64(0), f.find(c.ID).Number)
}

func updateUnannounced(f *fixture) {
	c := f.add1(f.comment("1"))
	c.By, c.Verdicts = "ben", "links=100"
	f.same("as returned", []comments.Comment{c}, f.update(func(c *comments.Comment) { c.By, c.Verdicts = "ben", "links=100" }, c.ID))
	f.same("as found", c, f.find(c.ID))
	f.same("head", int64(1), f.head())
}

func updateNothing(f *fixture) {
	c := f.add1(f.comment("same"))
	f.same("as returned", []comments.Comment{c}, f.update(func(*comments.Comment) {}, c.ID))
	f.same("head", int64(1), f.head())
}

func updateProtected(f *fixture) {
	c := f.add(f.comment("parent"), f.imported("other", "1"))[1]
	bea := comments.Author{Name: "Bea", Website: "https://bea.example", Badge: comments.Badge{1}, Owner: true}
	changed := f.update(func(c *comments.Comment) {
		*c = comments.Comment{
			ID: f.id(), Site: "evil.example", Page: "/evil", Number: 99, ParentNumber: 9, Parent: c.ID, Created: f.now(), Origin: comments.Origin{Source: "x", ID: "y"},
			Idempotency: comments.Hash{7}, Status: c.Status, Author: bea, Source: "s", Markup: c.Markup,
			HTML: "h", Edited: c.Created, Decided: c.Decided, EditKey: comments.Hash{8}, Fingerprint: comments.Hash{9},
			By: "ben", Pinned: true, Verdicts: "words=50",
		}
	}, c.ID)
	c.Author, c.Source, c.HTML, c.Edited = bea, "s", "h", c.Created
	c.EditKey, c.Fingerprint, c.By, c.Pinned, c.Verdicts = comments.Hash{8}, comments.Hash{9}, "ben", true, "words=50"
	f.same("as returned", []comments.Comment{c}, changed)
	f.same("as found", c, f.find(c.ID))
}

func updateRefused(f *fixture) {
	c := f.add(f.comment("1"), f.comment("2"))
	refusal := fmt.Errorf("no: %w", errors.New("because"))
	_, _, err := f.Update(f.Context(), f.site.Host, comments.Act{}, idsOf(c), func(c *comments.Comment) error {
		c.Source = "changed"
		if c.Number == 2 {
			return refusal
		}
		return nil
	})
	if err != refusal {
		f.Errorf("got error %v, want the callback's own", err)
	}
	f.same("on the page", c, f.all(page))
	f.same("head", int64(2), f.head())
}

func updateMissing(f *fixture) {
	c := f.add1(f.comment("1"))
	_, _, err := f.Update(f.Context(), f.site.Host, comments.Act{}, []comments.ID{c.ID, f.id()}, func(c *comments.Comment) error {
		c.Source = "changed"
		return nil
	})
	f.fails(err, comments.NotFound, "")
	f.same("as found", c, f.find(c.ID))
}

func updateForeign(f *fixture) {
	c := f.add1(f.comment("mine"))
	other := f.newSite("other-" + f.site.Host)
	f.must(f.PutSite(f.Context(), other))
	_, _, err := f.Update(f.Context(), other.Host, comments.Act{}, []comments.ID{c.ID}, func(*comments.Comment) error { return nil })
	f.fails(err, comments.NotFound, "")
}

func updateSiteUnknown(f *fixture) {
	_, _, err := f.Update(f.Context(), "unknown.example", comments.Act{}, []comments.ID{f.id()}, func(*comments.Comment) error { return nil })
	f.fails(err, comments.NotFound, "site")
}

func updateTwice(f *fixture) {
	c := f.add1(f.comment("1"))
	f.same("as returned", 1, len(f.decide(comments.Spam, c.ID, c.ID)))
	f.same("head", int64(2), f.head())
}

func updateErase(f *fixture) {
	full := f.keyed(1)
	full.Author.Badge, full.Author.Owner, full.Pinned, full.Verdicts, full.By = comments.Badge{1}, true, true, "links=100", moderator
	c := f.add(full, f.comment("2"))[0]
	erased := f.erase(c.ID)[0]
	want := comments.Comment{
		ID: c.ID, Site: c.Site, Page: c.Page, Number: 1, Status: comments.Deleted, Markup: c.Markup,
		Created: c.Created, Decided: erased.Decided, By: moderator, Idempotency: c.Idempotency,
	}
	f.same("as returned", want, erased)
	f.same("as found", want, f.find(c.ID))
	f.same("thread", comments.Thread{Site: c.Site, Page: page, Last: 2, Visible: 1, Updated: erased.Decided, Opened: c.Created}, f.thread(page))
	f.same("changes", []comments.Change{f.change(3, page, 1)}, f.changes(2))
	f.same("number of the next", int64(3), f.add1(f.comment("3")).Number)
	f.erase(c.ID) // again is no error
}

func updateEraseParent(f *fixture) {
	parent := f.add1(f.comment("parent"))
	answer := f.add1(f.reply(parent, "answer"))
	f.erase(parent.ID)
	f.same("answer", answer, f.find(answer.ID))
}

func updateCounts(f *fixture) {
	c := f.add1(f.comment("1"))
	f.add(f.comment("2"))
	for status, visible := range map[comments.Status]int64{comments.Held: 1, comments.Spam: 1, comments.Published: 2} {
		f.decide(status, c.ID)
		f.same(string(status), visible, f.thread(page).Visible)
		f.decide(status, c.ID)
		f.same(string(status)+" again", visible, f.thread(page).Visible)
	}
	f.erase(c.ID)
	f.same("deleted", visibleLast{1, 2}, visibleLast{f.thread(page).Visible, f.thread(page).Last})
}

type visibleLast struct{ Visible, Last int64 }

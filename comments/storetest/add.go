package storetest

import (
	"slices"
	"strings"
	"time"

	"postil/comments"
)

func addTests() tests {
	return tests{
		"a comment comes back as it was stored":                                     addRoundTrip,
		"published comments of a page are numbered in order":                        addNumbers,
		"a published comment writes a change, a held one neither that nor a number": addHeld,
		"one batch may be for several sites and pages":                              addSeveral,
		"a key in the table answers the comment that is there":                      addKeyAgain,
		"a key repeated within a batch makes one comment":                           addKeyTwice,
		"the same key on another site is another key":                               addKeyElsewhere,
		"an import of the same source and id adds nothing":                          addImportAgain,
		"an origin repeated within a batch makes one comment":                       addImportTwice,
		"the same id of another source is another comment":                          addImportElsewhere,
		"an answer follows a parent that had been stored under another id":          addParentRenamed,
		"a parent may be in the same batch":                                         addParentTogether,
		"a parent on another page is an error at parent":                            addParentElsewhere,
		"a parent on another site is an error at parent":                            addParentForeign,
		"a missing parent is an error at parent, and nothing is stored":             addParentMissing,
		"an unknown site is an error at site, and nothing is stored":                addSiteUnknown,
		"a comment for an alias stands on its page":                                 addAlias,
		"an empty batch adds nothing":                                               addNothing,
	}
}

func addRoundTrip(f *fixture) {
	c := f.comment("")
	c.Author.Name, c.Author.Badge, c.Author.Owner = "Zoë\u00a0d’Ö 😀", comments.Badge{0, 0xff, '\'', 7: 1}, true
	c.By, c.Pinned, c.Verdicts = "mia", true, "links=100 trusted=-3000"
	c.Source = strings.Repeat("😀", comments.MaxBody)
	c.HTML = comments.HTML("<p>" + c.Source + "\u00a0</p>\n")
	c.Created, c.Decided = c.Created.Add(time.Microsecond), c.Created.Add(999_999*time.Microsecond)
	c.Edited = c.Decided.Add(time.Microsecond)
	c.EditKey, c.Idempotency, c.Fingerprint = comments.Hash{0, 1}, comments.Hash{0xff}, comments.Hash{31: 3}
	want := c
	want.Number = 1
	f.same("as added", want, f.add1(c))
	f.same("as found", want, f.find(c.ID))

	least := comments.Comment{
		ID: f.id(), Site: f.site.Host, Page: "/least", Status: comments.Held, Markup: comments.SourceHTML,
		Created: time.Date(1970, 1, 1, 0, 0, 0, 0, time.UTC), Decided: time.Date(1969, 12, 31, 23, 59, 59, 999_999_000, time.UTC),
	}
	f.same("as added", least, f.add1(least))
	f.same("as found", least, f.find(least.ID))
}

func addNumbers(f *fixture) {
	stored := f.add(f.comment("one"), f.on("/other", "first there"), f.comment("two"))
	stored = append(stored, f.add(f.comment("three"))...)
	f.same("numbers", []int64{1, 1, 2, 3}, numbersOf(stored))
	f.same("on the page", []comments.Comment{stored[0], stored[2], stored[3]}, f.all(page))
}

func addHeld(f *fixture) {
	stored := f.add(f.comment("one"), f.held("waits"), f.comment("two"))
	f.same("numbers", []int64{1, 0, 2}, numbersOf(stored))
	f.same("changes", []comments.Change{f.change(1, page, 1), f.change(2, page, 2)}, f.changes(0))
	f.same("thread", comments.Thread{Site: f.site.Host, Page: page, Last: 2, Visible: 2, Updated: stored[2].Created, Opened: stored[0].Created}, f.thread(page))
	f.same("held comment", stored[1], f.find(stored[1].ID))
}

func addSeveral(f *fixture) {
	other := f.newSite("a-" + f.site.Host) // sorts before
	f.must(f.PutSite(f.Context(), other))
	batch := []comments.Comment{f.comment("1"), f.comment("2"), f.on("/b", "3"), f.comment("4")}
	batch[1].Site = other.Host
	stored := f.add(batch...)
	f.same("numbers", []int64{1, 1, 1, 2}, numbersOf(stored))
	f.same("changes", []comments.Change{f.change(1, page, 1), f.change(2, "/b", 1), f.change(3, page, 2)}, f.changes(0))
	theirs, err := f.Changes(f.Context(), other.Host, 0, 10)
	f.must(err)
	f.same("changes of the other", []comments.Change{{Site: other.Host, Number: 1, Page: page, Item: 1}}, theirs)
}

// existing demands that a comment is found to be there already.
func (f *fixture) existing(want comments.Comment, c comments.Comment) {
	f.Helper()
	head := f.head()
	added, err := f.Add(f.Context(), []comments.Comment{c})
	f.must(err)
	f.same("added", []comments.Added{{Comment: want, Existing: true}}, added)
	f.same("head", head, f.head())
}

func addKeyAgain(f *fixture) {
	first := f.add1(f.keyed(1))
	again := f.keyed(1)
	again.Source, again.Page, again.Fingerprint = "different", "/elsewhere", comments.Hash{9}
	f.existing(first, again)
	f.same("where it would have gone", comments.Thread{Site: f.site.Host, Page: "/elsewhere"}, f.thread("/elsewhere"))
	f.erase(first.ID)
	f.existing(f.find(first.ID), again) // the key outlives the words
}

func addKeyTwice(f *fixture) {
	batch := []comments.Comment{f.keyed(1), f.keyed(2), f.keyed(1)}
	added, err := f.Add(f.Context(), batch)
	f.must(err)
	f.same("existing", []bool{false, false, true}, []bool{added[0].Existing, added[1].Existing, added[2].Existing})
	f.same("the repeated one", added[0].Comment, added[2].Comment)
	f.same("on the page", []comments.Comment{added[0].Comment, added[1].Comment}, f.all(page))
}

func addKeyElsewhere(f *fixture) {
	other := f.newSite("other-" + f.site.Host)
	f.must(f.PutSite(f.Context(), other))
	theirs := f.keyed(1)
	theirs.Site = other.Host
	f.add(f.keyed(1), theirs)
}

func addImportAgain(f *fixture) {
	first := f.add1(f.imported("other", "1"))
	f.existing(first, f.imported("other", "1"))
	f.erase(first.ID)
	f.existing(f.find(first.ID), f.imported("other", "1")) // what was erased must not come back
}

func addImportTwice(f *fixture) {
	added, err := f.Add(f.Context(), []comments.Comment{f.imported("other", "1"), f.imported("other", "1")})
	f.must(err)
	f.same("existing", []bool{false, true}, []bool{added[0].Existing, added[1].Existing})
	f.same("the repeated one", added[0].Comment, added[1].Comment)
}

func addImportElsewhere(f *fixture) {
	f.add(f.imported("a", "1"), f.imported("b", "1"), f.imported("a", "2"))
}

// Two imports of the same file may run at once: each gives its own ids.
func addParentRenamed(f *fixture) {
	parent := f.add1(f.imported("other", "1"))
	again := f.imported("other", "1")
	answer := f.imported("other", "2")
	answer.Parent = again.ID
	added, err := f.Add(f.Context(), []comments.Comment{again, answer})
	f.must(err)
	f.same("parent of the answer", parent.ID, added[1].Comment.Parent)
	f.same("number of the parent", parent.Number, added[1].Comment.ParentNumber)
	f.same("answer", added[1].Comment, f.find(answer.ID))
}

func addParentTogether(f *fixture) {
	first := f.comment("first")
	answer := f.reply(first, "answer")
	deeper := f.reply(answer, "deeper")
	stored := f.add(first, answer, deeper)
	f.same("parents", []int64{0, 1, 2}, []int64{stored[0].ParentNumber, stored[1].ParentNumber, stored[2].ParentNumber})
	f.same("on the page", stored, f.all(page))
	late := f.add1(f.reply(stored[1], "late"))
	f.same("parent of a later answer", int64(2), late.ParentNumber)
	f.same("later answer", late, f.find(late.ID))
}

// refused demands an error at parent, and that nothing of the batch is there.
func (f *fixture) refused(batch ...comments.Comment) {
	f.Helper()
	head := f.head()
	_, err := f.Add(f.Context(), batch)
	f.fails(err, comments.Invalid, "parent")
	f.same("head", head, f.head())
	for _, c := range batch {
		_, err := f.Find(f.Context(), c.ID)
		f.fails(err, comments.NotFound, "")
	}
}

func addParentElsewhere(f *fixture) {
	parent := f.add1(f.on("/elsewhere", "parent"))
	c := f.comment("answer")
	c.Parent = parent.ID
	f.refused(c)
}

func addParentForeign(f *fixture) {
	other := f.newSite("other-" + f.site.Host)
	f.must(f.PutSite(f.Context(), other))
	theirs := f.comment("parent")
	theirs.Site = other.Host
	f.refused(f.reply(f.add1(theirs), "answer"))
}

func addParentMissing(f *fixture) {
	f.refused(f.comment("innocent"), f.reply(f.comment("never stored"), "answer"))
	f.same("thread", comments.Thread{Site: f.site.Host, Page: page}, f.thread(page))
}

func addSiteUnknown(f *fixture) {
	batch := []comments.Comment{f.comment("innocent"), f.comment("guilty")}
	batch[1].Site = "unknown.example"
	_, err := f.Add(f.Context(), batch)
	f.fails(err, comments.NotFound, "site")
	f.same("on the page", []comments.Comment(nil), f.all(page))
}

func addAlias(f *fixture) {
	f.must(f.Alias(f.Context(), f.site.Host, "/old", page))
	stored := f.add(f.on("/old", "by the old address"), f.comment("by the new one"))
	f.same("pages", []comments.Page{page, page}, []comments.Page{stored[0].Page, stored[1].Page})
	f.same("numbers", []int64{1, 2}, numbersOf(stored))
	f.same("on the page", stored, f.all(page))
}

func addNothing(f *fixture) {
	added, err := f.Add(f.Context(), nil)
	f.must(err)
	if !slices.Equal(added, nil) {
		f.Errorf("added %v", added)
	}
}

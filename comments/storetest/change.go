package storetest

import "postil/comments"

func changeTests() tests {
	return tests{
		"changes are numbered without gap by every kind of write": changeKinds,
		"changes are paged by their numbers":                      changePaged,
		"what is refused leaves no gap":                           changeRefused,
		"sites count their changes separately":                    changeSites,
	}
}

func changeKinds(f *fixture) {
	c := f.add(f.comment("1"), f.on("/other", "1"), f.held("waits"))
	f.decide(comments.Published, c[2].ID)
	f.must(f.PutSite(f.Context(), f.site))
	f.erase(c[0].ID, c[1].ID)
	f.alias("/other", page)
	f.same("changes", []comments.Change{
		f.change(1, page, 1), f.change(2, "/other", 1), f.change(3, page, 2), f.change(4, "", 0),
		f.change(5, page, 1), f.change(6, "/other", 1), f.change(7, "/other", 0), f.change(8, page, 0),
	}, f.changes(0))
	f.same("head", int64(8), f.head())
}

func changePaged(f *fixture) {
	f.add(f.comment("1"), f.comment("2"), f.comment("3"))
	some, err := f.Changes(f.Context(), f.site.Host, 1, 1)
	f.must(err)
	f.same("one after 1", []comments.Change{f.change(2, page, 2)}, some)
	f.same("all after 2", []comments.Change{f.change(3, page, 3)}, f.changes(2))
	f.same("all after 3", []comments.Change(nil), f.changes(3))
	f.same("all after 99", []comments.Change(nil), f.changes(99))
}

func changeRefused(f *fixture) {
	f.add(f.comment("1"))
	f.refused(f.comment("innocent"), f.reply(f.comment("never stored"), "answer"))
	f.add(f.comment("2"))
	f.same("changes", []comments.Change{f.change(1, page, 1), f.change(2, page, 2)}, f.changes(0))
}

func changeSites(f *fixture) {
	other := f.newSite("other-" + f.site.Host)
	f.must(f.PutSite(f.Context(), other))
	theirs := f.comment("1")
	theirs.Site = other.Host
	f.add(f.comment("1"))
	f.add(theirs)
	f.add(f.comment("2"))
	f.same("head", int64(2), f.head())
	changes, err := f.Changes(f.Context(), other.Host, 0, 10)
	f.must(err)
	f.same("changes of the other", []comments.Change{{Site: other.Host, Number: 1, Page: page, Item: 1}}, changes)
}

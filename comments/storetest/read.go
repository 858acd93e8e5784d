package storetest

import (
	"slices"

	"postil/comments"
)

func readTests() tests {
	return tests{
		"a range holds the comments between two numbers, in order": readRange,
		"a range keeps the place of what is gone":                  readRangeGone,
		"a range does not follow an alias":                         readRangeAlias,
		"latest are the newest published, by their decision":       readLatest,
		"a list pages through a status, newest first":              readList,
		"every status can be listed":                               readListStatuses,
		"a comment is found by its id alone":                       readFind,
		"imported ids lead to ours":                                readImported,
		"limits of zero and below return nothing":                  readLimits,
		"lists of an unknown site are empty":                       readUnknownSite,
	}
}

func readRange(f *fixture) {
	c := f.add(f.comment("1"), f.comment("2"), f.comment("3"), f.comment("4"), f.on("/other", "1"))
	got, err := f.Range(f.Context(), f.site.Host, page, 2, 3)
	f.must(err)
	f.same("2 to 3", c[1:3], got)
	got, err = f.Range(f.Context(), f.site.Host, page, 4, 99)
	f.must(err)
	f.same("4 and up", c[3:4], got)
	got, err = f.Range(f.Context(), f.site.Host, page, 3, 2)
	f.must(err)
	f.same("3 to 2", []comments.Comment(nil), got)
}

func readRangeGone(f *fixture) {
	c := f.add(f.comment("1"), f.comment("2"), f.held("never seen"), f.comment("3"))
	answer := f.add1(f.reply(c[0], "4"))
	erased, spam := f.erase(c[0].ID)[0], f.decide(comments.Spam, c[1].ID)[0]
	f.same("on the page", []comments.Comment{erased, spam, c[3], answer}, f.all(page))
	f.same("tombstones", []bool{true, true, false}, []bool{erased.Tombstone(), spam.Tombstone(), c[3].Tombstone()})
	f.same("number of the erased parent", int64(1), f.all(page)[3].ParentNumber)
}

func readRangeAlias(f *fixture) {
	f.add(f.comment("1"))
	f.must(f.Alias(f.Context(), f.site.Host, "/old", page))
	f.same("at the alias", []comments.Comment(nil), f.all("/old"))
}

func readLatest(f *fixture) {
	c := f.add(f.held("decided last"), f.comment("1"), f.on("/other", "2"), f.held("waits"), f.comment("gone"))
	f.erase(c[4].ID)
	c[0] = f.decide(comments.Published, c[0].ID)[0]
	got, err := f.Latest(f.Context(), f.site.Host, 10)
	f.must(err)
	f.same("latest", []comments.Comment{c[0], c[2], c[1]}, got)
	got, err = f.Latest(f.Context(), f.site.Host, 2)
	f.must(err)
	f.same("latest two", []comments.Comment{c[0], c[2]}, got)

	twins := f.add(f.comment("older id"), f.comment("younger id"))
	at := f.now()
	f.update(func(c *comments.Comment) { c.Decided = at }, idsOf(twins)...)
	got, err = f.Latest(f.Context(), f.site.Host, 2)
	f.must(err)
	f.same("decided together", []comments.ID{twins[1].ID, twins[0].ID}, idsOf(got))
}

func readList(f *fixture) {
	var want []comments.Comment
	for range 7 {
		want = append(want, f.add(f.comment("seen"), f.held("waits"))[1])
	}
	slices.Reverse(want)
	var got []comments.Comment
	var before comments.ID
	for {
		some, err := f.List(f.Context(), f.site.Host, comments.Held, before, 3)
		f.must(err)
		if len(some) == 0 {
			break
		}
		got, before = append(got, some...), some[len(some)-1].ID
	}
	f.same("all pages", want, got)
}

func readListStatuses(f *fixture) {
	c := f.add(f.comment("published"), f.comment("held"), f.comment("spam"), f.comment("deleted"))
	c[1], c[2], c[3] = f.decide(comments.Held, c[1].ID)[0], f.decide(comments.Spam, c[2].ID)[0], f.erase(c[3].ID)[0]
	for i, status := range []comments.Status{comments.Published, comments.Held, comments.Spam, comments.Deleted} {
		got, err := f.List(f.Context(), f.site.Host, status, comments.ID{}, 10)
		f.must(err)
		f.same(string(status), c[i:i+1], got)
		got, err = f.List(f.Context(), f.site.Host, status, c[i].ID, 10)
		f.must(err)
		f.same(string(status)+" before the only one", []comments.Comment(nil), got)
	}
}

func readFind(f *fixture) {
	c := f.add(f.comment("published"), f.held("held"))
	f.same("published", c[0], f.find(c[0].ID))
	f.same("held", c[1], f.find(c[1].ID))
	_, err := f.Find(f.Context(), f.id())
	f.fails(err, comments.NotFound, "")
	_, err = f.Find(f.Context(), comments.ID{})
	f.fails(err, comments.NotFound, "")
}

func readImported(f *fixture) {
	c := f.add(f.imported("a", "1"), f.imported("a", "2"), f.imported("b", "1"), f.imported("b", `3"é`))
	known, err := f.Imported(f.Context(), f.site.Host, "a", []string{"1", "2", "3"})
	f.must(err)
	f.same("of a", map[string]comments.ID{"1": c[0].ID, "2": c[1].ID}, known)
	known, err = f.Imported(f.Context(), f.site.Host, "b", []string{`3"é`})
	f.must(err)
	f.same("of b", map[string]comments.ID{`3"é`: c[3].ID}, known)
	known, err = f.Imported(f.Context(), f.site.Host, "b", nil)
	f.must(err)
	f.same("none asked for", map[string]comments.ID{}, known)
	f.same("origin", comments.Origin{Source: "a", ID: "1"}, f.find(c[0].ID).Origin)
}

func readLimits(f *fixture) {
	f.add(f.comment("1"), f.held("2"))
	for _, limit := range []int{0, -1} {
		f.isEmpty(f.site.Host, limit)
	}
}

func readUnknownSite(f *fixture) { f.isEmpty("unknown.example", 10) }

// isEmpty demands that all that takes a limit returns nothing.
func (f *fixture) isEmpty(host string, limit int) {
	f.Helper()
	threads, err := f.Threads(f.Context(), host, "", limit)
	f.must(err)
	latest, err := f.Latest(f.Context(), host, limit)
	f.must(err)
	held, err := f.List(f.Context(), host, comments.Held, comments.ID{}, limit)
	f.must(err)
	changes, err := f.Changes(f.Context(), host, 0, limit)
	f.must(err)
	f.same("results", 0, len(threads)+len(latest)+len(held)+len(changes))
}

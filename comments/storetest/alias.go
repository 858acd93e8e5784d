package storetest

import "postil/comments"

func aliasTests() tests {
	return tests{
		"an alias of a page leads to it":                      aliasPlain,
		"a thread moves to its new page":                      aliasMove,
		"two threads become one, with answers and tombstones": aliasMerge,
		"an alias of an alias leads to the page":              aliasOfAlias,
		"aliases of a page follow when it moves":              aliasChain,
		"a page can move back":                                aliasBack,
		"an alias can be led elsewhere":                       aliasElsewhere,
		"making an alias again changes nothing":               aliasAgain,
		"a page is no alias of itself":                        aliasSelf,
		"an unknown site has no aliases":                      aliasUnknownSite,
		"a repeated post finds its comment on the new page":   aliasKey,
	}
}

func (f *fixture) alias(old, to comments.Page) {
	f.Helper()
	f.must(f.Alias(f.Context(), f.site.Host, old, to))
}

// leads demands that pages lead to another.
func (f *fixture) leads(to comments.Page, pages ...comments.Page) {
	f.Helper()
	for _, p := range append(pages, to) {
		f.same("where "+string(p)+" leads", to, f.thread(p).Page)
	}
}

func aliasPlain(f *fixture) {
	f.alias("/old", "/new")
	f.same("thread", comments.Thread{Site: f.site.Host, Page: "/new"}, f.thread("/old"))
	f.same("changes", []comments.Change{f.change(1, "/old", 0), f.change(2, "/new", 0)}, f.changes(0))
	c := f.add1(f.on("/new", "hello"))
	f.same("thread", comments.Thread{Site: f.site.Host, Page: "/new", Last: 1, Visible: 1, Updated: c.Created, Opened: c.Created}, f.thread("/old"))
}

func aliasMove(f *fixture) {
	c := f.add(f.on("/old", "1"), f.on("/old", "2"))
	c = append(c, f.add1(f.reply(c[1], "3")))
	before := f.thread("/old")
	f.alias("/old", "/new")
	before.Page = "/new"
	f.same("thread", before, f.thread("/old"))
	for i := range c {
		c[i].Page = "/new"
	}
	f.same("on the new page", c, f.all("/new"))
	f.same("on the old page", []comments.Comment(nil), f.all("/old"))
	f.same("changes", []comments.Change{f.change(4, "/old", 0), f.change(5, "/new", 0)}, f.changes(3))
	f.same("number of the next", int64(4), f.add1(f.reply(c[0], "4")).Number)
}

func aliasMerge(f *fixture) {
	there := f.add(f.on("/new", "there 1"), f.on("/new", "there 2"))
	old := f.add(f.on("/old", "1"), f.on("/old", "2"))
	old = append(old, f.add(f.reply(old[0], "answer to 1"), f.reply(old[1], "answer to 2"))...)
	waits := f.reply(old[3], "waits")
	waits.Status = comments.Held
	waits = f.add1(waits)
	old[1] = f.erase(old[1].ID)[0]
	last := f.thread("/old")
	f.alias("/old", "/new")

	for i := range old {
		old[i].Page, old[i].Number = "/new", old[i].Number+2
	}
	old[2].ParentNumber, old[3].ParentNumber = 3, 4
	f.same("on the new page", append(there, old...), f.all("/new"))
	f.same("thread", comments.Thread{Site: f.site.Host, Page: "/new", Last: 6, Visible: 5, Updated: last.Updated, Opened: there[0].Created}, f.thread("/old"))
	waits.Page, waits.ParentNumber = "/new", 6
	f.same("what waits", waits, f.find(waits.ID))
	f.same("number it gets", int64(7), f.decide(comments.Published, waits.ID)[0].Number)
	f.same("answer across", int64(8), f.add1(f.reply(there[0], "answer")).Number)
	threads, err := f.Threads(f.Context(), f.site.Host, "", 10)
	f.must(err)
	f.same("threads", 1, len(threads))
}

func aliasOfAlias(f *fixture) {
	f.add(f.on("/b", "b"), f.on("/c", "c"))
	f.alias("/a", "/b")
	f.alias("/c", "/a")
	f.leads("/b", "/a", "/c")
	f.same("on the page", 2, len(f.all("/b")))
}

func aliasChain(f *fixture) {
	f.add(f.on("/a", "a"))
	f.alias("/a", "/b")
	f.alias("/b", "/c")
	f.alias("/c", "/d")
	f.leads("/d", "/a", "/b", "/c")
	f.same("on the page", 1, len(f.all("/d")))
}

func aliasBack(f *fixture) {
	f.add(f.on("/a", "a"))
	f.alias("/older", "/a")
	f.alias("/a", "/b")
	f.alias("/b", "/a")
	f.leads("/a", "/b", "/older")
	f.same("on the page", 1, len(f.all("/a")))
	f.same("number of the next", int64(2), f.add1(f.on("/b", "b")).Number)
}

func aliasElsewhere(f *fixture) {
	f.add(f.on("/b", "b"), f.on("/c", "c"))
	f.alias("/a", "/b")
	f.alias("/a", "/c")
	f.leads("/c", "/a")
	f.leads("/b")
}

func aliasAgain(f *fixture) {
	f.add(f.on("/a", "a"))
	f.alias("/a", "/b")
	before := f.all("/b")
	f.alias("/a", "/b")
	f.leads("/b", "/a")
	f.same("on the page", before, f.all("/b"))
}

func aliasSelf(f *fixture) {
	f.fails(f.Alias(f.Context(), f.site.Host, "/a", "/a"), comments.Invalid, "page")
	f.add(f.on("/a", "a"))
	f.leads("/a")
}

func aliasUnknownSite(f *fixture) {
	f.fails(f.Alias(f.Context(), "unknown.example", "/a", "/b"), comments.NotFound, "site")
}

func aliasKey(f *fixture) {
	c := f.keyed(1)
	c.Page = "/old"
	want := f.add1(c)
	f.alias("/old", "/new")
	want.Page = "/new"
	f.existing(want, c)
}

package storetest

import (
	"cmp"
	"slices"
	"time"

	"postil/comments"
)

func threadTests() tests {
	return tests{
		"a page without comments has an empty thread":                    threadEmpty,
		"a thread of an unknown site is not found":                       threadUnknownSite,
		"updated is the time of the newest change, not the last written": threadUpdated,
		"what nobody has seen opens a thread and leaves no other trace":  threadUnseen,
		"a thread is opened by its oldest comment":                       threadOpened,
		"threads are walked in bytewise order of their pages":            threadsWalked,
		"pages of all characters and lengths keep their names":           threadPages,
	}
}

func threadEmpty(f *fixture) {
	f.same("thread", comments.Thread{Site: f.site.Host, Page: page}, f.thread(page))
}

func threadUnknownSite(f *fixture) {
	_, err := f.Thread(f.Context(), "unknown.example", page)
	f.fails(err, comments.NotFound, "site")
}

func threadUpdated(f *fixture) {
	young := f.add1(f.comment("young"))
	old := f.imported("other", "1")
	old.Created = old.Created.Add(-1000 * time.Hour)
	old.Decided = old.Created
	f.add(old)
	f.same("updated", young.Created, f.thread(page).Updated)
}

func threadUnseen(f *fixture) {
	c := f.add1(f.held("waits"))
	f.same("thread", comments.Thread{Site: f.site.Host, Page: page, Opened: c.Created}, f.thread(page))
	threads, err := f.Threads(f.Context(), f.site.Host, "", 10)
	f.must(err)
	f.same("threads", []comments.Thread(nil), threads)
	f.decide(comments.Published, c.ID)
	f.same("last once it is published", int64(1), f.thread(page).Last)
}

func threadOpened(f *fixture) {
	young := f.add1(f.comment("young"))
	f.same("opened by the first", young.Created, f.thread(page).Opened)
	f.add(f.comment("younger"))
	f.same("opened by the first of two", young.Created, f.thread(page).Opened)
	old := f.imported("other", "1")
	old.Created = old.Created.Add(-1000 * time.Hour)
	f.add(old)
	f.same("opened by an older one", old.Created, f.thread(page).Opened)
	f.erase(young.ID)
	f.add(f.on("/older", "there"))
	f.alias(page, "/older")
	f.same("opened, of both", old.Created, f.thread("/older").Opened)
}

func threadsWalked(f *fixture) {
	var want []comments.Thread
	for _, p := range []comments.Page{"/", "/a", "/B", "/a/b", "/a-b", "/%C3%A9", "/z?id=1", "/ab"} {
		c := f.add1(f.on(p, "hello"))
		want = append(want, comments.Thread{Site: f.site.Host, Page: p, Last: 1, Visible: 1, Updated: c.Created, Opened: c.Created})
	}
	slices.SortFunc(want, func(a, b comments.Thread) int { return cmp.Compare(a.Page, b.Page) })
	var got []comments.Thread
	var after comments.Page
	for {
		some, err := f.Threads(f.Context(), f.site.Host, after, 3)
		f.must(err)
		if len(some) == 0 {
			break
		}
		got, after = append(got, some...), some[len(some)-1].Page
	}
	f.same("all pages", want, got)
}

func threadPages(f *fixture) {
	long := make([]byte, comments.MaxPage)
	for i := range long {
		long[i] = '/' + byte(i*7%40) // varied, so that no index compresses it
	}
	long[0] = '/'
	for _, p := range []comments.Page{"/", "/é ' \" \\ % _", comments.Page(long)} {
		c := f.add1(f.on(p, "hello"))
		f.same("comment", c, f.find(c.ID))
		f.same("on the page", []comments.Comment{c}, f.all(p))
		f.must(f.Alias(f.Context(), f.site.Host, p+"x", p))
	}
}

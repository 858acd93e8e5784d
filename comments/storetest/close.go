package storetest

import (
	"context"
	"errors"
	"time"

	"postil/comments"
)

func closeTests() tests {
	return tests{
		"a closed page takes no comments, and takes them again":    closeRefuses,
		"a page that refuses stores nothing of the batch":          closeBatch,
		"imports and the owner's comments pass into a closed page": closePasses,
		"a repeated post is answered though the page has closed":   closeRepeated,
		"closing twice is one change":                              closeTwice,
		"closing follows an alias":                                 closeAlias,
		"a page that joins a closed one is closed":                 closeMerge,
		"a page without comments can be closed, and opened":        closeEmpty,
		"an unknown site has no pages to close":                    closeUnknownSite,
		"what is there can change after its page has closed":       closeUpdate,
		"open threads are found by their age":                      closeOld,
		"a page closes between two comments, not within one":       closeConcurrent,
	}
}

// close closes or opens a page and demands the head that is returned.
func (f *fixture) close(page comments.Page, closed bool) {
	f.Helper()
	head, err := f.CloseThread(f.Context(), f.site.Host, page, closed)
	f.must(err)
	f.same("head returned by CloseThread", f.head(), head)
}

// shut demands that a page refuses a batch and stores nothing of it.
func (f *fixture) shut(batch ...comments.Comment) {
	f.Helper()
	head, events := f.head(), len(f.events(0))
	_, err := f.Add(f.Context(), batch)
	f.fails(err, comments.Forbidden, "")
	f.same("head", head, f.head())
	f.same("events", events, len(f.events(0)))
	for _, c := range batch {
		_, err := f.Find(f.Context(), c.ID)
		f.fails(err, comments.NotFound, "")
	}
}

func closeRefuses(f *fixture) {
	c := f.add1(f.comment("1"))
	f.close(page, true)
	f.same("thread", comments.Thread{Site: f.site.Host, Page: page, Last: 1, Visible: 1, Updated: c.Created, Opened: c.Created, Closed: true}, f.thread(page))
	threads, err := f.Threads(f.Context(), f.site.Host, "", 10)
	f.must(err)
	f.same("threads", []comments.Thread{f.thread(page)}, threads)
	f.shut(f.comment("late"))
	f.shut(f.held("late"))
	f.add(f.on("/other", "elsewhere"))
	f.close(page, false)
	f.add(f.comment("2"))
	f.same("changes", []comments.Change{f.change(2, page, 0), f.change(3, "/other", 1), f.change(4, page, 0), f.change(5, page, 2)}, f.changes(1))
}

func closeBatch(f *fixture) {
	f.add(f.comment("1"))
	f.close(page, true)
	f.shut(f.on("/other", "innocent"), f.comment("late"))
	f.same("the other page", comments.Thread{Site: f.site.Host, Page: "/other"}, f.thread("/other"))
}

func closePasses(f *fixture) {
	f.add(f.comment("1"))
	f.close(page, true)
	owners := f.comment("by the owner")
	owners.Author.Owner = true
	stored := f.add(f.imported("other", "1"), owners)
	f.same("numbers", []int64{2, 3}, numbersOf(stored))
	f.same("closed", true, f.thread(page).Closed)
}

func closeRepeated(f *fixture) {
	c := f.add1(f.keyed(1))
	f.close(page, true)
	f.existing(c, f.keyed(1))
}

func closeTwice(f *fixture) {
	f.close(page, false)
	f.same("changes", []comments.Change(nil), f.changes(0))
	f.close(page, true)
	f.close(page, true)
	f.same("changes", []comments.Change{f.change(1, page, 0)}, f.changes(0))
}

func closeAlias(f *fixture) {
	f.add(f.comment("1"))
	f.alias("/old", page)
	f.close("/old", true)
	f.same("closed", true, f.thread(page).Closed)
	f.shut(f.comment("late"))
	f.shut(f.on("/old", "late"))
}

func closeMerge(f *fixture) {
	f.add(f.on("/old", "1"), f.on("/new", "1"))
	f.close("/old", true)
	f.alias("/old", "/new")
	f.same("closed", true, f.thread("/new").Closed)
}

func closeEmpty(f *fixture) {
	f.close(page, true)
	f.same("thread", comments.Thread{Site: f.site.Host, Page: page, Closed: true}, f.thread(page))
	f.shut(f.comment("late"))
	f.close(page, false)
	f.same("number of the first", int64(1), f.add1(f.comment("1")).Number)
}

func closeUnknownSite(f *fixture) {
	_, err := f.CloseThread(f.Context(), "unknown.example", page, true)
	f.fails(err, comments.NotFound, "site")
}

func closeUpdate(f *fixture) {
	c := f.add(f.held("waits"), f.comment("goes"))
	f.close(page, true)
	f.decide(comments.Published, c[0].ID)
	f.erase(c[1].ID)
	f.same("closed", true, f.thread(page).Closed)
}

func closeOld(f *fixture) {
	young, old, older := f.on("/young", "1"), f.on("/old", "1"), f.on("/older", "1")
	old.Created, older.Created = old.Created.Add(-100*time.Hour), older.Created.Add(-200*time.Hour)
	waits := f.on("/waits", "1")
	waits.Created, waits.Status = waits.Created.Add(-300*time.Hour), comments.Held
	f.add(young, old, older, waits)
	f.close("/older", true)
	found := func(opened time.Time, limit int) (pages []comments.Page) {
		threads, err := f.OpenThreads(f.Context(), f.site.Host, opened, limit)
		f.must(err)
		for _, t := range threads {
			f.same("thread", f.thread(t.Page), t)
			pages = append(pages, t.Page)
		}
		return pages
	}
	f.same("older than the young", []comments.Page{"/waits", "/old"}, found(young.Created, 10))
	f.same("older than the old", []comments.Page{"/waits"}, found(old.Created, 10))
	f.same("the first of all", []comments.Page{"/waits"}, found(f.now(), 1))
	f.same("none", []comments.Page(nil), found(f.now(), 0))
	f.same("before all time", []comments.Page(nil), found(time.Time{}, 10))
}

// Whatever order the writers come in, nothing is added after the closing.
func closeConcurrent(f *fixture) {
	drafts := f.drafts()
	f.together(writers+1, func(ctx context.Context, store comments.Store, w int) error {
		if w == writers {
			_, err := store.CloseThread(ctx, f.site.Host, "/a", true)
			return err
		}
		for _, batch := range drafts[w] {
			if _, err := store.Add(ctx, batch); err != nil && comments.KindOf(err) != comments.Forbidden {
				return err
			}
		}
		return nil
	})
	closed := false
	for _, c := range f.changes(0) {
		closed = closed || c.Item == 0
		if closed && c.Item > 0 {
			f.Errorf("change %d tells of a comment on %s after /a was closed", c.Number, c.Page)
		}
	}
	f.same("closed", true, closed)
	f.same("visible", int64(len(f.all("/a"))), f.thread("/a").Visible)
	if _, err := f.Add(f.Context(), []comments.Comment{f.on("/a", "late")}); errors.Is(err, nil) {
		f.Error("a closed page took a comment")
	}
}

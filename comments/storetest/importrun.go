package storetest

import (
	"errors"
	"slices"
	"strings"

	"postil/comments"
)

func runTests() serviceTests {
	return serviceTests{
		"runs are kept and listed, the newest first":           runsKept,
		"a run of an unknown site is not found":                runNowhere,
		"a run knows what it stored itself":                    runOwn,
		"taken back is all, the last stored first":             unloadAll,
		"what others answer is erased and kept":                unloadAnswered,
		"taking back brings the books in line":                 unloadBooks,
		"a run's closed pages open again":                      unloadClosed,
		"what a moderator closed stays closed":                 unloadModerated,
		"a place that is kept has a number":                    loadPlace,
		"what comes from another Postil keeps id and number":   loadExact,
		"an import writes few changes":                         loadChanges,
		"exports go through a page by ids":                     archiveSteps,
		"exports name pages with comments, aliases or closed":  archivePages,
		"addresses are sealed anew":                            resealAddresses,
		"erasing takes votes and address":                      eraseImported,
		"an address leads to the comments imported with it":    forgetImported,
		"retention counts from the import":                     retainImported,
		"an import into an alias goes where the alias leads":   loadAlias,
		"what exists elsewhere in the batch's site is present": presentIDs,
	}
}

func runsKept(d *desk) {
	first, second := d.run(), d.run()
	second.State, second.Ended, second.Report = comments.RunDone, d.now(), `{"rows":1}`
	d.must(d.PutRun(d.Context(), second))
	runs, err := d.Runs(d.Context(), d.site.Host)
	d.must(err)
	d.same("runs", []comments.Run{second, first}, runs)
	runs, err = d.Runs(d.Context(), "nowhere.example")
	d.must(err)
	d.same("runs of another site", 0, len(runs))
}

func runNowhere(d *desk) {
	d.fails(d.PutRun(d.Context(), comments.Run{Site: "nowhere.example", ID: d.id(), State: comments.RunDone}), comments.NotFound, "site")
	_, err := d.Store.Load(d.Context(), "nowhere.example", d.id(), []comments.Imported{{Comment: d.imported("other", "1")}})
	d.fails(err, comments.NotFound, "site")
	_, err = d.Unload(d.Context(), d.site.Host, d.id(), d.now(), 10)
	d.fails(err, comments.NotFound, "")
}

func runOwn(d *desk) {
	run := d.imports(1, d.record("1", ""))
	d.imports(1, d.record("2", ""))
	loaded, err := d.load(d.Context(), run.ID, d.record("1", ""), d.record("2", ""), d.record("3", ""))
	d.must(err)
	var states []comments.LoadState
	for _, l := range loaded {
		states = append(states, l.State)
	}
	d.same("states", []comments.LoadState{comments.LoadedByRun, comments.LoadedBefore, comments.LoadedNow}, states)
}

// unload takes a run back by steps.
func (d *desk) unload(run comments.ID, limit int) (sum comments.Unloaded) {
	d.Helper()
	for {
		step, err := d.Unload(d.Context(), d.site.Host, run, d.now(), limit)
		d.must(err)
		sum.Removed, sum.Kept = sum.Removed+step.Removed, sum.Kept+step.Kept
		if !step.More {
			return sum
		}
	}
}

func unloadAll(d *desk) {
	own := d.add1(d.comment("there before"))
	before := d.thread(page)
	run := d.imports(4, d.record("1", ""), d.record("2", "1"), d.record("3", "2"), d.record("4", "1"))
	d.same("taken back", comments.Unloaded{Removed: 4}, d.unload(run.ID, 2))
	d.same("left", []comments.Comment{own}, d.all(page))
	d.same("thread", before, d.thread(page))
	found, err := d.Imported(d.Context(), d.site.Host, "other", []string{"1", "2", "3", "4"})
	d.must(err)
	d.same("known by their origin", 0, len(found))
	d.same("taken back again", comments.Unloaded{}, d.unload(run.ID, 2))
	runs, err := d.Runs(d.Context(), d.site.Host)
	d.must(err)
	d.same("state", comments.RunUndone, runs[0].State)
	d.imports(1, d.record("1", ""))
}

func unloadAnswered(d *desk) {
	run := d.imports(3, d.record("1", ""), d.record("2", "1"), d.record("3", ""))
	answer := d.add1(d.reply(d.all(page)[1], "of a reader"))
	d.same("taken back", comments.Unloaded{Removed: 1, Kept: 2}, d.unload(run.ID, 1))
	left := d.all(page)
	d.same("statuses", []comments.Status{comments.Deleted, comments.Deleted, comments.Published}, statusesOf(left))
	d.same("words", "", left[0].Source+left[0].Author.Name+left[1].Source+left[1].Author.Name+string(left[1].HTML))
	d.same("origins", []comments.Origin{{}, {}, {}}, []comments.Origin{left[0].Origin, left[1].Origin, left[2].Origin})
	d.same("the answer", answer, left[2])
	d.same("visible", int64(1), d.thread(page).Visible)
	d.imports(1, d.record("1", ""))
}

func statusesOf(list []comments.Comment) (statuses []comments.Status) {
	for _, c := range list {
		statuses = append(statuses, c.Status)
	}
	return statuses
}

func unloadBooks(d *desk) {
	elsewhere, held := d.record("2", ""), d.record("3", "")
	elsewhere.Page, held.Status = "/elsewhere", comments.Held
	run := d.imports(3, d.record("1", ""), elsewhere, held)
	d.add1(d.comment("after the import"))
	head := d.head()
	d.unload(run.ID, 10)
	d.same("pages told of", map[comments.Page]bool{page: true, "/elsewhere": true}, pagesOf(d.changes(head)))
	for _, c := range d.changes(head) {
		d.same("told of the whole page", int64(0), c.Item)
	}
	d.same("numbers", []int64{2}, numbersOf(d.all(page)))
	d.same("last", int64(2), d.thread(page).Last)
	d.same("the other page", comments.Thread{Site: d.site.Host, Page: "/elsewhere"}, d.thread("/elsewhere"))
}

func pagesOf(changes []comments.Change) map[comments.Page]bool {
	pages := map[comments.Page]bool{}
	for _, c := range changes {
		pages[c.Page] = true
	}
	return pages
}

func unloadClosed(d *desk) {
	run := d.imports(1, d.record("1", ""))
	d.add1(d.on("/own", "there before"))
	d.must(d.CloseFor(d.Context(), d.site.Host, run.ID, []comments.Page{page, "/own", "/empty"}))
	d.same("closed", []bool{true, true, true}, []bool{d.thread(page).Closed, d.thread("/own").Closed, d.thread("/empty").Closed})
	d.unload(run.ID, 10)
	d.same("closed after", []bool{false, false, false}, []bool{d.thread(page).Closed, d.thread("/own").Closed, d.thread("/empty").Closed})
	d.same("pages", []comments.Page{"/own"}, d.archivedPages())
}

func unloadModerated(d *desk) {
	run := d.imports(1, d.record("1", ""))
	_, err := d.Store.CloseThread(d.Context(), d.site.Host, page, true)
	d.must(err)
	d.must(d.CloseFor(d.Context(), d.site.Host, run.ID, []comments.Page{page}))
	d.unload(run.ID, 10)
	d.same("closed", true, d.thread(page).Closed)
}

func loadPlace(d *desk) {
	gone := d.record("1", "")
	gone.Status = comments.Deleted
	d.imports(2, gone, d.record("2", "1"))
	got := d.all(page)
	d.same("numbers", []int64{1, 2}, numbersOf(got))
	d.same("parent", int64(1), got[1].ParentNumber)
	d.same("it is a tombstone", true, got[0].Tombstone())
	d.same("visible", int64(1), d.thread(page).Visible)
}

func loadExact(d *desk) {
	run := d.run()
	first, second, hidden := d.comment("first"), d.comment("second"), d.held("hidden")
	first.Number, second.Number, second.Parent = 3, 7, first.ID
	first.EditKey, first.Pinned, first.By = comments.Hash{1}, true, moderator
	exact := func(list ...comments.Comment) (batch []comments.Imported) {
		for _, c := range list {
			batch = append(batch, comments.Imported{Comment: c, Votes: 4, Exact: true})
		}
		return batch
	}
	_, err := d.Store.Load(d.Context(), d.site.Host, run.ID, exact(hidden, first, second))
	d.must(err)
	second.ParentNumber = 3
	d.same("stored", []comments.Comment{first, second}, d.all(page))
	d.same("hidden", hidden, d.find(hidden.ID))
	d.same("last", int64(7), d.thread(page).Last)
	late := d.comment("its number is taken")
	late.Number = 3
	loaded, err := d.Store.Load(d.Context(), d.site.Host, run.ID, exact(first, late))
	d.must(err)
	d.same("states", []comments.LoadState{comments.LoadedByRun, comments.LoadedNow}, []comments.LoadState{loaded[0].State, loaded[1].State})
	d.same("numbers", []int64{3, 7, 8}, numbersOf(d.all(page)))
}

func loadChanges(d *desk) {
	d.add1(d.comment("there before"))
	head := d.head()
	var records []comments.Record
	for _, id := range "abcdefghijklmnopqrstuvwxy" {
		r := d.record(string(id), "")
		records = append(records, r)
		r.Origin.ID, r.Page = "new "+string(id), "/new"
		records = append(records, r)
	}
	d.imports(len(records), records...)
	changes := d.changes(head)
	d.same("items", map[comments.Page][]int64{page: {2, 12, 22, 26}, "/new": {0}}, itemsOf(changes))
	events, err := d.Events(d.Context(), d.site.Host, 0, 100)
	d.must(err)
	d.same("events", 1, len(events)) // of the comment that was there
}

func itemsOf(changes []comments.Change) map[comments.Page][]int64 {
	items := map[comments.Page][]int64{}
	for _, c := range changes {
		items[c.Page] = append(items[c.Page], c.Item)
	}
	for _, list := range items {
		slices.Sort(list)
	}
	return items
}

func archiveSteps(d *desk) {
	voted, held := d.record("1", ""), d.record("2", "")
	voted.Votes, held.Status = -5, comments.Held
	d.imports(2, voted, held)
	d.add1(d.comment("own"))
	var got []comments.Imported
	for after := (comments.ID{}); ; {
		some, err := d.Archived(d.Context(), d.site.Host, page, after, 1)
		d.must(err)
		if len(some) == 0 {
			break
		}
		got, after = append(got, some...), some[0].ID
	}
	votes := map[string]int64{}
	for i, c := range got {
		votes[c.Origin.ID] = c.Votes
		if i > 0 && c.ID.String() <= got[i-1].ID.String() {
			d.Errorf("%s comes after %s", c.ID, got[i-1].ID)
		}
		d.same("whole", d.find(c.ID), c.Comment)
	}
	d.same("votes", map[string]int64{"1": -5, "2": 0, "": 0}, votes)
}

func (d *desk) archivedPages() (pages []comments.Page) {
	d.Helper()
	for after := comments.Page(""); ; {
		some, err := d.ArchivedThreads(d.Context(), d.site.Host, after, 1)
		d.must(err)
		if len(some) == 0 {
			return pages
		}
		pages, after = append(pages, some[0].Page), some[0].Page
	}
}

func archivePages(d *desk) {
	d.add(d.on("/b", "1"), d.on("/c", "2"))
	held := d.held("3")
	held.Page = "/a"
	d.add1(held)
	d.must(d.Alias(d.Context(), d.site.Host, "/old", "/c"))
	d.must(d.Alias(d.Context(), d.site.Host, "/older", "/c"))
	d.must(d.Alias(d.Context(), d.site.Host, "/lost", "/d"))
	_, err := d.Store.CloseThread(d.Context(), d.site.Host, "/e", true)
	d.must(err)
	_, err = d.Store.CloseThread(d.Context(), d.site.Host, "/f", true)
	d.must(err)
	_, err = d.Store.CloseThread(d.Context(), d.site.Host, "/f", false)
	d.must(err)
	all, err := d.ArchivedThreads(d.Context(), d.site.Host, "", 10)
	d.must(err)
	d.same("threads", []comments.ArchivedThread{
		{Page: "/a"}, {Page: "/b"}, {Page: "/c", Aliases: []comments.Page{"/old", "/older"}}, {Page: "/d", Aliases: []comments.Page{"/lost"}}, {Page: "/e", Closed: true},
	}, all)
	d.same("one by one", []comments.Page{"/a", "/b", "/c", "/d", "/e"}, d.archivedPages())
}

// addresses are those of the site's imports, which it leaves sealed anew.
func (d *desk) addresses() (list []string) {
	d.Helper()
	d.must(d.ResealImported(d.Context(), func(sealed *[]byte) error {
		text, err := d.Keys.Open(comments.SealImported, *sealed)
		if errors.Is(err, comments.ErrSealed) {
			return nil // of another test
		}
		list = append(list, text)
		*sealed, err = d.Keys.Seal(comments.SealImported, text)
		return err
	}))
	return list
}

func (d *desk) mailed(id, email string) comments.Record {
	r := d.record(id, "")
	r.Email = email
	return r
}

func resealAddresses(d *desk) {
	email := func(id string) string { return id + "@" + d.site.Host }
	d.imports(2, d.mailed("1", email("a")), d.mailed("2", email("b")))
	for range 2 {
		list := slices.DeleteFunc(d.addresses(), func(s string) bool { return s != email("a") && s != email("b") })
		slices.Sort(list)
		d.same("addresses", []string{email("a"), email("b")}, list)
	}
	refusal := errors.New("refused")
	if err := d.ResealImported(d.Context(), func(*[]byte) error { return refusal }); err != refusal {
		d.Errorf("got %v", err)
	}
}

func eraseImported(d *desk) {
	email := "c@" + d.site.Host
	r := d.mailed("1", email)
	r.Votes = 2
	d.imports(1, r)
	_, err := d.Erase(d.Context(), moderator, d.site.Host, idsOf(d.all(page)))
	d.must(err)
	d.same("address is left", false, slices.Contains(d.addresses(), email))
	list, err := d.Archived(d.Context(), d.site.Host, page, comments.ID{}, 10)
	d.must(err)
	d.same("votes", int64(0), list[0].Votes)
}

func forgetImported(d *desk) {
	email, other := "me@"+d.site.Host, "you@"+d.site.Host
	d.imports(4, d.mailed("1", email), d.mailed("2", other), d.mailed("3", strings.ToUpper(email)), d.record("4", ""))
	all := d.all(page)
	d.by(comments.Badge{}, email, all[0], all[2])
	d.by(comments.Badge{}, "nobody@"+d.site.Host)
	some, err := d.Addresses(d.Context(), d.site.Host, all[0].ID, 1)
	d.must(err)
	d.same("the next address", []comments.ID{all[1].ID}, []comments.ID{some[0].Comment})
	d.same("forgotten", 2, d.forget(comments.Badge{}, email))
	d.by(comments.Badge{}, email)
	d.by(comments.Badge{}, other, all[1])
}

func loadAlias(d *desk) {
	d.must(d.Alias(d.Context(), d.site.Host, page, "/new"))
	d.imports(2, d.record("1", ""), d.record("2", "1"))
	d.same("numbers", []int64{1, 2}, numbersOf(d.all("/new")))
}

func presentIDs(d *desk) {
	c := d.add1(d.comment("own"))
	present, err := d.Present(d.Context(), d.site.Host, []comments.ID{c.ID, d.id()})
	d.must(err)
	d.same("present", map[comments.ID]bool{c.ID: true}, present)
}

func retainImported(d *desk) {
	held := d.record("1", "")
	held.Status = comments.Held
	d.imports(1, held)
	site := d.site
	site.Settings.Retention.Held = comments.MinRetention
	done, err := d.Tidy(d.Context(), site)
	d.must(err)
	d.same("erased at once", 0, done.Held)
	d.pass(2 * comments.MinRetention)
	done, err = d.Tidy(d.Context(), site)
	d.must(err)
	d.same("erased when its time is over", 1, done.Held)
}

package storetest

import (
	"context"
	"strconv"
	"time"

	"postil/comments"
)

func importTests() serviceTests {
	return serviceTests{
		"an import stores what it is given":                importPlain,
		"an import repeated adds nothing":                  importAgain,
		"an import goes on where another ended":            importGrown,
		"an answer without its parent answers nothing":     importOrphan,
		"a record without an origin is refused":            importNameless,
		"an erased comment is not imported again":          importErased,
		"what was not published is imported unseen":        importUnseen,
		"two imports at once make one of each":             importAtOnce,
		"an import of more than one batch keeps its order": importLong,
	}
}

// record is the comment of the other system with that id.
func (d *desk) record(id, parent string) comments.Record {
	return comments.Record{
		Origin: comments.Origin{Source: "other", ID: id}, Parent: parent, Page: page, Author: comments.Author{Name: "Bea"},
		Source: "<p>" + id + "</p>", Markup: comments.SourceHTML, Status: comments.Published,
		Created: time.Date(2011, 2, 3, 4, 5, 6, 789, time.FixedZone("CET", 3600)),
	}
}

// run begins an import.
func (d *desk) run() comments.Run {
	d.Helper()
	r := comments.Run{
		Site: d.site.Host, ID: d.id(), Format: "other", File: "other.json", Digest: comments.Hash{9}, Options: "{}",
		State: comments.RunUnderway, Began: d.now(),
	}
	d.must(d.PutRun(d.Context(), r))
	return r
}

// load prepares and stores records for a run.
func (d *desk) load(ctx context.Context, run comments.ID, records ...comments.Record) ([]comments.Loaded, error) {
	im := comments.Importer{Service: d.Service}
	batch := make([]comments.Prepared, len(records))
	for i, r := range records {
		var err error
		if batch[i], err = im.Prepare(d.site, r); err != nil {
			return nil, err
		}
	}
	return im.Load(ctx, d.site.Host, run, batch)
}

// imports loads records in a run of their own, of which so many must be new.
func (d *desk) imports(want int, records ...comments.Record) comments.Run {
	d.Helper()
	run := d.run()
	loaded, err := d.load(d.Context(), run.ID, records...)
	d.must(err)
	d.same("new", want, fresh(loaded))
	return run
}

func fresh(loaded []comments.Loaded) (n int) {
	for _, l := range loaded {
		if l.State == comments.LoadedNow {
			n++
		}
	}
	return n
}

func importPlain(d *desk) {
	d.imports(2, d.record("1", ""), d.record("2", "1"))
	got := d.all(page)
	at := time.Date(2011, 2, 3, 3, 5, 6, 0, time.UTC)
	d.same("numbers", []int64{1, 2}, numbersOf(got))
	d.same("answer", comments.Comment{
		ID: got[1].ID, Site: d.site.Host, Page: page, Parent: got[0].ID, ParentNumber: 1, Number: 2, Status: comments.Published,
		Author: comments.Author{Name: "Bea"}, Source: "<p>2</p>", Markup: comments.SourceHTML, HTML: "<p>&lt;p&gt;2&lt;/p&gt;</p>",
		Created: at, Decided: at, Origin: comments.Origin{Source: "other", ID: "2"},
	}, got[1])
}

func importAgain(d *desk) {
	d.imports(2, d.record("1", ""), d.record("2", "1"))
	before, head := d.all(page), d.head()
	d.imports(0, d.record("1", ""), d.record("2", "1"))
	d.same("on the page", before, d.all(page))
	d.same("head", head, d.head())
}

func importGrown(d *desk) {
	d.imports(1, d.record("1", ""))
	d.imports(2, d.record("1", ""), d.record("2", "1"), d.record("3", "2"))
	d.imports(1, d.record("4", "3"))
	got := d.all(page)
	d.same("parents", []int64{0, 1, 2, 3}, []int64{got[0].ParentNumber, got[1].ParentNumber, got[2].ParentNumber, got[3].ParentNumber})
}

func importOrphan(d *desk) {
	elsewhere := d.record("3", "1")
	elsewhere.Page = "/elsewhere"
	loaded, err := d.load(d.Context(), d.run().ID, d.record("0", ""), d.record("2", "9"), d.record("1", ""), elsewhere, d.record("4", "1"))
	d.must(err)
	var uprooted []bool
	for _, l := range loaded {
		uprooted = append(uprooted, l.Uprooted)
	}
	d.same("uprooted", []bool{false, true, false, true, false}, uprooted)
	d.same("parents", []int64{0, 0, 0, 3}, parentsOf(d.all(page)))
	d.same("parent elsewhere", []int64{0}, parentsOf(d.all("/elsewhere")))
}

func parentsOf(list []comments.Comment) (numbers []int64) {
	for _, c := range list {
		numbers = append(numbers, c.ParentNumber)
	}
	return numbers
}

func importNameless(d *desk) {
	for _, origin := range []comments.Origin{{}, {Source: "other"}, {ID: "1"}} {
		r := d.record("1", "")
		r.Origin = origin
		_, err := d.load(d.Context(), d.run().ID, r)
		d.fails(err, comments.Invalid, "origin")
	}
}

func importErased(d *desk) {
	d.imports(1, d.record("1", ""))
	_, err := d.Erase(d.Context(), moderator, d.site.Host, idsOf(d.all(page)))
	d.must(err)
	d.imports(0, d.record("1", ""))
	d.same("status", comments.Deleted, d.all(page)[0].Status)
}

func importUnseen(d *desk) {
	spam, held := d.record("1", ""), d.record("2", "")
	spam.Status, held.Status = comments.Spam, comments.Held
	d.imports(2, spam, held)
	d.same("head", int64(0), d.head())
	d.same("on the page", []comments.Comment(nil), d.all(page))
}

func importAtOnce(d *desk) {
	const imports = 4
	records := []comments.Record{d.record("1", ""), d.record("2", "1"), d.record("3", "2")}
	var runs [imports]comments.ID
	for i := range runs {
		runs[i] = d.run().ID
	}
	added, ctx := make(chan int, imports), d.soon()
	for _, run := range runs {
		go func() {
			loaded, err := d.load(ctx, run, records...)
			if err != nil {
				d.Error(err)
			}
			added <- fresh(loaded)
		}()
	}
	total := 0
	for range imports {
		total += <-added
	}
	d.same("added", 3, total)
	d.same("on the page", 3, len(d.all(page)))
}

func importLong(d *desk) {
	const n = 300
	records := make([]comments.Record, n)
	for i := range records {
		records[i] = d.record(strconv.Itoa(i), "")
		if i > 0 {
			records[i].Parent = strconv.Itoa(i / 2)
		}
	}
	records[0].Parent, records[1].Parent = "", "0"
	d.imports(n, records...)
	for i, c := range d.all(page) {
		if c.Origin.ID != strconv.Itoa(i) || (i > 1 && c.ParentNumber != int64(i/2+1)) {
			d.Fatalf("at number %d stands %s, an answer to number %d", c.Number, c.Origin.ID, c.ParentNumber)
		}
	}
}

package storetest

import (
	"time"

	"postil/comments"
)

func queueTests() tests {
	return tests{
		"a tally counts each status up to its limit":    tallyLimits,
		"days count what came in, by what became of it": daysCount,
		"days begin with the time that is asked for":    daysFrom,
		"answers are the published ones of one comment": answersOfOne,
		"limits of zero and below find nothing":         queueLimits,
	}
}

func tallyLimits(f *fixture) {
	f.four()
	f.add(f.comment("1"), f.comment("2"), f.held("3"), f.imported("other", "1"))
	for limit, want := range map[int64]map[comments.Status]int64{
		10: {comments.Published: 4, comments.Held: 2, comments.Spam: 1, comments.Deleted: 1},
		2:  {comments.Published: 2, comments.Held: 2, comments.Spam: 1, comments.Deleted: 1},
		0:  {comments.Published: 0, comments.Held: 0, comments.Spam: 0, comments.Deleted: 0},
	} {
		got, err := f.Tally(f.Context(), f.site.Host, limit)
		f.must(err)
		f.same("tally", want, got)
	}
}

// dated adds comments of a time.
func (f *fixture) dated(at time.Time, batch ...comments.Comment) {
	f.Helper()
	for i := range batch {
		batch[i].ID, batch[i].Created = f.idAt(at), at
	}
	f.add(batch...)
}

func daysCount(f *fixture) {
	day := time.Date(2026, 3, 29, 0, 0, 0, 0, time.UTC) // when clocks change in Europe
	f.dated(day.Add(-time.Microsecond), f.comment("the day before"))
	f.dated(day, f.comment("the first"), f.held("the second"), f.comment("goes"))
	f.dated(day.Add(24*time.Hour-time.Microsecond), f.comment("the last"))
	f.dated(day.Add(24*time.Hour), f.held("the day after"))
	f.dated(day, f.imported("other", "1"))
	f.erase(f.all(page)[2].ID)
	want := []comments.Day{
		{Date: day.AddDate(0, 0, -1), Status: comments.Published, Count: 1},
		{Date: day, Status: comments.Deleted, Count: 1}, {Date: day, Status: comments.Held, Count: 1}, {Date: day, Status: comments.Published, Count: 2},
		{Date: day.AddDate(0, 0, 1), Status: comments.Held, Count: 1},
	}
	f.days("all", time.Time{}, want...)
	f.days("from the day", day, want[1:]...)
}

func (f *fixture) days(what string, from time.Time, want ...comments.Day) {
	f.Helper()
	got, err := f.Days(f.Context(), f.site.Host, from)
	f.must(err)
	f.same(what, want, got)
}

func daysFrom(f *fixture) {
	noon := time.Date(2026, 3, 29, 12, 0, 0, 0, time.UTC)
	f.dated(noon.Add(-time.Microsecond), f.comment("before"))
	f.dated(noon, f.comment("at noon"))
	f.days("from noon", noon, comments.Day{Date: noon.Add(-12 * time.Hour), Status: comments.Published, Count: 1})
	f.days("from later", noon.Add(time.Microsecond))
}

func answersOfOne(f *fixture) {
	parent := f.add1(f.comment("parent"))
	c := f.add(f.reply(parent, "1"), f.reply(parent, "2"), f.comment("no answer"), f.reply(parent, "goes"))
	deeper := f.add1(f.reply(c[0], "deeper"))
	waits := f.reply(parent, "waits")
	waits.Status = comments.Held
	f.add(waits)
	f.erase(c[3].ID)
	answers := func(page comments.Page, parent comments.ID, limit int) []comments.Comment {
		got, err := f.Answers(f.Context(), f.site.Host, page, parent, limit)
		f.must(err)
		return got
	}
	f.same("answers", []comments.Comment{c[1], c[0]}, answers(page, parent.ID, 10))
	f.same("the newest", []comments.Comment{c[1]}, answers(page, parent.ID, 1))
	f.same("answers of an answer", []comments.Comment{deeper}, answers(page, c[0].ID, 10))
	f.same("on another page", []comments.Comment(nil), answers("/other", parent.ID, 10))
	f.same("of none", []comments.Comment(nil), answers(page, comments.ID{}, 10))
}

func queueLimits(f *fixture) {
	parent := f.add1(f.comment("parent"))
	f.add(f.reply(parent, "answer"), f.held("waits"))
	for _, limit := range []int{0, -1} {
		found, err := f.Search(f.Context(), comments.Filter{Site: f.site.Host, Limit: limit, Statuses: []comments.Status{comments.Held, comments.Published}})
		f.must(err)
		answers, err := f.Answers(f.Context(), f.site.Host, page, parent.ID, limit)
		f.must(err)
		events, err := f.Events(f.Context(), f.site.Host, 0, limit)
		f.must(err)
		trail, err := f.Trail(f.Context(), f.site.Host, comments.ID{}, 0, limit)
		f.must(err)
		f.same("results", 0, len(found)+len(answers)+len(events)+len(trail))
	}
}

package storetest

import (
	"context"
	"sync"
	"time"

	"postil/comments"
)

func eventTests() tests {
	return tests{
		"what happens to a comment is told in order":         eventKinds,
		"a comment is told of as first visible only once":    eventFirst,
		"imports make no events when they come in":           eventImport,
		"what changes nothing makes no event":                eventNothing,
		"what is refused leaves no gap among events":         eventRefused,
		"events are paged by their numbers":                  eventPaged,
		"a trail goes back from the newest, of one or all":   eventTrail,
		"pruning stops at what has not been dispatched":      eventPruned,
		"sites count their events separately":                eventSites,
		"an event is there as soon as its comment is":        eventTail,
		"a reader that follows while many write misses none": eventFollowed,
		"a page that closes makes a change and no event":     eventClose,
		"events of a removed site are gone, and count anew":  eventRemoved,
	}
}

func (f *fixture) events(after int64) []comments.Event {
	f.Helper()
	events, err := f.Events(f.Context(), f.site.Host, after, 1000)
	f.must(err)
	return events
}

// event is one that the fixture's site should have.
func (f *fixture) event(number int64, at time.Time, kind comments.EventKind, c comments.Comment, first bool, by string) comments.Event {
	return comments.Event{Site: f.site.Host, Number: number, At: at, Kind: kind, Comment: c.ID, Status: c.Status, First: first, By: by}
}

// act changes one comment in somebody's name.
func (f *fixture) act(by string, at time.Time, id comments.ID, edit func(*comments.Comment)) comments.Comment {
	f.Helper()
	changed, _, err := f.Update(f.Context(), f.site.Host, comments.Act{By: by, At: at}, []comments.ID{id}, func(c *comments.Comment) error {
		edit(c)
		return nil
	})
	f.must(err)
	return changed[0]
}

func eventKinds(f *fixture) {
	c := f.add(f.comment("1"), f.held("2"))
	at := f.now()
	published := f.act("ben", at, c[1].ID, func(c *comments.Comment) { c.Status, c.By = comments.Published, "ben" })
	edited := f.act("", at, c[0].ID, func(c *comments.Comment) { c.Source, c.Edited = "other", at })
	pinned := f.act("mia", at, c[0].ID, func(c *comments.Comment) { c.Pinned = true })
	f.same("events", []comments.Event{
		f.event(1, c[0].Created, comments.Received, c[0], true, ""), f.event(2, c[1].Created, comments.Received, c[1], false, ""),
		f.event(3, at, comments.Decided, published, true, "ben"), f.event(4, at, comments.Edited, edited, false, ""),
		f.event(5, at, comments.Pinned, pinned, false, "mia"),
	}, f.events(0))
	f.erase(c[0].ID)
	f.same("kind and status of an erasure", []any{comments.Decided, comments.Deleted}, []any{f.events(5)[0].Kind, f.events(5)[0].Status})
}

func eventFirst(f *fixture) {
	c := f.add1(f.held("waits"))
	for _, status := range []comments.Status{comments.Spam, comments.Published, comments.Held, comments.Published} {
		f.decide(status, c.ID)
	}
	var first []bool
	for _, e := range f.events(0) {
		first = append(first, e.First)
	}
	f.same("first visible", []bool{false, false, true, false, false}, first)
}

func eventImport(f *fixture) {
	c := f.add(f.imported("other", "1"), f.imported("other", "2"))
	f.same("events", []comments.Event(nil), f.events(0))
	f.decide(comments.Spam, c[0].ID)
	f.same("number of what happens later", int64(1), f.events(0)[0].Number)
}

func eventNothing(f *fixture) {
	c := f.add1(f.keyed(1))
	f.update(func(*comments.Comment) {}, c.ID)
	f.existing(c, f.keyed(1))
	f.same("events", 1, len(f.events(0)))
}

func eventRefused(f *fixture) {
	f.add(f.comment("1"))
	f.refused(f.comment("innocent"), f.reply(f.comment("never stored"), "answer"))
	f.add(f.comment("2"))
	f.same("numbers", []int64{1, 2}, eventNumbers(f.events(0)))
}

func eventNumbers(events []comments.Event) (numbers []int64) {
	for _, e := range events {
		numbers = append(numbers, e.Number)
	}
	return numbers
}

func eventPaged(f *fixture) {
	f.add(f.comment("1"), f.comment("2"), f.comment("3"))
	some, err := f.Events(f.Context(), f.site.Host, 1, 1)
	f.must(err)
	f.same("one after 1", []int64{2}, eventNumbers(some))
	f.same("all after 2", []int64{3}, eventNumbers(f.events(2)))
	f.same("all after 3", []comments.Event(nil), f.events(3))
}

func (f *fixture) trail(id comments.ID, before int64, limit int) []int64 {
	f.Helper()
	events, err := f.Trail(f.Context(), f.site.Host, id, before, limit)
	f.must(err)
	return eventNumbers(events)
}

func eventTrail(f *fixture) {
	c := f.add(f.comment("1"), f.held("2"))
	f.decide(comments.Held, c[0].ID)
	f.decide(comments.Published, c[1].ID)
	f.decide(comments.Spam, c[0].ID)
	f.same("of all", []int64{5, 4, 3, 2, 1}, f.trail(comments.ID{}, 0, 10))
	f.same("of all, the second page of two", []int64{3, 2}, f.trail(comments.ID{}, 4, 2))
	f.same("of one", []int64{5, 3, 1}, f.trail(c[0].ID, 0, 10))
	f.same("of one, the second page of one", []int64{3}, f.trail(c[0].ID, 5, 1))
	f.same("of none", []int64(nil), f.trail(f.id(), 0, 10))
}

func eventPruned(f *fixture) {
	c := f.add(f.comment("1"), f.comment("2"), f.comment("3"), f.comment("4"))
	f.prune(f.now())
	f.same("left before any was dispatched", []int64{1, 2, 3, 4}, eventNumbers(f.events(0)))
	_, err := f.Dispatch(f.Context(), f.site.Host, 0, 3, nil)
	f.must(err)
	f.prune(c[1].Created)
	f.same("left after the first was too old", []int64{2, 3, 4}, eventNumbers(f.events(0)))
	f.prune(time.Time{})
	f.prune(f.now())
	f.same("left after three were dispatched", []int64{4}, eventNumbers(f.events(0)))
	f.add(f.comment("5"))
	f.same("number of the next", []int64{4, 5}, eventNumbers(f.events(0)))
}

func (f *fixture) prune(before time.Time) {
	f.Helper()
	f.must(f.PruneEvents(f.Context(), f.site.Host, before))
}

func eventSites(f *fixture) {
	other := f.newSite("other-" + f.site.Host)
	f.must(f.PutSite(f.Context(), other))
	theirs := f.comment("theirs")
	theirs.Site = other.Host
	f.add(f.comment("1"), theirs)
	f.add(f.comment("2"))
	f.same("ours", []int64{1, 2}, eventNumbers(f.events(0)))
	events, err := f.Events(f.Context(), other.Host, 0, 10)
	f.must(err)
	f.same("theirs", []int64{1}, eventNumbers(events))
}

// eventRounds is how often each writer writes, which is twice each time.
const eventRounds = 4

// write has many writers add their drafts and hold each of them.
func (f *fixture) write(drafts [writers][rounds][]comments.Comment) {
	f.Helper()
	f.together(writers, func(ctx context.Context, store comments.Store, w int) error {
		for _, batch := range drafts[w][:eventRounds] {
			if _, err := store.Add(ctx, batch); err != nil {
				return err
			}
			act := comments.Act{By: moderator, At: batch[0].Created}
			if _, _, err := store.Update(ctx, f.site.Host, act, idsOf(batch), func(c *comments.Comment) error { c.Status = comments.Held; return nil }); err != nil {
				return err
			}
		}
		return nil
	})
}

func eventTail(f *fixture) {
	c := f.add(f.comment("1"), f.held("2"))
	events := f.events(0)
	f.same("comments", idsOf(c), []comments.ID{events[0].Comment, events[1].Comment})
}

// The late-commit trap again: who tells of what happened goes by these numbers.
func eventFollowed(f *fixture) {
	drafts := f.drafts()
	var seen []int64
	var tail sync.WaitGroup
	tail.Go(func() {
		for ctx := f.soon(); len(seen) < 6*writers*eventRounds; {
			events, err := f.Events(ctx, f.site.Host, int64(len(seen)), 7)
			if err != nil {
				f.Errorf("after %d events: %v", len(seen), err)
				return
			}
			seen = append(seen, eventNumbers(events)...)
		}
	})
	defer tail.Wait() // also when the writers have failed the test
	f.write(drafts)
	tail.Wait()
	for i, number := range seen {
		if number != int64(i+1) {
			f.Fatalf("event %d came where %d was due", number, i+1)
		}
	}
	f.same("events", 6*writers*eventRounds, len(seen))
	f.same("all of them", 6*writers*eventRounds, len(f.events(0)))
}

func eventClose(f *fixture) {
	f.close(page, true)
	f.same("events", []comments.Event(nil), f.events(0))
	f.same("changes", []comments.Change{f.change(1, page, 0)}, f.changes(0))
}

func eventRemoved(f *fixture) {
	f.add(f.comment("1"), f.comment("2"))
	_, err := f.Dispatch(f.Context(), f.site.Host, 0, 2, nil)
	f.must(err)
	f.must(f.RemoveSite(f.Context(), f.site.Host))
	f.must(f.PutSite(f.Context(), f.site))
	f.add(f.comment("3"))
	f.same("numbers", []int64{1}, eventNumbers(f.events(0)))
	dispatched, err := f.Dispatched(f.Context(), f.site.Host)
	f.must(err)
	f.same("dispatched", int64(0), dispatched)
}

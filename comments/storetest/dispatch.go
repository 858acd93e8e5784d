package storetest

import (
	"context"
	"sync/atomic"
	"time"

	"postil/comments"
)

func dispatchTests() tests {
	return tests{
		"dispatching stores deliveries and how far it came":   dispatchStores,
		"of two who dispatch the same events one does":        dispatchTwice,
		"of many who dispatch at once exactly one wins":       dispatchRace,
		"what is in the outbox already is left out":           dispatchDuplicates,
		"a delivery comes back as it was stored":              dispatchRoundTrip,
		"what is for an unknown site is left out":             dispatchUnknownSite,
		"the same things enqueued by many at once are stored": dispatchTogether,
	}
}

// delivery returns one that is due, and about the event of that number.
func (f *fixture) delivery(event int64) comments.Delivery {
	at := f.now()
	return comments.Delivery{
		Site: f.site.Host, ID: f.idAt(at), Channel: comments.ByWebhook, Target: "https://hook.example/", Kind: comments.TellEvent,
		Event: event, State: comments.Waiting, Due: at, Created: at,
	}
}

func (f *fixture) waiting() []comments.Delivery {
	f.Helper()
	return f.deliveries(comments.Waiting)
}

func (f *fixture) deliveries(state comments.DeliveryState) []comments.Delivery {
	f.Helper()
	list, err := f.Deliveries(f.Context(), f.site.Host, state, 1000)
	f.must(err)
	return list
}

func (f *fixture) enqueue(list ...comments.Delivery) []comments.Delivery {
	f.Helper()
	f.must(f.Enqueue(f.Context(), list))
	return list
}

func (f *fixture) dispatch(want bool, from, to int64, list ...comments.Delivery) {
	f.Helper()
	got, err := f.Dispatch(f.Context(), f.site.Host, from, to, list)
	f.must(err)
	f.same("whether it was the first to dispatch", want, got)
}

func (f *fixture) dispatched() int64 {
	f.Helper()
	n, err := f.Dispatched(f.Context(), f.site.Host)
	f.must(err)
	return n
}

func dispatchStores(f *fixture) {
	f.add(f.comment("1"), f.comment("2"))
	f.same("dispatched at first", int64(0), f.dispatched())
	d := []comments.Delivery{f.delivery(1), f.delivery(2)}
	f.dispatch(true, 0, 2, d...)
	f.same("dispatched", int64(2), f.dispatched())
	f.same("waiting", d, f.waiting())
	f.dispatch(true, 2, 3)
	f.same("dispatched without deliveries", int64(3), f.dispatched())
	_, err := f.Dispatched(f.Context(), "unknown.example")
	f.fails(err, comments.NotFound, "site")
}

func dispatchTwice(f *fixture) {
	f.dispatch(true, 0, 2, f.delivery(1))
	f.dispatch(false, 0, 2, f.delivery(2))
	f.dispatch(false, 1, 5, f.delivery(3))
	f.same("dispatched", int64(2), f.dispatched())
	f.same("waiting", 1, len(f.waiting()))
	won, err := f.Dispatch(f.Context(), "unknown.example", 0, 1, nil)
	f.must(err)
	f.same("on an unknown site", false, won)
}

func dispatchRace(f *fixture) {
	const events = 5
	var wins atomic.Int64
	var lists [writers][events]comments.Delivery
	for w := range lists {
		for i := range lists[w] {
			lists[w][i] = f.delivery(int64(i + 1))
		}
	}
	f.together(writers, func(ctx context.Context, store comments.Store, w int) error {
		for i := range int64(events) {
			won, err := store.Dispatch(ctx, f.site.Host, i, i+1, lists[w][i:i+1])
			if err != nil {
				return err
			}
			if won {
				wins.Add(1)
			}
		}
		return nil
	})
	f.same("wins", int64(events), wins.Load())
	f.same("dispatched", int64(events), f.dispatched())
	f.same("waiting", events, len(f.waiting()))
}

func dispatchDuplicates(f *fixture) {
	first := f.enqueue(f.delivery(1))
	f.dispatch(true, 0, 1, f.delivery(1), f.delivery(2), f.delivery(2))
	f.enqueue(f.delivery(1))
	waiting := f.waiting()
	f.same("waiting", 2, len(waiting))
	f.same("the first", first[0], waiting[0])

	for _, set := range []func(*comments.Delivery){
		func(d *comments.Delivery) { d.Channel = comments.ByMail }, func(d *comments.Delivery) { d.Target = "https://other.example/" },
		func(d *comments.Delivery) { d.Kind = comments.TellFeed }, func(d *comments.Delivery) { d.Comment = comments.ID{1} },
		func(d *comments.Delivery) { d.Comment = comments.ID{2} }, func(d *comments.Delivery) { d.Event = 3 },
	} {
		d := f.delivery(1)
		set(&d)
		f.enqueue(d)
	}
	f.same("waiting with those that differ in one thing", 8, len(f.waiting()))
	f.must(f.Finish(f.Context(), f.waiting()...))
	f.enqueue(f.delivery(1))
	f.same("waiting once the first was sent", 1, len(f.waiting()))
}

func dispatchRoundTrip(f *fixture) {
	d := comments.Delivery{
		Site: f.site.Host, ID: f.id(), Channel: comments.ByMail, Target: "Zoë ' \" \\ %", Kind: comments.TellReply, Comment: f.id(), Event: 1 << 40,
		State: comments.Dead, Tries: 12, Unsure: true, Due: f.now(), Error: "554 5.7.1 é", Created: f.now(),
	}
	f.enqueue(d)
	f.same("dead", []comments.Delivery{d}, f.deliveries(comments.Dead))
	f.same("waiting", []comments.Delivery(nil), f.waiting())
}

func dispatchListed(f *fixture) {
	d := f.enqueue(f.delivery(1), f.delivery(2), f.delivery(3))
	other := f.newSite("other-" + f.site.Host)
	f.must(f.PutSite(f.Context(), other))
	theirs := f.delivery(1)
	theirs.Site = other.Host
	f.enqueue(theirs)
	list := func(site string, limit int) []comments.Delivery {
		found, err := f.Deliveries(f.Context(), site, comments.Waiting, limit)
		f.must(err)
		return found
	}
	f.same("of the site", d, list(f.site.Host, 10))
	f.same("of the other", []comments.Delivery{theirs}, list(other.Host, 10))
	f.same("of all", append(d, theirs), list("", 10))
	f.same("the first of all", d[:2], list("", 2))
	f.same("none", []comments.Delivery(nil), list("", 0))
}

func dispatchRemoved(f *fixture) {
	f.enqueue(f.delivery(1))
	f.must(f.RemoveSite(f.Context(), f.site.Host))
	claimed, err := f.Claim(f.Context(), f.now(), f.now(), 10)
	f.must(err)
	f.same("claimed", []comments.Delivery(nil), claimed)
	f.must(f.PutSite(f.Context(), f.site))
	f.same("waiting on the site made again", []comments.Delivery(nil), f.waiting())
}

func dispatchUnknownSite(f *fixture) {
	lost := f.delivery(1)
	lost.Site = "unknown.example"
	kept := f.delivery(2)
	f.enqueue(lost, kept)
	f.enqueue(lost)
	f.enqueue()
	f.same("waiting", []comments.Delivery{kept}, f.waiting())
}

func dispatchTogether(f *fixture) {
	var lists [writers][]comments.Delivery
	for w := range lists {
		for i := range int64(rounds) {
			event := i
			if w%2 == 0 { // half of the writers come from the other end
				event = rounds - 1 - i
			}
			lists[w] = append(lists[w], f.delivery(event))
		}
	}
	f.together(writers, func(ctx context.Context, store comments.Store, w int) error { return store.Enqueue(ctx, lists[w]) })
	f.same("waiting", rounds, len(f.waiting()))
}

// hour is a lease that does not end while a test runs.
const hour = time.Hour

package storetest

import (
	"context"
	"sync"
	"time"

	"postil/comments"
)

func claimTests() tests {
	return tests{
		"a claim takes what is due, the longest due first":        claimDue,
		"what is claimed is not claimed again while it is leased": claimOnce,
		"many who claim at once never get the same":               claimRace,
		"a lease that ends leaves a delivery unsure":              claimExpired,
		"settling ends a claim":                                   claimSettled,
		"finishing removes what is claimed":                       claimFinished,
		"who has lost a claim settles and finishes nothing":       claimStale,
		"dead deliveries are left alone until they are revived":   claimDead,
		"the next one due is known":                               claimNextDue,
		"settling what is gone is no error":                       claimGone,
		"deliveries are listed by state, the oldest first":        dispatchListed,
		"deliveries of a removed site are gone":                   dispatchRemoved,
	}
}

// claim takes what is due now, for an hour.
func (f *fixture) claim(limit int) []comments.Delivery {
	f.Helper()
	now := f.now()
	return f.claimAt(now, now.Add(hour), limit)
}

func (f *fixture) claimAt(now, lease time.Time, limit int) []comments.Delivery {
	f.Helper()
	claimed, err := f.Claim(f.Context(), now, lease, limit)
	f.must(err)
	return claimed
}

// as is a delivery in another state.
func as(d comments.Delivery, state comments.DeliveryState, tries int, unsure bool, due time.Time) comments.Delivery {
	d.State, d.Tries, d.Unsure, d.Due = state, tries, unsure, due
	return d
}

func claimDue(f *fixture) {
	late, early, future := f.delivery(1), f.delivery(2), f.delivery(3)
	early.Due = early.Due.Add(-hour)
	future.Due = future.Due.Add(hour)
	f.enqueue(late, early, future)
	now := f.now()
	lease := now.Add(hour)
	f.same("the first", []comments.Delivery{as(early, comments.Sending, 1, false, lease)}, f.claimAt(now, lease, 1))
	f.same("the next", []comments.Delivery{as(late, comments.Sending, 1, false, lease)}, f.claimAt(late.Due, lease, 10))
	f.same("no more", []comments.Delivery(nil), f.claimAt(now, lease, 10))
	f.same("sending", 2, len(f.deliveries(comments.Sending)))
	f.same("when it is due", []comments.Delivery{as(future, comments.Sending, 1, false, future.Due.Add(hour))}, f.claimAt(future.Due, future.Due.Add(hour), 1))
	f.same("none", []comments.Delivery(nil), f.claimAt(future.Due.Add(2*hour), lease, 0))
}

func claimOnce(f *fixture) {
	f.enqueue(f.delivery(1))
	now := f.now()
	f.same("claimed", 1, len(f.claimAt(now, now.Add(hour), 10)))
	f.same("claimed just before the lease ends", 0, len(f.claimAt(now.Add(hour-time.Microsecond), now.Add(2*hour), 10)))
	f.same("claimed when it ends", 1, len(f.claimAt(now.Add(hour), now.Add(2*hour), 10)))
}

func claimRace(f *fixture) {
	const deliveries = 60
	var list []comments.Delivery
	for i := range int64(deliveries) {
		list = append(list, f.delivery(i+1))
	}
	f.enqueue(list...)
	now := f.now()
	var mu sync.Mutex
	seen := map[int64]int{}
	f.together(writers, func(ctx context.Context, store comments.Store, _ int) error {
		for misses := 0; misses < 3; {
			claimed, err := store.Claim(ctx, now, now.Add(hour), 3)
			if err != nil {
				return err
			}
			if len(claimed) == 0 {
				misses++ // others may hold locks on what is left
			}
			mu.Lock()
			for _, d := range claimed {
				seen[d.Event]++
				if d.Tries != 1 || d.Unsure {
					f.Errorf("delivery %d was claimed with %d tries, unsure: %v", d.Event, d.Tries, d.Unsure)
				}
			}
			mu.Unlock()
		}
		return nil
	})
	for event, times := range seen {
		if times != 1 {
			f.Errorf("delivery %d was claimed %d times", event, times)
		}
	}
	f.same("claimed, with what was locked by others", deliveries, len(seen)+len(f.claim(deliveries)))
}

func claimExpired(f *fixture) {
	d := f.enqueue(f.delivery(1))[0]
	now := f.now()
	f.claimAt(now, now.Add(hour), 1)
	late := now.Add(3 * hour)
	again := f.claimAt(now.Add(2*hour), late, 1)
	f.same("claimed again", []comments.Delivery{as(d, comments.Sending, 2, true, late)}, again)
	again[0].State, again[0].Due = comments.Waiting, now
	f.must(f.Settle(f.Context(), again[0]))
	f.same("unsure at the third try", []bool{true}, []bool{f.claim(1)[0].Unsure})
}

func claimSettled(f *fixture) {
	f.enqueue(f.delivery(1))
	d := f.claim(1)[0]
	d.State, d.Due, d.Unsure, d.Error = comments.Waiting, f.now(), true, "the answer was lost"
	f.must(f.Settle(f.Context(), d))
	f.same("waiting", []comments.Delivery{d}, f.waiting())
	again := f.claim(1)[0]
	f.same("claimed again", as(d, comments.Sending, 2, true, again.Due), again)
	again.State, again.Unsure, again.Error = comments.Dead, false, "550"
	f.must(f.Settle(f.Context(), again))
	f.same("dead", []comments.Delivery{again}, f.deliveries(comments.Dead))
}

func claimFinished(f *fixture) {
	f.enqueue(f.delivery(1), f.delivery(2), f.delivery(3))
	d := f.claim(2)
	f.must(f.Finish(f.Context(), d...))
	f.must(f.Finish(f.Context(), d...))
	f.must(f.Finish(f.Context()))
	f.same("sending", []comments.Delivery(nil), f.deliveries(comments.Sending))
	f.same("waiting", 1, len(f.waiting()))
}

func claimStale(f *fixture) {
	f.enqueue(f.delivery(1))
	now := f.now()
	mine := f.claimAt(now, now.Add(hour), 1)[0]
	theirs := f.claimAt(now.Add(hour), now.Add(2*hour), 1)[0]
	f.must(f.Finish(f.Context(), mine))
	mine.State, mine.Error = comments.Dead, "too late"
	f.must(f.Settle(f.Context(), mine))
	f.same("sending", []comments.Delivery{theirs}, f.deliveries(comments.Sending))
	f.must(f.Finish(f.Context(), mine, theirs))
	f.same("sending in the end", []comments.Delivery(nil), f.deliveries(comments.Sending))
}

func claimDead(f *fixture) {
	a, b, waits := f.delivery(1), f.delivery(2), f.delivery(3)
	a.State, a.Tries, a.Error, a.Unsure = comments.Dead, 9, "550", true
	b.State, b.Tries = comments.Dead, 9
	waits.Due = waits.Due.Add(hour)
	f.enqueue(a, b, waits)
	f.same("claimed", 0, len(f.claim(10)))
	now := f.now()
	n, err := f.Revive(f.Context(), f.site.Host, []comments.ID{a.ID, waits.ID, f.id()}, now)
	f.must(err)
	f.same("revived", 1, n)
	f.same("waiting", []comments.Delivery{as(a, comments.Waiting, 0, true, now), waits}, f.waiting())
	f.same("dead", []comments.Delivery{b}, f.deliveries(comments.Dead))
	f.same("claimed", as(a, comments.Sending, 1, true, now.Add(hour)), f.claimAt(now, now.Add(hour), 10)[0])
	n, err = f.Revive(f.Context(), f.site.Host, nil, now)
	f.must(err)
	f.same("revived of none", 0, n)
}

func claimNextDue(f *fixture) {
	next := func() time.Time {
		due, err := f.NextDue(f.Context())
		f.must(err)
		return due
	}
	f.same("with an empty outbox", time.Time{}, next())
	a, b, dead := f.delivery(1), f.delivery(2), f.delivery(3)
	a.Due, b.Due = b.Due.Add(2*hour), b.Due.Add(hour)
	dead.State = comments.Dead
	f.enqueue(a, b, dead)
	f.same("next", b.Due, next())
	f.claimAt(b.Due, b.Due.Add(hour/2), 1)
	f.same("next after that is claimed", a.Due, next())
}

func claimGone(f *fixture) {
	d := f.delivery(1)
	f.must(f.Settle(f.Context(), d))
	f.same("waiting", []comments.Delivery(nil), f.waiting())
}

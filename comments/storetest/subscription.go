package storetest

import (
	"context"
	"crypto/sha256"
	"sync/atomic"
	"time"

	"postil/comments"
)

func subscriptionTests() tests {
	return tests{
		"a subscription comes back as it was stored":              subscribeRoundTrip,
		"an address follows a comment once":                       subscribeOnce,
		"of many who follow at once with one address one does":    subscribeRace,
		"a comment that is missing or deleted has no subscribers": subscribeMissing,
		"subscriptions are found by comment and by address":       subscribeFound,
		"confirming an address confirms all of it on the site":    subscribeConfirmed,
		"unsubscribing removes what was to be sent":               subscribeEnds,
		"deleting a comment forgets who followed it":              subscribeDeleted,
		"who never confirmed is forgotten":                        subscribePruned,
		"removing a site forgets its subscribers":                 subscribeRemoved,
		"a subscriber of a moved page goes along":                 subscribeMoved,
	}
}

// subscriber returns a wish for answers to a comment.
func (f *fixture) subscriber(c comments.Comment, address string) comments.Subscription {
	at := f.now()
	return comments.Subscription{
		Site: c.Site, ID: f.idAt(at), Comment: c.ID, Address: []byte("sealed " + address), Index: f.indexOf(address), Created: at,
	}
}

// indexOf stands in for the keyed hash of an address, which is another one in
// each test.
func (f *fixture) indexOf(address string) comments.Hash {
	return sha256.Sum256([]byte(f.site.Host + address))
}

// question is the mail that asks a subscriber.
func (f *fixture) question(s comments.Subscription) comments.Delivery {
	d := f.delivery(0)
	d.Channel, d.Target, d.Kind, d.Comment = comments.ByMail, s.ID.String(), comments.TellConfirm, s.Comment
	return d
}

func (f *fixture) subscribe(s comments.Subscription, ask ...comments.Delivery) comments.Subscription {
	f.Helper()
	fresh, err := f.Subscribe(f.Context(), s, ask)
	f.must(err)
	f.same("whether it is new", true, fresh)
	return s
}

func (f *fixture) subscribersOf(cs ...comments.Comment) []comments.Subscription {
	f.Helper()
	found, err := f.SubscriptionsOf(f.Context(), f.site.Host, idsOf(cs))
	f.must(err)
	return found
}

func subscribeRoundTrip(f *fixture) {
	c := f.add1(f.comment("1"))
	s := f.subscriber(c, "me@a.example")
	s.Address = append([]byte{0, 0xff, '\n'}, make([]byte, 300)...)
	ask := f.question(s)
	f.subscribe(s, ask)
	got, err := f.Subscription(f.Context(), f.site.Host, s.ID)
	f.must(err)
	f.same("subscription", s, got)
	f.same("question", []comments.Delivery{ask}, f.waiting())
	s = f.subscriber(c, "you@a.example")
	s.Confirmed = f.now()
	f.subscribe(s)
	got, err = f.Subscription(f.Context(), f.site.Host, s.ID)
	f.must(err)
	f.same("one that is confirmed", s, got)
	_, err = f.Subscription(f.Context(), f.site.Host, f.id())
	f.fails(err, comments.NotFound, "")
	_, err = f.Subscription(f.Context(), "unknown.example", s.ID)
	f.fails(err, comments.NotFound, "")
}

func subscribeOnce(f *fixture) {
	c := f.add(f.comment("1"), f.comment("2"))
	first := f.subscribe(f.subscriber(c[0], "me@a.example"))
	again := f.subscriber(c[0], "me@a.example")
	again.Confirmed = f.now()
	fresh, err := f.Subscribe(f.Context(), again, []comments.Delivery{f.question(again)})
	f.must(err)
	f.same("whether it is new", false, fresh)
	f.same("stored", []comments.Subscription{first}, f.subscribersOf(c[0]))
	f.same("questions", 0, len(f.waiting()))
	f.subscribe(f.subscriber(c[1], "me@a.example"))
	f.subscribe(f.subscriber(c[0], "you@a.example"))
}

func subscribeRace(f *fixture) {
	c := f.add1(f.comment("1"))
	var wins atomic.Int64
	var wishes [writers]comments.Subscription
	var asks [writers]comments.Delivery
	for w := range wishes {
		wishes[w] = f.subscriber(c, "me@a.example")
		asks[w] = f.question(wishes[w])
	}
	f.together(writers, func(ctx context.Context, store comments.Store, w int) error {
		fresh, err := store.Subscribe(ctx, wishes[w], asks[w:w+1])
		if fresh {
			wins.Add(1)
		}
		return err
	})
	f.same("new", int64(1), wins.Load())
	f.same("questions", 1, len(f.waiting()))
	f.same("target", f.subscribersOf(c)[0].ID.String(), f.waiting()[0].Target)
}

func subscribeMissing(f *fixture) {
	s := f.subscriber(f.comment("never stored"), "me@a.example")
	_, err := f.Subscribe(f.Context(), s, []comments.Delivery{f.question(s)})
	f.fails(err, comments.NotFound, "")
	c := f.add1(f.comment("goes"))
	f.erase(c.ID)
	s = f.subscriber(c, "me@a.example")
	fresh, err := f.Subscribe(f.Context(), s, []comments.Delivery{f.question(s)})
	f.must(err)
	f.same("whether it is new", false, fresh)
	f.same("stored", []comments.Subscription(nil), f.subscribersOf(c))
	f.same("questions", 0, len(f.waiting()))
}

func subscribeFound(f *fixture) {
	other := f.newSite("other-" + f.site.Host)
	f.must(f.PutSite(f.Context(), other))
	theirs := f.comment("theirs")
	theirs.Site = other.Host
	c := f.add(f.comment("1"), f.comment("2"), theirs)
	mine := f.subscribe(f.subscriber(c[0], "me@a.example"))
	second := f.subscribe(f.subscriber(c[1], "me@a.example"))
	yours := f.subscribe(f.subscriber(c[0], "you@a.example"))
	there := f.subscribe(f.subscriber(c[2], "me@a.example"))
	f.same("of the first", []comments.Subscription{mine, yours}, f.subscribersOf(c[0]))
	f.same("of both", []comments.Subscription{mine, yours, second}, f.subscribersOf(c[1], c[0], c[2]))
	f.same("of none", []comments.Subscription(nil), f.subscribersOf())
	at := func(site string, address string) []comments.Subscription {
		found, err := f.SubscriptionsAt(f.Context(), site, f.indexOf(address))
		f.must(err)
		return found
	}
	f.same("at mine", []comments.Subscription{mine, second}, at(f.site.Host, "me@a.example"))
	f.same("at mine on all sites", []comments.Subscription{mine, second, there}, at("", "me@a.example"))
	f.same("at nobody's", []comments.Subscription(nil), at("", "nobody@a.example"))
}

func subscribeConfirmed(f *fixture) {
	c := f.add(f.comment("1"), f.comment("2"))
	a, b := f.subscribe(f.subscriber(c[0], "me@a.example")), f.subscriber(c[1], "me@a.example")
	b.Confirmed = f.now()
	f.subscribe(b)
	yours := f.subscribe(f.subscriber(c[0], "you@a.example"))
	a.Confirmed = f.now()
	f.must(f.Confirm(f.Context(), f.site.Host, a.Index, a.Confirmed))
	f.same("subscriptions", []comments.Subscription{a, yours, b}, f.subscribersOf(c...))
	f.must(f.Confirm(f.Context(), f.site.Host, a.Index, f.now()))
	f.must(f.Confirm(f.Context(), "unknown.example", yours.Index, f.now()))
	f.same("subscriptions after another time", []comments.Subscription{a, yours, b}, f.subscribersOf(c...))
}

func subscribeEnds(f *fixture) {
	c := f.add1(f.comment("1"))
	mine, yours := f.subscriber(c, "me@a.example"), f.subscriber(c, "you@a.example")
	asked := f.question(yours)
	f.subscribe(mine, f.question(mine))
	f.subscribe(yours, asked)
	answer, hook := f.question(mine), f.delivery(1)
	answer.Kind, hook.Target = comments.TellReply, mine.ID.String()
	f.enqueue(answer, hook)
	f.must(f.Unsubscribe(f.Context(), f.site.Host, []comments.ID{mine.ID, f.id()}))
	f.same("subscriptions", []comments.Subscription{yours}, f.subscribersOf(c))
	f.same("waiting", []comments.Delivery{asked, hook}, f.waiting())
	f.must(f.Unsubscribe(f.Context(), f.site.Host, []comments.ID{mine.ID}))
	f.must(f.Unsubscribe(f.Context(), "unknown.example", []comments.ID{yours.ID}))
	f.same("subscriptions in the end", []comments.Subscription{yours}, f.subscribersOf(c))
}

func subscribeDeleted(f *fixture) {
	c := f.add(f.comment("goes"), f.comment("stays"), f.comment("held"))
	for _, one := range c {
		s := f.subscriber(one, "me@a.example")
		f.subscribe(s, f.question(s))
	}
	f.decide(comments.Spam, c[2].ID)
	f.erase(c[0].ID)
	f.same("subscriptions of the deleted", []comments.Subscription(nil), f.subscribersOf(c[0]))
	f.same("subscriptions of the others", 2, len(f.subscribersOf(c...)))
	f.same("questions", 2, len(f.waiting()))
}

func subscribePruned(f *fixture) {
	c := f.add1(f.comment("1"))
	old, confirmed, young := f.subscriber(c, "a@a.example"), f.subscriber(c, "b@a.example"), f.subscriber(c, "c@a.example")
	confirmed.Confirmed = f.now()
	for _, s := range []comments.Subscription{old, confirmed, young} {
		f.subscribe(s, f.question(s))
	}
	pruned := func(before time.Time) int {
		n, err := f.PruneSubscriptions(f.Context(), f.site.Host, before)
		f.must(err)
		return n
	}
	f.same("pruned before all time", 0, pruned(time.Time{}))
	f.same("pruned", 1, pruned(young.Created))
	f.same("left", []comments.Subscription{confirmed, young}, f.subscribersOf(c))
	f.same("questions", 2, len(f.waiting()))
	f.same("pruned again", 0, pruned(young.Created))
}

func subscribeRemoved(f *fixture) {
	s := f.subscribe(f.subscriber(f.add1(f.comment("1")), "me@a.example"))
	f.must(f.RemoveSite(f.Context(), f.site.Host))
	found, err := f.SubscriptionsAt(f.Context(), "", s.Index)
	f.must(err)
	f.same("left", []comments.Subscription(nil), found)
}

func subscribeMoved(f *fixture) {
	c := f.add(f.on("/old", "1"), f.on("/new", "1"))[0]
	s := f.subscribe(f.subscriber(c, "me@a.example"))
	f.alias("/old", "/new")
	f.same("subscriptions", []comments.Subscription{s}, f.subscribersOf(c))
}

package storetest

import (
	"maps"
	"slices"
	"sync/atomic"
	"testing"

	"postil/comments"
)

// Opener opens a handle on one database; each call opens another one. It
// closes them when the test ends.
type Opener func(t *testing.T) comments.Store

// tests are promises of a store, by the sentences that make them.
type tests map[string]func(*fixture)

// Run tests a kind of store. fresh makes a new, empty database. Most tests
// share one, each on a site of its own, as they would in production.
func Run(t *testing.T, fresh func(t *testing.T) Opener) {
	for topic, tests := range map[string]tests{
		"sites": siteTests(), "add": addTests(), "update": updateTests(), "read": readTests(), "threads": threadTests(),
		"aliases": aliasTests(), "changes": changeTests(), "concurrency": concurrencyTests(), "failures": failureTests(), "watch": watchTests(),
		"events": eventTests(), "closing": closeTests(), "search": searchTests(), "queue": queueTests(), "standings": standingTests(),
		"dispatch": dispatchTests(), "subscriptions": subscriptionTests(),
	} {
		t.Run(topic, func(t *testing.T) {
			t.Parallel()
			tests.run(t, fresh(t))
		})
	}
	for topic, tests := range map[string]tests{
		"watch alone": aloneTests(), "claims": claimTests(), "sealing": sealTests(), "moderators": moderatorTests(),
	} {
		t.Run(topic, func(t *testing.T) {
			t.Parallel()
			tests.runAlone(t, fresh)
		})
	}
}

// runAlone gives each test a database of its own, where tests would see what
// others do whatever their site.
func (tests tests) runAlone(t *testing.T, fresh func(t *testing.T) Opener) {
	for _, name := range slices.Sorted(maps.Keys(tests)) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			open := fresh(t)
			tests[name](newFixture(t, open(t), open, 1))
		})
	}
}

func (tests tests) run(t *testing.T, open Opener) {
	store := open(t)
	var sites atomic.Int64
	for _, name := range slices.Sorted(maps.Keys(tests)) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tests[name](newFixture(t, store, open, int(sites.Add(1))))
		})
	}
}

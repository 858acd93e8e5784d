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
		"aliases": aliasTests(), "changes": changeTests(), "concurrency": concurrencyTests(), "failures": failureTests(), "watch": watchTests(), "watch alone": aloneTests(),
	} {
		t.Run(topic, func(t *testing.T) {
			t.Parallel()
			tests.run(t, fresh(t))
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

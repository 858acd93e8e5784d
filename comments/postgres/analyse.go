package postgres

import (
	"context"
	"math/bits"
)

// Heads of a site between which analyse is worth its time: below, any plan is
// fast; above, autovacuum has been there.
const (
	firstAnalysis = 1 << 6
	lastAnalysis  = 1 << 16
)

// analyse has the server look at the tables again after a site has doubled.
// It plans by what it has last seen, and keeps plans: until autovacuum comes
// by, which takes a minute or two, queries would go through all comments of
// what was an empty table. An import at that time would take hours.
func (s *Store) analyse(ctx context.Context, ledgers map[string]*ledger) {
	for _, l := range ledgers {
		if l.doubled() {
			// Only plans suffer when it fails; and it waits for nobody.
			_, _ = s.pool.Exec(ctx, `ANALYZE (SKIP_LOCKED) sites, threads, aliases, comments, changes, events`)
			return
		}
	}
}

// doubled reports whether this transaction took the head past a power of two.
func (l *ledger) doubled() bool {
	before := l.Head - int64(len(l.Changes))
	return l.Head >= firstAnalysis && before < lastAnalysis && bits.Len64(uint64(l.Head)) > bits.Len64(uint64(before))
}

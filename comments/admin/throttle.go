package admin

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"sync"
	"time"
)

// How wrong passwords are slowed. A few cost nothing, for people mistype; after
// them each costs twice the wait of the one before. A network waits longer at
// most than a name: who knows a moderator's name could otherwise keep the
// moderator out by guessing on and on.
const (
	freeFailures   = 5
	firstWait      = 2 * time.Second
	longestName    = 30 * time.Second
	longestNetwork = 15 * time.Minute
	forgetFailures = time.Hour // after the last one
	sweepFrom      = 1024      // counters from which on old ones are looked for
)

// sort is what failures are counted by.
type sort byte

const (
	byName    sort = 'n'
	byNetwork sort = 'a'
)

// counterKey names a counter by a sort and the first two bytes of an HMAC. Cut
// that short it points at nobody, and the memory of all counters is bounded:
// 131,072. The price is that two names or networks now and then share one.
type counterKey [3]byte

type failures struct {
	count int
	until time.Time // no further try before
	last  time.Time
}

// throttle counts failed sign-ins, in memory only.
type throttle struct {
	now func() time.Time
	key [sha256.Size]byte // born at start

	mu       sync.Mutex
	counters map[counterKey]failures
	swept    time.Time
}

func newThrottle(now func() time.Time) *throttle {
	t := &throttle{now: now, counters: map[counterKey]failures{}}
	_, _ = rand.Read(t.key[:]) // never fails since Go 1.24
	return t
}

func (t *throttle) counter(s sort, value string) counterKey {
	mac := hmac.New(sha256.New, t.key[:])
	mac.Write([]byte{byte(s)})
	mac.Write([]byte(value))
	sum := mac.Sum(nil)
	return counterKey{byte(s), sum[0], sum[1]}
}

// wait returns how long a name at a network has to wait before its next try.
func (t *throttle) wait(name, network string) time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.now()
	a, b := t.counters[t.counter(byName, name)], t.counters[t.counter(byNetwork, network)]
	return max(0, a.until.Sub(now), b.until.Sub(now))
}

// fail counts a wrong password, and reports whether it was the first of a
// network for which it has to wait.
func (t *throttle) fail(name, network string) (slowed bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.sweep()
	t.count(t.counter(byName, name), longestName)
	return t.count(t.counter(byNetwork, network), longestNetwork) == freeFailures+1
}

func (t *throttle) count(key counterKey, longest time.Duration) int {
	now, f := t.now(), t.counters[key]
	if now.Sub(f.last) > forgetFailures {
		f = failures{}
	}
	f.count, f.last = f.count+1, now
	if over := f.count - freeFailures; over > 0 {
		f.until = now.Add(min(longest, firstWait<<min(over-1, 20)))
	}
	t.counters[key] = f
	return f.count
}

// forgive forgets what a name at a network has failed before.
func (t *throttle) forgive(name, network string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.counters, t.counter(byName, name))
	delete(t.counters, t.counter(byNetwork, network))
}

// sweep drops old counters, once a minute at most.
func (t *throttle) sweep() {
	now := t.now()
	if len(t.counters) < sweepFrom || now.Sub(t.swept) < time.Minute {
		return
	}
	t.swept = now
	for key, f := range t.counters {
		if now.Sub(f.last) > forgetFailures {
			delete(t.counters, key)
		}
	}
}

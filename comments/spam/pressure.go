package spam

import (
	"hash/maphash"
	"math"
	"sync"
	"time"
)

// How much work a challenge is: numbers to try at most, half of them on
// average. A phone of 2020 tries some 100 000 a second, and does so while its
// owner writes.
const (
	leastWork = 50_000
	mostWork  = 1_000_000
)

// Between which numbers of recent challenges of a site the work rises.
const (
	calm  = 30
	storm = 1_000

	pressureHalfLife = 5 * time.Minute
	pressureMeters   = 256 // sites that fall on the same one share their work
)

// pressure measures how many challenges each site has given out lately, each
// of which counts half after pressureHalfLife.
type pressure struct {
	seed maphash.Seed

	mu     sync.Mutex
	meters [pressureMeters]meter
}

type meter struct {
	level float64
	at    time.Time
}

func newPressure() *pressure { return &pressure{seed: maphash.MakeSeed()} }

// work counts a challenge and returns its greatest number.
func (p *pressure) work(site string, now time.Time) int64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	m := &p.meters[maphash.String(p.seed, site)%pressureMeters]
	if age := now.Sub(m.at); age > 0 {
		m.level *= math.Exp2(-age.Seconds() / pressureHalfLife.Seconds())
		m.at = now
	}
	m.level++
	share := min(1, max(0, (m.level-calm)/(storm-calm)))
	return leastWork + int64(share*(mostWork-leastWork))
}

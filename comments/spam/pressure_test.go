package spam

import (
	"fmt"
	"testing"
	"time"
)

func TestWorkRisesAndFalls(t *testing.T) {
	t.Parallel()
	w := newWorkshop(t, 1)
	ask := func(site string) int64 { return w.challenge(site, aKey).MaxNumber }
	for range calm {
		if got := ask("blog.example"); got != leastWork {
			t.Fatalf("the work is %d while all is calm", got)
		}
	}
	before := int64(leastWork)
	for n := range 2 * storm {
		got := ask("blog.example")
		if got < before || got > mostWork {
			t.Fatalf("after %d challenges the work is %d, before it was %d", n, got, before)
		}
		before = got
	}
	if before != mostWork {
		t.Errorf("in a storm the work is %d", before)
	}
	w.clock = w.clock.Add(pressureHalfLife)
	if got := ask("blog.example"); got > mostWork || got <= leastWork {
		t.Errorf("a while later the work is %d", got)
	}
	w.clock = w.clock.Add(20 * pressureHalfLife)
	if got := ask("blog.example"); got != leastWork {
		t.Errorf("long after, the work is %d", got)
	}
	w.clock = w.clock.Add(-time.Hour)
	if got := ask("blog.example"); got != leastWork {
		t.Errorf("after the clock was set back the work is %d", got)
	}
}

func TestASitesStormIsItsOwn(t *testing.T) {
	t.Parallel()
	w := newWorkshop(t, 1)
	for range 2 * storm {
		w.challenge("blog.example", aKey)
	}
	calmOnes := 0
	for n := range 20 { // some share its meter
		if w.challenge(fmt.Sprintf("other%d.example", n), aKey).MaxNumber == leastWork {
			calmOnes++
		}
	}
	if calmOnes < 15 {
		t.Errorf("only %d of 20 other sites are calm", calmOnes)
	}
}

package comments

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// journal is the writing side of a store whose transactions a test lets
// through one by one.
type journal struct {
	gate   chan error // what the next transaction ends with; closed: all succeed
	refuse func(Comment) error

	mu      sync.Mutex
	batches [][]byte // ID[0] of each comment, per transaction
}

func (l *journal) add(ctx context.Context, batch []Comment) ([]Added, error) {
	l.mu.Lock()
	ids := make([]byte, len(batch))
	for i, c := range batch {
		ids[i] = c.ID[0]
	}
	l.batches = append(l.batches, ids)
	l.mu.Unlock()
	select {
	case err := <-l.gate:
		if err != nil {
			return nil, err
		}
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	added := make([]Added, len(batch))
	for i, c := range batch {
		if l.refuse != nil {
			if err := l.refuse(c); err != nil {
				return nil, err
			}
		}
		c.Number = int64(c.ID[0])
		added[i] = Added{Comment: c}
	}
	return added, nil
}

// sizes returns how many comments each transaction held.
func (l *journal) sizes() []int {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := make([]int, len(l.batches))
	for i, b := range l.batches {
		n[i] = len(b)
	}
	return n
}

// crowd submits comments 1…n, each in a goroutine of its own, and waits until
// none of them can go on. What each got stands in the returned slices, by
// number, once the bubble has settled again.
func crowd(ctx context.Context, c *committer, n int) ([]Added, []error) {
	added, errs := make([]Added, n+1), make([]error, n+1)
	for i := 1; i <= n; i++ {
		go func() { added[i], errs[i] = c.submit(ctx, Comment{ID: ID{byte(i)}}) }()
		synctest.Wait() // so that they arrive in order
	}
	return added, errs
}

func assertStored(t *testing.T, added []Added, errs []error, except ...int) {
	t.Helper()
	for i := 1; i < len(added); i++ {
		if slices.Contains(except, i) {
			continue
		}
		if errs[i] != nil || added[i].Comment.Number != int64(i) {
			t.Errorf("comment %d got %d, %v", i, added[i].Comment.Number, errs[i])
		}
	}
}

func assertSizes(t *testing.T, l *journal, want ...int) {
	t.Helper()
	if got := l.sizes(); !slices.Equal(got, want) {
		t.Errorf("transactions held %v comments, want %v", got, want)
	}
}

func TestAnIdleCommitterWritesAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := &journal{gate: make(chan error)}
		close(l.gate)
		c := &committer{add: l.add}
		start := time.Now()
		for range 3 {
			added, errs := crowd(t.Context(), c, 1)
			assertStored(t, added, errs)
		}
		if waited := time.Since(start); waited != 0 {
			t.Errorf("waited %v for nothing", waited)
		}
		assertSizes(t, l, 1, 1, 1)
	})
}

func TestSubmissionsThatWaitShareATransaction(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := &journal{gate: make(chan error)}
		c := &committer{add: l.add}
		added, errs := crowd(t.Context(), c, 21)
		assertSizes(t, l, 1)
		l.gate <- nil
		synctest.Wait()
		assertSizes(t, l, 1, 20)
		l.gate <- nil
		synctest.Wait()
		assertStored(t, added, errs)
		if want := slices.Concat([]byte{1}, l.batches[1]); !slices.IsSorted(want) {
			t.Errorf("written out of order: %v", want)
		}
	})
}

func TestATransactionIsNeverLargerThanItsLimit(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := &journal{gate: make(chan error)}
		c := &committer{add: l.add}
		added, errs := crowd(t.Context(), c, 1+maxBatch+10)
		close(l.gate)
		synctest.Wait()
		assertSizes(t, l, 1, maxBatch, 10)
		assertStored(t, added, errs)
	})
}

func TestNobodyPaysForAnothersMistake(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		refusal := FieldError("parent", "is not on this page")
		l := &journal{gate: make(chan error), refuse: func(c Comment) error {
			if c.ID[0] == 3 {
				return refusal
			}
			return nil
		}}
		c := &committer{add: l.add}
		added, errs := crowd(t.Context(), c, 5)
		close(l.gate)
		synctest.Wait()
		assertSizes(t, l, 1, 4, 1, 1, 1, 1)
		assertStored(t, added, errs, 3)
		if !errors.Is(errs[3], refusal) || added[3] != (Added{}) {
			t.Errorf("the one at fault got %v, %v", added[3], errs[3])
		}
	})
}

func TestAnUnreachableStoreIsNotAskedForEachComment(t *testing.T) {
	t.Parallel()
	for name, failure := range map[string]error{
		"unavailable": NewError(Unavailable, "The database is away."),
		"deadline":    context.DeadlineExceeded,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				l := &journal{gate: make(chan error)}
				c := &committer{add: l.add}
				_, errs := crowd(t.Context(), c, 4)
				l.gate <- failure
				l.gate <- failure
				synctest.Wait()
				assertSizes(t, l, 1, 3)
				for i := 1; i <= 4; i++ {
					if !errors.Is(errs[i], failure) {
						t.Errorf("comment %d got %v", i, errs[i])
					}
				}
				close(l.gate)
				added, errs := crowd(t.Context(), c, 2)
				assertStored(t, added, errs)
			})
		})
	}
}

func TestAStuckTransactionEndsAtItsTimeout(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := &journal{gate: make(chan error)}
		c := &committer{add: l.add}
		start := time.Now()
		_, err := c.submit(t.Context(), Comment{ID: ID{1}})
		if took := time.Since(start); !errors.Is(err, context.DeadlineExceeded) || took != commitTimeout {
			t.Errorf("after %v: %v", took, err)
		}
	})
}

func TestWhoGoesAwayTakesNobodyAlong(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := &journal{gate: make(chan error)}
		c := &committer{add: l.add}
		first, cancelFirst := context.WithCancel(t.Context())
		second, cancelSecond := context.WithCancel(t.Context())
		_, gone := crowd(first, c, 1)
		_, goneToo := crowd(second, c, 1)
		added, errs := crowd(t.Context(), c, 3)
		cancelFirst() // its transaction is under way
		cancelSecond()
		synctest.Wait()
		for _, err := range []error{gone[1], goneToo[1]} {
			if KindOf(err) != Unavailable || !errors.Is(err, context.Canceled) {
				t.Errorf("who went away got %v", err)
			}
		}
		close(l.gate)
		synctest.Wait()
		assertSizes(t, l, 1, 4)
		assertStored(t, added, errs)
	})
}

// TestTheCommitterUnderLoad is for the race detector: real goroutines, real
// time.
func TestTheCommitterUnderLoad(t *testing.T) {
	t.Parallel()
	l := &journal{gate: make(chan error)}
	close(l.gate)
	c := &committer{add: l.add}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for i := range 200 {
				id := byte(1 + i%250)
				added, err := c.submit(t.Context(), Comment{ID: ID{id}})
				if err != nil || added.Comment.Number != int64(id) {
					t.Errorf("comment %d got %v, %v", id, added.Comment.Number, err)
				}
			}
		})
	}
	wg.Wait()
	total := 0
	for _, n := range l.sizes() {
		total += n
		if n > 8 {
			t.Errorf("a transaction of %d by 8 submitters", n)
		}
	}
	if total != 1600 {
		t.Errorf("%d comments written, 1600 submitted", total)
	}
}

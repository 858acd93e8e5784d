package storetest

import (
	"context"
	"fmt"
	"sync"

	"golang.org/x/sync/errgroup"

	"postil/comments"
)

const (
	writers = 8  // goroutines that write at once, half of them by another handle
	rounds  = 10 // writes of each
)

func concurrencyTests() tests {
	return tests{
		"a key posted by many at once makes one comment":       concurrentKey,
		"an origin imported by many at once makes one comment": concurrentImport,
		"numbers stay without gap when many write":             concurrentNumbers,
		"a reader that follows the changes misses none":        concurrentTail,
		"batches that meet on several sites do not block":      concurrentSites,
		"decisions at once leave the count right":              concurrentDecisions,
		"threads merge while others write to them":             concurrentMerge,
	}
}

// together runs do in many goroutines, on two handles, and waits for them.
func (f *fixture) together(n int, do func(ctx context.Context, store comments.Store, i int) error) {
	f.Helper()
	handles := []comments.Store{f.Store, f.open(f.T)}
	group, ctx := errgroup.WithContext(f.soon())
	for i := range n {
		group.Go(func() error { return do(ctx, handles[i%2], i) })
	}
	f.must(group.Wait())
}

// oneOf demands that many adds of the same thing made one comment.
func (f *fixture) oneOf(made []comments.Added) {
	f.Helper()
	fresh := 0
	for _, a := range made {
		if !a.Existing {
			fresh++
		}
		f.same("the comment that all got", made[0].Comment, a.Comment)
	}
	f.same("how many made it", 1, fresh)
	f.same("on the page", []comments.Comment{made[0].Comment}, f.all(page))
}

func concurrentKey(f *fixture) { f.race(func() comments.Comment { return f.keyed(1) }) }
func concurrentImport(f *fixture) {
	f.race(func() comments.Comment { return f.imported("other", "1") })
}

func (f *fixture) race(draft func() comments.Comment) {
	const posts = 16
	drafts, made := make([]comments.Comment, posts), make([]comments.Added, posts)
	for i := range drafts {
		drafts[i] = draft()
	}
	f.together(posts, func(ctx context.Context, store comments.Store, i int) error {
		added, err := store.Add(ctx, drafts[i:i+1])
		if err == nil {
			made[i] = added[0]
		}
		return err
	})
	f.oneOf(made)
}

// drafts are for each writer and round a batch for two pages.
func (f *fixture) drafts() [writers][rounds][]comments.Comment {
	var all [writers][rounds][]comments.Comment
	for w := range all {
		for r := range all[w] {
			text := fmt.Sprintf("%d.%d", w, r)
			all[w][r] = []comments.Comment{f.on("/a", text), f.on("/b", text), f.on("/a", text)}
		}
	}
	return all
}

func concurrentNumbers(f *fixture) {
	drafts := f.drafts()
	f.together(writers, func(ctx context.Context, store comments.Store, w int) error {
		for _, batch := range drafts[w] {
			if _, err := store.Add(ctx, batch); err != nil {
				return err
			}
		}
		return nil
	})
	f.gapless("/a", 2*writers*rounds)
	f.gapless("/b", writers*rounds)
	for i, c := range f.changes(0) {
		f.same("number of a change", int64(i+1), c.Number)
	}
	f.same("head", int64(3*writers*rounds), f.head())
}

// gapless demands that a page's comments are numbered 1 to n.
func (f *fixture) gapless(page comments.Page, n int64) {
	f.Helper()
	var want []int64
	for i := range n {
		want = append(want, i+1)
	}
	f.same("numbers on "+string(page), want, numbersOf(f.all(page)))
	t := f.thread(page)
	f.same("last and visible", visibleLast{n, n}, visibleLast{t.Visible, t.Last})
}

// The late-commit trap: were numbers given out before the commits are put in
// order, a reader could see change 2, go on from there, and never see the
// change 1 of a transaction that commits later.
func concurrentTail(f *fixture) {
	drafts := f.drafts()
	var tail sync.WaitGroup
	tail.Go(func() { f.follow(3 * writers * rounds) })
	defer tail.Wait() // also when the writers have failed the test
	f.together(writers, func(ctx context.Context, store comments.Store, w int) error {
		for _, batch := range drafts[w] {
			if _, err := store.Add(ctx, batch); err != nil {
				return err
			}
		}
		return nil
	})
}

// follow reads changes as they come, and each comment they tell of, until it
// has n of them.
func (f *fixture) follow(n int64) {
	ctx := f.soon()
	for seen := int64(0); seen < n; {
		changes, err := f.Changes(ctx, f.site.Host, seen, 7)
		if err != nil {
			f.Errorf("after %d of %d changes: %v", seen, n, err)
			return
		}
		for _, c := range changes {
			if seen++; c.Number != seen {
				f.Errorf("change %d came where %d was due", c.Number, seen)
				return
			}
			if item, err := f.Range(ctx, c.Site, c.Page, c.Item, c.Item); err != nil || len(item) != 1 {
				f.Errorf("change %d tells of number %d on %s, where there is %v, %v", c.Number, c.Item, c.Page, item, err)
			}
		}
	}
}

func concurrentSites(f *fixture) {
	other := f.newSite("other-" + f.site.Host)
	f.must(f.PutSite(f.Context(), other))
	var drafts [writers][rounds][]comments.Comment
	for w := range drafts {
		for r := range drafts[w] {
			batch := []comments.Comment{f.comment("x"), f.comment("y")}
			batch[w%2].Site = other.Host // half of the writers begin with one site, half with the other
			drafts[w][r] = batch
		}
	}
	f.together(writers, func(ctx context.Context, store comments.Store, w int) error {
		for _, batch := range drafts[w] {
			if _, err := store.Add(ctx, batch); err != nil {
				return err
			}
		}
		return nil
	})
	f.gapless(page, writers*rounds)
}

func concurrentDecisions(f *fixture) {
	var held []comments.Comment
	for range writers {
		held = append(held, f.held("waits"))
	}
	held = f.add(held...)
	at := f.now()
	statuses := []comments.Status{comments.Published, comments.Spam, comments.Held, comments.Published}
	f.together(writers, func(ctx context.Context, store comments.Store, w int) error {
		for _, status := range statuses {
			_, _, err := store.Update(ctx, f.site.Host, comments.Act{}, []comments.ID{held[w].ID, held[(w+1)%writers].ID}, func(c *comments.Comment) error {
				c.Status, c.Decided = status, at
				return nil
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	visible := int64(0)
	for _, c := range f.all(page) {
		if c.Status == comments.Published {
			visible++
		}
	}
	f.same("visible", visible, f.thread(page).Visible)
	f.same("numbers", int64(writers), f.thread(page).Last)
}

func concurrentMerge(f *fixture) {
	drafts := f.drafts()
	f.together(writers+1, func(ctx context.Context, store comments.Store, w int) error {
		if w == writers {
			return store.Alias(ctx, f.site.Host, "/a", "/b")
		}
		for _, batch := range drafts[w] {
			if _, err := store.Add(ctx, batch); err != nil {
				return err
			}
		}
		return nil
	})
	f.gapless("/b", 3*writers*rounds)
}

package storetest

import (
	"context"
	"time"

	"postil/comments"
)

func watchTests() tests {
	return tests{
		"watch ends without error when its time ends":       watchEnds,
		"watch ends with an error when the store is closed": watchClosed,
	}
}

// aloneTests need a database in which nobody else writes.
func aloneTests() tests {
	return tests{"watch tells of what another handle wrote": watchOther}
}

// watching is a Watch that runs.
type watching struct {
	*fixture
	signal chan struct{}
	done   chan error
	stop   context.CancelFunc
}

func (f *fixture) watch(store comments.Store) *watching {
	ctx, cancel := context.WithCancel(f.Context())
	w := &watching{f, make(chan struct{}, 1), make(chan error, 1), cancel}
	go func() {
		w.done <- store.Watch(ctx, func() {
			select {
			case w.signal <- struct{}{}:
			default:
			}
		})
	}()
	w.Cleanup(cancel)
	w.await("the start")
	return w
}

func (w *watching) await(what string) {
	w.Helper()
	select {
	case <-w.signal:
	case err := <-w.done:
		w.Fatalf("Watch ended before %s: %v", what, err)
	case <-time.After(patience):
		w.Fatalf("Watch has not told of %s", what)
	}
}

func (w *watching) ended() error {
	w.Helper()
	select {
	case err := <-w.done:
		return err
	case <-time.After(patience):
		w.Fatal("Watch has not ended")
		return nil
	}
}

func watchOther(f *fixture) {
	other := f.open(f.T)
	w := f.watch(f.Store)
	c := f.add1(f.comment("by the handle that is watched"))
	w.await("Add")
	_, _, err := other.Update(f.Context(), f.site.Host, comments.Act{}, idsOf([]comments.Comment{c}), func(c *comments.Comment) error {
		c.Status = comments.Held
		return nil
	})
	f.must(err)
	w.await("Update")
	_, err = other.CloseThread(f.Context(), f.site.Host, page, true)
	f.must(err)
	w.await("CloseThread")
	f.must(other.Enqueue(f.Context(), []comments.Delivery{f.delivery(1)}))
	w.await("Enqueue")
	_, err = other.Dispatch(f.Context(), f.site.Host, 0, 2, []comments.Delivery{f.delivery(2)})
	f.must(err)
	w.await("Dispatch")
	_, err = other.Subscribe(f.Context(), f.subscriber(c, "me@a.example"), nil)
	f.must(err)
	w.await("Subscribe")
	dead := f.delivery(3)
	dead.State = comments.Dead
	f.must(other.Enqueue(f.Context(), []comments.Delivery{dead}))
	w.await("Enqueue")
	_, err = other.Revive(f.Context(), f.site.Host, []comments.ID{dead.ID}, f.now())
	f.must(err)
	w.await("Revive")
	f.must(other.Alias(f.Context(), f.site.Host, "/a", "/b"))
	w.await("Alias")
	f.must(other.PutSite(f.Context(), f.site))
	w.await("PutSite")
	f.must(other.RemoveSite(f.Context(), f.site.Host))
	w.await("RemoveSite")
}

func watchEnds(f *fixture) {
	w := f.watch(f.Store)
	w.stop()
	f.must(w.ended())
}

func watchClosed(f *fixture) {
	store := f.open(f.T)
	w := f.watch(store)
	f.must(store.Close())
	f.fails(w.ended(), comments.Unavailable, "")
}

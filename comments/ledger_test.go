package comments_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"postil/comments"
)

func second(n int64) time.Time { return time.Unix(n, 0).UTC() }

func written(at int64, status comments.Status) comments.Comment {
	return comments.Comment{Site: "blog.example", Page: "/alias", Number: 99, Status: status, Created: second(at), Decided: second(at)}
}

func decide(status comments.Status, at int64) func(*comments.Comment) error {
	return func(c *comments.Comment) error {
		c.Status, c.Decided = status, second(at)
		return nil
	}
}

func books(t *testing.T, l *comments.Ledger, want comments.Ledger) {
	t.Helper()
	if diff := cmp.Diff(want, *l); diff != "" {
		t.Errorf("ledger (-want +got):\n%s", diff)
	}
}

func state(id int64, page comments.Page, last, visible, updated, opened int64) *comments.StoredThread {
	t := comments.Thread{Site: "blog.example", Page: page, Last: last, Visible: visible}
	if updated > 0 {
		t.Updated = second(updated)
	}
	if opened > 0 {
		t.Opened = second(opened)
	}
	return &comments.StoredThread{ID: id, Thread: t}
}

func changes(from int64, items ...int64) (all []comments.Change) {
	for i, item := range items {
		all = append(all, comments.Change{Site: "blog.example", Number: from + int64(i), Page: "/post", Item: item})
	}
	return all
}

// event is one that a site should have; at 0 has no time.
func event(number, at int64, kind comments.EventKind, status comments.Status, first bool, by string) comments.Event {
	e := comments.Event{Site: "blog.example", Number: number, Kind: kind, Status: status, First: first, By: by}
	if at > 0 {
		e.At = second(at)
	}
	return e
}

func add(t *testing.T, l *comments.Ledger, thread *comments.StoredThread, c *comments.Comment) {
	t.Helper()
	if err := l.Add(thread, c); err != nil {
		t.Fatal(err)
	}
}

func TestALedgerNumbersWhatReadersSee(t *testing.T) {
	t.Parallel()
	l := &comments.Ledger{Site: "blog.example", Head: 7, LastThread: 2, LastEvent: 4}
	thread := l.Open("/post")
	published, held, imported := written(10, comments.Published), written(11, comments.Held), written(9, comments.Published)
	imported.Origin = comments.Origin{Source: "other", ID: "1"}
	add(t, l, thread, &published)
	add(t, l, thread, &held)
	add(t, l, thread, &imported)
	if published.Number != 1 || held.Number != 0 || published.Page != "/post" || held.Page != "/post" {
		t.Errorf("added %d on %s and %d on %s", published.Number, published.Page, held.Number, held.Page)
	}
	books(t, l, comments.Ledger{
		Site: "blog.example", Head: 9, LastThread: 3, Changes: changes(8, 1, 2),
		Threads: map[int64]*comments.StoredThread{3: state(3, "/post", 2, 2, 10, 9)},
		Events: []comments.Event{ // imports make none
			event(5, 10, comments.Received, comments.Published, true, ""), event(6, 11, comments.Received, comments.Held, false, ""),
		}, LastEvent: 6,
	})
}

func TestALedgerKeepsANumberThroughAllRevisions(t *testing.T) {
	t.Parallel()
	l := &comments.Ledger{Site: "blog.example", Act: comments.Act{By: "mia", At: second(20)}}
	thread := l.Open("/post")
	c := written(10, comments.Held)
	add(t, l, thread, &c)
	for _, step := range []struct {
		edit    func(*comments.Comment) error
		number  int64
		visible int64
		head    int64
	}{
		{decide(comments.Spam, 11), 0, 0, 0},
		{decide(comments.Published, 12), 1, 1, 1},
		{func(*comments.Comment) error { return nil }, 1, 1, 1},
		{decide(comments.Held, 13), 1, 0, 2},
		{decide(comments.Published, 5), 1, 1, 3}, // the clock went back
	} {
		var err error
		if c, err = l.Revise(thread, c, step.edit); err != nil {
			t.Fatal(err)
		}
		if c.Number != step.number || thread.Visible != step.visible || l.Head != step.head {
			t.Errorf("%s: number %d, visible %d, head %d; want %+v", c.Status, c.Number, thread.Visible, l.Head, step)
		}
	}
	books(t, l, comments.Ledger{
		Site: "blog.example", Head: 3, LastThread: 1, Changes: changes(1, 1, 1, 1), Act: l.Act,
		Threads: map[int64]*comments.StoredThread{1: state(1, "/post", 1, 1, 13, 10)},
		Events: []comments.Event{
			event(1, 10, comments.Received, comments.Held, false, ""), event(2, 20, comments.Decided, comments.Spam, false, "mia"),
			event(3, 20, comments.Decided, comments.Published, true, "mia"), event(4, 20, comments.Decided, comments.Held, false, "mia"),
			event(5, 20, comments.Decided, comments.Published, false, "mia"),
		}, LastEvent: 5,
	})
}

func TestARevisionChangesOnlyWhatMayChange(t *testing.T) {
	t.Parallel()
	free := comments.Comment{
		Status: comments.Deleted, Author: comments.Author{Name: "Ann", Badge: comments.Badge{1}, Owner: true}, Source: "s", Markup: comments.SourceHTML, HTML: "h",
		Edited: second(2), Decided: second(3), EditKey: comments.Hash{4}, Fingerprint: comments.Hash{5}, By: "mia", Pinned: true, Verdicts: "links=100",
	}
	all := free
	all.ID, all.Site, all.Page, all.Parent, all.Number, all.ParentNumber = comments.ID{1}, "other.example", "/other", comments.ID{2}, 3, 4
	all.Created, all.Origin, all.Idempotency = second(1), comments.Origin{Source: "other", ID: "1"}, comments.Hash{6}
	l := &comments.Ledger{Site: "blog.example"}
	got, err := l.Revise(l.Open("/post"), comments.Comment{}, func(c *comments.Comment) error { *c = all; return nil })
	if diff := cmp.Diff(free, got); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}

func TestARefusedRevisionIsNotEntered(t *testing.T) {
	t.Parallel()
	l := &comments.Ledger{Site: "blog.example"}
	thread := l.Open("/post")
	refusal := errors.New("no")
	_, err := l.Revise(thread, comments.Comment{}, func(c *comments.Comment) error { c.Status = comments.Published; return refusal })
	if err != refusal {
		t.Errorf("got %v, want the error itself", err)
	}
	books(t, l, comments.Ledger{Site: "blog.example", LastThread: 1, Threads: map[int64]*comments.StoredThread{1: state(1, "/post", 0, 0, 0, 0)}})
}

func TestMergedThreadsAddUp(t *testing.T) {
	t.Parallel()
	l := &comments.Ledger{Site: "blog.example", LastThread: 2}
	from, into := l.Track(state(1, "/old", 3, 2, 20, 5)), l.Track(state(2, "/new", 5, 4, 10, 8))
	from.Closed = true
	if again := l.Track(state(2, "/new", 0, 0, 0, 0)); again != into {
		t.Error("a thread read twice is counted in two places")
	}
	l.Merge(from, into)
	want := state(2, "/new", 8, 6, 20, 5)
	want.Closed = true
	books(t, l, comments.Ledger{Site: "blog.example", LastThread: 2, Threads: map[int64]*comments.StoredThread{2: want}})
}

func TestChangesExpireNowAndThen(t *testing.T) {
	t.Parallel()
	const due = (comments.KeptChanges/comments.PruneInterval + 1) * comments.PruneInterval
	for _, test := range []struct{ head, notes, want int64 }{
		{0, 1, 0},
		{comments.PruneInterval - 1, 1, 0}, // none is old enough
		{due - 2, 1, 0},
		{due - 1, 1, due - comments.KeptChanges},
		{due - 1, 3, due + 2 - comments.KeptChanges},
		{due, 1, 0},
		{due, 0, 0},
	} {
		l := &comments.Ledger{Site: "blog.example", Head: test.head}
		for range test.notes {
			l.Note("/post", 0)
		}
		if got := l.Expired(); got != test.want {
			t.Errorf("Expired after changes %d to %d = %d, want %d", test.head+1, l.Head, got, test.want)
		}
	}
}

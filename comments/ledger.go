package comments

import "time"

// PruneInterval is how many changes of a site pass between two prunings.
const PruneInterval = 1024

// Ledger keeps the books of one site during one transaction of a [Store]: the
// numbers given out, the threads, and the changes to be told to publishers.
// It holds the rules that are the same for every database, and no I/O.
//
// A store must set Site, Head, LastEvent and LastThread from what it has
// stored, at a time from which nobody else can write to the site until the
// transaction ends, and Act from what it is told. It then tells the ledger all
// that it does to comments and threads. Before it commits it must write back
// Head, LastEvent, LastThread and all of Threads, insert Changes and Events,
// and delete the changes that [Ledger.Expired] names; unless it has nothing to
// commit, for then the ledger can be dropped.
type Ledger struct {
	Site       string
	Head       int64                   // number of the site's newest Change
	LastEvent  int64                   // number of the site's newest Event
	Act        Act                     // that is under way; zero for new comments
	LastThread int64                   // highest StoredThread.ID given out
	Threads    map[int64]*StoredThread // by ID; those that differ from what is stored, or may
	Changes    []Change                // new ones, in order
	Events     []Event                 // new ones, in order
}

// StoredThread is a thread with the ID by which a store knows it: unique
// within its site, and the same to whatever page the thread moves.
type StoredThread struct {
	ID int64
	Thread
}

// Open begins the thread of a page that has none.
func (l *Ledger) Open(page Page) *StoredThread {
	l.LastThread++
	return l.Track(&StoredThread{ID: l.LastThread, Thread: Thread{Page: page}})
}

// Track takes a thread of the site into Threads. It returns the one to go on
// with: a thread that has been read twice is counted in one place only.
func (l *Ledger) Track(t *StoredThread) *StoredThread {
	if known := l.Threads[t.ID]; known != nil {
		return known
	}
	if l.Threads == nil {
		l.Threads = map[int64]*StoredThread{}
	}
	t.Site = l.Site
	l.Threads[t.ID] = t
	return t
}

// Add enters a new comment into t, whose page becomes the comment's. The
// comment gets its Number if it is published; the store must then insert it.
// A closed thread takes imports and the owner's comments only: for others the
// error is Forbidden, and nothing of the transaction may be stored.
func (l *Ledger) Add(t *StoredThread, c *Comment) error {
	if t.Closed && c.Origin == (Origin{}) && !c.Author.Owner {
		return NewError(Forbidden, "Comments on this page are closed.").Told("thread.closed")
	}
	c.Page, c.Number = t.Page, 0
	if t.Opened.IsZero() || c.Created.Before(t.Opened) {
		t.Opened = c.Created
	}
	l.enter(t, &Comment{}, c)
	if c.Origin == (Origin{}) {
		l.tell(Event{At: c.Created, Kind: Received, First: c.Number > 0}, c)
	}
	return nil
}

// Revise lets edit change a comment of t, and enters what came of it. It
// returns the comment as the store must write it, which differs from before
// only in what [Store.Update] allows to change. An error of edit is returned
// as it is, with nothing entered.
func (l *Ledger) Revise(t *StoredThread, before Comment, edit func(*Comment) error) (Comment, error) {
	edited := before
	if err := edit(&edited); err != nil {
		return Comment{}, err
	}
	after := before
	after.Status, after.Author, after.Source, after.Markup, after.HTML = edited.Status, edited.Author, edited.Source, edited.Markup, edited.HTML
	after.Edited, after.Decided, after.By = edited.Edited, edited.Decided, edited.By
	after.Pinned, after.Verdicts = edited.Pinned, edited.Verdicts
	after.EditKey, after.Fingerprint = edited.EditKey, edited.Fingerprint
	l.enter(t, &before, &after)
	if after != before {
		l.tell(Event{At: l.Act.At, Kind: eventKind(&before, &after), First: before.Number == 0 && after.Number > 0, By: l.Act.By}, &after)
	}
	return after, nil
}

func eventKind(before, after *Comment) EventKind {
	switch {
	case after.Status != Deleted && (after.Source != before.Source || !after.Edited.Equal(before.Edited)):
		return Edited
	case after.Pinned != before.Pinned && after.Status == before.Status:
		return Pinned
	default:
		return Decided
	}
}

// tell records what happened to a comment.
func (l *Ledger) tell(e Event, c *Comment) {
	l.LastEvent++
	e.Site, e.Number, e.Comment, e.Status = l.Site, l.LastEvent, c.ID, c.Status
	l.Events = append(l.Events, e)
}

// Close makes a thread take no new comments, or take them again.
func (l *Ledger) Close(t *StoredThread, closed bool) {
	if t.Closed == closed {
		return
	}
	t.Closed = closed
	l.Note(t.Page, 0)
}

// enter brings the books in line with a comment of t that was before and is
// now after, and gives it a number when it is published for the first time.
func (l *Ledger) enter(t *StoredThread, before, after *Comment) {
	if after.Status == Published && after.Number == 0 {
		t.Last++
		after.Number = t.Last
	}
	t.Visible += shown(after) - shown(before)
	known := *before
	known.By, known.Verdicts = after.By, after.Verdicts // which no reader sees
	if after.Number > 0 && *after != known {
		l.Note(t.Page, after.Number)
		t.advance(after.Updated())
	}
}

func shown(c *Comment) int64 {
	if c.Status == Published {
		return 1
	}
	return 0
}

// Merge enters that from's comments joined into's and from is no more. The
// store must first have raised their numbers by into.Last.
func (l *Ledger) Merge(from, into *StoredThread) {
	delete(l.Threads, from.ID)
	into.Last += from.Last
	into.Visible += from.Visible
	into.Closed = into.Closed || from.Closed
	if into.Opened.IsZero() || !from.Opened.IsZero() && from.Opened.Before(into.Opened) {
		into.Opened = from.Opened
	}
	into.advance(from.Updated)
}

// Note records a change of a page, or of one item on it; see [Change].
func (l *Ledger) Note(page Page, item int64) {
	l.Head++
	l.Changes = append(l.Changes, Change{Site: l.Site, Number: l.Head, Page: page, Item: item})
}

// Expired returns the number of the newest change that the store must now
// delete, with all older ones, or 0 when there is nothing to do. That is now
// and then, within the transaction that makes them old, so that no clock or
// background task decides what readers find.
func (l *Ledger) Expired() int64 {
	before := l.Head - int64(len(l.Changes))
	if l.Head/PruneInterval == before/PruneInterval {
		return 0
	}
	return max(0, l.Head-KeptChanges)
}

func (t *Thread) advance(to time.Time) {
	if to.After(t.Updated) {
		t.Updated = to
	}
}

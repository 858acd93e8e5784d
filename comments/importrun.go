package comments

import (
	"context"
	"time"
)

// RunState is how far an import is.
type RunState string

const (
	RunUnderway RunState = "underway" // or interrupted: it can be resumed, or undone
	RunDone     RunState = "done"
	RunUndone   RunState = "undone" // or partly so: undoing it again goes on
)

// Run is one import into a site: what is needed to tell what it brought, to go
// on with it after a crash, and to take it back.
type Run struct {
	Site    string
	ID      ID
	Format  string
	File    string // its name, for people
	Digest  Hash   // of all that was read
	Options string // JSON: how its rows were mapped to pages
	State   RunState
	Began   time.Time
	Ended   time.Time // zero until done
	Report  string    // JSON: what became of its rows; empty until done
}

// Imported is a comment with what only imports bring.
type Imported struct {
	Comment
	Votes   int64  // for it less against it, in the other system
	Address []byte // e-mail of its author, sealed for [SealImported]; or nil
	Exact   bool   // it comes from another Postil and keeps its ID and Number
}

// ArchivedThread is a thread as an export tells it.
type ArchivedThread struct {
	Page    Page
	Closed  bool
	Aliases []Page // in order
}

// LoadState says what became of a comment given to [Imports.Load].
type LoadState int

const (
	LoadedNow    LoadState = iota // it is new
	LoadedByRun                   // the same run had stored it, before it was interrupted
	LoadedBefore                  // it was there, whether another run brought it or it was written here
)

// Loaded is what became of one comment given to [Imports.Load].
type Loaded struct {
	ID       ID // by which it is stored
	State    LoadState
	Uprooted bool // it is new, and its parent is not on its page, so that it answers nothing
}

// Unloaded is what one step of [Imports.Unload] did.
type Unloaded struct {
	Removed int  // comments that are gone without a trace
	Kept    int  // erased, but kept in place for the answers of others
	More    bool // the run has still more
}

// Imports keeps what came from elsewhere, run by run, and gives all out.
type Imports interface {
	// PutRun stores a run, or replaces the one with its Site and ID.
	PutRun(ctx context.Context, r Run) error

	// Runs returns a site's runs, newest first.
	Runs(ctx context.Context, site string) ([]Run, error)

	// Load stores comments of one site for a run, as [Store.Add] does, in
	// their order, which must have parents before answers. A comment with the
	// Origin, or if it is Exact the ID, of a stored one is left out. One whose
	// Parent is on another page, or nowhere, is stored as answering nothing.
	// [Ledger.Enter] gives the Numbers.
	Load(ctx context.Context, site string, run ID, batch []Imported) ([]Loaded, error)

	// CloseFor closes pages that are open, and notes that the run did; it
	// follows aliases. A page without comments gets a thread by it.
	CloseFor(ctx context.Context, site string, run ID, pages []Page) error

	// Unload takes back about limit comments of a run, the last stored first,
	// and then opens what the run closed. Comments that others answer, who
	// are not of the run, are erased and lose their Origin; all others are
	// removed, with threads that are empty then. Words are in no file of the
	// store once it has returned. Changes tell of it, no Events.
	Unload(ctx context.Context, site string, run ID, at time.Time, limit int) (Unloaded, error)

	// Present returns which of these ids a site has comments of.
	Present(ctx context.Context, site string, ids []ID) (map[ID]bool, error)

	// Archived returns up to limit comments of a page, of any status, whose
	// id sorts after the given one, in order of ids. It does not follow
	// aliases.
	Archived(ctx context.Context, site string, page Page, after ID, limit int) ([]Imported, error)

	// ArchivedThreads returns up to limit pages of a site that have comments,
	// or aliases, or are closed, and sort after the given one, in order.
	ArchivedThreads(ctx context.Context, site string, after Page, limit int) ([]ArchivedThread, error)

	// Addresses returns up to limit of the addresses that a site's imports kept,
	// of comments whose ids sort after the given one, in that order.
	Addresses(ctx context.Context, site string, after ID, limit int) ([]ImportedAddress, error)

	// ResealImported gives each sealed address another seal, in one
	// transaction.
	ResealImported(ctx context.Context, reseal func(address *[]byte) error) error
}

// ImportedAddress is the e-mail address that an import kept of an author.
type ImportedAddress struct {
	Comment ID
	Sealed  []byte // for [SealImported]
}

// SealImported is the purpose under which addresses of imports are sealed.
const SealImported = "imported author"

// Enter enters an imported comment into t, whose page becomes the comment's,
// and gives it a Number if it is published. So does a place that is kept for
// its answers' sake get one: readers must see below what they stand. One that
// is Exact keeps its Number, unless the thread has come so far already.
//
// Its change is told by [Ledger.Entered].
func (l *Ledger) Enter(t *StoredThread, c *Imported) {
	c.Page = t.Page
	if t.Opened.IsZero() || c.Created.Before(t.Opened) {
		t.Opened = c.Created
	}
	numbered := c.Status == Published || c.Number > 0
	if !c.Exact {
		numbered = c.Status == Published || c.Status == Deleted
		c.Number = 0
	}
	if !numbered {
		return
	}
	if c.Number <= t.Last {
		c.Number = t.Last + 1
	}
	t.Last = c.Number
	t.Visible += shown(&c.Comment)
	t.advance(c.Updated())
}

// Entered tells that a thread whose Last was before has got comments by
// [Ledger.Enter]. A change for each would flood the publishers; one for each
// that may begin an archive document names all documents that differ.
func (l *Ledger) Entered(t *StoredThread, before int64) {
	switch {
	case t.Last == before:
		return
	case before == 0:
		l.Note(t.Page, 0)
		return
	}
	for n := before + 1; n < t.Last; n += MinArchive {
		l.Note(t.Page, n)
	}
	l.Note(t.Page, t.Last)
}

// Withdraw enters that some of t's comments, of which so many were published,
// are gone, and last is the highest Number that is left. Numbers of removed
// comments come back: all documents of the page are written anew.
func (l *Ledger) Withdraw(t *StoredThread, published, last int64) {
	t.Visible -= published
	t.Last = last
	l.Note(t.Page, 0)
}

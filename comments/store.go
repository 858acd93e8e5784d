package comments

import "context"

// Reader is what publishers and lists need of a store. Every look-up that
// finds nothing returns an *Error of kind NotFound; a store that cannot be
// reached returns one of kind Unavailable, so that the two are never confused.
type Reader interface {
	// Sites returns all sites, ordered by host, with their current Head.
	Sites(ctx context.Context) ([]Site, error)

	// Thread returns the state of a page, following its alias. A page
	// without comments has a zero Thread but for Site and Page; only an
	// unknown site is NotFound.
	Thread(ctx context.Context, site string, page Page) (Thread, error)

	// Threads returns up to limit threads whose page sorts after the given
	// one (bytewise; "" starts), for walking a whole site.
	Threads(ctx context.Context, site string, after Page, limit int) ([]Thread, error)

	// Range returns the comments of a page with from ≤ Number ≤ to, ordered
	// by Number, tombstones among them. It does not follow aliases.
	Range(ctx context.Context, site string, page Page, from, to int64) ([]Comment, error)

	// Latest returns the newest published comments of a site, newest first by
	// Decided.
	Latest(ctx context.Context, site string, limit int) ([]Comment, error)

	// List returns comments of a status, newest id first, that are older than
	// before (zero starts), for paging through a queue.
	List(ctx context.Context, site string, status Status, before ID, limit int) ([]Comment, error)

	// Answers returns up to limit published comments of a page that answer
	// one of its comments, newest Number first.
	Answers(ctx context.Context, site string, page Page, parent ID, limit int) ([]Comment, error)

	// Find returns one comment of any status by its id alone.
	Find(ctx context.Context, id ID) (Comment, error)

	// Imported returns the ids of the comments that came from source with one
	// of the given ids there; unknown ones are left out.
	Imported(ctx context.Context, site, source string, ids []string) (map[string]ID, error)

	// Changes returns up to limit changes of a site after the given number,
	// in order. Old changes may have been dropped: when the first one
	// returned is not number after+1, the caller must read whole pages anew.
	Changes(ctx context.Context, site string, after int64, limit int) ([]Change, error)
}

// KeptChanges is how many of a site's newest changes a store keeps at least.
const KeptChanges = 50_000

// Added is what became of one comment given to [Store.Add].
type Added struct {
	Comment  Comment // as stored
	Existing bool    // a comment with the same Idempotency or Origin was there; nothing was written
}

// Store keeps sites and comments. Every method is safe for concurrent use,
// and each write is one transaction that is durable when it returns. Writes
// to one site take effect in the order of its Change numbers: a reader that
// has seen change n will never later find a change numbered below n.
type Store interface {
	Reader
	Queue
	Log
	Outbox
	Subscriptions
	People
	Imports

	// PutSite inserts a site or replaces the settings of the one with its
	// Host. Epoch and Created count only when it is new. A replacement writes
	// a Change of page "", for anything on the site may now look different.
	PutSite(ctx context.Context, site Site) error

	// RemoveSite removes a site and everything in it.
	RemoveSite(ctx context.Context, host string) error

	// Alias makes old another name of page to. If old has a thread it moves
	// there; if both have one, old's comments join to's with new numbers
	// after its last, in their order. Both pages are noted as changed.
	Alias(ctx context.Context, site string, old, to Page) error

	// CloseThread makes a page take no new comments, or take them again, and
	// writes a Change of the whole page unless it is so already. It follows
	// aliases and returns the site's Head. A page without comments gets a
	// thread by it.
	CloseThread(ctx context.Context, site string, page Page, closed bool) (head int64, err error)

	// Add stores comments in one transaction, in order, following aliases of
	// their pages. A published comment gets its page's next Number and a
	// Change; a held one neither. A parent that is not on the same page is an
	// Invalid error at field "parent", an unknown site NotFound; either way
	// nothing of the batch is stored.
	Add(ctx context.Context, batch []Comment) ([]Added, error)

	// Update reads the comments with these ids, lets edit change each, and
	// writes them back, in one transaction; an error of edit undoes all and
	// is returned as it is. Events tell of it, with act. Status, Author, Source,
	// Markup, HTML, Edited, Decided, By, Pinned, Verdicts, EditKey and
	// Fingerprint can be changed. The first publication gives a Number; any
	// change of a comment that has one, but for By and Verdicts, writes a Change.
	// When a comment becomes Deleted, its Subscriptions are removed with it, and
	// its former words are in no file of the
	// store once Update has returned without an error; one of kind Unavailable
	// leaves open whether the change is committed. Gone with them are its
	// subscriptions, and what was to be sent to those. An id that is given twice
	// counts once. It returns the comments as stored and the site's Head.
	Update(ctx context.Context, site string, act Act, ids []ID, edit func(*Comment) error) ([]Comment, int64, error)

	// Watch calls changed whenever another connection, of this process or
	// another, may have written, until ctx ends. It may call too often, never
	// too rarely; it returns an error only when it cannot go on.
	Watch(ctx context.Context, changed func()) error

	Close() error
}

package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"postil/comments"
)

// Add implements comments.Store. The whole batch takes two round trips.
func (s *Store) Add(ctx context.Context, batch []comments.Comment) ([]comments.Added, error) {
	a := &addition{batch: batch}
	if err := s.transaction(ctx, a.read, a.write); err != nil {
		return nil, s.fail(err)
	}
	s.analyse(ctx, a.ledgers)
	return a.added, nil
}

type place struct {
	site string
	page comments.Page
}

type postKey struct {
	site string
	key  comments.Hash
}

type importKey struct {
	site   string
	origin comments.Origin
}

// addition is one batch on its way into the database.
type addition struct {
	batch []comments.Comment
	added []comments.Added

	ledgers map[string]*ledger
	pages   map[place]comments.Page // where the comments of a page are, when it is an alias
	threads map[place]*comments.StoredThread
	posts   map[postKey]comments.Comment
	imports map[importKey]comments.Comment
	numbers map[comments.ID]int64       // of possible parents
	known   map[comments.ID]comments.ID // new ids of comments that had been stored under another
}

// reset forgets what an attempt that failed has read.
func (a *addition) reset() {
	a.ledgers, a.pages, a.threads = map[string]*ledger{}, map[place]comments.Page{}, map[place]*comments.StoredThread{}
	a.posts, a.imports = map[postKey]comments.Comment{}, map[importKey]comments.Comment{}
	a.numbers, a.known = map[comments.ID]int64{}, map[comments.ID]comments.ID{}
}

// write decides what becomes of each comment, and queues the new ones.
func (a *addition) write(b *pgx.Batch) error {
	var rows columns
	for _, c := range a.batch {
		added, thread, err := a.add(c)
		if err != nil {
			return err
		}
		a.added = append(a.added, added)
		if !added.Existing {
			rows.append(&added.Comment, thread)
		}
	}
	if len(rows.ids) == 0 {
		return nil
	}
	for _, l := range a.ledgers {
		l.queueThreads(b)
	}
	rows.queueInsert(b)
	for _, l := range a.ledgers {
		l.queueNews(b)
	}
	return nil
}

// add finds that a comment had been stored before, or enters it in the books.
func (a *addition) add(c comments.Comment) (added comments.Added, thread int64, err error) {
	l := a.ledgers[c.Site]
	if l == nil {
		return added, 0, noSite(c.Site)
	}
	if old, found := a.existing(&c); found {
		a.known[c.ID] = old.ID
		return comments.Added{Comment: old, Existing: true}, 0, nil
	}
	if id, ok := a.known[c.Parent]; ok {
		c.Parent = id
	}
	t := a.thread(l, c.Page)
	if err := l.Add(t, &c); err != nil {
		return added, 0, err
	}
	c.ParentNumber = a.numbers[c.Parent]
	a.remember(c)
	return comments.Added{Comment: c}, t.ID, nil
}

// existing finds the comment that the same post, or the same import, made.
func (a *addition) existing(c *comments.Comment) (old comments.Comment, found bool) {
	if !c.Idempotency.IsZero() {
		old, found = a.posts[postKey{c.Site, c.Idempotency}]
	}
	if !found && c.Origin != (comments.Origin{}) {
		old, found = a.imports[importKey{c.Site, c.Origin}]
	}
	return old, found
}

// remember lets later comments of the batch find c.
func (a *addition) remember(c comments.Comment) {
	a.numbers[c.ID] = c.Number
	if !c.Idempotency.IsZero() {
		a.posts[postKey{c.Site, c.Idempotency}] = c
	}
	if c.Origin != (comments.Origin{}) {
		a.imports[importKey{c.Site, c.Origin}] = c
	}
}

// thread returns the thread of a page, new if need be.
func (a *addition) thread(l *ledger, page comments.Page) *comments.StoredThread {
	if target, ok := a.pages[place{l.Site, page}]; ok {
		page = target
	}
	at := place{l.Site, page}
	t := a.threads[at]
	if t == nil {
		t = l.Open(page)
		a.threads[at] = t
	}
	return l.Track(t)
}

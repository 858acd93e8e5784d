package sqlite

import (
	"context"
	"database/sql"

	codes "modernc.org/sqlite/lib"

	"postil/comments"
)

// Add implements comments.Store.
func (s *Store) Add(ctx context.Context, batch []comments.Comment) ([]comments.Added, error) {
	added := make([]comments.Added, len(batch))
	err := s.transaction(ctx, func(t *tx) error {
		a := &addition{tx: t, ledgers: map[string]*ledger{}, pages: map[place]*comments.StoredThread{}, known: map[comments.ID]comments.ID{}}
		for i, c := range batch {
			var err error
			if added[i], err = a.add(ctx, c); err != nil {
				return err
			}
		}
		return a.close(ctx)
	})
	if err != nil {
		return nil, s.classify(err)
	}
	return added, nil
}

type place struct {
	site string
	page comments.Page
}

// addition is one batch on its way into the database.
type addition struct {
	tx      *tx
	stored  int // comments that are new
	ledgers map[string]*ledger
	pages   map[place]*comments.StoredThread // as asked for, aliases followed
	known   map[comments.ID]comments.ID      // new ids of comments that had been stored under another
}

// add stores one comment, or finds that it had been stored before.
func (a *addition) add(ctx context.Context, c comments.Comment) (comments.Added, error) {
	l, err := a.ledger(ctx, c.Site)
	if err != nil {
		return comments.Added{}, err
	}
	if old, found, err := a.existing(ctx, &c); found || err != nil {
		a.known[c.ID] = old.ID
		return comments.Added{Comment: old, Existing: true}, err
	}
	t, err := a.thread(ctx, l, c.Page)
	if err != nil {
		return comments.Added{}, err
	}
	if id, ok := a.known[c.Parent]; ok {
		c.Parent = id
	}
	if err := l.Add(t, &c); err != nil {
		return comments.Added{}, err
	}
	if err := insert(ctx, a.tx, t.ID, &c); err != nil {
		return comments.Added{}, err
	}
	a.stored++
	c.ParentNumber, err = parentNumber(ctx, a.tx, &c)
	return comments.Added{Comment: c}, err
}

func (a *addition) ledger(ctx context.Context, site string) (*ledger, error) {
	if l := a.ledgers[site]; l != nil {
		return l, nil
	}
	l, err := openLedger(ctx, a.tx, site)
	if err == nil {
		a.ledgers[site] = l
	}
	return l, err
}

func (a *addition) close(ctx context.Context) error {
	if a.stored == 0 {
		return nil // so that the transaction has nothing to write
	}
	for _, l := range a.ledgers {
		if err := l.close(ctx, a.tx); err != nil {
			return err
		}
	}
	return nil
}

// existing finds the comment that the same post, or the same import, made.
func (a *addition) existing(ctx context.Context, c *comments.Comment) (old comments.Comment, found bool, err error) {
	if !c.Idempotency.IsZero() {
		old, found, err = first(ctx, a.tx, scanComment, selectComment+byKey, c.Site, c.Idempotency[:])
	}
	if found || err != nil || c.Origin == (comments.Origin{}) {
		return old, found, err
	}
	return first(ctx, a.tx, scanComment, selectComment+byOrigin, c.Site, c.Origin.Source, c.Origin.ID)
}

// thread returns the thread of a page, new if need be.
func (a *addition) thread(ctx context.Context, l *ledger, page comments.Page) (*comments.StoredThread, error) {
	asked := place{l.Site, page}
	if t := a.pages[asked]; t != nil {
		return t, nil
	}
	page, err := resolve(ctx, a.tx, l.Site, page)
	if err != nil {
		return nil, err
	}
	t, err := l.threadAt(ctx, a.tx, page)
	if err != nil {
		return nil, err
	}
	if t == nil {
		if t, err = l.open(ctx, a.tx, page); err != nil {
			return nil, err
		}
	}
	a.pages[asked] = t
	return t, nil
}

func insert(ctx context.Context, t *tx, thread int64, c *comments.Comment) error {
	words, err := appendWords(ctx, t, wordsOf(c))
	if err != nil {
		return err
	}
	_, err = t.exec(ctx, `
		INSERT INTO comments (site, id, thread, parent, number, status, markup, words,
			created, edited, decided, import_source, import_id, edit_key, idempotency, fingerprint, badge, owner, pinned, decider, verdicts)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		c.Site, c.ID[:], thread, nullID(c.Parent), nullNumber(c.Number), c.Status, c.Markup, words,
		c.Created.UnixMicro(), nullTime(c.Edited), c.Decided.UnixMicro(), nullText(c.Origin.Source), nullText(c.Origin.ID),
		nullHash(c.EditKey), nullHash(c.Idempotency), nullHash(c.Fingerprint),
		nullBadge(c.Author.Badge), c.Author.Owner, c.Pinned, c.By, c.Verdicts)
	if code(err) == codes.SQLITE_CONSTRAINT_FOREIGNKEY { // site and thread are there: the transaction has seen or made them
		return &comments.Error{Kind: comments.Invalid, Field: "parent", Text: "is no comment of this page", Cause: err}
	}
	return err
}

func parentNumber(ctx context.Context, t *tx, c *comments.Comment) (int64, error) {
	if c.Parent.IsZero() {
		return 0, nil
	}
	n, _, err := first(ctx, t, scanValue[sql.NullInt64], `SELECT number FROM comments WHERE site = ? AND id = ?`, c.Site, c.Parent[:])
	return n.Int64, err
}

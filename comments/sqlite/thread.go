package sqlite

import (
	"context"
	"database/sql"
	"time"

	"postil/comments"
)

// Thread implements comments.Reader.
func (s *Store) Thread(ctx context.Context, site string, page comments.Page) (comments.Thread, error) {
	found, err := query(ctx, &s.reader, scanState(site), `
		SELECT coalesce(a.target, ?2), coalesce(t.last, 0), coalesce(t.visible, 0), t.updated, t.opened, coalesce(t.closed, 0)
		FROM sites s
		LEFT JOIN aliases a ON a.site = s.host AND a.page = ?2
		LEFT JOIN threads t ON t.site = s.host AND t.page = coalesce(a.target, ?2)
		WHERE s.host = ?1`, site, page)
	if err != nil {
		return comments.Thread{}, s.classify(err)
	}
	if len(found) == 0 {
		return comments.Thread{}, noSite(site)
	}
	return found[0], nil
}

// Threads implements comments.Reader. Threads in which nothing was ever
// published are nobody's business and left out.
func (s *Store) Threads(ctx context.Context, site string, after comments.Page, limit int) ([]comments.Thread, error) {
	threads, err := query(ctx, &s.reader, scanState(site), `
		SELECT page, last, visible, updated, opened, closed FROM threads
		WHERE site = ? AND page > ? AND last > 0 ORDER BY page LIMIT ?`, site, after, max(limit, 0))
	return threads, s.classify(err)
}

func scanState(site string) func(scanner) (comments.Thread, error) {
	return func(row scanner) (comments.Thread, error) {
		t := comments.Thread{Site: site}
		var updated, opened sql.NullInt64
		err := row.Scan(&t.Page, &t.Last, &t.Visible, &updated, &opened, &t.Closed)
		t.Updated, t.Opened = fromMicros(updated), fromMicros(opened)
		return t, err
	}
}

// OpenThreads implements comments.Queue.
func (s *Store) OpenThreads(ctx context.Context, site string, opened time.Time, limit int) ([]comments.Thread, error) {
	threads, err := query(ctx, &s.reader, scanState(site), selectOpen, site, micros(opened), max(limit, 0))
	return threads, s.classify(err)
}

const selectOpen = `
SELECT page, last, visible, updated, opened, closed FROM threads
WHERE site = ? AND NOT closed AND opened < ? ORDER BY opened LIMIT ?`

// CloseThread implements comments.Store.
func (s *Store) CloseThread(ctx context.Context, site string, page comments.Page, closed bool) (head int64, err error) {
	err = s.transaction(ctx, func(t *tx) error {
		l, err := openLedger(ctx, t, site)
		if err != nil {
			return err
		}
		if page, err = resolve(ctx, t, site, page); err != nil {
			return err
		}
		th, err := l.threadAt(ctx, t, page)
		if th == nil && closed && err == nil {
			th, err = l.open(ctx, t, page)
		}
		if err != nil || th == nil || th.Closed == closed {
			head = l.Head
			return err
		}
		l.Close(th, closed)
		head = l.Head
		return l.close(ctx, t)
	})
	return head, s.classify(err)
}

// Alias implements comments.Store.
func (s *Store) Alias(ctx context.Context, site string, old, to comments.Page) error {
	if old == to {
		return comments.FieldError("page", "cannot be an alias of itself")
	}
	return s.classify(s.transaction(ctx, func(t *tx) error {
		l, err := openLedger(ctx, t, site)
		if err != nil {
			return err
		}
		if to, err = vacate(ctx, t, site, old, to); err != nil {
			return err
		}
		if err := l.move(ctx, t, old, to); err != nil {
			return err
		}
		if err := redirect(ctx, t, site, old, to); err != nil {
			return err
		}
		l.Note(old, 0)
		l.Note(to, 0)
		return l.close(ctx, t)
	}))
}

// vacate returns the page at which the comments of to are. When that is old,
// the page moves back to its former address, which stops to be an alias.
func vacate(ctx context.Context, t *tx, site string, old, to comments.Page) (comments.Page, error) {
	target, err := resolve(ctx, t, site, to)
	if err != nil || target != old {
		return target, err
	}
	_, err = t.exec(ctx, `DELETE FROM aliases WHERE site = ? AND page = ?`, site, to)
	return to, err
}

func resolve(ctx context.Context, t *tx, site string, page comments.Page) (comments.Page, error) {
	target, found, err := first(ctx, t, scanValue[comments.Page], `SELECT target FROM aliases WHERE site = ? AND page = ?`, site, page)
	if found {
		page = target
	}
	return page, err
}

// redirect makes old, and all that led to it, lead to another page.
func redirect(ctx context.Context, t *tx, site string, old, to comments.Page) error {
	if _, err := t.exec(ctx, `UPDATE aliases SET target = ? WHERE site = ? AND target = ?`, to, site, old); err != nil {
		return err
	}
	_, err := t.exec(ctx, `
		INSERT INTO aliases (site, page, target) VALUES (?, ?, ?)
		ON CONFLICT (site, page) DO UPDATE SET target = excluded.target`, site, old, to)
	return err
}

// move brings the thread at old, if there is one, to another page.
func (l *ledger) move(ctx context.Context, t *tx, old, to comments.Page) error {
	from, err := l.threadAt(ctx, t, old)
	if from == nil || err != nil {
		return err
	}
	into, err := l.threadAt(ctx, t, to)
	if err != nil {
		return err
	}
	if into == nil {
		from.Page = to
		return nil
	}
	return l.merge(ctx, t, from, into)
}

// merge renumbers from's comments after into's. Answers and their parents
// move in one statement, at whose end their foreign keys hold again.
func (l *ledger) merge(ctx context.Context, t *tx, from, into *comments.StoredThread) error {
	if _, err := t.exec(ctx, `UPDATE comments SET thread = ?, number = number + ? WHERE site = ? AND thread = ?`,
		into.ID, into.Last, l.Site, from.ID); err != nil {
		return err
	}
	if _, err := t.exec(ctx, `DELETE FROM threads WHERE site = ? AND id = ?`, l.Site, from.ID); err != nil {
		return err
	}
	l.Merge(from, into)
	return nil
}

const selectThread = `SELECT id, page, last, visible, updated, opened, closed FROM threads `

// threadAt returns the thread at a page, or nil, and has close write it back.
func (l *ledger) threadAt(ctx context.Context, t *tx, page comments.Page) (*comments.StoredThread, error) {
	return l.touch(first(ctx, t, scanThread, selectThread+`WHERE site = ? AND page = ?`, l.Site, page))
}

func (l *ledger) threadOf(ctx context.Context, t *tx, id int64) (*comments.StoredThread, error) {
	if known := l.Threads[id]; known != nil {
		return known, nil
	}
	return l.touch(first(ctx, t, scanThread, selectThread+`WHERE site = ? AND id = ?`, l.Site, id))
}

func scanThread(row scanner) (*comments.StoredThread, error) {
	var t comments.StoredThread
	var updated, opened sql.NullInt64
	err := row.Scan(&t.ID, &t.Page, &t.Last, &t.Visible, &updated, &opened, &t.Closed)
	t.Updated, t.Opened = fromMicros(updated), fromMicros(opened)
	return &t, err
}

func (l *ledger) touch(t *comments.StoredThread, found bool, err error) (*comments.StoredThread, error) {
	if err != nil || !found {
		return nil, err
	}
	return l.Track(t), nil
}

package postgres

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"postil/comments"
)

// Thread implements comments.Reader.
func (s *Store) Thread(ctx context.Context, site string, page comments.Page) (comments.Thread, error) {
	found, err := query(ctx, s, scanState(site), `
		SELECT coalesce(a.target, $2), coalesce(t.last, 0), coalesce(t.visible, 0), t.updated, t.opened, coalesce(t.closed, false)
		FROM sites s
		LEFT JOIN aliases a ON a.site = s.host AND a.page = $2
		LEFT JOIN threads t ON t.site = s.host AND t.page = coalesce(a.target, $2)
		WHERE s.host = $1`, site, string(page))
	if err != nil {
		return comments.Thread{}, err
	}
	if len(found) == 0 {
		return comments.Thread{}, noSite(site)
	}
	return found[0], nil
}

// Threads implements comments.Reader. Threads in which nothing was ever
// published are nobody's business and left out.
func (s *Store) Threads(ctx context.Context, site string, after comments.Page, limit int) ([]comments.Thread, error) {
	return query(ctx, s, scanState(site), `
		SELECT page, last, visible, updated, opened, closed FROM threads
		WHERE site = $1 AND page > $2 AND last > 0 ORDER BY page LIMIT $3`, site, string(after), max(limit, 0))
}

func scanState(site string) func(pgx.CollectableRow) (comments.Thread, error) {
	return func(row pgx.CollectableRow) (comments.Thread, error) {
		t := comments.Thread{Site: site}
		var updated, opened pgtype.Timestamptz
		err := row.Scan((*string)(&t.Page), &t.Last, &t.Visible, &updated, &opened, &t.Closed)
		t.Updated, t.Opened = fromNull(updated), fromNull(opened)
		return t, err
	}
}

// OpenThreads implements comments.Queue.
func (s *Store) OpenThreads(ctx context.Context, site string, opened time.Time, limit int) ([]comments.Thread, error) {
	return query(ctx, s, scanState(site), selectOpen, site, opened, max(limit, 0))
}

const selectOpen = `
SELECT page, last, visible, updated, opened, closed FROM threads
WHERE site = $1 AND NOT closed AND opened < $2 ORDER BY opened LIMIT $3`

// CloseThread implements comments.Store.
func (s *Store) CloseThread(ctx context.Context, site string, page comments.Page, closed bool) (head int64, err error) {
	err = s.slowly(ctx, func(tx pgx.Tx) error {
		l, err := openLedger(ctx, tx, site)
		if err != nil {
			return err
		}
		if page, err = resolve(ctx, tx, site, page); err != nil {
			return err
		}
		t, err := l.threadAt(ctx, tx, page)
		if t == nil && closed && err == nil {
			t = l.Open(page)
		}
		if err != nil || t == nil || t.Closed == closed {
			head = l.Head
			return err
		}
		l.Close(t, closed)
		head = l.Head
		return l.write(ctx, tx)
	})
	return head, s.fail(err)
}

// Alias implements comments.Store.
func (s *Store) Alias(ctx context.Context, site string, old, to comments.Page) error {
	if old == to {
		return comments.FieldError("page", "cannot be an alias of itself")
	}
	return s.fail(s.slowly(ctx, func(tx pgx.Tx) error {
		l, err := openLedger(ctx, tx, site)
		if err != nil {
			return err
		}
		if to, err = vacate(ctx, tx, site, old, to); err != nil {
			return err
		}
		if err := l.move(ctx, tx, old, to); err != nil {
			return err
		}
		if err := redirect(ctx, tx, site, old, to); err != nil {
			return err
		}
		l.Note(old, 0)
		l.Note(to, 0)
		return l.write(ctx, tx)
	}))
}

// vacate returns the page at which the comments of to are. When that is old,
// the page moves back to its former address, which stops to be an alias.
func vacate(ctx context.Context, tx pgx.Tx, site string, old, to comments.Page) (comments.Page, error) {
	target, err := resolve(ctx, tx, site, to)
	if err != nil || target != old {
		return target, err
	}
	_, err = tx.Exec(ctx, `DELETE FROM aliases WHERE site = $1 AND page = $2`, site, string(to))
	return to, err
}

func resolve(ctx context.Context, tx pgx.Tx, site string, page comments.Page) (comments.Page, error) {
	target := page
	err := tx.QueryRow(ctx, `SELECT target FROM aliases WHERE site = $1 AND page = $2`, site, string(page)).Scan((*string)(&target))
	if errors.Is(err, pgx.ErrNoRows) {
		return page, nil
	}
	return target, err
}

// redirect makes old, and all that led to it, lead to another page.
func redirect(ctx context.Context, tx pgx.Tx, site string, old, to comments.Page) error {
	if _, err := tx.Exec(ctx, `UPDATE aliases SET target = $1 WHERE site = $2 AND target = $3`, string(to), site, string(old)); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `
		INSERT INTO aliases (site, page, target) VALUES ($1, $2, $3)
		ON CONFLICT (site, page) DO UPDATE SET target = excluded.target`, site, string(old), string(to))
	return err
}

// move brings the thread at old, if there is one, to another page.
func (l *ledger) move(ctx context.Context, tx pgx.Tx, old, to comments.Page) error {
	from, err := l.threadAt(ctx, tx, old)
	if from == nil || err != nil {
		return err
	}
	into, err := l.threadAt(ctx, tx, to)
	if err != nil {
		return err
	}
	if into == nil {
		from.Page = to
		return nil
	}
	return l.merge(ctx, tx, from, into)
}

// merge renumbers from's comments after into's. Answers and their parents
// move in one statement, at whose end their foreign keys hold again.
func (l *ledger) merge(ctx context.Context, tx pgx.Tx, from, into *comments.StoredThread) error {
	if _, err := tx.Exec(ctx, `UPDATE comments SET thread = $1, number = number + $2 WHERE site = $3 AND thread = $4`,
		into.ID, into.Last, l.Site, from.ID); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `DELETE FROM threads WHERE site = $1 AND id = $2`, l.Site, from.ID); err != nil {
		return err
	}
	l.Merge(from, into)
	return nil
}

const selectThread = `SELECT t.id, t.page, t.last, t.visible, t.updated, t.opened, t.closed FROM threads t `

func scanThread(row pgx.CollectableRow) (*comments.StoredThread, error) {
	var t comments.StoredThread
	var updated, opened pgtype.Timestamptz
	err := row.Scan(&t.ID, (*string)(&t.Page), &t.Last, &t.Visible, &updated, &opened, &t.Closed)
	t.Updated, t.Opened = fromNull(updated), fromNull(opened)
	return &t, err
}

// threadAt returns the thread at a page, or nil, and has it written back.
func (l *ledger) threadAt(ctx context.Context, tx pgx.Tx, page comments.Page) (*comments.StoredThread, error) {
	rows, err := tx.Query(ctx, selectThread+`WHERE t.site = $1 AND t.page = $2`, l.Site, string(page))
	if err != nil {
		return nil, err
	}
	t, err := pgx.CollectOneRow(rows, scanThread)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return l.Track(t), nil
}

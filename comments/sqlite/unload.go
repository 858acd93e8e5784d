package sqlite

import (
	"context"
	"database/sql"
	"time"

	"postil/comments"
)

// Unload implements comments.Imports.
func (s *Store) Unload(ctx context.Context, site string, run comments.ID, at time.Time, limit int) (comments.Unloaded, error) {
	u := &unloading{run: run, at: at}
	err := s.transaction(ctx, func(t *tx) (err error) {
		u.tx = t
		if u.ledger, err = openLedger(ctx, t, site); err != nil {
			return err
		}
		if err := u.mark(ctx); err != nil {
			return err
		}
		if err := u.step(ctx, limit); err != nil {
			return err
		}
		return u.ledger.close(ctx, t)
	})
	if err != nil {
		return comments.Unloaded{}, s.classify(err)
	}
	return u.done, s.scrub(ctx, scrubLimit)
}

// ofComment selects subscriptions for forget.
const ofComment = `WHERE s.site = ?1 AND s.comment = ?2`

// unloading is one step of taking a run back.
type unloading struct {
	tx     *tx
	ledger *ledger
	run    comments.ID
	at     time.Time
	done   comments.Unloaded
}

// mark notes that the run is being taken back.
func (u *unloading) mark(ctx context.Context) error {
	result, err := u.tx.exec(ctx, `UPDATE imports SET state = ?, ended = ? WHERE site = ? AND id = ?`,
		comments.RunUndone, u.at.UnixMicro(), u.ledger.Site, u.run[:])
	if err != nil {
		return err
	}
	if n, err := result.RowsAffected(); err != nil || n > 0 {
		return err
	}
	return noRun(u.ledger.Site, u.run)
}

func noRun(site string, run comments.ID) error {
	return comments.NewError(comments.NotFound, "There is no import %s into %s.", run, site)
}

// brought is a comment of the run.
type brought struct {
	id        []byte
	thread    int64
	published bool
	words     sql.NullInt64
}

func (u *unloading) step(ctx context.Context, limit int) error {
	last, err := query(ctx, u.tx, func(row scanner) (b brought, err error) {
		err = row.Scan(&b.id, &b.thread, &b.published, &b.words)
		return b, err
	}, `SELECT c.id, c.thread, c.status = 'published', c.words FROM imported i JOIN comments c ON c.site = i.site AND c.id = i.comment
		WHERE i.site = ? AND i.run = ? ORDER BY i.seq DESC LIMIT ?`, u.ledger.Site, u.run[:], limit)
	if err != nil {
		return err
	}
	published := map[int64]int64{}
	for _, b := range last {
		published[b.thread] += 0
		if b.published {
			published[b.thread]++
		}
		if err := u.remove(ctx, b); err != nil {
			return err
		}
	}
	for _, id := range sortedKeys(published) {
		if err := u.withdraw(ctx, id, published[id]); err != nil {
			return err
		}
	}
	if u.done.More = len(last) == limit; u.done.More {
		return nil
	}
	return u.reopen(ctx)
}

// remove takes a comment away, or only its words if others answer it.
func (u *unloading) remove(ctx context.Context, b brought) error {
	site := u.ledger.Site
	if b.words.Valid {
		if _, err := u.tx.exec(ctx, blankWords+`WHERE id = ?`, b.words); err != nil {
			return err
		}
	}
	if _, err := forget(ctx, u.tx, site, ofComment, b.id); err != nil {
		return err
	}
	answered, _, err := first(ctx, u.tx, scanValue[bool], `SELECT EXISTS (SELECT 1 FROM comments WHERE site = ? AND thread = ? AND parent = ?)`, site, b.thread, b.id)
	if err != nil {
		return err
	}
	if !answered {
		u.done.Removed++
		_, err := u.tx.exec(ctx, `DELETE FROM comments WHERE site = ? AND id = ?`, site, b.id) // all about it cascades
		return err
	}
	u.done.Kept++
	if _, err := u.tx.exec(ctx, `UPDATE comments SET status = 'deleted', words = NULL, edited = NULL, decided = ?, edit_key = NULL, fingerprint = NULL,
		badge = NULL, owner = 0, pinned = 0, decider = '', verdicts = '', import_source = NULL, import_id = NULL WHERE site = ? AND id = ?`,
		u.at.UnixMicro(), site, b.id); err != nil {
		return err
	}
	_, err = u.tx.exec(ctx, `DELETE FROM imported WHERE site = ? AND comment = ?`, site, b.id)
	return err
}

// withdraw brings the books of a thread in line with what is left of it.
func (u *unloading) withdraw(ctx context.Context, id, published int64) error {
	th, err := u.ledger.threadOf(ctx, u.tx, id)
	if err != nil {
		return err
	}
	type rest struct {
		count, last     int64
		opened, updated sql.NullInt64
	}
	left, _, err := first(ctx, u.tx, func(row scanner) (r rest, err error) {
		err = row.Scan(&r.count, &r.last, &r.opened, &r.updated)
		return r, err
	}, `SELECT count(*), coalesce(max(number), 0), min(created), max(max(decided, coalesce(edited, decided))) FILTER (WHERE number > 0)
		FROM comments WHERE site = ? AND thread = ?`, u.ledger.Site, id)
	if err != nil {
		return err
	}
	u.ledger.Withdraw(th, published, left.last)
	th.Opened, th.Updated = fromMicros(left.opened), fromMicros(left.updated)
	if left.count == 0 {
		return u.discard(ctx, th)
	}
	return nil
}

// discard removes a thread without comments, unless a moderator has closed it.
func (u *unloading) discard(ctx context.Context, th *comments.StoredThread) error {
	result, err := u.tx.exec(ctx, `DELETE FROM threads WHERE site = ? AND id = ? AND (NOT closed OR closed_by = ?)`, u.ledger.Site, th.ID, u.run[:])
	if err != nil {
		return err
	}
	if n, err := result.RowsAffected(); err != nil || n == 0 {
		return err
	}
	delete(u.ledger.Threads, th.ID)
	return nil
}

// reopen opens what the run closed.
func (u *unloading) reopen(ctx context.Context) error {
	closed, err := query(ctx, u.tx, scanValue[int64], `SELECT id FROM threads WHERE site = ? AND closed_by = ?`, u.ledger.Site, u.run[:])
	if err != nil {
		return err
	}
	for _, id := range closed {
		th, err := u.ledger.threadOf(ctx, u.tx, id)
		if err != nil {
			return err
		}
		u.ledger.Close(th, false)
		if _, err := u.tx.exec(ctx, `UPDATE threads SET closed_by = NULL WHERE site = ? AND id = ?`, u.ledger.Site, id); err != nil {
			return err
		}
		empty, _, err := first(ctx, u.tx, scanValue[bool], `SELECT NOT EXISTS (SELECT 1 FROM comments WHERE site = ? AND thread = ?)`, u.ledger.Site, id)
		if err != nil {
			return err
		}
		if empty {
			if _, err := u.tx.exec(ctx, `DELETE FROM threads WHERE site = ? AND id = ?`, u.ledger.Site, id); err != nil {
				return err
			}
			delete(u.ledger.Threads, id)
		}
	}
	return nil
}

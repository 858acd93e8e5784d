package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"postil/comments"
)

// Unload implements comments.Imports.
func (s *Store) Unload(ctx context.Context, site string, run comments.ID, at time.Time, limit int) (comments.Unloaded, error) {
	var done comments.Unloaded
	err := s.slowly(ctx, func(tx pgx.Tx) error {
		u := &unloading{tx: tx, run: run, at: at}
		var err error
		if u.ledger, err = openLedger(ctx, tx, site); err != nil {
			return err
		}
		if err := u.mark(ctx); err != nil {
			return err
		}
		if err := u.step(ctx, limit); err != nil {
			return err
		}
		done = u.done
		return u.ledger.write(ctx, tx)
	})
	if err != nil {
		return comments.Unloaded{}, s.fail(err)
	}
	return done, nil
}

// ofComment selects subscriptions for forget.
const ofComment = `WHERE s.site = $1 AND s.comment = ANY($2)`

// unloading is one step of taking a run back.
type unloading struct {
	tx     pgx.Tx
	ledger *ledger
	run    comments.ID
	at     time.Time
	done   comments.Unloaded
}

// mark notes that the run is being taken back.
func (u *unloading) mark(ctx context.Context) error {
	tag, err := u.tx.Exec(ctx, `UPDATE imports SET state = $3, ended = $4 WHERE site = $1 AND id = $2`,
		u.ledger.Site, [16]byte(u.run), string(comments.RunUndone), u.at)
	if err == nil && tag.RowsAffected() == 0 {
		err = noRun(u.ledger.Site, u.run)
	}
	return err
}

// brought is a comment of the run.
type brought struct {
	id        [16]byte
	thread    int64
	published bool
}

func (u *unloading) step(ctx context.Context, limit int) error {
	rows, err := u.tx.Query(ctx, `
		SELECT c.id, c.thread, c.status = 'published' FROM imported i JOIN comments c ON c.site = i.site AND c.id = i.comment
		WHERE i.site = $1 AND i.run = $2 ORDER BY i.seq DESC LIMIT $3`, u.ledger.Site, [16]byte(u.run), limit)
	if err != nil {
		return err
	}
	last, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (b brought, err error) {
		err = row.Scan(&b.id, &b.thread, &b.published)
		return b, err
	})
	if err != nil {
		return err
	}
	published, order := map[int64]int64{}, []int64{}
	for _, b := range last {
		if _, seen := published[b.thread]; !seen {
			order = append(order, b.thread)
		}
		published[b.thread] += map[bool]int64{true: 1}[b.published]
		if err := u.remove(ctx, b); err != nil {
			return err
		}
	}
	for _, id := range order {
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
	var forgotten pgx.Batch
	queueForget(&forgotten, site, ofComment, [][16]byte{b.id})
	if err := u.tx.SendBatch(ctx, &forgotten).Close(); err != nil {
		return err
	}
	tag, err := u.tx.Exec(ctx, `DELETE FROM comments WHERE site = $1 AND id = $2
		AND NOT EXISTS (SELECT 1 FROM comments WHERE site = $1 AND thread = $3 AND parent = $2)`, site, b.id, b.thread) // all about it cascades
	if err != nil || tag.RowsAffected() > 0 {
		u.done.Removed++
		return err
	}
	u.done.Kept++
	if _, err := u.tx.Exec(ctx, `UPDATE comments SET status = 'deleted', name = '', website = '', source = '', html = '', edited = NULL, decided = $3,
		edit_key = NULL, fingerprint = NULL, badge = NULL, owner = false, pinned = false, decider = '', verdicts = '',
		import_source = NULL, import_id = NULL WHERE site = $1 AND id = $2`, site, b.id, u.at); err != nil {
		return err
	}
	_, err = u.tx.Exec(ctx, `DELETE FROM imported WHERE site = $1 AND comment = $2`, site, b.id)
	return err
}

// threadOf returns a thread, and has it written back.
func (u *unloading) threadOf(ctx context.Context, id int64) (*comments.StoredThread, error) {
	if known := u.ledger.Threads[id]; known != nil {
		return known, nil
	}
	rows, err := u.tx.Query(ctx, selectThread+`WHERE t.site = $1 AND t.id = $2`, u.ledger.Site, id)
	if err != nil {
		return nil, err
	}
	t, err := pgx.CollectExactlyOneRow(rows, scanThread)
	if err != nil {
		return nil, err
	}
	return u.ledger.Track(t), nil
}

// withdraw brings the books of a thread in line with what is left of it.
func (u *unloading) withdraw(ctx context.Context, id, published int64) error {
	th, err := u.threadOf(ctx, id)
	if err != nil {
		return err
	}
	var count, last int64
	var opened, updated pgtype.Timestamptz
	err = u.tx.QueryRow(ctx, `SELECT count(*), coalesce(max(number), 0), min(created), max(greatest(decided, edited)) FILTER (WHERE number > 0)
		FROM comments WHERE site = $1 AND thread = $2`, u.ledger.Site, id).Scan(&count, &last, &opened, &updated)
	if err != nil {
		return err
	}
	u.ledger.Withdraw(th, published, last)
	th.Opened, th.Updated = fromNull(opened), fromNull(updated)
	if count == 0 {
		return u.discard(ctx, th)
	}
	return nil
}

// discard removes a thread without comments, unless a moderator has closed it.
func (u *unloading) discard(ctx context.Context, th *comments.StoredThread) error {
	tag, err := u.tx.Exec(ctx, `DELETE FROM threads WHERE site = $1 AND id = $2 AND (NOT closed OR closed_by = $3)`, u.ledger.Site, th.ID, [16]byte(u.run))
	if err == nil && tag.RowsAffected() > 0 {
		delete(u.ledger.Threads, th.ID)
	}
	return err
}

// reopen opens what the run closed.
func (u *unloading) reopen(ctx context.Context) error {
	rows, err := u.tx.Query(ctx, `UPDATE threads SET closed_by = NULL WHERE site = $1 AND closed_by = $2 RETURNING id`, u.ledger.Site, [16]byte(u.run))
	if err != nil {
		return err
	}
	closed, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	if err != nil {
		return err
	}
	for _, id := range closed {
		th, err := u.threadOf(ctx, id)
		if err != nil {
			return err
		}
		u.ledger.Close(th, false)
		tag, err := u.tx.Exec(ctx, `DELETE FROM threads t WHERE site = $1 AND id = $2
			AND NOT EXISTS (SELECT 1 FROM comments c WHERE c.site = $1 AND c.thread = $2)`, u.ledger.Site, id)
		if err != nil {
			return err
		}
		if tag.RowsAffected() > 0 {
			delete(u.ledger.Threads, id)
		}
	}
	return nil
}

package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"postil/comments"
)

// pruneEvery is how many changes pass between two prunings of a site.
const pruneEvery = 1024

// ledger is what one transaction knows and changes about a site beside its
// comments: the counters, the threads it touched, and the new changes. Close
// it before committing.
type ledger struct {
	site          string
	head, threads int64
	changes       []comments.Change
	touched       map[int64]*thread
}

type thread struct {
	id, last, visible int64
	page              comments.Page
	updated           time.Time
}

// openLedger reads a site. Transactions begin immediately, so nobody else
// writes to it before this one ends.
func openLedger(ctx context.Context, tx *sql.Tx, host string) (*ledger, error) {
	l := &ledger{site: host, touched: map[int64]*thread{}}
	err := tx.QueryRowContext(ctx, `SELECT head, threads FROM sites WHERE host = ?`, host).Scan(&l.head, &l.threads)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, noSite(host)
	}
	return l, err
}

// note records a change of a page, or of one item on it.
func (l *ledger) note(page comments.Page, item int64) {
	l.head++
	l.changes = append(l.changes, comments.Change{Site: l.site, Number: l.head, Page: page, Item: item})
}

// enter brings the books in line with a comment of t that was before and is
// now after, and gives it a number when it is published for the first time.
func (l *ledger) enter(t *thread, before comments.Comment, after *comments.Comment) {
	if after.Status == comments.Published && after.Number == 0 {
		t.last++
		after.Number = t.last
	}
	t.visible += shown(after) - shown(&before)
	if after.Number > 0 && *after != before {
		l.note(t.page, after.Number)
		t.advance(after.Updated())
	}
}

func shown(c *comments.Comment) int64 {
	if c.Status == comments.Published {
		return 1
	}
	return 0
}

func (t *thread) advance(to time.Time) {
	if to.After(t.updated) {
		t.updated = to
	}
}

// close writes the books back.
func (l *ledger) close(ctx context.Context, tx *sql.Tx) error {
	for _, t := range l.touched {
		_, err := tx.ExecContext(ctx, `UPDATE threads SET page = ?, last = ?, visible = ?, updated = ? WHERE site = ? AND id = ?`,
			t.page, t.last, t.visible, nullTime(t.updated), l.site, t.id)
		if err != nil {
			return err
		}
	}
	for _, c := range l.changes {
		if _, err := tx.ExecContext(ctx, `INSERT INTO changes (site, number, page, item) VALUES (?, ?, ?, ?)`, c.Site, c.Number, c.Page, c.Item); err != nil {
			return err
		}
	}
	if _, err := tx.ExecContext(ctx, `UPDATE sites SET head = ?, threads = ? WHERE host = ?`, l.head, l.threads, l.site); err != nil {
		return err
	}
	return l.prune(ctx, tx)
}

// prune drops old changes now and then, within the transaction that makes
// them old, so that no clock or background task decides what readers find.
func (l *ledger) prune(ctx context.Context, tx *sql.Tx) error {
	if l.head/pruneEvery == (l.head-int64(len(l.changes)))/pruneEvery {
		return nil
	}
	_, err := tx.ExecContext(ctx, `DELETE FROM changes WHERE site = ? AND number <= ?`, l.site, l.head-comments.KeptChanges)
	return err
}

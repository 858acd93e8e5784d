package sqlite

import (
	"context"
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

// openLedger reads a site, to which nobody else writes before t ends.
func openLedger(ctx context.Context, t *tx, host string) (*ledger, error) {
	scan := func(row scanner) (*ledger, error) {
		l := &ledger{site: host, touched: map[int64]*thread{}}
		err := row.Scan(&l.head, &l.threads)
		return l, err
	}
	l, found, err := first(ctx, t, scan, `SELECT head, threads FROM sites WHERE host = ?`, host)
	if err == nil && !found {
		err = noSite(host)
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
func (l *ledger) close(ctx context.Context, t *tx) error {
	for _, th := range l.touched {
		_, err := t.exec(ctx, `UPDATE threads SET page = ?, last = ?, visible = ?, updated = ? WHERE site = ? AND id = ?`,
			th.page, th.last, th.visible, nullTime(th.updated), l.site, th.id)
		if err != nil {
			return err
		}
	}
	for _, c := range l.changes {
		if _, err := t.exec(ctx, `INSERT INTO changes (site, number, page, item) VALUES (?, ?, ?, ?)`, c.Site, c.Number, c.Page, c.Item); err != nil {
			return err
		}
	}
	if _, err := t.exec(ctx, `UPDATE sites SET head = ?, threads = ? WHERE host = ?`, l.head, l.threads, l.site); err != nil {
		return err
	}
	return l.prune(ctx, t)
}

// prune drops old changes now and then, within the transaction that makes
// them old, so that no clock or background task decides what readers find.
func (l *ledger) prune(ctx context.Context, t *tx) error {
	if l.head/pruneEvery == (l.head-int64(len(l.changes)))/pruneEvery {
		return nil
	}
	_, err := t.exec(ctx, `DELETE FROM changes WHERE site = ? AND number <= ?`, l.site, l.head-comments.KeptChanges)
	return err
}

package sqlite

import (
	"context"

	"postil/comments"
)

// ledger is a site's books, with what SQLite needs to read and write them.
type ledger struct{ comments.Ledger }

// openLedger reads a site, to which nobody else writes before t ends.
func openLedger(ctx context.Context, t *tx, host string) (*ledger, error) {
	scan := func(row scanner) (*ledger, error) {
		l := &ledger{comments.Ledger{Site: host}}
		err := row.Scan(&l.Head, &l.LastThread, &l.LastEvent)
		return l, err
	}
	l, found, err := first(ctx, t, scan, `SELECT head, threads, events FROM sites WHERE host = ?`, host)
	if err == nil && !found {
		err = noSite(host)
	}
	return l, err
}

// open begins the thread of a page that has none. Comments need it stored
// before them, for their foreign keys.
func (l *ledger) open(ctx context.Context, t *tx, page comments.Page) (*comments.StoredThread, error) {
	th := l.Open(page)
	_, err := t.exec(ctx, `INSERT INTO threads (site, id, page) VALUES (?, ?, ?)`, l.Site, th.ID, page)
	return th, err
}

// close writes the books back, before the transaction commits.
func (l *ledger) close(ctx context.Context, t *tx) error {
	for _, th := range l.Threads {
		_, err := t.exec(ctx, `UPDATE threads SET page = ?, last = ?, visible = ?, updated = ?, opened = ?, closed = ? WHERE site = ? AND id = ?`,
			th.Page, th.Last, th.Visible, nullTime(th.Updated), nullTime(th.Opened), th.Closed, l.Site, th.ID)
		if err != nil {
			return err
		}
	}
	for _, c := range l.Changes {
		if _, err := t.exec(ctx, `INSERT INTO changes (site, number, page, item) VALUES (?, ?, ?, ?)`, c.Site, c.Number, c.Page, c.Item); err != nil {
			return err
		}
	}
	if err := insertEvents(ctx, t, l.Events); err != nil {
		return err
	}
	if _, err := t.exec(ctx, `UPDATE sites SET head = ?, threads = ?, events = ? WHERE host = ?`, l.Head, l.LastThread, l.LastEvent, l.Site); err != nil {
		return err
	}
	if expired := l.Expired(); expired > 0 {
		_, err := t.exec(ctx, `DELETE FROM changes WHERE site = ? AND number <= ?`, l.Site, expired)
		return err
	}
	return nil
}

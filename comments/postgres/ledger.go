package postgres

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"postil/comments"
)

// ledger is a site's books, with what PostgreSQL needs to read and write them.
type ledger struct{ comments.Ledger }

// lockSite locks a site's row until the transaction ends: nobody else writes
// to the site meanwhile. It lets FOR KEY SHARE through, which foreign keys
// need. Whoever locks several sites does so in the order of their hosts.
const lockSite = `SELECT host, head, threads, events FROM sites WHERE host = $1 FOR NO KEY UPDATE`

func scanLedger(row pgx.CollectableRow) (*ledger, error) {
	l := &ledger{}
	err := row.Scan(&l.Site, &l.Head, &l.LastThread, &l.LastEvent)
	return l, err
}

// openLedger locks and reads a site.
func openLedger(ctx context.Context, tx pgx.Tx, host string) (*ledger, error) {
	rows, err := tx.Query(ctx, lockSite, host)
	if err != nil {
		return nil, err
	}
	l, err := pgx.CollectOneRow(rows, scanLedger)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, noSite(host)
	}
	return l, err
}

// write writes the books back, before the transaction commits.
func (l *ledger) write(ctx context.Context, tx pgx.Tx) error {
	var batch pgx.Batch
	l.queueThreads(&batch)
	l.queueNews(&batch)
	return tx.SendBatch(ctx, &batch).Close()
}

// queueThreads comes before the comments, whose foreign keys need new threads.
func (l *ledger) queueThreads(batch *pgx.Batch) {
	if len(l.Threads) == 0 {
		return
	}
	var ids, lasts, visibles []int64
	var pages []string
	var updates, openings []pgtype.Timestamptz
	var closings []bool
	for _, t := range l.Threads {
		ids, lasts, visibles = append(ids, t.ID), append(lasts, t.Last), append(visibles, t.Visible)
		pages, updates = append(pages, string(t.Page)), append(updates, nullTime(t.Updated))
		openings, closings = append(openings, nullTime(t.Opened)), append(closings, t.Closed)
	}
	batch.Queue(`
		INSERT INTO threads (site, id, page, last, visible, updated, opened, closed)
		SELECT $1, * FROM unnest($2::bigint[], $3::text[], $4::bigint[], $5::bigint[], $6::timestamptz[], $7::timestamptz[], $8::boolean[])
		ON CONFLICT (site, id) DO UPDATE
		SET page = excluded.page, last = excluded.last, visible = excluded.visible, updated = excluded.updated,
			opened = excluded.opened, closed = excluded.closed`,
		l.Site, ids, pages, lasts, visibles, updates, openings, closings)
}

// queueNews comes after all else that a transaction writes.
func (l *ledger) queueNews(batch *pgx.Batch) {
	numbers, items, pages := make([]int64, len(l.Changes)), make([]int64, len(l.Changes)), make([]string, len(l.Changes))
	for i, c := range l.Changes {
		numbers[i], pages[i], items[i] = c.Number, string(c.Page), c.Item
	}
	batch.Queue(`INSERT INTO changes (site, number, page, item) SELECT $1, * FROM unnest($2::bigint[], $3::text[], $4::bigint[])`,
		l.Site, numbers, pages, items)
	l.queueEvents(batch)
	batch.Queue(`UPDATE sites SET head = $2, threads = $3, events = $4 WHERE host = $1`, l.Site, l.Head, l.LastThread, l.LastEvent)
	if expired := l.Expired(); expired > 0 {
		batch.Queue(`DELETE FROM changes WHERE site = $1 AND number <= $2`, l.Site, expired)
	}
}

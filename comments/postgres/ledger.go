package postgres

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

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

// lockSite locks a site's row until the transaction ends: nobody else writes
// to the site meanwhile. It lets FOR KEY SHARE through, which foreign keys
// need. Whoever locks several sites does so in the order of their hosts.
const lockSite = `SELECT host, head, threads FROM sites WHERE host = $1 FOR NO KEY UPDATE`

func scanLedger(row pgx.CollectableRow) (*ledger, error) {
	l := &ledger{touched: map[int64]*thread{}}
	err := row.Scan(&l.site, &l.head, &l.threads)
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

// write writes the books back.
func (l *ledger) write(ctx context.Context, tx pgx.Tx) error {
	var batch pgx.Batch
	l.queueThreads(&batch)
	l.queueChanges(&batch)
	return tx.SendBatch(ctx, &batch).Close()
}

// queueThreads comes before the comments, whose foreign keys need new threads.
func (l *ledger) queueThreads(batch *pgx.Batch) {
	if len(l.touched) == 0 {
		return
	}
	var ids, lasts, visibles []int64
	var pages []string
	var updates []pgtype.Timestamptz
	for _, t := range l.touched {
		ids, lasts, visibles = append(ids, t.id), append(lasts, t.last), append(visibles, t.visible)
		pages, updates = append(pages, string(t.page)), append(updates, nullTime(t.updated))
	}
	batch.Queue(`
		INSERT INTO threads (site, id, page, last, visible, updated)
		SELECT $1, * FROM unnest($2::bigint[], $3::text[], $4::bigint[], $5::bigint[], $6::timestamptz[])
		ON CONFLICT (site, id) DO UPDATE
		SET page = excluded.page, last = excluded.last, visible = excluded.visible, updated = excluded.updated`,
		l.site, ids, pages, lasts, visibles, updates)
}

func (l *ledger) queueChanges(batch *pgx.Batch) {
	numbers, items, pages := make([]int64, len(l.changes)), make([]int64, len(l.changes)), make([]string, len(l.changes))
	for i, c := range l.changes {
		numbers[i], pages[i], items[i] = c.Number, string(c.Page), c.Item
	}
	batch.Queue(`INSERT INTO changes (site, number, page, item) SELECT $1, * FROM unnest($2::bigint[], $3::text[], $4::bigint[])`,
		l.site, numbers, pages, items)
	batch.Queue(`UPDATE sites SET head = $2, threads = $3 WHERE host = $1`, l.site, l.head, l.threads)
	l.prune(batch)
}

// prune drops old changes now and then, within the transaction that makes
// them old, so that no clock or background task decides what readers find.
func (l *ledger) prune(batch *pgx.Batch) {
	if l.head/pruneEvery == (l.head-int64(len(l.changes)))/pruneEvery {
		return
	}
	batch.Queue(`DELETE FROM changes WHERE site = $1 AND number <= $2`, l.site, l.head-comments.KeptChanges)
}

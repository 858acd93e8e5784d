package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"postil/comments"
)

// PutRun implements comments.Imports.
func (s *Store) PutRun(ctx context.Context, r comments.Run) error {
	var ledgers []*ledger
	return s.fail(s.transaction(ctx, func(b *pgx.Batch) {
		ledgers = nil
		collect(b.Queue(lockSite, r.Site), &ledgers, scanLedger)
	}, func(b *pgx.Batch) error {
		if len(ledgers) == 0 {
			return noSite(r.Site)
		}
		b.Queue(`
			INSERT INTO imports (site, id, format, file, digest, options, state, began, ended, report)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
			ON CONFLICT (site, id) DO UPDATE SET state = excluded.state, ended = excluded.ended, report = excluded.report`,
			r.Site, [16]byte(r.ID), r.Format, r.File, r.Digest[:], r.Options, string(r.State), r.Began, nullTime(r.Ended), r.Report)
		return nil
	}))
}

// Runs implements comments.Imports.
func (s *Store) Runs(ctx context.Context, site string) ([]comments.Run, error) {
	return query(ctx, s, func(row pgx.CollectableRow) (comments.Run, error) {
		r := comments.Run{Site: site}
		var digest []byte
		var ended pgtype.Timestamptz
		err := row.Scan((*[16]byte)(&r.ID), &r.Format, &r.File, &digest, &r.Options, (*string)(&r.State), &r.Began, &ended, &r.Report)
		copy(r.Digest[:], digest)
		r.Began, r.Ended = r.Began.UTC(), fromNull(ended)
		return r, err
	}, `SELECT id, format, file, digest, options, state, began, ended, report FROM imports WHERE site = $1 ORDER BY id DESC`, site)
}

// CloseFor implements comments.Imports.
func (s *Store) CloseFor(ctx context.Context, site string, run comments.ID, pages []comments.Page) error {
	return s.fail(s.slowly(ctx, func(tx pgx.Tx) error {
		l, err := openLedger(ctx, tx, site)
		if err != nil {
			return err
		}
		var closed []int64
		for _, page := range pages {
			if page, err = resolve(ctx, tx, site, page); err != nil {
				return err
			}
			t, err := l.threadAt(ctx, tx, page)
			if err != nil {
				return err
			}
			if t == nil {
				t = l.Open(page)
			}
			if !t.Closed {
				l.Close(t, true)
				closed = append(closed, t.ID)
			}
		}
		if err := l.write(ctx, tx); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `UPDATE threads SET closed_by = $3 WHERE site = $1 AND id = ANY($2)`, site, closed, [16]byte(run))
		return err
	}))
}

// Present implements comments.Imports.
func (s *Store) Present(ctx context.Context, site string, ids []comments.ID) (map[comments.ID]bool, error) {
	found, err := query(ctx, s, pgx.RowTo[[16]byte], `SELECT id FROM comments WHERE site = $1 AND id = ANY($2)`, site, uuids(ids))
	present := make(map[comments.ID]bool, len(found))
	for _, id := range found {
		present[id] = true
	}
	return present, err
}

// Addresses implements comments.Imports.
func (s *Store) Addresses(ctx context.Context, site string, after comments.ID, limit int) ([]comments.ImportedAddress, error) {
	return query(ctx, s, func(row pgx.CollectableRow) (a comments.ImportedAddress, err error) {
		err = row.Scan((*[16]byte)(&a.Comment), &a.Sealed)
		return a, err
	}, `SELECT comment, address FROM imported WHERE address IS NOT NULL AND site = $1 AND comment > $2 ORDER BY comment LIMIT $3`,
		site, [16]byte(after), limit)
}

// sealedAddress is one that an import brought.
type sealedAddress struct {
	site    string
	comment comments.ID
	sealed  []byte
}

// ResealImported implements comments.Imports.
func (s *Store) ResealImported(ctx context.Context, reseal func(*[]byte) error) error {
	var refusal error // what reseal said, to be returned as it is
	err := s.slowly(ctx, func(tx pgx.Tx) error {
		// What others would add meanwhile might be sealed with the old key.
		if _, err := tx.Exec(ctx, `LOCK TABLE imported IN SHARE ROW EXCLUSIVE MODE`); err != nil {
			return err
		}
		for last := (sealedAddress{}); ; {
			some, err := addresses(ctx, tx, last)
			if err != nil || len(some) == 0 {
				return err
			}
			last = some[len(some)-1]
			var batch pgx.Batch
			for _, a := range some {
				if refusal = reseal(&a.sealed); refusal != nil {
					return refusal
				}
				batch.Queue(`UPDATE imported SET address = $3 WHERE site = $1 AND comment = $2`, a.site, [16]byte(a.comment), a.sealed)
			}
			if err := tx.SendBatch(ctx, &batch).Close(); err != nil {
				return err
			}
		}
	})
	if refusal != nil {
		return refusal
	}
	return s.fail(err)
}

func addresses(ctx context.Context, tx pgx.Tx, after sealedAddress) ([]sealedAddress, error) {
	rows, err := tx.Query(ctx, `SELECT site, comment, address FROM imported WHERE address IS NOT NULL AND (site, comment) > ($1, $2) ORDER BY site, comment LIMIT $3`,
		after.site, [16]byte(after.comment), resealChunk)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (a sealedAddress, err error) {
		err = row.Scan(&a.site, (*[16]byte)(&a.comment), &a.sealed)
		return a, err
	})
}

func noRun(site string, run comments.ID) error {
	return comments.NewError(comments.NotFound, "There is no import %s into %s.", run, site)
}

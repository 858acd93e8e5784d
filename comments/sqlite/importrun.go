package sqlite

import (
	"context"
	"database/sql"
	"encoding/base64"
	"time"

	"postil/comments"
)

// PutRun implements comments.Imports.
func (s *Store) PutRun(ctx context.Context, r comments.Run) error {
	return s.classify(s.transaction(ctx, func(t *tx) error {
		if _, err := openLedger(ctx, t, r.Site); err != nil {
			return err
		}
		return putRun(ctx, t, &r)
	}))
}

func putRun(ctx context.Context, t *tx, r *comments.Run) error {
	_, err := t.exec(ctx, `
		INSERT INTO imports (site, id, format, file, digest, options, state, began, ended, report)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (site, id) DO UPDATE SET state = excluded.state, ended = excluded.ended, report = excluded.report`,
		r.Site, r.ID[:], r.Format, r.File, r.Digest[:], r.Options, r.State, r.Began.UnixMicro(), nullTime(r.Ended), r.Report)
	return err
}

// Runs implements comments.Imports.
func (s *Store) Runs(ctx context.Context, site string) ([]comments.Run, error) {
	runs, err := query(ctx, &s.reader, func(row scanner) (comments.Run, error) {
		r := comments.Run{Site: site}
		var id, digest sql.RawBytes
		var began int64
		var ended sql.NullInt64
		err := row.Scan(&id, &r.Format, &r.File, &digest, &r.Options, &r.State, &began, &ended, &r.Report)
		copy(r.ID[:], id)
		copy(r.Digest[:], digest)
		r.Began, r.Ended = time.UnixMicro(began).UTC(), fromMicros(ended)
		return r, err
	}, `SELECT id, format, file, digest, options, state, began, ended, report FROM imports WHERE site = ? ORDER BY id DESC`, site)
	return runs, s.classify(err)
}

// CloseFor implements comments.Imports.
func (s *Store) CloseFor(ctx context.Context, site string, run comments.ID, pages []comments.Page) error {
	return s.classify(s.transaction(ctx, func(t *tx) error {
		l, err := openLedger(ctx, t, site)
		if err != nil {
			return err
		}
		for _, page := range pages {
			if err := l.closeFor(ctx, t, run, page); err != nil {
				return err
			}
		}
		return l.close(ctx, t)
	}))
}

func (l *ledger) closeFor(ctx context.Context, t *tx, run comments.ID, page comments.Page) error {
	page, err := resolve(ctx, t, l.Site, page)
	if err != nil {
		return err
	}
	th, err := l.threadAt(ctx, t, page)
	if err != nil {
		return err
	}
	if th == nil {
		if th, err = l.open(ctx, t, page); err != nil {
			return err
		}
	}
	if th.Closed {
		return nil
	}
	l.Close(th, true)
	_, err = t.exec(ctx, `UPDATE threads SET closed_by = ? WHERE site = ? AND id = ?`, run[:], l.Site, th.ID)
	return err
}

// Present implements comments.Imports.
func (s *Store) Present(ctx context.Context, site string, ids []comments.ID) (map[comments.ID]bool, error) {
	present := map[comments.ID]bool{}
	_, err := query(ctx, &s.reader, func(row scanner) (id []byte, err error) {
		err = row.Scan(&id)
		present[comments.ID(id)] = true
		return id, err
	}, `SELECT id FROM comments WHERE site = ? AND id IN (SELECT unhex(value) FROM json_each(?))`, site, hexes(ids))
	return present, s.classify(err)
}

// Addresses implements comments.Imports.
func (s *Store) Addresses(ctx context.Context, site string, after comments.ID, limit int) ([]comments.ImportedAddress, error) {
	all, err := query(ctx, &s.reader, func(row scanner) (comments.ImportedAddress, error) {
		a, err := scanAddress(row)
		return comments.ImportedAddress{Comment: comments.ID(a.comment), Sealed: a.sealed}, err
	}, `SELECT i.site, i.comment, i.address, w.source FROM imported i JOIN words w ON w.id = i.address
		WHERE i.site = ? AND i.comment > ? ORDER BY i.comment LIMIT ?`, site, after[:], limit)
	return all, s.classify(err)
}

// sealedAddress is one that an import brought.
type sealedAddress struct {
	site    string
	comment []byte
	words   sql.NullInt64
	sealed  []byte
}

func scanAddress(row scanner) (a sealedAddress, err error) {
	var text sql.RawBytes
	if err = row.Scan(&a.site, &a.comment, &a.words, &text); err == nil {
		a.sealed, err = base64.StdEncoding.AppendDecode(nil, text)
	}
	return a, err
}

const selectAddresses = `
SELECT i.site, i.comment, i.address, w.source FROM imported i JOIN words w ON w.id = i.address
WHERE (i.site, i.comment) > (?, ?) ORDER BY i.site, i.comment LIMIT ?`

// ResealImported implements comments.Imports.
func (s *Store) ResealImported(ctx context.Context, reseal func(*[]byte) error) error {
	var refusal error // what reseal said, to be returned as it is
	err := s.transaction(ctx, func(t *tx) error {
		last := sealedAddress{comment: []byte{}}
		for {
			some, err := query(ctx, t, scanAddress, selectAddresses, last.site, last.comment, resealChunk)
			if err != nil || len(some) == 0 {
				return err
			}
			last = some[len(some)-1]
			for _, a := range some {
				if refusal = reseal(&a.sealed); refusal != nil {
					return refusal
				}
				if err := a.put(ctx, t); err != nil {
					return err
				}
			}
		}
	})
	if refusal != nil {
		return refusal
	}
	return s.classify(err)
}

// put writes an address that has been sealed anew over the former one.
func (a *sealedAddress) put(ctx context.Context, t *tx) error {
	if _, err := t.exec(ctx, blankWords+`WHERE id = ?`, a.words); err != nil {
		return err
	}
	id, err := appendAddress(ctx, t, a.sealed)
	if err != nil {
		return err
	}
	_, err = t.exec(ctx, `UPDATE imported SET address = ? WHERE site = ? AND comment = ?`, id, a.site, a.comment)
	return err
}

// appendAddress keeps a sealed address among the words, which are erased for
// good.
func appendAddress(ctx context.Context, t *tx, sealed []byte) (id any, err error) {
	if sealed == nil {
		return nil, nil
	}
	return appendWords(ctx, t, words{source: base64.StdEncoding.EncodeToString(sealed)})
}

package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"postil/comments"
)

// Sites implements comments.Reader.
func (s *Store) Sites(ctx context.Context) ([]comments.Site, error) {
	return query(ctx, s, scanSite, `SELECT host, epoch, created, head, settings FROM sites ORDER BY host`)
}

func scanSite(row pgx.CollectableRow) (site comments.Site, err error) {
	err = row.Scan(&site.Host, (*[16]byte)(&site.Epoch), &site.Created, &site.Head, &site.Settings)
	site.Created = site.Created.UTC()
	return site, err
}

// PutSite implements comments.Store.
func (s *Store) PutSite(ctx context.Context, site comments.Site) error {
	return s.fail(s.slowly(ctx, func(tx pgx.Tx) error {
		result, err := tx.Exec(ctx, `INSERT INTO sites (host, epoch, created, settings) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`,
			site.Host, [16]byte(site.Epoch), site.Created, site.Settings)
		if err != nil || result.RowsAffected() > 0 {
			return err
		}
		return replaceSettings(ctx, tx, site.Host, site.Settings)
	}))
}

func replaceSettings(ctx context.Context, tx pgx.Tx, host string, settings comments.Settings) error {
	l, err := openLedger(ctx, tx, host)
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `UPDATE sites SET settings = $1 WHERE host = $2`, settings, host); err != nil {
		return err
	}
	l.Note("", 0)
	return l.write(ctx, tx)
}

// RemoveSite implements comments.Store. It empties the tables one by one,
// since a cascade would look for the comments of each thread by itself.
func (s *Store) RemoveSite(ctx context.Context, host string) error {
	return s.fail(s.slowly(ctx, func(tx pgx.Tx) error {
		if _, err := openLedger(ctx, tx, host); err != nil {
			return err
		}
		for _, statement := range []string{
			`DELETE FROM deliveries WHERE site = $1`, `DELETE FROM subscriptions WHERE site = $1`, `DELETE FROM standings WHERE site = $1`,
			`DELETE FROM events WHERE site = $1`, `DELETE FROM comments WHERE site = $1`, `DELETE FROM threads WHERE site = $1`, `DELETE FROM aliases WHERE site = $1`,
			`DELETE FROM changes WHERE site = $1`, `DELETE FROM sites WHERE host = $1`,
		} {
			if _, err := tx.Exec(ctx, statement, host); err != nil {
				return err
			}
		}
		return nil
	}))
}

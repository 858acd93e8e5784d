package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"postil/comments"
)

// Sites implements comments.Reader.
func (s *Store) Sites(ctx context.Context) ([]comments.Site, error) {
	sites, err := query(ctx, &s.reader, scanSite, `SELECT host, epoch, created, head, settings FROM sites ORDER BY host`)
	return sites, s.classify(err)
}

func scanSite(row scanner) (comments.Site, error) {
	var (
		site     comments.Site
		epoch    sql.RawBytes
		created  int64
		settings sql.RawBytes
	)
	if err := row.Scan(&site.Host, &epoch, &created, &site.Head, &settings); err != nil {
		return site, err
	}
	copy(site.Epoch[:], epoch)
	site.Created = time.UnixMicro(created).UTC()
	if err := json.Unmarshal(settings, &site.Settings); err != nil {
		return site, fmt.Errorf("settings of site %s: %w", site.Host, err)
	}
	return site, nil
}

// PutSite implements comments.Store.
func (s *Store) PutSite(ctx context.Context, site comments.Site) error {
	settings, err := json.Marshal(site.Settings)
	if err != nil {
		return err
	}
	return s.classify(s.transaction(ctx, func(t *tx) error {
		result, err := t.exec(ctx, `INSERT INTO sites (host, epoch, created, settings) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING`,
			site.Host, site.Epoch[:], site.Created.UnixMicro(), string(settings))
		if err != nil {
			return err
		}
		if inserted, err := result.RowsAffected(); err != nil || inserted > 0 {
			return err
		}
		return replaceSettings(ctx, t, site.Host, string(settings))
	}))
}

func replaceSettings(ctx context.Context, t *tx, host, settings string) error {
	l, err := openLedger(ctx, t, host)
	if err != nil {
		return err
	}
	if _, err := t.exec(ctx, `UPDATE sites SET settings = ? WHERE host = ?`, settings, host); err != nil {
		return err
	}
	l.Note("", 0)
	return l.close(ctx, t)
}

// RemoveSite implements comments.Store.
func (s *Store) RemoveSite(ctx context.Context, host string) error {
	err := s.transaction(ctx, func(t *tx) error {
		if _, err := t.exec(ctx, blankWords+`WHERE id IN (SELECT words FROM comments WHERE site = ?1 UNION ALL SELECT words FROM subscriptions WHERE site = ?1)`, host); err != nil {
			return err
		}
		result, err := t.exec(ctx, `DELETE FROM sites WHERE host = ?`, host) // the rest of the site cascades
		if err != nil {
			return err
		}
		if n, err := result.RowsAffected(); err != nil || n > 0 {
			return err
		}
		return noSite(host)
	})
	if err != nil {
		return s.classify(err)
	}
	return s.scrub(ctx, scrubLimit)
}

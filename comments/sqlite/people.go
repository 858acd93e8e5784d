package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	codes "modernc.org/sqlite/lib"

	"postil/comments"
)

const selectModerators = `SELECT name, password, role, sites, address, mail, serial, created FROM moderators ORDER BY name`

// Moderators implements comments.People.
func (s *Store) Moderators(ctx context.Context) ([]comments.Moderator, error) {
	all, err := query(ctx, &s.reader, scanModerator, selectModerators)
	return all, s.classify(err)
}

func scanModerator(row scanner) (m comments.Moderator, err error) {
	var sites sql.RawBytes
	var created int64
	if err := row.Scan(&m.Name, &m.Password, &m.Role, &sites, &m.Address, &m.Mail, &m.Serial, &created); err != nil {
		return m, err
	}
	m.Created = time.UnixMicro(created).UTC()
	if err := json.Unmarshal(sites, &m.Sites); err != nil {
		return m, fmt.Errorf("sites of moderator %s: %w", m.Name, err)
	}
	return m, nil
}

// PutModerator implements comments.People.
func (s *Store) PutModerator(ctx context.Context, m comments.Moderator) error {
	sites, err := json.Marshal(m.Sites)
	if err != nil {
		return err
	}
	return s.classify(s.transaction(ctx, func(t *tx) error {
		_, err := t.exec(ctx, `
			INSERT INTO moderators (name, password, role, sites, address, mail, serial, created) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT (name) DO UPDATE
			SET password = excluded.password, role = excluded.role, sites = excluded.sites, address = excluded.address,
				mail = excluded.mail, serial = excluded.serial`,
			m.Name, m.Password, m.Role, string(sites), nullBytes(m.Address), m.Mail, m.Serial, m.Created.UnixMicro())
		return err
	}))
}

// RemoveModerator implements comments.People.
func (s *Store) RemoveModerator(ctx context.Context, name string) error {
	return s.classify(s.transaction(ctx, func(t *tx) error {
		result, err := t.exec(ctx, `DELETE FROM moderators WHERE name = ?`, name)
		if err != nil {
			return err
		}
		if n, err := result.RowsAffected(); err != nil || n > 0 {
			return err
		}
		return noModerator(name)
	}))
}

// Standing implements comments.People.
func (s *Store) Standing(ctx context.Context, site string, badge comments.Badge) (comments.Standing, error) {
	standing, _, err := first(ctx, &s.reader, scanValue[comments.Standing], `SELECT standing FROM standings WHERE site = ? AND badge = ?`, site, badge[:])
	return standing, s.classify(err)
}

// Standings implements comments.People.
func (s *Store) Standings(ctx context.Context, site string) ([]comments.BadgeStanding, error) {
	all, err := query(ctx, &s.reader, func(row scanner) (b comments.BadgeStanding, err error) {
		var badge sql.RawBytes
		var at int64
		err = row.Scan(&badge, &b.Standing, &at, &b.By)
		copy(b.Badge[:], badge)
		b.At = time.UnixMicro(at).UTC()
		return b, err
	}, `SELECT badge, standing, at, by FROM standings WHERE site = ? ORDER BY at DESC, badge`, site)
	return all, s.classify(err)
}

// PutStanding implements comments.People.
func (s *Store) PutStanding(ctx context.Context, site string, b comments.BadgeStanding, onlyNew bool) error {
	return s.classify(s.transaction(ctx, func(t *tx) error {
		if b.Standing == comments.Unknown {
			_, err := t.exec(ctx, `DELETE FROM standings WHERE site = ? AND badge = ? AND NOT ?`, site, b.Badge[:], onlyNew)
			return err
		}
		_, err := t.exec(ctx, `
			INSERT INTO standings (site, badge, standing, at, by) VALUES (?, ?, ?, ?, ?)
			ON CONFLICT (site, badge) DO UPDATE SET standing = excluded.standing, at = excluded.at, by = excluded.by WHERE NOT ?`,
			site, b.Badge[:], b.Standing, b.At.UnixMicro(), b.By, onlyNew)
		if code(err) == codes.SQLITE_CONSTRAINT_FOREIGNKEY {
			return noSite(site)
		}
		return err
	}))
}

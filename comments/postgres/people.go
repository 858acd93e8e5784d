package postgres

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/jackc/pgx/v5"

	"postil/comments"
)

const selectModerators = `SELECT name, password, role, sites::text, address, mail, serial, created FROM moderators ORDER BY name`

// Moderators implements comments.People.
func (s *Store) Moderators(ctx context.Context) ([]comments.Moderator, error) {
	return query(ctx, s, scanModerator, selectModerators)
}

func scanModerator(row pgx.CollectableRow) (m comments.Moderator, err error) {
	var sites string
	if err := row.Scan(&m.Name, &m.Password, (*string)(&m.Role), &sites, &m.Address, (*string)(&m.Mail), &m.Serial, &m.Created); err != nil {
		return m, err
	}
	m.Created = m.Created.UTC()
	if err := json.Unmarshal([]byte(sites), &m.Sites); err != nil {
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
	return s.exec(ctx, `
		INSERT INTO moderators (name, password, role, sites, address, mail, serial, created) VALUES ($1, $2, $3, $4::text::jsonb, $5, $6, $7, $8)
		ON CONFLICT (name) DO UPDATE
		SET password = excluded.password, role = excluded.role, sites = excluded.sites, address = excluded.address,
			mail = excluded.mail, serial = excluded.serial`,
		m.Name, m.Password, string(m.Role), string(sites), m.Address, string(m.Mail), m.Serial, m.Created)
}

// RemoveModerator implements comments.People.
func (s *Store) RemoveModerator(ctx context.Context, name string) error {
	var gone []string
	err := s.quietly(ctx, nothing, func(b *pgx.Batch) error {
		collect(b.Queue(`DELETE FROM moderators WHERE name = $1 RETURNING name`, name), &gone, pgx.RowTo[string])
		return nil
	})
	if err == nil && len(gone) == 0 {
		err = noModerator(name)
	}
	return s.fail(err)
}

// Standing implements comments.People.
func (s *Store) Standing(ctx context.Context, site string, badge comments.Badge) (standing comments.Standing, err error) {
	found, err := query(ctx, s, pgx.RowTo[string], `SELECT standing FROM standings WHERE site = $1 AND badge = $2`, site, badge[:])
	for _, f := range found {
		standing = comments.Standing(f)
	}
	return standing, err
}

// Standings implements comments.People.
func (s *Store) Standings(ctx context.Context, site string) ([]comments.BadgeStanding, error) {
	return query(ctx, s, func(row pgx.CollectableRow) (b comments.BadgeStanding, err error) {
		var badge []byte
		err = row.Scan(&badge, (*string)(&b.Standing), &b.At, &b.By)
		copy(b.Badge[:], badge)
		b.At = b.At.UTC()
		return b, err
	}, `SELECT badge, standing, at, by FROM standings WHERE site = $1 ORDER BY at DESC, badge`, site)
}

// PutStanding implements comments.People.
func (s *Store) PutStanding(ctx context.Context, site string, b comments.BadgeStanding, onlyNew bool) error {
	if b.Standing == comments.Unknown {
		return s.exec(ctx, `DELETE FROM standings WHERE site = $1 AND badge = $2 AND NOT $3`, site, b.Badge[:], onlyNew)
	}
	return s.exec(ctx, `
		INSERT INTO standings (site, badge, standing, at, by) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (site, badge) DO UPDATE SET standing = excluded.standing, at = excluded.at, by = excluded.by WHERE NOT $6`,
		site, b.Badge[:], string(b.Standing), b.At, b.By, onlyNew)
}

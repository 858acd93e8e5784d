package postgres

import (
	"maps"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"postil/comments"
)

// Queries of an addition, for one site each.
const (
	selectPlaces = `
		SELECT page, NULL, id, last, visible, updated, opened, closed FROM threads
		WHERE site = $1 AND page = ANY($2 || ARRAY(SELECT target FROM aliases WHERE site = $1 AND page = ANY($2)))
		UNION ALL SELECT page, target, 0, 0, 0, NULL, NULL, false FROM aliases WHERE site = $1 AND page = ANY($2)`
	selectNumbers = `SELECT id, number FROM comments WHERE site = $1 AND id = ANY($2)`
)

// read queues the queries of the first round trip: it locks the sites of the
// batch, and then asks for all that decides what becomes of its comments.
func (a *addition) read(b *pgx.Batch) {
	a.reset()
	wanted := a.wanted()
	sites := slices.Sorted(maps.Keys(wanted))
	for _, site := range sites {
		b.Queue(lockSite, site).Query(a.scanLedgers)
	}
	for _, site := range sites {
		wanted[site].queue(b, a, site)
	}
}

// wants is what a batch asks of one site.
type wants struct {
	pages   []string
	keys    [][]byte
	parents [][16]byte
	origins map[string][]string // ids by source
}

func (a *addition) wanted() map[string]*wants {
	all := map[string]*wants{}
	for i := range a.batch {
		c := &a.batch[i]
		w := all[c.Site]
		if w == nil {
			w = &wants{origins: map[string][]string{}}
			all[c.Site] = w
		}
		if !slices.Contains(w.pages, string(c.Page)) {
			w.pages = append(w.pages, string(c.Page))
		}
		if !c.Idempotency.IsZero() {
			w.keys = append(w.keys, c.Idempotency[:])
		}
		if !c.Parent.IsZero() {
			w.parents = append(w.parents, c.Parent)
		}
		if c.Origin != (comments.Origin{}) {
			w.origins[c.Origin.Source] = append(w.origins[c.Origin.Source], c.Origin.ID)
		}
	}
	return all
}

func (w *wants) queue(b *pgx.Batch, a *addition, site string) {
	b.Queue(selectPlaces, site, w.pages).Query(func(rows pgx.Rows) error { return a.scanPlaces(site, rows) })
	if len(w.keys) > 0 {
		b.Queue(selectComment+byKeys, site, w.keys).Query(a.scanExisting)
	}
	for source, ids := range w.origins {
		b.Queue(selectComment+byOrigins, site, source, ids).Query(a.scanExisting)
	}
	if len(w.parents) > 0 {
		b.Queue(selectNumbers, site, w.parents).Query(a.scanNumbers)
	}
}

func (a *addition) scanLedgers(rows pgx.Rows) error {
	ledgers, err := pgx.CollectRows(rows, scanLedger)
	for _, l := range ledgers {
		a.ledgers[l.Site] = l
	}
	return err
}

func (a *addition) scanPlaces(site string, rows pgx.Rows) error {
	for rows.Next() {
		var t comments.StoredThread
		var target pgtype.Text
		var updated, opened pgtype.Timestamptz
		if err := rows.Scan((*string)(&t.Page), &target, &t.ID, &t.Last, &t.Visible, &updated, &opened, &t.Closed); err != nil {
			return err
		}
		t.Updated, t.Opened = fromNull(updated), fromNull(opened)
		if target.Valid {
			a.pages[place{site, t.Page}] = comments.Page(target.String)
		} else {
			a.threads[place{site, t.Page}] = &t
		}
	}
	return rows.Err()
}

func (a *addition) scanExisting(rows pgx.Rows) error {
	found, err := pgx.CollectRows(rows, scanComment)
	for _, c := range found {
		a.remember(c)
	}
	return err
}

func (a *addition) scanNumbers(rows pgx.Rows) error {
	for rows.Next() {
		var id comments.ID
		var number pgtype.Int8
		if err := rows.Scan((*[16]byte)(&id), &number); err != nil {
			return err
		}
		a.numbers[id] = number.Int64
	}
	return rows.Err()
}

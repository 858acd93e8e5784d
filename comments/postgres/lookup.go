package postgres

import (
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"postil/comments"
)

// read queues the queries of the first round trip: it locks the sites of the
// batch, and then asks for all that decides what becomes of its comments.
func (a *addition) read(b *pgx.Batch) {
	w := a.wanted()
	b.Queue(lockSites, w.sites).Query(func(rows pgx.Rows) error {
		ledgers, err := pgx.CollectRows(rows, scanLedger)
		for _, l := range ledgers {
			a.ledgers[l.site] = l
		}
		return err
	})
	b.Queue(`
		SELECT k.site, k.page, coalesce(a.target, k.page), t.id, t.last, t.visible, t.updated
		FROM unnest($1::text[], $2::text[]) k (site, page)
		LEFT JOIN aliases a ON a.site = k.site AND a.page = k.page
		LEFT JOIN threads t ON t.site = k.site AND t.page = coalesce(a.target, k.page)`,
		w.pageSites, w.pages).Query(func(rows pgx.Rows) error { return forEach(rows, a.scanPlace) })
	if len(w.keys) > 0 {
		b.Queue(selectComment+`JOIN unnest($1::text[], $2::bytea[]) k (site, key) ON c.site = k.site AND c.idempotency = k.key`,
			w.keySites, w.keys).Query(a.scanExisting)
	}
	if len(w.originIDs) > 0 {
		b.Queue(selectComment+`JOIN unnest($1::text[], $2::text[], $3::text[]) k (site, source, id)
			ON c.site = k.site AND c.import_source = k.source AND c.import_id = k.id`,
			w.originSites, w.originSources, w.originIDs).Query(a.scanExisting)
	}
	if len(w.parents) > 0 {
		b.Queue(`SELECT c.id, c.number FROM unnest($1::text[], $2::uuid[]) k (site, id) JOIN comments c ON c.site = k.site AND c.id = k.id`,
			w.parentSites, w.parents).Query(func(rows pgx.Rows) error { return forEach(rows, a.scanNumber) })
	}
}

// wanted is what a batch asks for, as arrays.
type wanted struct {
	sites                                 []string
	pageSites, pages                      []string
	keySites                              []string
	keys                                  [][]byte
	originSites, originSources, originIDs []string
	parentSites                           []string
	parents                               [][16]byte
}

func (a *addition) wanted() (w wanted) {
	sites, pages := map[string]bool{}, map[place]bool{}
	for i := range a.batch {
		c := &a.batch[i]
		if !sites[c.Site] {
			sites[c.Site] = true
			w.sites = append(w.sites, c.Site)
		}
		if at := (place{c.Site, c.Page}); !pages[at] {
			pages[at] = true
			w.pageSites, w.pages = append(w.pageSites, c.Site), append(w.pages, string(c.Page))
		}
		if !c.Idempotency.IsZero() {
			w.keySites, w.keys = append(w.keySites, c.Site), append(w.keys, c.Idempotency[:])
		}
		if c.Origin != (comments.Origin{}) {
			w.originSites, w.originSources, w.originIDs = append(w.originSites, c.Site), append(w.originSources, c.Origin.Source), append(w.originIDs, c.Origin.ID)
		}
		if !c.Parent.IsZero() {
			w.parentSites, w.parents = append(w.parentSites, c.Site), append(w.parents, c.Parent)
		}
	}
	return w
}

func forEach(rows pgx.Rows, scan func(pgx.Rows) error) error {
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

func (a *addition) scanPlace(rows pgx.Rows) error {
	var asked place
	var page comments.Page
	var id, last, visible pgtype.Int8
	var updated pgtype.Timestamptz
	if err := rows.Scan(&asked.site, (*string)(&asked.page), (*string)(&page), &id, &last, &visible, &updated); err != nil {
		return err
	}
	a.pages[asked] = page
	at := place{asked.site, page}
	if id.Valid && a.threads[at] == nil {
		a.threads[at] = &thread{id: id.Int64, page: page, last: last.Int64, visible: visible.Int64, updated: fromNull(updated)}
	}
	return nil
}

func (a *addition) scanExisting(rows pgx.Rows) error {
	found, err := pgx.CollectRows(rows, scanComment)
	for _, c := range found {
		a.remember(c)
	}
	return err
}

func (a *addition) scanNumber(rows pgx.Rows) error {
	var id comments.ID
	var number pgtype.Int8
	err := rows.Scan((*[16]byte)(&id), &number)
	a.numbers[id] = number.Int64
	return err
}

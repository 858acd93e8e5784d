package postgres

import (
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"postil/comments"
)

// columns are comments turned by 90 degrees, so that one statement with an
// array for each column writes them all.
type columns struct {
	sites, statuses, names, websites, sources, markups, htmls []string
	ids                                                       [][16]byte
	threads                                                   []int64
	parents                                                   []pgtype.UUID
	numbers                                                   []pgtype.Int8
	created, decided                                          []time.Time
	edited                                                    []pgtype.Timestamptz
	importSources, importIDs                                  []pgtype.Text
	editKeys, idempotencies, fingerprints, badges             [][]byte
	owners, pinned                                            []bool
	deciders, verdicts                                        []string
}

func (r *columns) append(c *comments.Comment, thread int64) {
	r.sites, r.ids, r.threads = append(r.sites, c.Site), append(r.ids, c.ID), append(r.threads, thread)
	r.parents, r.numbers = append(r.parents, nullID(c.Parent)), append(r.numbers, nullNumber(c.Number))
	r.statuses, r.markups = append(r.statuses, string(c.Status)), append(r.markups, string(c.Markup))
	r.names, r.websites = append(r.names, c.Author.Name), append(r.websites, c.Author.Website)
	r.sources, r.htmls = append(r.sources, c.Source), append(r.htmls, string(c.HTML))
	r.created, r.decided, r.edited = append(r.created, c.Created), append(r.decided, c.Decided), append(r.edited, nullTime(c.Edited))
	r.importSources, r.importIDs = append(r.importSources, nullText(c.Origin.Source)), append(r.importIDs, nullText(c.Origin.ID))
	r.editKeys, r.idempotencies = append(r.editKeys, nullHash(c.EditKey)), append(r.idempotencies, nullHash(c.Idempotency))
	r.fingerprints, r.badges = append(r.fingerprints, nullHash(c.Fingerprint)), append(r.badges, nullBadge(c.Author.Badge))
	r.owners, r.pinned = append(r.owners, c.Author.Owner), append(r.pinned, c.Pinned)
	r.deciders, r.verdicts = append(r.deciders, c.By), append(r.verdicts, string(c.Verdicts))
}

func (r *columns) queueInsert(b *pgx.Batch) {
	b.Queue(`
		INSERT INTO comments (site, id, thread, parent, number, status, name, website, source, markup, html,
			created, edited, decided, import_source, import_id, edit_key, idempotency, fingerprint, badge, owner, pinned, decider, verdicts)
		SELECT * FROM unnest($1::text[], $2::uuid[], $3::bigint[], $4::uuid[], $5::bigint[], $6::text[], $7::text[], $8::text[],
			$9::text[], $10::text[], $11::text[], $12::timestamptz[], $13::timestamptz[], $14::timestamptz[], $15::text[], $16::text[],
			$17::bytea[], $18::bytea[], $19::bytea[], $20::bytea[], $21::boolean[], $22::boolean[], $23::text[], $24::text[])`,
		r.sites, r.ids, r.threads, r.parents, r.numbers, r.statuses, r.names, r.websites, r.sources, r.markups, r.htmls,
		r.created, r.edited, r.decided, r.importSources, r.importIDs, r.editKeys, r.idempotencies, r.fingerprints,
		r.badges, r.owners, r.pinned, r.deciders, r.verdicts)
}

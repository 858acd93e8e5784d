package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"postil/comments"
)

// Update implements comments.Store.
func (s *Store) Update(ctx context.Context, site string, act comments.Act, ids []comments.ID, edit func(*comments.Comment) error) ([]comments.Comment, int64, error) {
	u := &revision{site: site, act: act, ids: ids, edit: edit}
	err := s.transaction(ctx, u.read, u.write)
	switch {
	case u.refusal != nil:
		return nil, 0, u.refusal
	case err != nil:
		return nil, 0, s.fail(err)
	}
	return u.stored, u.ledgers[0].Head, nil
}

// revision is one Update under way.
type revision struct {
	site    string
	act     comments.Act
	ids     []comments.ID
	edit    func(*comments.Comment) error
	refusal error // what edit said, to be returned as it is

	ledgers []*ledger // one at most
	found   []placed
	threads []*comments.StoredThread
	stored  []comments.Comment
}

func (u *revision) read(b *pgx.Batch) {
	u.ledgers, u.found, u.threads = nil, nil, nil // what an attempt that failed has read
	ids := uuids(u.ids)
	collect(b.Queue(lockSite, u.site), &u.ledgers, scanLedger)
	collect(b.Queue(selectComment+byIDs, u.site, ids), &u.found, scanPlaced)
	collect(b.Queue(selectThread+`WHERE t.site = $1 AND t.id IN (SELECT thread FROM comments WHERE site = $1 AND id = ANY($2))`, u.site, ids), &u.threads, scanThread)
}

func (u *revision) write(b *pgx.Batch) error {
	if len(u.ledgers) == 0 {
		return noSite(u.site)
	}
	l := u.ledgers[0]
	l.Act = u.act
	for _, t := range u.threads {
		l.Track(t)
	}
	byID := make(map[comments.ID]placed, len(u.found))
	for _, p := range u.found {
		byID[p.ID] = p
	}
	var changed []comments.Comment
	for _, id := range comments.UniqueIDs(u.ids) {
		before, ok := byID[id]
		if !ok {
			return noComment(id)
		}
		if err := u.revise(l, before, &changed); err != nil {
			return err
		}
	}
	if len(changed) == 0 {
		return nil
	}
	l.queueThreads(b)
	for i := range changed {
		queueUpdate(b, &changed[i])
	}
	l.queueNews(b)
	return nil
}

func (u *revision) revise(l *ledger, before placed, changed *[]comments.Comment) error {
	after, err := l.Revise(l.Threads[before.thread], before.Comment, u.edit)
	if err != nil {
		u.refusal = err
		return err
	}
	u.stored = append(u.stored, after)
	if after != before.Comment {
		*changed = append(*changed, after)
	}
	return nil
}

func queueUpdate(b *pgx.Batch, c *comments.Comment) {
	b.Queue(`
		UPDATE comments SET number = $3, status = $4, name = $5, website = $6, source = $7, markup = $8, html = $9,
			edited = $10, decided = $11, edit_key = $12, fingerprint = $13,
			badge = $14, owner = $15, pinned = $16, decider = $17, verdicts = $18
		WHERE site = $1 AND id = $2`,
		c.Site, [16]byte(c.ID), nullNumber(c.Number), string(c.Status), c.Author.Name, c.Author.Website, c.Source, string(c.Markup), string(c.HTML),
		nullTime(c.Edited), c.Decided, nullHash(c.EditKey), nullHash(c.Fingerprint),
		nullBadge(c.Author.Badge), c.Author.Owner, c.Pinned, c.By, string(c.Verdicts))
}

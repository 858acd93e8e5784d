package sqlite

import (
	"context"
	"slices"

	"postil/comments"
)

// Update implements comments.Store.
func (s *Store) Update(ctx context.Context, site string, act comments.Act, ids []comments.ID, edit func(*comments.Comment) error) ([]comments.Comment, int64, error) {
	u := &revision{edit: edit}
	err := s.transaction(ctx, func(t *tx) (err error) {
		u.tx = t
		if u.ledger, err = openLedger(ctx, t, site); err != nil {
			return err
		}
		u.ledger.Act = act
		for _, id := range comments.UniqueIDs(ids) {
			if err := u.update(ctx, id); err != nil {
				return err
			}
		}
		if u.changed == 0 {
			return nil // so that the transaction has nothing to write
		}
		return u.ledger.close(ctx, t)
	})
	switch {
	case u.refusal != nil:
		return nil, 0, u.refusal
	case err != nil:
		return nil, 0, s.classify(err)
	case slices.ContainsFunc(u.stored, func(c comments.Comment) bool { return c.Status == comments.Deleted }):
		err = s.scrub(ctx, scrubLimit)
	}
	return u.stored, u.ledger.Head, err
}

// revision is one Update under way.
type revision struct {
	tx      *tx
	ledger  *ledger
	edit    func(*comments.Comment) error
	refusal error // what edit said, to be returned as it is
	stored  []comments.Comment
	changed int // of those stored
}

func (u *revision) update(ctx context.Context, id comments.ID) error {
	old, found, err := first(ctx, u.tx, scanPlaced, selectComment+byOne, u.ledger.Site, id[:])
	if err != nil {
		return err
	}
	if !found {
		return noComment(id)
	}
	t, err := u.ledger.threadOf(ctx, u.tx, old.thread)
	if err != nil {
		return err
	}
	var after comments.Comment
	if after, u.refusal = u.ledger.Revise(t, old.Comment, u.edit); u.refusal != nil {
		return u.refusal
	}
	u.stored = append(u.stored, after)
	if after == old.Comment {
		return nil
	}
	u.changed++
	return overwrite(ctx, u.tx, old, &after)
}

func overwrite(ctx context.Context, t *tx, before placed, c *comments.Comment) error {
	words, err := reword(ctx, t, before, c)
	if err != nil {
		return err
	}
	_, err = t.exec(ctx, `
		UPDATE comments SET number = ?, status = ?, markup = ?, words = ?, edited = ?, decided = ?, edit_key = ?, fingerprint = ?,
			badge = ?, owner = ?, pinned = ?, decider = ?, verdicts = ?
		WHERE site = ? AND id = ?`,
		nullNumber(c.Number), c.Status, c.Markup, words, nullTime(c.Edited), c.Decided.UnixMicro(),
		nullHash(c.EditKey), nullHash(c.Fingerprint),
		nullBadge(c.Author.Badge), c.Author.Owner, c.Pinned, c.By, c.Verdicts, c.Site, c.ID[:])
	return err
}

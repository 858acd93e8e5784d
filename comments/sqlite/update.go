package sqlite

import (
	"context"
	"slices"

	"postil/comments"
)

// Update implements comments.Store. An id that is given twice counts once.
func (s *Store) Update(ctx context.Context, site string, ids []comments.ID, edit func(*comments.Comment) error) ([]comments.Comment, int64, error) {
	u := &revision{edit: edit}
	err := s.transaction(ctx, func(t *tx) (err error) {
		u.tx = t
		if u.ledger, err = openLedger(ctx, t, site); err != nil {
			return err
		}
		for _, id := range unique(ids) {
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
	return u.stored, u.ledger.head, err
}

func unique(ids []comments.ID) []comments.ID {
	seen := make(map[comments.ID]bool, len(ids))
	return slices.DeleteFunc(slices.Clone(ids), func(id comments.ID) bool {
		known := seen[id]
		seen[id] = true
		return known
	})
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
	old, found, err := first(ctx, u.tx, scanPlaced, selectComment+byOne, u.ledger.site, id[:])
	if err != nil {
		return err
	}
	if !found {
		return noComment(id)
	}
	before, after := old.Comment, old.Comment
	if u.refusal = u.edit(&after); u.refusal != nil {
		return u.refusal
	}
	after = revised(before, after)
	t, err := u.ledger.threadOf(ctx, u.tx, old.thread)
	if err != nil {
		return err
	}
	u.ledger.enter(t, before, &after)
	u.stored = append(u.stored, after)
	if after == before {
		return nil
	}
	u.changed++
	return overwrite(ctx, u.tx, old, &after)
}

// revised takes from an edited comment only what may change.
func revised(before, edited comments.Comment) comments.Comment {
	after := before
	after.Status, after.Author, after.Source, after.Markup, after.HTML = edited.Status, edited.Author, edited.Source, edited.Markup, edited.HTML
	after.Edited, after.Decided = edited.Edited, edited.Decided
	after.EditKey, after.Fingerprint = edited.EditKey, edited.Fingerprint
	return after
}

func overwrite(ctx context.Context, t *tx, before placed, c *comments.Comment) error {
	words, err := reword(ctx, t, before, c)
	if err != nil {
		return err
	}
	_, err = t.exec(ctx, `
		UPDATE comments SET number = ?, status = ?, markup = ?, words = ?, edited = ?, decided = ?, edit_key = ?, fingerprint = ?
		WHERE site = ? AND id = ?`,
		nullNumber(c.Number), c.Status, c.Markup, words, nullTime(c.Edited), c.Decided.UnixMicro(),
		nullHash(c.EditKey), nullHash(c.Fingerprint), c.Site, c.ID[:])
	return err
}

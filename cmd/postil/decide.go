package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"postil/comments"
)

// maxShown is how many comments a decision by flags prints one by one.
const maxShown = 20

// decision is what the deciding commands have in common.
type decision struct {
	IDs []string `arg:"" optional:"" name:"id" help:"Ids of comments, as \"postil moderate list\" shows them; or none, and flags that choose comments."`
	filterFlags
	Yes    bool `help:"Really do it, to all comments that flags choose; ids need none." noenv:""`
	DryRun bool `help:"Only show what would be done." noenv:""`
	JSON   bool `help:"Print one JSON object a line." name:"json"`
}

// Help says how to choose many.
func (decision) Help() string {
	return `Give ids, or the flags of "postil moderate list": all comments that they find are then meant, and nothing is done without --yes. A running server publishes the change; without one this command does. It ends when readers see it.`
}

type (
	approveCmd struct{ decision }
	holdCmd    struct{ decision }
	spamCmd    struct{ decision }
	eraseCmd   struct{ decision }
)

func (c *approveCmd) Run(ctx context.Context, std *stdio, flags *storeFlags, parent *moderateCmd) error {
	return c.decide(ctx, std, flags, parent, comments.Published)
}

func (c *holdCmd) Run(ctx context.Context, std *stdio, flags *storeFlags, parent *moderateCmd) error {
	return c.decide(ctx, std, flags, parent, comments.Held)
}

func (c *spamCmd) Run(ctx context.Context, std *stdio, flags *storeFlags, parent *moderateCmd) error {
	return c.decide(ctx, std, flags, parent, comments.Spam)
}

func (c *eraseCmd) Run(ctx context.Context, std *stdio, flags *storeFlags, parent *moderateCmd) error {
	return c.decide(ctx, std, flags, parent, comments.Deleted)
}

// decide gives all comments that are meant one status.
func (c *decision) decide(ctx context.Context, std *stdio, flags *storeFlags, parent *moderateCmd, status comments.Status) error {
	by, err := parent.by()
	if err != nil {
		return err
	}
	store, err := flags.open(ctx)
	if err != nil {
		return err
	}
	defer store.Close()
	desk, err := newDesk(flags, store)
	if err != nil {
		return err
	}
	r := &round{decision: c, std: std}
	err = c.each(ctx, store, func(some []comments.Comment) error {
		if c.proposes() {
			return r.take(some)
		}
		changed, err := desk.decideAll(ctx, by, some, status)
		return errors.Join(r.take(changed), err)
	})
	if err != nil && r.total == 0 {
		return err
	}
	return errors.Join(r.end(status), err)
}

// proposes reports whether nothing is to be changed.
func (c *decision) proposes() bool { return c.DryRun || c.given() && !c.Yes }

// each calls do with the comments that are meant, by ids or by flags, in
// pieces, so that there may be any number of them.
func (c *decision) each(ctx context.Context, store comments.Store, do func([]comments.Comment) error) error {
	switch {
	case c.IDs != nil && c.given():
		return usageError{errors.New("ids and flags that choose comments do not go together; give one or the other")}
	case c.IDs == nil && !c.given():
		return usageError{errors.New("which comments? Give their ids, or flags that choose them, such as --site and --status")}
	case c.IDs != nil:
		found, err := findAll(ctx, store, c.IDs)
		if err != nil {
			return err
		}
		return do(found)
	}
	filters, err := c.filters(ctx, store, time.Now())
	if err != nil {
		return err
	}
	return each(ctx, store, filters, func(some []comments.Comment) error {
		return do(slices.DeleteFunc(some, func(c comments.Comment) bool { return c.Status == comments.Deleted }))
	})
}

// round is one decision about many comments.
type round struct {
	*decision
	std   *stdio
	total int
}

// take counts comments and prints them: all that were named by id or are to be
// read by a program, but only the first of many.
func (r *round) take(list []comments.Comment) error {
	shown := list
	if r.IDs == nil && !r.JSON {
		shown = list[:min(len(list), max(0, maxShown-r.total))]
	}
	r.total += len(list)
	return printAll(r.std, shown, r.JSON)
}

// end says how many there were.
func (r *round) end(status comments.Status) error {
	if r.JSON {
		return nil
	}
	if r.IDs == nil && r.total > maxShown {
		fmt.Fprintf(r.std.out, "… and %d more.\n", r.total-maxShown)
	}
	text := fmt.Sprintf("%s %s now.", are(r.total, "comment"), status)
	if r.proposes() {
		text = fmt.Sprintf("Would make %s %s; nothing is changed yet", count(r.total, "comment"), status)
		if r.given() && r.total > 0 {
			text += ", add --yes to do it"
		}
		text += "."
	}
	_, err := fmt.Fprintln(r.std.out, text)
	return err
}

// findAll looks every id up before anything is changed.
func findAll(ctx context.Context, store comments.Reader, ids []string) ([]comments.Comment, error) {
	var found []comments.Comment
	for _, raw := range ids {
		id, err := comments.ParseID(raw)
		if err != nil {
			return nil, usageError{fmt.Errorf("id %q: %w", raw, err)}
		}
		c, err := store.Find(ctx, id)
		if err != nil {
			return nil, fmt.Errorf("comment %s: %w", id, err)
		}
		if !slices.ContainsFunc(found, func(f comments.Comment) bool { return f.ID == id }) {
			found = append(found, c)
		}
	}
	return found, nil
}

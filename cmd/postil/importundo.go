package main

import (
	"context"
	"errors"
	"fmt"

	"postil/comments"
	"postil/migrate"
)

func (c *importCmd) undo(ctx context.Context, std *stdio, im comments.Importer) error {
	id, err := comments.ParseID(c.Undo)
	if err != nil {
		return usageError{fmt.Errorf("--undo: %w", err)}
	}
	show, finish := importProgress(std)
	done, err := im.Undo(ctx, c.Site, id, func(u comments.Unloaded) {
		show(migrate.Progress{Stage: "taking back", Done: int64(u.Removed + u.Kept)})
	})
	finish()
	if errors.Is(err, context.Canceled) {
		err = errors.New("stopped; the same command goes on with it")
	}
	if err != nil && done == (comments.Unloaded{}) {
		return err
	}
	fmt.Fprintf(std.out, "Took back %s of %s; %d more were answered by others, so that their place is kept without their words.\n", count(done.Removed, "comment"), c.Site, done.Kept)
	return err
}

func (c *importCmd) list(ctx context.Context, std *stdio, store comments.Store) error {
	runs, err := store.Runs(ctx, c.Site)
	if err != nil {
		return err
	}
	return printRuns(std.out, c.Site, runs)
}

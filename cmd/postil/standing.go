package main

import (
	"context"
	"fmt"

	"postil/comments"
)

type (
	pinCmd   struct{ pinning }
	unpinCmd struct{ pinning }
)

// pinning is what pin and unpin have in common.
type pinning struct {
	ID   string `arg:"" help:"Id of the comment."`
	JSON bool   `help:"Print JSON." name:"json"`
}

func (c *pinCmd) Run(ctx context.Context, std *stdio, flags *storeFlags, parent *moderateCmd) error {
	return c.pin(ctx, std, flags, parent, true)
}

func (c *unpinCmd) Run(ctx context.Context, std *stdio, flags *storeFlags, parent *moderateCmd) error {
	return c.pin(ctx, std, flags, parent, false)
}

func (c *pinning) pin(ctx context.Context, std *stdio, flags *storeFlags, parent *moderateCmd, pinned bool) error {
	by, err := parent.by()
	if err != nil {
		return err
	}
	store, err := flags.open(ctx)
	if err != nil {
		return err
	}
	defer store.Close()
	found, err := findAll(ctx, store, []string{c.ID})
	if err != nil {
		return err
	}
	desk, err := newDesk(flags, store)
	if err != nil {
		return err
	}
	changed, err := desk.service.Pin(ctx, by, found[0].Site, found[0].ID, pinned)
	if err != nil {
		return err
	}
	return printComment(std, &changed, c.JSON)
}

type (
	trustCmd  struct{ rating }
	blockCmd  struct{ rating }
	unrateCmd struct{ rating }
)

// rating is what the commands about badges have in common.
type rating struct {
	Host  string `arg:"" name:"site" help:"Name of the site: a badge means something on one site only."`
	Badge string `arg:"" help:"Badge of a signed name: the 13 characters after # in \"postil moderate list\"."`
}

// Help says what stays as it is.
func (rating) Help() string {
	return `Who signs a name, as Ann#secret, has a badge that nobody else can have. A name without a secret has none, and cannot be trusted or blocked. Comments that are there already stay as they are; find them with: postil moderate list --site HOST --badge BADGE --status any`
}

func (c *trustCmd) Run(ctx context.Context, std *stdio, flags *storeFlags, parent *moderateCmd) error {
	return c.rate(ctx, std, flags, parent, comments.Trusted)
}

func (c *blockCmd) Run(ctx context.Context, std *stdio, flags *storeFlags, parent *moderateCmd) error {
	return c.rate(ctx, std, flags, parent, comments.Blocked)
}

func (c *unrateCmd) Run(ctx context.Context, std *stdio, flags *storeFlags, parent *moderateCmd) error {
	return c.rate(ctx, std, flags, parent, comments.Unknown)
}

func (c *rating) rate(ctx context.Context, std *stdio, flags *storeFlags, parent *moderateCmd, standing comments.Standing) error {
	by, err := parent.by()
	if err != nil {
		return err
	}
	badge, err := comments.ParseBadge(c.Badge)
	if err != nil {
		return usageError{err}
	}
	return onSite(ctx, flags, c.Host, func(store comments.Store, site comments.Site) error {
		desk, err := newDesk(flags, store)
		if err != nil {
			return err
		}
		if err := desk.service.Rate(ctx, by, site.Host, badge, standing); err != nil {
			return err
		}
		word := string(standing)
		if standing == comments.Unknown {
			word = "unknown"
		}
		fmt.Fprintf(std.out, "%s is %s on %s.\n", badge, word, site.Host)
		return nil
	})
}

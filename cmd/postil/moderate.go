package main

import (
	"context"
	"fmt"
	"time"

	"postil/comments"
)

type moderateCmd struct {
	As string `help:"Name that the log of decisions shows." default:"shell" placeholder:"NAME"`

	List    moderateListCmd `cmd:"" help:"List held comments, newest first; flags choose others."`
	Show    moderateShowCmd `cmd:"" help:"Show one comment whole: its words, what the defences said, what happened to it."`
	Approve approveCmd      `cmd:"" help:"Publish comments."`
	Hold    holdCmd         `cmd:"" help:"Take comments back from readers, to decide later."`
	Spam    spamCmd         `cmd:"" aliases:"reject" help:"Mark comments as spam; readers no longer see them, and the classifier learns."`
	Erase   eraseCmd        `cmd:"" help:"Overwrite comments for good: words, name and website, in the database and in every published file."`
	Pin     pinCmd          `cmd:"" help:"Make a published comment stand before all others."`
	Unpin   unpinCmd        `cmd:"" help:"Let a pinned comment stand in its place again."`
	Trust   trustCmd        `cmd:"" help:"Publish whatever the signed name with a badge writes from now on."`
	Block   blockCmd        `cmd:"" help:"Make spam of whatever the signed name with a badge writes from now on."`
	Unrate  unrateCmd       `cmd:"" help:"Take a trust or block back: its author is unknown again."`
}

// by returns the name under which decisions are noted.
func (c *moderateCmd) by() (string, error) {
	m := comments.Moderator{Name: c.As, Role: comments.RoleAdmin, Mail: comments.MailOff}
	if err := m.Validate(); err != nil {
		return "", usageError{fmt.Errorf("--as: %w", err)}
	}
	return c.As, nil
}

type moderateListCmd struct {
	filterFlags
	Before string `help:"Go on after this comment, the last one of the list before." placeholder:"ID" noenv:""`
	Limit  int    `help:"At most so many per site." default:"50"`
	JSON   bool   `help:"Print one JSON object a line." name:"json"`
}

// Help says what stands in a line.
func (moderateListCmd) Help() string {
	return `A line shows id, time, page, status and name. After the status stand the points that the defences gave: from 100 on a comment is held, from 300 on it is spam. The 13 characters after a # are the badge of a signed name. "postil moderate show ID" tells the rest; the deciding commands take the same flags as this one.`
}

// maxList is the most that a list shows of one site.
const maxList = 10_000

func (c *moderateListCmd) Run(ctx context.Context, std *stdio, flags *storeFlags) error {
	if c.Limit < 1 || c.Limit > maxList {
		return usageError{fmt.Errorf("--limit: %d is none of 1 to %d", c.Limit, maxList)}
	}
	store, err := flags.open(ctx)
	if err != nil {
		return err
	}
	defer store.Close()
	filters, err := c.filters(ctx, store, time.Now())
	if err != nil {
		return err
	}
	before, err := c.before()
	if err != nil {
		return err
	}
	shown := 0
	for _, filter := range filters {
		filter.Before, filter.Limit = before, c.Limit
		n, err := c.list(ctx, std, store, filter)
		if err != nil {
			return err
		}
		shown += n
	}
	if shown == 0 && !c.JSON {
		fmt.Fprintln(std.out, "No comment is like that.")
	}
	return nil
}

func (c *moderateListCmd) before() (id comments.ID, err error) {
	if c.Before == "" {
		return id, nil
	}
	if id, err = comments.ParseID(c.Before); err != nil {
		return id, usageError{fmt.Errorf("--before: %q: %w", c.Before, err)}
	}
	return id, nil
}

// list prints a site's comments, and how to see more.
func (c *moderateListCmd) list(ctx context.Context, std *stdio, store comments.Store, filter comments.Filter) (int, error) {
	filter.Limit++ // one more tells whether there are more
	found, err := store.Search(ctx, filter)
	if err != nil {
		return 0, err
	}
	more := len(found) > c.Limit
	if more {
		found = found[:c.Limit]
	}
	if err := printAll(std, found, c.JSON); err != nil {
		return 0, err
	}
	if more && !c.JSON {
		fmt.Fprintf(std.out, "There are more on %s; go on with the same flags and: --before %s\n", filter.Site, found[len(found)-1].ID)
	}
	return len(found), nil
}

package main

import (
	"context"
	"errors"
	"fmt"

	"postil/comments"
)

type erasePersonCmd struct {
	personFlags
	IDs []string `arg:"" optional:"" name:"id" help:"Ids of comments, instead of a person."`
	As  string   `help:"Name that the log of decisions shows." default:"shell" placeholder:"NAME"`
	Yes bool     `help:"Really erase." noenv:""`
}

// Help says what is erased and what cannot be found.
func (erasePersonCmd) Help() string {
	return `Erases all comments of one person on a site, ends all mail to the address, and forgets what moderators thought of the badge. It ends when no published file holds the words any more. Comments are a person's when they are signed with the badge, when their answers go to the confirmed address, or when they were imported with it (import --keep-email); anything else anybody could have written: erase it by its ids. "postil export --author" shows first what there is.`
}

func (c *erasePersonCmd) Run(ctx context.Context, std *stdio, flags *storeFlags) error {
	by, err := (&moderateCmd{As: c.As}).by()
	if err != nil {
		return err
	}
	store, err := flags.open(ctx)
	if err != nil {
		return err
	}
	defer store.Close()
	if c.IDs != nil {
		return c.eraseByID(ctx, std, flags, store, by)
	}
	p, err := c.find(ctx, std, flags, store)
	if err != nil {
		return err
	}
	alive, follows := p.alive(), len(p.follows)
	if !c.Yes {
		fmt.Fprintf(std.out, "Would erase %s on %s and end %s for mail. Nothing is erased yet; add --yes to do it.\n",
			count(alive, "comment"), p.site.Host, count(follows, "wish"))
		return printAll(std, p.comments, false)
	}
	erased, err := p.forget(ctx, by)
	if err != nil {
		return err
	}
	if p.email == "" {
		follows = 0 // those of erased comments went with them
	}
	fmt.Fprintf(std.out, "Erased %s on %s.\n", count(erased, "comment"), p.site.Host)
	if follows > 0 {
		fmt.Fprintf(std.out, "Ended %s for mail.\n", count(follows, "wish"))
	}
	return nil
}

func (c *erasePersonCmd) eraseByID(ctx context.Context, std *stdio, flags *storeFlags, store comments.Store, by string) error {
	if c.Badge != "" || c.Email != "" {
		return usageError{errors.New("ids do not go together with --badge or --email; give one or the other")}
	}
	site, err := needSite(ctx, store, c.Site)
	if err != nil {
		return err
	}
	found, err := findAll(ctx, store, c.IDs)
	if err != nil {
		return err
	}
	for _, one := range found {
		if one.Site != site.Host {
			return usageError{fmt.Errorf("comment %s is on %s, not on %s", one.ID, one.Site, site.Host)}
		}
	}
	if !c.Yes {
		fmt.Fprintf(std.out, "Would erase %s on %s. Nothing is erased yet; add --yes to do it.\n", count(len(found), "comment"), site.Host)
		return printAll(std, found, false)
	}
	desk, err := newDesk(flags, store)
	if err != nil {
		return err
	}
	erased, err := desk.decideAll(ctx, by, found, comments.Deleted)
	if err != nil {
		return err
	}
	fmt.Fprintf(std.out, "Erased %s on %s.\n", count(len(erased), "comment"), site.Host)
	return nil
}

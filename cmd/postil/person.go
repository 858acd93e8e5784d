package main

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"postil/comments"
)

// personFlags name somebody who has written on a site, by what proves it.
type personFlags struct {
	Site  string `help:"Name of the site." placeholder:"HOST" noenv:""`
	Badge string `help:"Badge of the person's signed name: 13 characters, as \"postil moderate list\" shows after #." noenv:""`
	Email string `help:"Address to which the person gets answers by mail; - reads it from the standard input, so that no history keeps it." placeholder:"ADDRESS" noenv:""`
}

// person is somebody, with all that the site keeps of them.
type person struct {
	site     comments.Site
	badge    comments.Badge
	email    string
	desk     *desk
	comments []comments.Comment // oldest first
	follows  []comments.Subscription
}

// find looks a person up.
func (f *personFlags) find(ctx context.Context, std *stdio, flags *storeFlags, store comments.Store) (p person, err error) {
	if (f.Badge == "") == (f.Email == "") {
		return p, usageError{errors.New("name the person by either --badge or --email")}
	}
	if p.site, err = needSite(ctx, store, f.Site); err != nil {
		return p, err
	}
	if f.Badge != "" {
		if p.badge, err = comments.ParseBadge(f.Badge); err != nil {
			return p, usageError{fmt.Errorf("--%w", err)}
		}
	}
	if p.email = f.Email; p.email == "-" {
		if p.email, err = readLine(std.in); err != nil {
			return p, fmt.Errorf("--email: %w", err)
		}
	}
	if p.desk, err = newDesk(flags, store); err != nil {
		return p, err
	}
	return p, p.look(ctx, store)
}

func (p *person) look(ctx context.Context, store comments.Store) (err error) {
	if p.comments, err = p.desk.service.By(ctx, p.site.Host, p.badge, p.email); err != nil {
		return err
	}
	slices.SortFunc(p.comments, func(a, b comments.Comment) int { return slices.Compare(a.ID[:], b.ID[:]) })
	return p.lookForFollows(ctx, store)
}

// lookForFollows finds wishes for mail: those of an address, confirmed or not,
// or those that came with the comments of a badge.
func (p *person) lookForFollows(ctx context.Context, store comments.Store) (err error) {
	if p.email == "" {
		all := make([]comments.ID, len(p.comments))
		for i, c := range p.comments {
			all[i] = c.ID
		}
		for some := range slices.Chunk(all, searchStep) {
			follows, err := store.SubscriptionsOf(ctx, p.site.Host, some)
			if err != nil {
				return err
			}
			p.follows = append(p.follows, follows...)
		}
		return nil
	}
	p.follows, err = p.desk.service.Follows(ctx, p.site.Host, p.email)
	return err
}

// forget erases all of it, and returns how many comments that were.
func (p *person) forget(ctx context.Context, by string) (erased int, err error) {
	return p.desk.service.Forget(ctx, by, p.site.Host, p.badge, p.email)
}

// alive are the comments that still have words.
func (p *person) alive() (n int) {
	for _, c := range p.comments {
		if c.Status != comments.Deleted {
			n++
		}
	}
	return n
}

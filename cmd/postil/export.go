package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"postil/comments"
)

type exportCmd struct {
	Author bool `help:"Everything that is kept about one person." noenv:""`
	personFlags
	takeoutFlags
}

// Help says what the lines are.
func (exportCmd) Help() string {
	return `With --format it writes out whole sites, or the one named by --site; the README of the folder migrate describes the formats.

With --author it prints JSON Lines about one person. Each has a "kind", which names the field with the rest: the person's comments whole, with what the defences said of them (comment), what was decided about them (event), what moderators think of the badge (standing), wishes for mail with the address in clear (subscription), and mail that waits to be sent (delivery). There is nothing else: no network address, no browser, no visit is kept. "postil erase" removes all of it.`
}

func (c *exportCmd) Run(ctx context.Context, std *stdio, flags *storeFlags) error {
	if c.Format != "" {
		return c.takeOut(ctx, std, flags, c)
	}
	if !c.Author {
		return usageError{errors.New("what is to be exported? --format writes out whole sites; --author with --badge or --email prints what is kept about one person")}
	}
	store, err := flags.open(ctx)
	if err != nil {
		return err
	}
	defer store.Close()
	p, err := c.find(ctx, std, flags, store)
	if err != nil {
		return err
	}
	e := &export{person: p, store: store, out: std.out}
	return e.all(ctx)
}

// export is one under way.
type export struct {
	person
	store comments.Store
	out   io.Writer
}

func (e *export) all(ctx context.Context) error {
	for i := range e.comments {
		if err := e.comment(ctx, &e.comments[i]); err != nil {
			return err
		}
	}
	if err := e.standing(ctx); err != nil {
		return err
	}
	for _, follow := range e.follows {
		if err := e.follow(follow); err != nil {
			return err
		}
	}
	return e.deliveries(ctx)
}

func (e *export) comment(ctx context.Context, c *comments.Comment) error {
	err := e.line("comment", struct {
		commentJSON
		HTML     comments.HTML `json:"html"`
		Imported string        `json:"imported_from,omitempty"`
	}{inJSON(c), c.HTML, c.Origin.Source})
	if err != nil {
		return err
	}
	trail, err := e.store.Trail(ctx, c.Site, c.ID, 0, maxTrail)
	if err != nil {
		return err
	}
	for i := len(trail) - 1; i >= 0; i-- {
		t := trail[i]
		if err := e.line("event", eventJSON{At: t.At, Kind: t.Kind, Comment: t.Comment, Status: t.Status, By: t.By}); err != nil {
			return err
		}
	}
	return nil
}

// line writes an object as the field of its kind, so that its own names cannot
// get in the way.
func (e *export) line(kind string, v any) error {
	text, err := json.Marshal(v)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(e.out, "{%q:%q,%q:%s}\n", "kind", kind, kind, text)
	return err
}

func (e *export) standing(ctx context.Context) error {
	if e.badge == (comments.Badge{}) {
		return nil
	}
	all, err := e.store.Standings(ctx, e.site.Host)
	if err != nil {
		return err
	}
	for _, s := range all {
		if s.Badge == e.badge {
			return e.line("standing", map[string]any{"badge": s.Badge.String(), "standing": s.Standing, "at": s.At, "by": s.By})
		}
	}
	return nil
}

func (e *export) follow(s comments.Subscription) error {
	address, err := e.desk.service.Keys.Open(comments.SealSubscriber, s.Address)
	if err != nil {
		return err
	}
	return e.line("subscription", struct {
		ID        comments.ID `json:"id"`
		Comment   comments.ID `json:"comment"`
		Address   string      `json:"address"`
		Confirmed time.Time   `json:"confirmed,omitzero"`
		Created   time.Time   `json:"created"`
	}{s.ID, s.Comment, address, s.Confirmed, s.Created})
}

// deliveries are those that wait to be sent to the person.
func (e *export) deliveries(ctx context.Context) error {
	mine := map[string]bool{}
	for _, follow := range e.follows {
		mine[follow.ID.String()] = true
	}
	for _, state := range states {
		list, err := e.store.Deliveries(ctx, e.site.Host, state, maxOutbox)
		if err != nil {
			return err
		}
		for _, d := range list {
			if d.Channel == comments.ByMail && mine[d.Target] {
				if err := e.line("delivery", deliveryInJSON(d)); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

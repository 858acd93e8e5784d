package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"text/tabwriter"
	"time"

	"postil/comments"
)

type outboxCmd struct {
	List   outboxListCmd   `cmd:"" help:"List mails, webhook calls and pings that are to be sent, or were given up."`
	Revive outboxReviveCmd `cmd:"" help:"Try again what was given up."`
}

// maxOutbox is how many deliveries of one state are read.
const maxOutbox = 10_000

// states of deliveries, in the order in which they come.
var states = [...]comments.DeliveryState{comments.Dead, comments.Sending, comments.Waiting}

type outboxListCmd struct {
	Site  string `help:"Only of this site. Empty: all." placeholder:"HOST" noenv:""`
	State string `help:"Only those that are waiting, sending, or dead. Empty: all." placeholder:"STATE" noenv:""`
	Limit int    `help:"At most so many of each state." default:"50"`
	JSON  bool   `help:"Print one JSON object a line." name:"json"`
}

// Help says what the states mean.
func (outboxListCmd) Help() string {
	return `What is sent is gone from here. Waiting: for its time. Sending: somebody is at it. Dead: given up after several tries, with the last error; mend its cause, then: postil outbox revive. A target is the name of a moderator, the id of a wish for mail, or an address of the site's settings; words and addresses of readers are not kept here.`
}

func (c *outboxListCmd) Run(ctx context.Context, std *stdio, flags *storeFlags) error {
	wanted := states[:]
	if c.State != "" {
		wanted = []comments.DeliveryState{comments.DeliveryState(c.State)}
	}
	if !slices.Contains(states[:], wanted[0]) {
		return usageError{fmt.Errorf("--state: %q is none of waiting, sending, dead", c.State)}
	}
	if c.Limit < 1 || c.Limit > maxOutbox {
		return usageError{fmt.Errorf("--limit: %d is none of 1 to %d", c.Limit, maxOutbox)}
	}
	store, err := flags.open(ctx)
	if err != nil {
		return err
	}
	defer store.Close()
	if c.Site != "" {
		if _, err := findSite(ctx, store, c.Site); err != nil {
			return err
		}
	}
	var list []comments.Delivery
	for _, state := range wanted {
		some, err := store.Deliveries(ctx, c.Site, state, c.Limit)
		if err != nil {
			return err
		}
		list = append(list, some...)
	}
	return printDeliveries(std, list, c.JSON)
}

func printDeliveries(std *stdio, list []comments.Delivery, asJSON bool) error {
	if asJSON {
		enc := json.NewEncoder(std.out)
		for _, d := range list {
			if err := enc.Encode(deliveryInJSON(d)); err != nil {
				return err
			}
		}
		return nil
	}
	if len(list) == 0 {
		fmt.Fprintln(std.out, "Nothing is like that.")
		return nil
	}
	w := tabwriter.NewWriter(std.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "ID\tSITE\tBY\tKIND\tTARGET\tSTATE\tTRIES\tDUE\tERROR")
	for _, d := range list {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%d\t%s\t%s\n", d.ID, d.Site, d.Channel, d.Kind, d.Target, d.State, d.Tries, d.Due.Format(time.DateTime), d.Error)
	}
	return w.Flush()
}

// deliveryJSON is a delivery as commands print it.
type deliveryJSON struct {
	ID      comments.ID            `json:"id"`
	Site    string                 `json:"site"`
	Channel comments.Channel       `json:"channel"`
	Kind    comments.DeliveryKind  `json:"kind"`
	Target  string                 `json:"target"`
	Comment comments.ID            `json:"comment,omitzero"`
	State   comments.DeliveryState `json:"state"`
	Tries   int                    `json:"tries"`
	Unsure  bool                   `json:"unsure,omitempty"`
	Due     time.Time              `json:"due"`
	Error   string                 `json:"error,omitempty"`
	Created time.Time              `json:"created"`
}

func deliveryInJSON(d comments.Delivery) deliveryJSON {
	return deliveryJSON{d.ID, d.Site, d.Channel, d.Kind, d.Target, d.Comment, d.State, d.Tries, d.Unsure, d.Due, d.Error, d.Created}
}

type outboxReviveCmd struct {
	IDs  []string `arg:"" optional:"" name:"id" help:"Ids that \"postil outbox list --state dead\" shows."`
	Site string   `help:"Only of this site. Empty: all." placeholder:"HOST" noenv:""`
	All  bool     `help:"All that were given up, instead of ids." noenv:""`
}

func (c *outboxReviveCmd) Run(ctx context.Context, std *stdio, flags *storeFlags) error {
	if c.All == (c.IDs != nil) {
		return usageError{errors.New("what is to be tried again? Give ids, or --all")}
	}
	store, err := flags.open(ctx)
	if err != nil {
		return err
	}
	defer store.Close()
	dead, err := store.Deliveries(ctx, c.Site, comments.Dead, maxOutbox)
	if err != nil {
		return err
	}
	chosen, err := c.choose(dead)
	if err != nil {
		return err
	}
	revived := 0
	for site, ids := range chosen {
		n, err := store.Revive(ctx, site, ids, time.Now())
		revived += n
		if err != nil {
			return err
		}
	}
	fmt.Fprintf(std.out, "%s tried again.\n", are(revived, "delivery"))
	return nil
}

// choose returns what is meant, by site.
func (c *outboxReviveCmd) choose(dead []comments.Delivery) (map[string][]comments.ID, error) {
	wanted := map[comments.ID]bool{}
	for _, raw := range c.IDs {
		id, err := comments.ParseID(raw)
		if err != nil {
			return nil, usageError{fmt.Errorf("id %q: %w", raw, err)}
		}
		wanted[id] = true
	}
	chosen := map[string][]comments.ID{}
	for _, d := range dead {
		if c.All || wanted[d.ID] {
			chosen[d.Site] = append(chosen[d.Site], d.ID)
			delete(wanted, d.ID)
		}
	}
	for id := range wanted {
		return nil, fmt.Errorf("%s was not given up, or has been removed; see: postil outbox list", id)
	}
	return chosen, nil
}

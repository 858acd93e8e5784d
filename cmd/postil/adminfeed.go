package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"postil/comments"
)

func printModeratorsJSON(std *stdio, all []comments.Moderator) error {
	type row struct {
		Name     string            `json:"name"`
		Role     comments.Role     `json:"role"`
		Sites    []string          `json:"sites,omitempty"`
		Password bool              `json:"password"`
		Address  bool              `json:"address"`
		Mail     comments.MailMode `json:"mail"`
		Created  time.Time         `json:"created"`
	}
	enc := json.NewEncoder(std.out)
	for _, m := range all {
		if err := enc.Encode(row{m.Name, m.Role, m.Sites, m.Password != "", m.Address != nil, m.Mail, m.Created}); err != nil {
			return err
		}
	}
	return nil
}

type adminFeedCmd struct {
	Name string `arg:"" help:"Name of the moderator."`
	URL  string `help:"Address by which moderators reach the service, as in https://comments.example" name:"url" placeholder:"URL"`
}

// Help says who may see it.
func (adminFeedCmd) Help() string {
	return `Whoever has the address reads all comments that wait on the moderator's sites, without a password: give it to a feed reader of your own only. "postil admin revoke" makes it another one.`
}

func (c *adminFeedCmd) Run(ctx context.Context, std *stdio, flags *storeFlags) error {
	base, err := checkURL(c.URL)
	if err != nil || base == "" {
		return usageError{fmt.Errorf("--url: %w", errors.Join(err, errNoService))}
	}
	store, err := flags.open(ctx)
	if err != nil {
		return err
	}
	defer store.Close()
	m, err := findModerator(ctx, store, c.Name)
	if err != nil {
		return err
	}
	keys, err := flags.keys()
	if err != nil {
		return err
	}
	fmt.Fprintf(std.out, "%s/moderate/feed/%s/%s.xml\n", base, m.Name, keys.FeedToken(m))
	return nil
}

type adminRemoveCmd struct {
	Name string `arg:"" help:"Name of the moderator."`
}

func (c *adminRemoveCmd) Run(ctx context.Context, std *stdio, flags *storeFlags) error {
	store, err := flags.open(ctx)
	if err != nil {
		return err
	}
	defer store.Close()
	if _, err := findModerator(ctx, store, c.Name); err != nil {
		return err
	}
	if err := store.RemoveModerator(ctx, c.Name); err != nil {
		return err
	}
	fmt.Fprintf(std.out, "Removed %s; links in mails to %s are worthless.\n", c.Name, c.Name)
	return nil
}

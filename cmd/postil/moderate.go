package main

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"postil/comments"
)

type moderateCmd struct {
	List    moderateListCmd `cmd:"" help:"List held comments, newest first; --status lists others."`
	Show    moderateShowCmd `cmd:"" help:"Show one comment with its source."`
	Approve approveCmd      `cmd:"" help:"Publish comments."`
	Hold    holdCmd         `cmd:"" help:"Take comments back from readers, to decide later."`
	Spam    spamCmd         `cmd:"" help:"Mark comments as spam; readers no longer see them."`
	Erase   eraseCmd        `cmd:"" help:"Overwrite comments for good: words, name and website, in the database and in every published file."`
}

type moderateListCmd struct {
	Site   string `help:"Only this site. Empty: all." placeholder:"HOST"`
	Status string `help:"Which comments: held, published, spam, deleted." default:"held" enum:"held,published,spam,deleted"`
	Limit  int    `help:"At most so many per site." default:"50"`
	JSON   bool   `help:"Print one JSON object a line." name:"json"`
}

func (c *moderateListCmd) Run(ctx context.Context, std *stdio, flags *storeFlags) error {
	store, err := flags.open(ctx)
	if err != nil {
		return err
	}
	defer store.Close()
	hosts, err := c.hosts(ctx, store)
	if err != nil {
		return err
	}
	shown := 0
	for _, host := range hosts {
		list, err := store.List(ctx, host, comments.Status(c.Status), comments.ID{}, c.Limit)
		if err != nil {
			return err
		}
		for i := range list {
			if err := printComment(std, &list[i], c.JSON, false); err != nil {
				return err
			}
		}
		shown += len(list)
	}
	if shown == 0 && !c.JSON {
		fmt.Fprintf(std.out, "No comment is %s.\n", c.Status)
	}
	return nil
}

func (c *moderateListCmd) hosts(ctx context.Context, store comments.Reader) ([]string, error) {
	if c.Site != "" {
		site, err := findSite(ctx, store, c.Site)
		return []string{site.Host}, err
	}
	sites, err := store.Sites(ctx)
	hosts := make([]string, len(sites))
	for i, s := range sites {
		hosts[i] = s.Host
	}
	return hosts, err
}

type moderateShowCmd struct {
	ID   string `arg:"" help:"Id of the comment."`
	JSON bool   `help:"Print JSON." name:"json"`
}

func (c *moderateShowCmd) Run(ctx context.Context, std *stdio, flags *storeFlags) error {
	store, err := flags.open(ctx)
	if err != nil {
		return err
	}
	defer store.Close()
	found, err := findAll(ctx, store, []string{c.ID})
	if err != nil {
		return err
	}
	return printComment(std, &found[0], c.JSON, true)
}

// excerptLength is how much of a comment a list shows, in characters.
const excerptLength = 72

func printComment(std *stdio, c *comments.Comment, asJSON, whole bool) error {
	if asJSON {
		return json.NewEncoder(std.out).Encode(map[string]any{
			"id": c.ID, "site": c.Site, "page": c.Page, "parent": c.Parent, "status": c.Status,
			"name": c.Author.Name, "website": c.Author.Website, "created": c.Created,
			"source": c.Source, "markup": c.Markup,
		})
	}
	name := c.Author.Name
	if name == "" {
		name = "anonymous"
	}
	fmt.Fprintf(std.out, "%s  %s  %s%s  %s  %s\n", c.ID, c.Created.Format(time.DateTime), c.Site, c.Page, c.Status, name)
	text := c.Source
	if !whole {
		text = excerpt(text)
	}
	_, err := fmt.Fprintf(std.out, "    %s\n", strings.ReplaceAll(text, "\n", "\n    "))
	return err
}

func excerpt(s string) string {
	runes := []rune(strings.Join(strings.Fields(s), " "))
	if len(runes) <= excerptLength {
		return string(runes)
	}
	return string(runes[:excerptLength-1]) + "…"
}

// decision is what the deciding commands have in common.
type decision struct {
	IDs    []string `arg:"" name:"id" help:"Ids of comments, as \"postil moderate list\" shows them."`
	DryRun bool     `help:"Only show what would be done."`
	JSON   bool     `help:"Print one JSON object a line." name:"json"`
}

type (
	approveCmd struct{ decision }
	holdCmd    struct{ decision }
	spamCmd    struct{ decision }
	eraseCmd   struct{ decision }
)

func (c *approveCmd) Run(ctx context.Context, std *stdio, flags *storeFlags) error {
	return c.decide(ctx, std, flags, comments.Published)
}

func (c *holdCmd) Run(ctx context.Context, std *stdio, flags *storeFlags) error {
	return c.decide(ctx, std, flags, comments.Held)
}

func (c *spamCmd) Run(ctx context.Context, std *stdio, flags *storeFlags) error {
	return c.decide(ctx, std, flags, comments.Spam)
}

func (c *eraseCmd) Run(ctx context.Context, std *stdio, flags *storeFlags) error {
	return c.decide(ctx, std, flags, comments.Deleted)
}

// decide applies one status to all comments named, site by site.
func (c *decision) decide(ctx context.Context, std *stdio, flags *storeFlags, status comments.Status) error {
	store, err := flags.open(ctx)
	if err != nil {
		return err
	}
	defer store.Close()
	found, err := findAll(ctx, store, c.IDs)
	if err != nil {
		return err
	}
	if c.DryRun {
		fmt.Fprintf(std.out, "Would make these %s; nothing is changed:\n", status)
		return c.print(std, found)
	}
	desk, err := newDesk(flags, store)
	if err != nil {
		return err
	}
	for host, ids := range bySite(found) {
		changed, err := desk.decide(ctx, host, ids, status)
		if err != nil {
			return err
		}
		if err := c.print(std, changed); err != nil {
			return err
		}
	}
	return nil
}

func (c *decision) print(std *stdio, list []comments.Comment) error {
	for i := range list {
		if err := printComment(std, &list[i], c.JSON, false); err != nil {
			return err
		}
	}
	return nil
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

func bySite(list []comments.Comment) map[string][]comments.ID {
	sites := map[string][]comments.ID{}
	for _, c := range list {
		sites[c.Site] = append(sites[c.Site], c.ID)
	}
	return sites
}

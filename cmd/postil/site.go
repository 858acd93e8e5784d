package main

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"postil/comments"
)

type siteCmd struct {
	Add           siteAddCmd    `cmd:"" help:"Add a blog, named by its address."`
	List          siteListCmd   `cmd:"" help:"List the blogs and their settings."`
	Show          siteShowCmd   `cmd:"" help:"Show all settings of a blog, and how many comments it has."`
	Set           siteSetCmd    `cmd:"" help:"Change settings of a blog; a running server follows within a second."`
	Close         siteCloseCmd  `cmd:"" help:"Make a page take no new comments."`
	Open          siteOpenCmd   `cmd:"" help:"Let a closed page take comments again."`
	OwnerKey      ownerKeyCmd   `cmd:"" help:"Print the key that makes a signed name the blog owner's."`
	WebhookSecret webhookKeyCmd `cmd:"" help:"Print the secret by which a webhook knows that a call is ours."`
	Remove        siteRemoveCmd `cmd:"" help:"Remove a blog with all its comments. Shows what it would remove unless --yes is given."`
}

type siteAddCmd struct {
	Address string `arg:"" help:"Address of the blog: https://blog.example"`
	siteFlags
}

func (c *siteAddCmd) Run(ctx context.Context, std *stdio, flags *storeFlags) error {
	store, err := flags.open(ctx)
	if err != nil {
		return err
	}
	defer store.Close()
	site, err := newSite(c.Address, time.Now())
	if err != nil {
		return err
	}
	if err := c.apply(&site.Settings); err != nil {
		return err
	}
	if _, err := findSite(ctx, store, site.Host); err == nil {
		return fmt.Errorf("site %s is already there; change it with: postil site set %s", site.Host, site.Host)
	}
	if err := store.PutSite(ctx, site); err != nil {
		return err
	}
	c.note(std.out)
	fmt.Fprintf(std.out, "Added %s. Embed it with what this prints: postil csp --service https://comments.example\n", site.Host)
	return nil
}

// newSite makes a site that is not yet stored.
func newSite(address string, now time.Time) (comments.Site, error) {
	site, err := comments.NewSite(address)
	if err != nil {
		return site, err
	}
	site.Created = now.UTC().Truncate(time.Microsecond)
	site.Epoch, err = newID(now)
	return site, err
}

// onSite opens the store and does something about one of its sites.
func onSite(ctx context.Context, flags *storeFlags, host string, do func(comments.Store, comments.Site) error) error {
	store, err := flags.open(ctx)
	if err != nil {
		return err
	}
	defer store.Close()
	site, err := findSite(ctx, store, host)
	if err != nil {
		return err
	}
	return do(store, site)
}

func findSite(ctx context.Context, store comments.Reader, host string) (comments.Site, error) {
	sites, err := store.Sites(ctx)
	if err != nil {
		return comments.Site{}, err
	}
	i := slices.IndexFunc(sites, func(s comments.Site) bool { return s.Host == strings.ToLower(host) })
	if i < 0 {
		return comments.Site{}, fmt.Errorf("no site %s; list them with: postil site list", host)
	}
	return sites[i], nil
}

type siteListCmd struct {
	JSON bool `help:"Print JSON." name:"json"`
}

func (c *siteListCmd) Run(ctx context.Context, std *stdio, flags *storeFlags) error {
	store, err := flags.open(ctx)
	if err != nil {
		return err
	}
	defer store.Close()
	sites, err := store.Sites(ctx)
	if err != nil {
		return err
	}
	if c.JSON {
		return printSitesJSON(std, sites)
	}
	if len(sites) == 0 {
		fmt.Fprintln(std.out, "No site yet; add one with: postil site add https://blog.example")
		return nil
	}
	w := tabwriter.NewWriter(std.out, 0, 0, 2, ' ', 0)
	// The columns of a few; "site show" has them all.
	fmt.Fprintln(w, "SITE\tPOLICY\tEDIT\tLANGUAGE\tARCHIVE\tQUERY\tORIGINS")
	for _, s := range sites {
		fmt.Fprintf(w, "%s\t%s\t%v\t%s\t%d\t%s\t%s\n", s.Host, s.Settings.Policy, s.Settings.EditWindow,
			s.Settings.Language, s.Settings.Archive, strings.Join(s.Settings.KeepQuery, ","), strings.Join(s.Settings.Origins, " "))
	}
	return w.Flush()
}

func printSitesJSON(std *stdio, sites []comments.Site) error {
	type row struct {
		Host    string    `json:"host"`
		Created time.Time `json:"created"`
		comments.Settings
	}
	rows := make([]row, len(sites))
	for i, s := range sites {
		rows[i] = row{s.Host, s.Created, s.Settings}
	}
	enc := json.NewEncoder(std.out)
	enc.SetIndent("", "  ")
	return enc.Encode(rows)
}

type siteSetCmd struct {
	Host  string            `arg:"" help:"Name of the site, as \"postil site list\" shows it."`
	Alias map[string]string `help:"Pages that moved, as /old=/new: the comments move along, and links to the old place lead to the new one." placeholder:"/OLD=/NEW" noenv:""`
	siteFlags
}

func (c *siteSetCmd) Run(ctx context.Context, std *stdio, flags *storeFlags) error {
	return onSite(ctx, flags, c.Host, func(store comments.Store, site comments.Site) error {
		if err := c.apply(&site.Settings); err != nil {
			return err
		}
		if err := store.PutSite(ctx, site); err != nil {
			return err
		}
		for old, to := range c.Alias {
			if err := alias(ctx, store, site, old, to); err != nil {
				return err
			}
		}
		fmt.Fprintf(std.out, "Changed %s.\n", site.Host)
		c.note(std.out)
		return nil
	})
}

func alias(ctx context.Context, store comments.Store, site comments.Site, old, to string) error {
	from, err := site.Page(old)
	if err != nil {
		return fmt.Errorf("--alias %s=%s: %w", old, to, err)
	}
	target, err := site.Page(to)
	if err != nil {
		return fmt.Errorf("--alias %s=%s: %w", old, to, err)
	}
	if from == target {
		return fmt.Errorf("--alias %s=%s: both name the page %s", old, to, from)
	}
	return store.Alias(ctx, site.Host, from, target)
}

type siteRemoveCmd struct {
	Host string `arg:"" help:"Name of the site."`
	Yes  bool   `help:"Really remove it." noenv:""`
}

func (c *siteRemoveCmd) Run(ctx context.Context, std *stdio, flags *storeFlags) error {
	return onSite(ctx, flags, c.Host, func(store comments.Store, site comments.Site) error {
		pages, visible, err := tally(ctx, store, site.Host)
		if err != nil {
			return err
		}
		if !c.Yes {
			fmt.Fprintf(std.out, "Would remove %s: %d pages with %d published comments, and everything held. Nothing is removed yet; add --yes to do it.\n", site.Host, pages, visible)
			return nil
		}
		if err := store.RemoveSite(ctx, site.Host); err != nil {
			return err
		}
		fmt.Fprintf(std.out, "Removed %s with %d pages and %d published comments.\n", site.Host, pages, visible)
		return nil
	})
}

// tally counts the pages and published comments of a site.
func tally(ctx context.Context, store comments.Reader, host string) (pages, visible int64, err error) {
	const step = 500
	for after := comments.Page(""); ; {
		threads, err := store.Threads(ctx, host, after, step)
		for _, t := range threads {
			pages, visible, after = pages+1, visible+t.Visible, t.Page
		}
		if err != nil || len(threads) < step {
			return pages, visible, err
		}
	}
}

package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"

	"postil/comments"
	"postil/comments/notify"
)

// maxTally is how far comments of one status are counted.
const maxTally = 10_000

type siteShowCmd struct {
	Host string `arg:"" help:"Name of the site, as \"postil site list\" shows it."`
	JSON bool   `help:"Print the settings as JSON." name:"json"`
}

func (c *siteShowCmd) Run(ctx context.Context, std *stdio, flags *storeFlags) error {
	return onSite(ctx, flags, c.Host, func(store comments.Store, site comments.Site) error {
		if c.JSON {
			return printSitesJSON(std, []comments.Site{site})
		}
		counts, err := store.Tally(ctx, site.Host, maxTally)
		if err != nil {
			return err
		}
		w := tabwriter.NewWriter(std.out, 0, 0, 2, ' ', 0)
		fmt.Fprintf(w, "%s\tsince %s\n", site.Host, site.Created.Format("2006-01-02"))
		for _, row := range rows(site.Settings) {
			fmt.Fprintf(w, "--%s\t%s\n", row[0], strings.ReplaceAll(row[1], "\n", "\n\t"))
		}
		for _, status := range []comments.Status{comments.Published, comments.Held, comments.Spam, comments.Deleted} {
			fmt.Fprintf(w, "%s\t%s\n", status, upTo(counts[status], maxTally))
		}
		return w.Flush()
	})
}

// upTo writes a number that was counted no further than limit.
func upTo(n, limit int64) string {
	if n >= limit {
		return fmt.Sprintf("%d or more", limit)
	}
	return fmt.Sprint(n)
}

type (
	siteCloseCmd struct{ closing }
	siteOpenCmd  struct{ closing }
)

// closing is what close and open have in common.
type closing struct {
	Host string `arg:"" help:"Name of the site."`
	Page string `arg:"" help:"The page, as /post or as its whole address."`
}

func (c *siteCloseCmd) Run(ctx context.Context, std *stdio, flags *storeFlags) error {
	return c.set(ctx, std, flags, true)
}

func (c *siteOpenCmd) Run(ctx context.Context, std *stdio, flags *storeFlags) error {
	return c.set(ctx, std, flags, false)
}

func (c *closing) set(ctx context.Context, std *stdio, flags *storeFlags, closed bool) error {
	return onSite(ctx, flags, c.Host, func(store comments.Store, site comments.Site) error {
		page, err := findPage(ctx, store, site, c.Page)
		if err != nil {
			return err
		}
		desk, err := newDesk(flags, store)
		if err != nil {
			return err
		}
		if err := desk.service.CloseThread(ctx, site.Host, string(page), closed); err != nil {
			return err
		}
		if closed {
			fmt.Fprintf(std.out, "%s%s takes no new comments.\n", site.Host, page)
		} else {
			fmt.Fprintf(std.out, "%s%s takes comments again.\n", site.Host, page)
		}
		return nil
	})
}

type ownerKeyCmd struct {
	Host string `arg:"" help:"Name of the site."`
}

// Help says what it is for.
func (ownerKeyCmd) Help() string {
	return `Whoever knows the key is the blog's owner: comments under a name that ends with # and the key are published whatever the policy, and carry the owner's mark. Nobody sees the key in them. If it became known to others: postil site set HOST --new-owner-key`
}

func (c *ownerKeyCmd) Run(ctx context.Context, std *stdio, flags *storeFlags) error {
	return onSite(ctx, flags, c.Host, func(store comments.Store, site comments.Site) error {
		keys, err := flags.keys()
		if err != nil {
			return err
		}
		key := keys.OwnerKey(site)
		fmt.Fprintf(std.out, "%s\n\nTo write as the owner of %s, type this as the name:\n\n    Your Name#%s\n\nReaders see the name and the owner's mark, never the key. Keep it from others.\n", key, site.Host, key)
		return nil
	})
}

type webhookKeyCmd struct {
	Host string `arg:"" help:"Name of the site."`
	URL  string `arg:"" name:"url" help:"Address of the webhook, as it stands in the site's settings."`
}

func (c *webhookKeyCmd) Run(ctx context.Context, std *stdio, flags *storeFlags) error {
	return onSite(ctx, flags, c.Host, func(store comments.Store, site comments.Site) error {
		keys, err := flags.keys()
		if err != nil {
			return err
		}
		if !slices.Contains(site.Settings.Webhooks, c.URL) {
			fmt.Fprintf(std.err, "%s is no webhook of %s yet; add it with: postil site set %s --webhook %s\n", c.URL, site.Host, site.Host, c.URL)
		}
		_, err = fmt.Fprintln(std.out, notify.WebhookSecret(keys, site.Host, c.URL))
		return err
	})
}

package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"postil/comments"
)

// searchStep is how many comments are read from the store at once.
const searchStep = 200

// anyStatus stands for all of them on the command line.
const anyStatus = "any"

// filterFlags choose comments by what they are. The same flags find the same
// comments, whether they are listed or decided about.
type filterFlags struct {
	Site   string   `help:"Only of this site. Empty: all sites." placeholder:"HOST" noenv:""`
	Status []string `help:"Which comments: held, published, spam, deleted, or any. Repeat it for more. Empty: held, or any with --judged." placeholder:"STATUS" noenv:""`
	Page   string   `help:"Only of this page, as /post or as its whole address; needs --site." noenv:""`
	Text   string   `help:"Only those with this text in name, website or words, in any case." noenv:""`
	Badge  string   `help:"Only those of the signed name with this badge; needs --site." noenv:""`
	Judged bool     `help:"Only those that a moderator has published or called spam." noenv:""`
	Since  string   `help:"Only those from this day on (UTC), or of the last so many days." placeholder:"2026-01-31|7d" noenv:""`
	Until  string   `help:"Only those from before this day (UTC), or older than so many days." placeholder:"2026-01-31|7d" noenv:""`
}

// given reports whether any of them narrows the search.
func (f *filterFlags) given() bool {
	return f.Site+f.Page+f.Text+f.Badge+f.Since+f.Until != "" || f.Status != nil || f.Judged
}

// filters returns one filter for each site that is meant.
func (f *filterFlags) filters(ctx context.Context, store comments.Store, now time.Time) ([]comments.Filter, error) {
	common, err := f.common(now)
	if err != nil {
		return nil, usageError{err}
	}
	if f.Site != "" {
		one, err := f.onSite(ctx, store, common)
		return []comments.Filter{one}, err
	}
	if f.Page != "" || f.Badge != "" {
		return nil, usageError{fmt.Errorf("--site: is missing; pages and badges mean something on one site only")}
	}
	sites, err := store.Sites(ctx)
	list := make([]comments.Filter, len(sites))
	for i, site := range sites {
		list[i] = common
		list[i].Site = site.Host
	}
	return list, err
}

// common is what does not depend on the site.
func (f *filterFlags) common(now time.Time) (filter comments.Filter, err error) {
	filter = comments.Filter{Text: f.Text, Judged: f.Judged, Limit: searchStep}
	if filter.Statuses, err = f.statuses(); err != nil {
		return filter, err
	}
	if filter.Since, err = parseDay("since", f.Since, now); err != nil {
		return filter, err
	}
	filter.Until, err = parseDay("until", f.Until, now)
	return filter, err
}

func (f *filterFlags) statuses() (list []comments.Status, err error) {
	if f.Status == nil && !f.Judged {
		return []comments.Status{comments.Held}, nil
	}
	for _, raw := range f.Status {
		switch status := comments.Status(raw); status {
		case comments.Held, comments.Published, comments.Spam, comments.Deleted:
			list = append(list, status)
		case anyStatus:
			return nil, nil
		default:
			return nil, fmt.Errorf("--status: %q is none of held, published, spam, deleted, any", raw)
		}
	}
	return list, nil
}

// parseDay reads the beginning of a day, or how long ago.
func parseDay(flag, raw string, now time.Time) (time.Time, error) {
	if raw == "" {
		return time.Time{}, nil
	}
	if date, err := time.Parse(time.DateOnly, raw); err == nil {
		return date, nil
	}
	var ago span
	if err := ago.UnmarshalText([]byte(raw)); err != nil {
		return time.Time{}, fmt.Errorf("--%s: %q is neither a day nor an age; write it as 2026-01-31 or 7d", flag, raw)
	}
	return now.UTC().Add(-time.Duration(ago)), nil
}

func (f *filterFlags) onSite(ctx context.Context, store comments.Store, filter comments.Filter) (comments.Filter, error) {
	site, err := findSite(ctx, store, f.Site)
	if err != nil {
		return filter, err
	}
	filter.Site = site.Host
	if f.Badge != "" {
		if filter.Badge, err = comments.ParseBadge(f.Badge); err != nil {
			return filter, usageError{fmt.Errorf("--%w", err)}
		}
	}
	if f.Page != "" {
		filter.Page, err = findPage(ctx, store, site, f.Page)
	}
	return filter, err
}

// findPage returns where the comments of an address are now.
func findPage(ctx context.Context, store comments.Store, site comments.Site, raw string) (comments.Page, error) {
	page, err := site.Page(raw)
	if err != nil {
		return "", usageError{err}
	}
	thread, err := store.Thread(ctx, site.Host, page)
	return thread.Page, err
}

// each calls do with all comments that filters find, in pieces of one site
// each.
func each(ctx context.Context, store comments.Store, filters []comments.Filter, do func([]comments.Comment) error) error {
	for _, filter := range filters {
		for {
			some, err := store.Search(ctx, filter)
			if err != nil {
				return err
			}
			if len(some) > 0 {
				if err := do(some); err != nil {
					return err
				}
				filter.Before = some[len(some)-1].ID
			}
			if len(some) < filter.Limit {
				break
			}
		}
	}
	return nil
}

// group parts comments by site, in the order in which each site comes first.
func group(list []comments.Comment) (hosts []string, ids map[string][]comments.ID) {
	ids = map[string][]comments.ID{}
	for _, c := range list {
		if ids[c.Site] == nil {
			hosts = append(hosts, c.Site)
		}
		ids[c.Site] = append(ids[c.Site], c.ID)
	}
	return hosts, ids
}

// needSite says which site a command means by its --site.
func needSite(ctx context.Context, store comments.Store, host string) (comments.Site, error) {
	if strings.TrimSpace(host) == "" {
		return comments.Site{}, usageError{fmt.Errorf("--site: is missing; name one that \"postil site list\" shows")}
	}
	return findSite(ctx, store, host)
}

package main

import (
	"context"
	"net/url"
	"path/filepath"
	"slices"
	"time"

	"postil/comments"
	"postil/comments/web"
	"postil/feeds"
)

// addSites adds the sites of --site that are missing. When there is none at
// all the service's own address becomes one, for the demonstration: comments
// appear there at once.
func (s *server) addSites(ctx context.Context, store comments.Store, wanted []comments.Site) error {
	known, err := store.Sites(ctx)
	if err != nil {
		return err
	}
	own, err := ownSite(s.base, time.Now())
	if err != nil {
		return err
	}
	own.Settings.Policy = comments.PolicyOpen
	for _, site := range known {
		s.hosts = append(s.hosts, site.Host)
	}
	s.demo = len(wanted) == 0 && !slices.ContainsFunc(known, func(k comments.Site) bool { return !isDemo(k) })
	if s.demo {
		wanted = []comments.Site{own}
	}
	for _, site := range wanted {
		if slices.Contains(s.hosts, site.Host) {
			continue
		}
		if err := store.PutSite(ctx, site); err != nil {
			return err
		}
		s.hosts = append(s.hosts, site.Host)
	}
	return nil
}

func ownSite(base string, now time.Time) (comments.Site, error) {
	u, err := url.Parse(base)
	if err != nil {
		return comments.Site{}, err
	}
	return newSite(u.Scheme+"://"+u.Host, now)
}

// isDemo reports a site that only this machine can read, as the one made for
// the demonstration.
func isDemo(site comments.Site) bool {
	u, err := url.Parse(site.Settings.Origins[0])
	return err == nil && u.Hostname() == "localhost"
}

// demoPage is where the demonstration is read: its comments' page.
const demoPage comments.Page = "/demo"

func (s *server) demonstration() *web.Demo {
	host := s.hosts[0]
	feed := filepath.FromSlash(feeds.Path(host, demoPage, feeds.Document{Form: feeds.Atom}))
	return &web.Demo{Site: host, Page: demoPage, DiskPath: filepath.Join(s.flags.publicDir(), feed)}
}

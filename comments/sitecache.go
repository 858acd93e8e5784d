package comments

import (
	"context"
	"strings"
	"sync"
	"time"
)

// siteAge is how old a cached site may be: the delay with which a running
// server follows `postil site set`.
const siteAge = time.Second

// siteCache spares each request a look-up of its site. While the store cannot
// be reached it goes on answering from what it last knew.
type siteCache struct {
	store Store
	now   func() time.Time

	mu     sync.Mutex
	byHost map[string]Site
	loaded time.Time
}

func newSiteCache(store Store, now func() time.Time) *siteCache {
	return &siteCache{store: store, now: now}
}

func (c *siteCache) lookup(ctx context.Context, host string) (Site, error) {
	if host == "" {
		return Site{}, FieldError("site", "is missing; name the blog's host, for example blog.example")
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.byHost == nil || c.now().Sub(c.loaded) > siteAge {
		if err := c.load(ctx); err != nil && c.byHost == nil {
			return Site{}, err
		}
	}
	site, ok := c.byHost[strings.ToLower(host)]
	if !ok {
		return Site{}, &Error{Kind: NotFound, Field: "site", Text: "is not served here; the operator can add it with: postil site add https://" + host}
	}
	return site, nil
}

func (c *siteCache) load(ctx context.Context) error {
	sites, err := c.store.Sites(ctx)
	c.loaded = c.now() // also after a failure: ask a broken store once a second, not at each request
	if err != nil {
		return err
	}
	c.byHost = make(map[string]Site, len(sites))
	for _, s := range sites {
		c.byHost[s.Host] = s
	}
	return nil
}

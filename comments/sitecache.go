package comments

import (
	"context"
	"strings"
	"sync"
	"time"
)

const (
	// siteAge is how old a cached site may be: the delay with which a running
	// server follows `postil site set`.
	siteAge = time.Second
	// siteWait is how long a look-up waits for newer sites when it has older
	// ones to go on with.
	siteWait = 250 * time.Millisecond
	// siteTimeout is how long the store may take to list the sites.
	siteTimeout = 5 * time.Second
)

// siteCache spares each request a look-up of its site. While the store cannot
// be reached, or hangs, it goes on answering from what it last knew, and asks
// once a second.
type siteCache struct {
	store Store
	now   func() time.Time

	mu      sync.Mutex
	known   *knownSites   // nil until the first success; never changed, only replaced
	err     error         // of the last loading
	loaded  time.Time     // when that one ended
	loading chan struct{} // closed when the one under way ends; nil: none is
}

type knownSites struct {
	byHost  map[string]Site
	origins map[string]bool // of any of them
}

func newSiteCache(store Store, now func() time.Time) *siteCache {
	return &siteCache{store: store, now: now}
}

func (c *siteCache) lookup(ctx context.Context, host string) (Site, error) {
	if host == "" {
		return Site{}, FieldError("site", "is missing; name the blog's host, for example blog.example")
	}
	known, err := c.current(ctx)
	if err != nil {
		return Site{}, err
	}
	site, ok := known.byHost[strings.ToLower(host)]
	if !ok {
		return Site{}, &Error{Kind: NotFound, Field: "site", Text: "is not served here; the operator can add it with: postil site add https://" + host}
	}
	return site, nil
}

// current returns all sites, from the store if they are too old.
func (c *siteCache) current(ctx context.Context) (*knownSites, error) {
	c.mu.Lock()
	if c.loading == nil && c.now().Sub(c.loaded) > siteAge {
		c.loading = make(chan struct{})
		go c.load(c.loading)
	}
	loading, known := c.loading, c.known
	c.mu.Unlock()
	if loading != nil {
		if known != nil {
			var cancel context.CancelFunc
			ctx, cancel = context.WithTimeout(ctx, siteWait)
			defer cancel()
		}
		select {
		case <-loading:
		case <-ctx.Done():
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.known != nil:
		return c.known, nil
	case c.err != nil:
		return nil, c.err
	default:
		return nil, ctx.Err()
	}
}

// load serves all look-ups that wait for it, so it does not end with the
// request of any of them.
func (c *siteCache) load(done chan struct{}) {
	defer close(done)
	ctx, cancel := context.WithTimeout(context.Background(), siteTimeout)
	defer cancel()
	sites, err := c.store.Sites(ctx)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.err, c.loaded, c.loading = err, c.now(), nil
	if err != nil {
		return
	}
	c.known = &knownSites{byHost: make(map[string]Site, len(sites)), origins: make(map[string]bool, len(sites))}
	for _, s := range sites {
		c.known.byHost[s.Host] = s
		for _, origin := range s.Settings.Origins {
			c.known.origins[origin] = true
		}
	}
}

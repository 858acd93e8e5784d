package admin

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"postil/comments"
	"postil/static"
	"postil/static/csp"
)

// Config is what the pages are made of. Fields are required unless their
// comment says otherwise.
type Config struct {
	Service *comments.Service
	// Base is the public address of the service: scheme://host[/path], without
	// a trailing slash. Requests come without its path.
	Base string
	// FeedURL and ThreadURL return the absolute addresses of a page's current
	// documents, feed.xml and thread.html.
	FeedURL, ThreadURL func(host string, page comments.Page) string
	// Explain returns the words of a comment that say most to the site's
	// classifier, the strongest first. Nil: there is none.
	Explain func(context.Context, comments.Comment, comments.Site) ([]Word, error)
	// WebhookSecret returns what a webhook of a site verifies its messages by.
	// Nil: there is none.
	WebhookSecret func(site, address string) string
	// TrustedProxies are those whose X-Forwarded-For is believed, for telling
	// apart who guesses passwords; may be empty.
	TrustedProxies []netip.Prefix
	Log            *slog.Logger
	Now            func() time.Time
}

// Word is something that a comment has and the classifier goes by.
type Word struct {
	Text   string
	Points float64 // from -1, seen in good comments only, to 1, in spam only
}

// server holds what handlers share.
type server struct {
	Config
	path       string // of Base: empty, or /prefix
	plain      bool   // Base has no TLS
	gate       *gate
	protection *http.CrossOriginProtection
	assets     map[string]*static.File // by path
}

// New checks the configuration and returns the handler of /admin, /moderate
// and everything below them.
func New(cfg Config) (http.Handler, error) {
	base, err := url.Parse(cfg.Base)
	if err != nil || base.Host == "" || (base.Scheme != "http" && base.Scheme != "https") || strings.HasSuffix(base.Path, "/") {
		return nil, fmt.Errorf("admin: base address %q: want https://host[/path] without a trailing slash", cfg.Base)
	}
	if cfg.Service == nil || cfg.FeedURL == nil || cfg.ThreadURL == nil || cfg.Log == nil || cfg.Now == nil {
		return nil, errors.New("admin: a required field of the configuration is missing")
	}
	s := &server{
		Config: cfg, path: base.Path, plain: base.Scheme == "http",
		gate: newGate(cfg.Service.Store, cfg.Now), protection: http.NewCrossOriginProtection(), assets: map[string]*static.File{},
	}
	if err := s.protection.AddTrustedOrigin(base.Scheme + "://" + base.Host); err != nil {
		return nil, fmt.Errorf("admin: base address %q: %w", cfg.Base, err)
	}
	for _, a := range static.AdminAssets() {
		s.assets[a.Path] = a.File
	}
	return csp.Middleware(csp.Admin())(s.mount()), nil
}

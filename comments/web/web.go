package web

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"github.com/altcha-org/altcha-lib-go"
	"github.com/go-chi/chi/v5"
	"github.com/prometheus/client_golang/prometheus"

	"postil/comments"
	"postil/static"
)

// Config is what the handlers are made of. Fields are required unless their
// comment says otherwise.
type Config struct {
	Service *comments.Service
	Files   Files
	// FeedURL and ThreadURL return the absolute address of a page's current
	// documents, feed.xml and thread.html.
	FeedURL, ThreadURL func(host string, page comments.Page) string
	// Base is the public address of the service, with scheme and without a
	// trailing slash. It may have a path: requests are then served with it
	// and, for proxies that strip it, without.
	Base           string
	Keys           comments.Keyring
	Proofs         Proofs         // nil: none are asked for, and none count
	Mail           bool           // answers to comments can be sent by mail
	Admin          http.Handler   // for /admin and /moderate and all below, without the path of Base; nil: no moderators' pages
	TrustedProxies []netip.Prefix // whose X-Forwarded-For is believed; may be empty
	Rate           Rate           // of new comments per network; zero: no limit
	Log            *slog.Logger
	AccessLog      bool                        // one line per request, without a trace of who asked
	Ready          func(context.Context) error // nil error: send me requests
	Demo           *Demo                       // nil: no demonstration page
	Now            func() time.Time
	Version        string // for the build metric; may be empty
}

// Proofs gives out proofs of work and checks them, in Altcha's protocol. Each
// is bound to a site and to the idempotency key of one post.
type Proofs interface {
	Challenge(site, key string) (altcha.Challenge, error)
	// Check returns an error unless payload, Altcha's base64, is the work
	// that was asked for.
	Check(site, key, payload string) error
}

// Files finds what publishers have written.
type Files interface {
	// File returns the file at a path such as /feeds/blog.example/feed.xml.
	// An error with the method Location() string is a permanent redirect to
	// there, which includes the path of Config.Base, and one with the method
	// Gone() bool may say that there will never be such a file again; all
	// others follow the rules of [comments.Error].
	File(ctx context.Context, urlPath string) (*static.File, error)
}

// Web is the HTTP side of the service.
type Web struct {
	public, ops http.Handler
	registry    *prometheus.Registry
}

// Public returns the handler for readers.
func (w *Web) Public() http.Handler { return w.public }

// Ops returns the handler for operators: health and metrics.
func (w *Web) Ops() http.Handler { return w.ops }

// Registry returns what /metrics shows, for adding more collectors.
func (w *Web) Registry() *prometheus.Registry { return w.registry }

// server holds what handlers share.
type server struct {
	Config
	path     string // of Base: empty, or /prefix
	host     string // of Base, with its port
	assets   map[string]*static.File
	headers  *headerCache
	clients  *clients
	posts    *limiter
	previews *limiter
	nearby   *neighbours
	tokens   tokens
	metrics  *metrics
	router   *chi.Mux
}

// New checks the configuration and returns the handlers.
func New(cfg Config) (*Web, error) {
	base, err := url.Parse(cfg.Base)
	if err != nil || base.Host == "" || (base.Scheme != "http" && base.Scheme != "https") || strings.HasSuffix(base.Path, "/") {
		return nil, fmt.Errorf("web: base address %q: want https://host[/path] without a trailing slash", cfg.Base)
	}
	if err := cfg.Rate.validate(); err != nil {
		return nil, err
	}
	s := &server{
		Config:  cfg,
		path:    base.Path,
		host:    base.Host,
		headers: newHeaderCache(),
		clients: newClients(cfg.TrustedProxies, cfg.Now, cfg.Log),
		tokens:  tokens{keys: cfg.Keys},
		metrics: newMetrics(cfg.Version),
	}
	s.posts = newLimiter(cfg.Rate, s.clients)
	s.previews = newLimiter(cfg.Rate.times(looser), s.clients)
	s.nearby = newNeighbours(s.clients)
	s.assets = assets()
	s.router = s.mount(s.publicRoutes())
	s.mountAdmin()
	return &Web{public: s, ops: s.mount(s.opsRoutes()), registry: s.metrics.registry}, nil
}

// ServeHTTP answers published files and assets itself: they are most of the
// traffic and need nothing of the router. The rest goes through the table.
func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	path := r.URL.Path
	if s.path != "" && (path == s.path || strings.HasPrefix(path, s.path+"/")) {
		path = path[len(s.path):]
	}
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		if f, ok := s.assets[path]; ok {
			s.serveFile(w, r, assetFiles, f)
			return
		}
		if class := fileClass(path); class != notAFile {
			s.servePublished(w, r, class, path)
			return
		}
	}
	if len(path) < len(r.URL.Path) {
		http.StripPrefix(s.path, s.router).ServeHTTP(w, r)
		return
	}
	s.router.ServeHTTP(w, r)
}

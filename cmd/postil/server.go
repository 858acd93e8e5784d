package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"postil/comments"
	"postil/comments/markup"
	"postil/comments/web"
	"postil/feeds"
	"postil/static"
)

// Time limits of an orderly stop.
const (
	drainTimeout   = 10 * time.Second // for requests that are being answered
	publishTimeout = 30 * time.Second // for the publisher's last pass
)

// server is a running service. A test starts one on port 0 as serve does.
type server struct {
	flags       *storeFlags
	local, base string // address of this process, and the one that readers know
	demo        bool
	hosts       []string
	public, ops net.Listener
	log         *slog.Logger

	store     comments.Store
	dir       *feeds.Dir
	publisher *feeds.Publisher
	servers   []*http.Server
	cancel    context.CancelFunc // ends what runs in the background
	running   sync.WaitGroup
}

// start opens everything, listens, and returns once requests are answered.
// What had been opened is closed again when it fails.
func start(ctx context.Context, flags *storeFlags, set settings, log *slog.Logger) (*server, error) {
	s := &server{flags: flags, log: log}
	background, cancel := context.WithCancel(context.WithoutCancel(ctx))
	s.cancel = cancel
	if err := s.open(ctx, background, set); err != nil {
		return nil, errors.Join(err, s.close())
	}
	return s, nil
}

// open opens one part after the other; background outlives the start.
func (s *server) open(ctx, background context.Context, set settings) (err error) {
	if err := s.listen(set); err != nil {
		return err
	}
	if s.store, err = s.flags.open(ctx); err != nil {
		return fmt.Errorf("%s: %w", s.flags.describe(), err)
	}
	if err := s.addSites(ctx, set.sites); err != nil {
		return err
	}
	if err := s.publish(background); err != nil {
		return err
	}
	w, err := s.web(set)
	if err != nil {
		return err
	}
	s.serve(s.public, w.Public())
	s.serve(s.ops, w.Ops())
	return nil
}

func (s *server) listen(set settings) (err error) {
	if s.public, err = net.Listen("tcp", set.listen); err != nil {
		return fmt.Errorf("--listen: %w; choose another address, or stop the program that has this one", err)
	}
	if s.ops, err = net.Listen("tcp", set.opsListen); err != nil {
		return fmt.Errorf("--ops-listen: %w; choose another address, or stop the program that has this one", err)
	}
	s.local = "http://" + readableHost(s.public.Addr().(*net.TCPAddr))
	s.base = cmp.Or(set.url, s.local)
	return nil
}

// readableHost says localhost where that is the listener: browsers treat it
// as a secure context.
func readableHost(a *net.TCPAddr) string {
	host := a.IP.String()
	if a.IP.IsLoopback() || a.IP.IsUnspecified() {
		host = "localhost"
	}
	return net.JoinHostPort(host, fmt.Sprint(a.Port))
}

// addSites adds the sites of --site that are missing. When there is none at
// all the service's own address becomes one, for the demonstration.
func (s *server) addSites(ctx context.Context, wanted []comments.Site) error {
	known, err := s.store.Sites(ctx)
	if err != nil {
		return err
	}
	own, err := ownSite(s.base, time.Now())
	if err != nil {
		return err
	}
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
		if err := s.store.PutSite(ctx, site); err != nil {
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

// publish starts the publisher and what wakes it.
func (s *server) publish(ctx context.Context) (err error) {
	if s.dir, err = feeds.OpenDir(s.flags.publicDir()); err != nil {
		return err
	}
	if s.publisher, err = newPublisher(s.store, s.dir, s.base, s.log); err != nil {
		return err
	}
	s.running.Go(func() { s.publisher.Run(ctx) })
	s.running.Go(func() {
		if err := s.store.Watch(ctx, s.publisher.Nudge); err != nil && ctx.Err() == nil {
			s.log.Error("watching the database ended; changes by other processes wait for the next poll", "error", err)
		}
	})
	return nil
}

func newPublisher(store comments.Reader, dir *feeds.Dir, base string, log *slog.Logger) (*feeds.Publisher, error) {
	return feeds.NewPublisher(feeds.Config{Source: store, Dir: dir, Base: base, Log: log, Assets: static.Assets(), Generator: version()})
}

func (s *server) web(set settings) (*web.Web, error) {
	secret, err := s.flags.secret()
	if err != nil {
		return nil, err
	}
	cfg := web.Config{
		Service: newService(s.store, secret, s.publisher.Nudge, s.publisher.Wait),
		Files:   s.publisher, FeedURL: s.documentURL(feeds.Atom), ThreadURL: s.documentURL(feeds.HTML),
		Base: s.base, Secret: secret, TrustedProxies: set.proxies,
		Rate: web.Rate{Count: set.rateCount, Window: set.rateWindow},
		Log:  s.log, AccessLog: set.accessLog, Ready: s.ready, Now: time.Now, Version: version(),
	}
	if s.demo {
		cfg.Demo = s.demonstration()
	}
	return web.New(cfg)
}

// demoPage is where the demonstration is read: its comments' page.
const demoPage comments.Page = "/demo"

func (s *server) demonstration() *web.Demo {
	host := s.hosts[0]
	feed := filepath.FromSlash(feeds.Path(host, demoPage, feeds.Document{Form: feeds.Atom}))
	return &web.Demo{Site: host, Page: demoPage, DiskPath: filepath.Join(s.flags.publicDir(), feed)}
}

// documentURL says where a page's current document is, in one of its forms.
func (s *server) documentURL(form feeds.Form) func(string, comments.Page) string {
	return func(host string, page comments.Page) string {
		return feeds.URL(s.base, host, page, feeds.Document{Form: form})
	}
}

func newService(store comments.Store, secret []byte, changed func(), settle func(context.Context, string, int64) error) *comments.Service {
	return comments.NewService(comments.Config{
		Store: store, Render: markup.New().Render, Now: time.Now, NewID: newID,
		Secret: secret, Changed: changed, Settle: settle,
	})
}

// ready reports whether this process should get requests.
func (s *server) ready(ctx context.Context) error {
	_, err := s.store.Sites(ctx)
	return err
}

func (s *server) serve(l net.Listener, h http.Handler) {
	srv := web.Server(h, s.log)
	s.servers = append(s.servers, srv)
	s.running.Go(func() {
		if err := srv.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			s.log.Error("listener ended", "address", l.Addr().String(), "error", err)
		}
	})
}

// stop answers what was asked, publishes what changed, and closes all.
func (s *server) stop() error {
	ctx, cancel := context.WithTimeout(context.Background(), drainTimeout)
	defer cancel()
	var errs []error
	for _, srv := range s.servers {
		errs = append(errs, srv.Shutdown(ctx))
	}
	return errors.Join(append(errs, s.close())...)
}

func (s *server) close() error {
	s.cancel()
	s.running.Wait()
	var errs []error
	for _, l := range []net.Listener{s.public, s.ops} {
		if l != nil && s.servers == nil { // otherwise Shutdown has closed it
			errs = append(errs, l.Close())
		}
	}
	if s.dir != nil {
		errs = append(errs, s.dir.Close())
	}
	if s.store != nil {
		errs = append(errs, s.store.Close())
	}
	return errors.Join(errs...)
}

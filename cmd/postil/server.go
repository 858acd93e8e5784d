package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"postil/comments"
	"postil/comments/notify"
	"postil/comments/spam"
	"postil/comments/web"
	"postil/feeds"
)

// Time limits of an orderly stop, beside those that the publisher and the
// courier have for their last work.
const (
	drainTimeout = 10 * time.Second // for requests that are being answered
	flushTimeout = 10 * time.Second // for what the outbox still has to send
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
	keys      comments.Keyring
	defences  *spam.Defences
	courier   *notify.Courier
	service   *comments.Service
	guarded   bool // somebody can log in to the moderators' pages
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
	if err := s.lockOutput(); err != nil {
		return err
	}
	if err := s.assemble(set); err != nil {
		return err
	}
	w, err := s.web(set)
	if err != nil {
		return err
	}
	s.background(background)
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

// lockOutput takes the output directory and only then reads the keys: "postil
// key rotate" relies on that order.
func (s *server) lockOutput() (err error) {
	if s.dir, err = feeds.OpenDir(s.flags.publicDir()); err != nil {
		return err
	}
	s.keys, err = s.flags.keys()
	return err
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

// close ends everything in order: what runs in the background, with the
// publisher's last pass, then what that left in the outbox, then the rest.
func (s *server) close() error {
	s.cancel()
	s.running.Wait()
	s.flush()
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

// flush sends what the requests and the publisher have left. What cannot be
// sent in time stays in the outbox: another start, or another process, goes on
// with it.
func (s *server) flush() {
	if s.servers == nil { // nothing has happened
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), flushTimeout)
	defer cancel()
	if err := s.courier.Flush(ctx); err != nil {
		s.log.Warn("not everything in the outbox was sent before the stop; it waits for the next start", "error", err)
	}
}

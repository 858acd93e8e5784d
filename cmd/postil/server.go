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

	"postil/comments/web"
	"postil/deploy/lifecycle"
	"postil/feeds"
)

// flushTimeout is for what the outbox still has to send at an orderly stop: of
// the time that a grace period has for the end, the rest is for closing.
const flushTimeout = lifecycle.Spare - time.Second

// server is a running service. A test starts one on port 0 as serve does.
type server struct {
	flags       *storeFlags
	local, base string // address of this process, and the one that readers know
	demo        bool
	hosts       []string
	ops         net.Addr
	log         *slog.Logger

	set     settings
	life    *lifecycle.Life
	gate    *lifecycle.Gate // before everything that writes
	dir     *feeds.Dir
	keyList [][]byte           // secret keys as they were read last
	guarded bool               // somebody can log in to the moderators' pages
	served  bool               // requests were let in
	halt    context.CancelFunc // stops the process as SIGTERM does
	ended   chan error         // what the life's Run returned
	fault   error              // why the process stopped by itself; to be read after running

	changing sync.Mutex // held while the parts are replaced
	mu       sync.Mutex
	now      *parts // what requests are answered with; guarded by mu, as its users are
}

// start opens everything, listens, and returns once requests are answered.
// What had been opened is closed again when it fails.
func start(ctx context.Context, flags *storeFlags, set settings, log *slog.Logger) (*server, error) {
	s := &server{flags: flags, set: set, log: log, ended: make(chan error, 1)}
	running, halt := context.WithCancel(context.WithoutCancel(ctx))
	s.halt = halt
	if err := s.open(ctx, set); err != nil {
		halt()
		return nil, errors.Join(err, s.close())
	}
	if ctx.Err() != nil { // told to stop before the life listened to signals
		halt()
	}
	go func() { s.ended <- s.life.Run(running) }()
	return s, nil
}

// open opens one thing after the other. The output directory is locked first,
// unless the process that has it is to be replaced: it gives it up when it
// ends.
func (s *server) open(ctx context.Context, set settings) error {
	if !set.life.takeover {
		if err := s.lockOutput(); err != nil {
			return err
		}
	}
	if err := s.beBorn(ctx, set); err != nil {
		return err
	}
	if err := s.listen(set); err != nil {
		return err
	}
	store, err := s.flags.open(ctx)
	if err != nil {
		return fmt.Errorf("%s: %w", s.flags.describe(), err)
	}
	if err := s.addSites(ctx, store, set.sites); err != nil {
		return errors.Join(err, store.Close())
	}
	if s.now, err = s.assemble(ctx, store, s.flags.describe(), set); err != nil {
		return errors.Join(err, store.Close())
	}
	if err := s.serve(set); err != nil {
		return err
	}
	if set.life.takeover { // once more: starting has taken its time
		if err := s.replaceable(ctx, set.life.control); err != nil {
			return err
		}
	}
	s.now.begin()
	if err := s.life.Ready(ctx); err != nil {
		return err
	}
	s.served = true
	return nil
}

func (s *server) listen(set settings) error {
	public, err := s.life.Listen(lifecycle.Public, set.listen)
	if err != nil {
		return fmt.Errorf("--listen: %w; choose another address, or stop the program that has this one", err)
	}
	if s.ops, err = s.life.Listen(lifecycle.Ops, set.opsListen); err != nil {
		return fmt.Errorf("--ops-listen: %w; choose another address, or stop the program that has this one", err)
	}
	s.local = "http://" + readableHost(public.(*net.TCPAddr))
	s.base = cmp.Or(set.url, s.local)
	return nil
}

// serve puts the handlers behind their sockets. Nothing is accepted yet.
func (s *server) serve(set settings) error {
	public := s.front(func(p *parts) http.Handler { return p.web.Public() })
	ops := s.front(func(p *parts) http.Handler { return p.web.Ops() })
	return errors.Join(
		s.life.Serve(lifecycle.Public, web.Server(s.guardWrites(public, set), s.log)),
		s.life.Serve(lifecycle.Ops, web.Server(ops, s.log)))
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
	return s.readKeys()
}

func (s *server) readKeys() (err error) {
	s.keyList, err = s.flags.keyList()
	return err
}

// ready reports whether this process should get requests.
func (s *server) ready(ctx context.Context) error {
	if err := s.life.Unready(); err != nil {
		return err
	}
	return s.reach(ctx)
}

// reach reports whether the database answers.
func (s *server) reach(ctx context.Context) error {
	p := s.use()
	defer s.leave(p)
	_, err := p.store.Sites(ctx)
	return err
}

// stop ends the service as SIGTERM does.
func (s *server) stop() error {
	s.halt()
	return s.wait()
}

// wait returns when the process has been told to stop, or has been replaced:
// what was asked is answered, what changed is published, and all is closed.
func (s *server) wait() error {
	err := <-s.ended
	s.halt()
	return errors.Join(err, s.close())
}

// close ends everything in order: what runs in the background, with the
// publisher's last pass, then what that left in the outbox, then the rest, and
// last what a process that takes over waits for.
func (s *server) close() error {
	s.changing.Lock()
	defer s.changing.Unlock()
	if s.now != nil {
		s.now.end()
	}
	errs := []error{s.fault}
	s.flush()
	if s.dir != nil {
		errs = append(errs, s.dir.Close())
	}
	if s.now != nil {
		errs = append(errs, s.now.store.Close())
	}
	if s.life != nil {
		if s.served {
			<-s.life.Alone() // a predecessor that is left before its time serves again
		}
		errs = append(errs, s.life.Close())
	}
	return errors.Join(errs...)
}

// flush sends what the requests and the publisher have left. What cannot be
// sent in time stays in the outbox: another start, or another process, goes on
// with it.
func (s *server) flush() {
	if !s.served || s.life.Succeeded() { // nothing has happened, or another goes on at once
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), flushTimeout)
	defer cancel()
	if err := s.now.courier.Flush(ctx); err != nil {
		s.log.Warn("not everything in the outbox was sent before the stop; it waits for the next start", "error", err)
	}
}

package lifecycle

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/coreos/go-systemd/v22/daemon"
)

// Names of the sockets. Connections of Ops are not waited for, and it stays
// open for probes and metrics until the drain is over.
const (
	Public = "public"
	Ops    = "ops"
)

// Config is what a process says about its life. The zero value of each field
// but Log leaves the thing out.
type Config struct {
	Timing   Timing
	Control  string // path of the control socket
	Takeover bool   // replace the process at Control
	// FDStore is how many descriptors systemd keeps for the unit
	// (FileDescriptorStoreMax=): idle connections survive a restart there.
	FDStore  int
	Log      *slog.Logger
	Health   func(context.Context) error // feeds systemd's watchdog while it returns nil
	Reload   func(context.Context) error // SIGHUP
	OnState  func(State)                 // called in order; it must not block
	Enter    func() error                // called by Ready when a predecessor accepts nothing more, and nothing is accepted here yet
	Held     func() int                  // requests that are held: a handover waits for them
	Refuse   func()                      // answers held requests: the process goes, and nobody takes over
	Commands map[string]Command          // for the control socket, beside those of this package
	Details  func() any                  // joins the reply to status; becomes JSON, and a sentence if it is a fmt.Stringer
}

// Life is a process from its first socket to its last answer. Open, Listen and
// Serve prepare it, Ready lets requests in, Run returns when they have all
// been answered, Close ends it.
type Life struct {
	cfg       Config
	notify    *notifier
	in        *inheritance
	old       *Predecessor
	successor *newcomer // whoever took over; Run's own
	set       *connSet
	sockets   []*socket
	servers   []*http.Server // of sockets that drain
	ops       []*http.Server
	running   sync.WaitGroup
	control   *control
	attending sync.WaitGroup // clients of the control socket
	watchdog  context.CancelFunc
	leaving   atomic.Bool // HTTP/2 connections end with their next answer
	events    chan event
	signals   chan os.Signal
	newcomers chan *newcomer
	taking    sync.Mutex // held by the newcomer that prepares
	haste     int        // orders to stop since the first; Run's own
	lameSince time.Time  // Run's own

	mu       sync.Mutex
	state    State
	since    time.Time
	changed  chan struct{} // closed at the next change of state
	draining chan struct{}
}

// event is an order to the state machine.
type event int

const (
	beLame event = iota
	stop
	reload
)

// Open begins a life: it takes what systemd passes, or asks the process that
// it is to replace for its sockets. That one goes on serving until Ready.
func Open(ctx context.Context, cfg Config) (*Life, error) {
	l := &Life{cfg: cfg, set: newConnSet(), since: time.Now(), changed: make(chan struct{}), draining: make(chan struct{}),
		events: make(chan event, 16), signals: make(chan os.Signal, 16), newcomers: make(chan *newcomer), watchdog: func() {}}
	if err := cfg.Timing.Check(); err != nil {
		return nil, err
	}
	var err error
	if l.notify, err = newNotifier(); err != nil {
		return nil, err
	}
	if _, err := daemon.SdWatchdogEnabled(false); err != nil && cfg.Health != nil {
		return nil, fmt.Errorf("WATCHDOG_USEC: %w", err)
	}
	if l.in, err = fromSystemd([]string{Public, Ops}); err != nil {
		return nil, err
	}
	if err := l.succeed(ctx); err != nil {
		return nil, errors.Join(err, l.in.close())
	}
	return l, nil
}

// succeed asks the predecessor for its sockets, or makes sure there is none.
func (l *Life) succeed(ctx context.Context) (err error) {
	switch {
	case l.cfg.Takeover && l.cfg.Control == "":
		return errors.New("--takeover needs a control socket to ask at")
	case l.cfg.Takeover:
		l.old, l.in, err = takeOver(ctx, l.cfg.Control, l.in, l.cfg.Log)
		return err
	case l.cfg.Control != "":
		return vacant(l.cfg.Control)
	}
	return nil
}

// Listen returns the address of a socket: one that was passed under its name,
// or one bound here. Nothing is accepted before Ready.
func (l *Life) Listen(name, address string) (net.Addr, error) {
	tcp := l.in.use(name, address)
	shared := tcp != nil && l.in.shared(name)
	if tcp == nil {
		var cfg net.ListenConfig
		cfg.SetMultipathTCP(false) // such sockets take no filter, see dropNew
		bound, err := cfg.Listen(context.Background(), "tcp", address)
		if err != nil {
			return nil, err
		}
		tcp = bound.(*net.TCPListener)
	}
	l.sockets = append(l.sockets, newSocket(name, tcp, shared, l.set, name != Ops))
	return tcp.Addr(), nil
}

func (l *Life) socket(name string) *socket {
	i := slices.IndexFunc(l.sockets, func(s *socket) bool { return s.name == name })
	if i < 0 {
		return nil
	}
	return l.sockets[i]
}

// Serve lets a server answer on a socket from Ready on. It gets HTTP/2 without
// TLS beside HTTP/1.1, and its hooks for connections are ours from now on.
func (l *Life) Serve(name string, srv *http.Server) error {
	s := l.socket(name)
	if s == nil {
		return fmt.Errorf("no socket %q is open", name)
	}
	srv.Protocols = new(http.Protocols)
	srv.Protocols.SetHTTP1(true)
	srv.Protocols.SetUnencryptedHTTP2(true)
	if !s.drains {
		l.ops = append(l.ops, srv)
		s.server = srv
		return nil
	}
	srv.ConnState, srv.ConnContext = l.set.hook, contextOf
	srv.Handler = l.set.handler(srv.Handler, l.ends)
	l.servers = append(l.servers, srv)
	s.server = srv
	return nil
}

// ends reports whether a request's answer is its connection's last.
func (l *Life) ends(r *http.Request) bool {
	return l.set.ending.Load() || r.ProtoMajor >= 2 && l.leaving.Load()
}

// Draining is closed when long polls and event streams are to end with a last
// event. A handover that fails makes a new one: ask for each request.
func (l *Life) Draining() <-chan struct{} {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.draining
}

// Unready says why no new requests should be sent here, for /readyz; nil in
// Ready.
func (l *Life) Unready() error {
	if s := l.State(); s != Ready {
		return fmt.Errorf("this process is %v", s)
	}
	return nil
}

// State returns where the process is.
func (l *Life) State() State {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.state
}

// enter changes the state and tells everybody.
func (l *Life) enter(s State) {
	l.mu.Lock()
	before, took := l.state, time.Since(l.since)
	l.state, l.since = s, time.Now()
	close(l.changed)
	l.changed = make(chan struct{})
	l.mu.Unlock()
	open, _ := l.set.open()
	l.cfg.Log.Info("state", "is", s.String(), "was", before.String(), "after", took.Round(time.Millisecond).String(),
		"connections", open, "requests", l.set.inFlight.Load())
	l.say(l.notify.status("%v: %d connections, %d open requests", s, open, l.set.inFlight.Load()))
	if l.cfg.OnState != nil {
		l.cfg.OnState(s)
	}
}

// say logs that the service manager could not be told something.
func (l *Life) say(err error) {
	if err != nil {
		l.cfg.Log.Warn("service manager", "error", err)
	}
}

// watch returns the state and a channel that is closed when it changes.
func (l *Life) watch() (State, <-chan struct{}) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.state, l.changed
}

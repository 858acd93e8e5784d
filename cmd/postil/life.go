package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"postil/comments"
	"postil/deploy/lifecycle"
)

// lifeFlags say how a process begins and ends.
type lifeFlags struct {
	controlFlags
	Takeover        bool          `help:"Replace the process that serves now: take over its sockets and idle connections once this one is ready. If it fails to start, the other goes on as if nothing had been." noenv:""`
	TakeoverTimeout time.Duration `help:"How long a process that takes over from this one may need to become ready." default:"1m" placeholder:"TIME"`
	DrainLame       time.Duration `help:"At SIGTERM, go on for so long while /readyz says no, until balancers have noticed. Their interval × failures + time-out; on Kubernetes 5s." default:"0s" placeholder:"TIME"`
	DrainOneMore    time.Duration `help:"Then wait so long for each open connection's next request, and close it with the answer. As long as clients leave connections idle; behind a proxy 10s." default:"0s" placeholder:"TIME"`
	DrainRequests   time.Duration `help:"Then wait so long for open requests, and cut them." default:"10s" placeholder:"TIME"`
	Grace           time.Duration `help:"After this time whoever stops the process kills it: terminationGracePeriodSeconds less preStop, or TimeoutStopSec. The times above are checked against it; 0 = not known." default:"0s" placeholder:"TIME"`
	FDStore         int           `help:"How many idle connections systemd keeps over a restart: FileDescriptorStoreMax of the unit. 0 = none." name:"fd-store" default:"0" placeholder:"N"`
}

func (f *lifeFlags) timing() lifecycle.Timing {
	return lifecycle.Timing{Lame: f.DrainLame, OneMore: f.DrainOneMore, Requests: f.DrainRequests, Grace: f.Grace, Takeover: f.TakeoverTimeout}
}

// check reports all faults at once.
func (f *lifeFlags) check() error {
	err := f.timing().Check()
	if f.FDStore < 0 || f.FDStore > maxDescriptors {
		err = errors.Join(err, fmt.Errorf("--fd-store: %d is none of 0 to %d", f.FDStore, maxDescriptors))
	}
	return err
}

// lifeSettings are the flags of a life, understood.
type lifeSettings struct {
	timing       lifecycle.Timing
	control      string
	takeover     bool
	fdStore      int
	intermission time.Duration // 0: none
	told         func(lifecycle.State)
}

// maxDescriptors is the most that --fd-store may say; systemd passes no more
// than a process may have open.
const maxDescriptors = 1 << 20

// life understands the flags of serve that are about its life.
func (f *serveFlags) life(store *storeFlags, fault func(flag string, err error)) lifeSettings {
	set := lifeSettings{timing: f.timing(), control: f.path(store, serverSocket), takeover: f.Takeover, fdStore: f.FDStore, intermission: f.Intermission}
	if f.Intermission < 0 || f.Intermission > lifecycle.DefaultMaxHold {
		fault("intermission", fmt.Errorf("%v is not between 0 and %v", f.Intermission, lifecycle.DefaultMaxHold))
	}
	return set
}

// beBorn begins the life: with sockets that systemd passes, or with those of
// the process that is to be replaced.
func (s *server) beBorn(ctx context.Context, set settings) (err error) {
	s.gate = lifecycle.NewGate(lifecycle.GateLimits{MaxBody: maxHeldBody, FailOpen: true})
	s.gate.OnExpiry(func() { s.log.Warn("writes were held as long as they were to be and go on by themselves") })
	if set.life.takeover {
		if err := s.replaceable(ctx, set.life.control); err != nil {
			return err
		}
	}
	s.life, err = lifecycle.Open(ctx, lifecycle.Config{
		Timing: set.life.timing, Control: set.life.control, Takeover: set.life.takeover, FDStore: set.life.fdStore,
		Log: s.log, Health: s.health, OnState: set.life.told, Held: s.gate.Waiting, Refuse: s.gate.End, Reload: s.reload,
		Commands: map[string]lifecycle.Command{"hold": s.hold, "release": s.release, "doctor": s.examine}, Details: s.details,
	})
	if err == nil && set.life.takeover {
		err = s.readKeys()
	}
	return err
}

// replaceable refuses to replace a process that holds writes, for this one
// would let them through, and one that has moved to another database.
func (s *server) replaceable(ctx context.Context, control string) error {
	ctx, cancel := context.WithTimeout(ctx, statusWithin)
	defer cancel()
	reply, err := lifecycle.Ask(ctx, control, lifecycle.Request{Command: "status"}, nil)
	if err != nil {
		return nil // the takeover will say so itself
	}
	var d details
	if err := json.Unmarshal(reply.Details, &d); err != nil {
		return nil // another version, which knows nothing of this
	}
	if d.Writes.Holding {
		return errors.New("--takeover: the running process holds writes, and this one would not; run: postil release")
	}
	if d.Moved && d.Database != s.flags.describe() {
		return fmt.Errorf("--takeover: the running process has moved to the database %s; give this one the same --database", d.Database)
	}
	return nil
}

// details are what a server's status says beside its life.
type details struct {
	Writes   lifecycle.GateStatus `json:"writes"`
	Database string               `json:"database"`        // without a password
	Moved    bool                 `json:"moved,omitempty"` // it is not the one that the process was started with

	left time.Duration // until a hold releases by itself
}

// String says in a sentence what is not as usual.
func (d details) String() string {
	switch {
	case d.Writes.Holding:
		return fmt.Sprintf("Writes are held since %s, for another %v: postil release lets them go on.", d.Writes.Since.UTC().Format(time.RFC3339), d.left.Round(time.Second))
	case d.Writes.Intermission:
		return fmt.Sprintf("Writes wait for the database since %s.", d.Writes.Since.UTC().Format(time.RFC3339))
	}
	return ""
}

func (s *server) details() any {
	p := s.use()
	defer s.leave(p)
	return details{s.gate.Status(), p.database, p.moved, s.gate.Left()}
}

// health feeds the service manager's watchdog. A database that is away is no
// reason to be killed: readers have their files, and writers wait. One that
// says neither yes nor no is, and so is a publisher that is stuck.
func (s *server) health(ctx context.Context) error {
	p := s.use()
	if publisher := p.outlet.current(); publisher != nil {
		publisher.State()
	}
	s.leave(p)
	err := s.reach(ctx)
	if ctx.Err() != nil {
		return fmt.Errorf("the database does not answer: %w", ctx.Err())
	}
	if comments.KindOf(err) == comments.Unavailable {
		return nil
	}
	return err
}

// publish publishes until ctx ends, as soon as no other process does.
func (s *parts) publish(ctx context.Context) {
	select {
	case <-s.life.Alone():
	case <-ctx.Done():
		return
	}
	if s.dir == nil {
		if err := s.takeOutput(ctx); err != nil {
			s.fault = err
			s.log.Error("this process cannot publish and stops", "error", err)
			s.halt()
			return
		}
	}
	s.outlet.current().Run(ctx)
}

// takeOutput takes the output directory that the process before has given up.
// Keys that were replaced between its end and this are not to be missed: with
// the former ones this process could seal an address that nobody can open.
func (s *parts) takeOutput(ctx context.Context) error {
	before := s.keyList
	dir, err := openFreed(ctx, s.flags.publicDir())
	if err != nil {
		return err
	}
	s.dir = dir
	now, err := s.flags.keyList()
	if err != nil {
		return err
	}
	if !sameKeys(before, now) {
		return fmt.Errorf("%s was changed while this process took over; start it again", s.flags.keyName())
	}
	p, err := newPublisher(s.store, dir, s.base, s.log)
	if err == nil {
		s.outlet.become(p)
	}
	return err
}

// Names of control sockets in the data folder.
const (
	serverSocket = "control.sock"
	gateSocket   = "gate.sock"
)

// controlFlags say where a process is commanded.
type controlFlags struct {
	Control string `help:"Socket over which the process is commanded. Empty: control.sock in the data folder, for a gate gate.sock." placeholder:"FILE"`
}

func (f *controlFlags) path(store *storeFlags, name string) string {
	if f.Control != "" {
		return f.Control
	}
	return filepath.Join(store.Data, name)
}

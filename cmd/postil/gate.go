package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"postil/comments/web"
	"postil/deploy/gate"
	"postil/deploy/lifecycle"
)

type gateCmd struct {
	lifeFlags
	Listen    string        `help:"Address for clients. Port 0 takes a free one." default:"127.0.0.1:8079" placeholder:"HOST:PORT"`
	OpsListen string        `help:"Address for you alone: /livez, /readyz, /metrics. There is nothing to command there." default:"127.0.0.1:8078" placeholder:"HOST:PORT"`
	Upstream  []string      `help:"A service behind the gate, as in blog=http://127.0.0.1:8080. With more than one, requests go by their host to the one of that name." placeholder:"NAME=URL"`
	State     string        `help:"File that notes what is held, so that a killed gate holds again. Empty: gate.json in the data folder." placeholder:"FILE"`
	Health    string        `help:"Path that is never held, for checks of the services. Empty: none." default:"/readyz" placeholder:"PATH"`
	Agent     []string      `help:"Requests with this in their User-Agent are never held. Repeat it for more." placeholder:"TEXT"`
	MaxHold   time.Duration `help:"How long a request is held before it gets 503." default:"5m" placeholder:"TIME"`
	MaxHeld   int           `help:"How many requests are held at a time." default:"10000" placeholder:"N"`
	MaxBody   int64         `help:"How many bytes of a request are held: it is read first." default:"1048576" placeholder:"BYTES"`
	Fail      string        `help:"What becomes of a hold that lasts longer than it was to: open lets all go on, closed answers 503." default:"closed" placeholder:"open|closed"`
	LogFormat string        `help:"Form of the log: text or json." default:"text"`
}

// Help says what it is for.
func (gateCmd) Help() string {
	return `A reverse proxy that holds requests while what is behind it is restarted, moved or upgraded: Postil, or anything else that speaks HTTP. "postil hold --gate" makes requests wait, and returns when those that were under way are done; "postil release --gate" lets them go on, in the order in which they came and at a pace that the service stood before. Requests whose client has left never reach it. TLS ends in front of the gate.`
}

// Limits of a gate's flags.
const (
	maxGateHold = time.Hour
	maxGateHeld = 1_000_000
	maxGateBody = 1 << 30
)

// check reports all faults of the flags at once.
func (c *gateCmd) check() error {
	var faults []error
	fault := func(flag string, wrong bool, format string, args ...any) {
		if wrong {
			faults = append(faults, fmt.Errorf("--"+flag+": "+format, args...))
		}
	}
	for flag, address := range map[string]string{"listen": c.Listen, "ops-listen": c.OpsListen} {
		if err := checkAddress(address); err != nil {
			faults = append(faults, fmt.Errorf("--%s: %w", flag, err))
		}
	}
	fault("upstream", len(c.Upstream) == 0, "name at least one service, for example blog=http://127.0.0.1:8080")
	fault("health", c.Health != "" && c.Health[0] != '/', "%q is no path; write it as /readyz", c.Health)
	fault("max-hold", c.MaxHold < time.Second || c.MaxHold > maxGateHold, "%v is not between 1s and %v", c.MaxHold, maxGateHold)
	fault("max-held", c.MaxHeld < 1 || c.MaxHeld > maxGateHeld, "%d is none of 1 to %d", c.MaxHeld, maxGateHeld)
	fault("max-body", c.MaxBody < 1 || c.MaxBody > maxGateBody, "%d is none of 1 to %d", c.MaxBody, maxGateBody)
	fault("fail", c.Fail != "open" && c.Fail != "closed", "%q is neither open nor closed", c.Fail)
	fault("log-format", c.LogFormat != "text" && c.LogFormat != "json", "%q is neither text nor json", c.LogFormat)
	return errors.Join(append(faults, c.lifeFlags.check())...)
}

// Run passes requests on until it is told to stop.
func (c *gateCmd) Run(ctx context.Context, std *stdio, flags *storeFlags) error {
	p, err := c.proxy(flags, newLog(std.err, c.LogFormat == "json"))
	if err != nil {
		return err
	}
	life, err := lifecycle.Open(ctx, lifecycle.Config{
		Timing: c.timing(), Control: c.path(flags, gateSocket), Takeover: c.Takeover, FDStore: c.FDStore, Log: p.log,
		Enter: p.Enter, Held: p.Held, Refuse: p.Refuse, Commands: p.Commands(), Details: p.Details,
		Health: func(context.Context) error { return nil }, // that it is called tells that the process lives
	})
	if err != nil {
		return err
	}
	p.Replaces(life)
	if err := c.open(ctx, std, life, p); err != nil {
		return errors.Join(err, life.Close())
	}
	running, halt := context.WithCancel(context.WithoutCancel(ctx))
	defer halt()
	if ctx.Err() != nil { // told to stop before the life listened to signals
		halt()
	}
	return errors.Join(life.Run(running), life.Close())
}

// loggedProxy is a gate with the log that it shares with its life.
type loggedProxy struct {
	*gate.Proxy
	log *slog.Logger
}

func (c *gateCmd) proxy(flags *storeFlags, log *slog.Logger) (*loggedProxy, error) {
	err := c.check()
	cfg := gate.Config{Health: c.Health, Agents: c.Agent, State: c.State, Log: log, Limits: lifecycle.GateLimits{
		MaxHold: c.MaxHold, MaxHeld: c.MaxHeld, MaxBody: c.MaxBody, FailOpen: c.Fail == "open",
	}}
	for _, text := range c.Upstream {
		u, e := gate.ParseUpstream(text)
		err = errors.Join(err, e)
		cfg.Upstreams = append(cfg.Upstreams, u)
	}
	if err != nil {
		return nil, usageError{err}
	}
	if cfg.State == "" {
		cfg.State = filepath.Join(flags.Data, "gate.json")
	}
	if err := os.MkdirAll(filepath.Dir(cfg.State), 0o700); err != nil {
		return nil, fmt.Errorf("--state: %w", err)
	}
	p, err := gate.New(cfg)
	return &loggedProxy{p, log}, err
}

// open lets requests in and says where.
func (c *gateCmd) open(ctx context.Context, std *stdio, life *lifecycle.Life, p *loggedProxy) error {
	public, err := life.Listen(lifecycle.Public, c.Listen)
	if err != nil {
		return fmt.Errorf("--listen: %w; choose another address, or stop the program that has this one", err)
	}
	ops, err := life.Listen(lifecycle.Ops, c.OpsListen)
	if err != nil {
		return fmt.Errorf("--ops-listen: %w; choose another address, or stop the program that has this one", err)
	}
	err = errors.Join(life.Serve(lifecycle.Public, patient(web.Server(p, p.log))), life.Serve(lifecycle.Ops, web.Server(p.Ops(life), p.log)))
	if err == nil {
		err = life.Ready(ctx)
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(std.out, "Postil gate %s\n  %-14s http://%s\n  %-14s http://%s/metrics\n", version(), "Serving", readableHost(public.(*net.TCPAddr)), "Operations", ops)
	return nil
}

// patient lifts the limits on a request's and an answer's time: what is behind
// the gate may send streams, and knows how long they take.
func patient(srv *http.Server) *http.Server {
	srv.ReadTimeout, srv.WriteTimeout = 0, 0
	return srv
}

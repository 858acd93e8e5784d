package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/alecthomas/kong"

	"postil/deploy/lifecycle"
)

// askFlags say which process is asked, and how it answers.
type askFlags struct {
	controlFlags
	Gate bool `help:"Ask \"postil gate\" instead of \"postil serve\"." noenv:""`
	JSON bool `help:"Print the answer as one JSON object." name:"json"`
}

// socket is where the process is asked.
func (f *askFlags) socket(store *storeFlags) string {
	if f.Gate {
		return f.path(store, gateSocket)
	}
	return f.path(store, serverSocket)
}

// ask gives a command to a running process and prints what it answers.
func (f *askFlags) ask(ctx context.Context, std *stdio, store *storeFlags, command string, args map[string]string) (lifecycle.Reply, error) {
	reply, err := lifecycle.Ask(ctx, f.socket(store), lifecycle.Request{Command: command, Args: args}, nil)
	if f.JSON {
		if err != nil {
			reply.OK, reply.Error = false, err.Error()
		}
		return reply, errors.Join(err, json.NewEncoder(std.out).Encode(reply))
	}
	if err == nil {
		_, err = fmt.Fprintln(std.out, reply.Text)
	}
	return reply, err
}

// checkUpstream refuses to name an upstream to a server, which has none and
// would hold or release everything.
func (f *askFlags) checkUpstream(name string) error {
	if name != "" && !f.Gate {
		return usageError{errors.New("--upstream: only a gate has any; add --gate")}
	}
	return nil
}

type statusCmd struct{ askFlags }

// Help says what the exit codes are.
func (statusCmd) Help() string {
	return `Exit code 0: it serves. 3: it runs, and is starting or stopping. 1: nobody listens, or it does not answer. Fit for a health check where nothing but this program is installed.`
}

// statusWithin is how long a process that is not stuck may take to say how it
// is.
const statusWithin = 10 * time.Second

// Run asks.
func (c *statusCmd) Run(ctx context.Context, std *stdio, flags *storeFlags) error {
	ctx, cancel := context.WithTimeout(ctx, statusWithin)
	defer cancel()
	reply, err := c.ask(ctx, std, flags, "status", nil)
	if err != nil {
		return err
	}
	if reply.Snapshot == nil || reply.Snapshot.State != lifecycle.Ready {
		return exitError{errors.New("it runs, but does not take new requests"), exitNotReady}
	}
	return nil
}

type holdWritesCmd struct {
	askFlags
	Max      time.Duration `help:"Release by itself after this time. A server: 5m, which is also the most. A gate that fails open: its --max-hold; one that fails closed never does." default:"0s" placeholder:"TIME" noenv:""`
	Wait     time.Duration `help:"How long to wait until requests that were under way are done." default:"30s" placeholder:"TIME" noenv:""`
	Upstream string        `help:"Of a gate, only this upstream. Empty: all." placeholder:"NAME" noenv:""`
}

// Help says what happens to readers.
func (holdWritesCmd) Help() string {
	return `For work on the database: new comments, edits, deletions and decisions wait, in the order in which they come, and everything that reads goes on. The command returns when nothing that writes is under way any more; then the database can be restarted or upgraded. "postil release" lets them go on. If it fails because something is still open, writes are held all the same.`
}

// Run asks.
func (c *holdWritesCmd) Run(ctx context.Context, std *stdio, flags *storeFlags, line *kong.Context) error {
	if err := c.checkUpstream(c.Upstream); err != nil {
		return err
	}
	args := map[string]string{argUpstream: c.Upstream, argWait: c.Wait.String()}
	if given(line, argMax) {
		args[argMax] = c.Max.String()
	}
	_, err := c.ask(ctx, std, flags, "hold", args)
	return err
}

type releaseWritesCmd struct {
	askFlags
	Upstream string `help:"Of a gate, only this upstream. Empty: all." placeholder:"NAME" noenv:""`
}

// Help says how to change the database.
func (releaseWritesCmd) Help() string {
	return `With --database on the command line (not from POSTIL_DATABASE) the server goes on with that PostgreSQL, without a restart:

    postil hold
    pg_dump ... | psql ...
    postil release --database postgres://postil@new.example/postil

It must have our tables already, in the version of this program, all sites, and no fewer comments. Then the publisher and the outbox follow, and what was held goes there, in order. If anything is wrong with it, nothing changes and writes stay held. What was sent between the copy and the release may be sent again. Start the server with the same --database the next time.`
}

// Run asks.
func (c *releaseWritesCmd) Run(ctx context.Context, std *stdio, flags *storeFlags, line *kong.Context) error {
	if err := c.checkUpstream(c.Upstream); err != nil {
		return err
	}
	args := map[string]string{argUpstream: c.Upstream}
	if given(line, argDatabase) {
		switch {
		case c.Gate:
			return usageError{errors.New("--database: a gate has none; leave out --gate")}
		case flags.Database == "": // a variable of the shell that is not set
			return usageError{errors.New("--database: it is empty; give the PostgreSQL to go on with, or leave it out to go on with the present one")}
		}
		args[argDatabase] = flags.Database
	}
	_, err := c.ask(ctx, std, flags, "release", args)
	return err
}

// given reports whether a flag stands on the command line.
func given(line *kong.Context, name string) bool {
	return slices.ContainsFunc(line.Path, func(p *kong.Path) bool { return p.Flag != nil && p.Flag.Name == name && !p.Resolved })
}

type drainCmd struct{ askFlags }

// Help says how it differs from SIGTERM.
func (drainCmd) Help() string {
	return `Does what SIGTERM does, with the times of the flags that the process was started with, and returns when every request is answered. The process ends a moment later, when it has published and sent what was left.`
}

// Run asks.
func (c *drainCmd) Run(ctx context.Context, std *stdio, flags *storeFlags) error {
	_, err := c.ask(ctx, std, flags, "drain", nil)
	return err
}

package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"time"

	"postil/deploy/lifecycle"
)

type serveCmd struct {
	serveFlags
}

// Help says what to give it where.
func (serveCmd) Help() string {
	return `At SIGTERM it answers what is open, publishes what changed, sends what waits, and ends; as it stands that takes no longer than the open requests. A second signal hastens. Those who must not notice a restart need one of these:

On one machine, without a service manager: start the new version with --takeover and the same flags.

Under systemd: a socket unit for each of the names public and ops, Type=notify, and FileDescriptorStoreMax=4096 with --fd-store 4096.

On Kubernetes: --drain-lame 5s --drain-one-more 10s, with the hook of "postil prestop --help" or preStop.sleep, a terminationGracePeriodSeconds of at least both, --drain-requests and 5 seconds more, and --grace to have that checked.`
}

// Run serves until it is told to stop.
func (c *serveCmd) Run(ctx context.Context, std *stdio, flags *storeFlags) error {
	set, err := c.settings(flags, time.Now())
	if err != nil {
		return err
	}
	set.life.told = func(state lifecycle.State) { farewell(std.out, state) }
	s, err := start(ctx, flags, set, newLog(std.err, set.jsonLog))
	if err != nil {
		return err
	}
	s.greet(std.out)
	return s.wait()
}

// farewell says why the process is about to end.
func farewell(w io.Writer, state lifecycle.State) {
	switch state {
	case lifecycle.Lame:
		fmt.Fprintln(w, "Stopping: open requests are answered, changed pages published, and what waits is sent.")
	case lifecycle.Handover:
		fmt.Fprintln(w, "Another process takes over; this one gives it all connections.")
	}
}

func newLog(w io.Writer, asJSON bool) *slog.Logger {
	if asJSON {
		return slog.New(slog.NewJSONHandler(w, nil))
	}
	return slog.New(slog.NewTextHandler(w, nil))
}

// greet says where everything is. The line "Serving" is for programs, too.
func (s *server) greet(w io.Writer) {
	row := func(name, format string, args ...any) {
		fmt.Fprintf(w, "  %-14s %s\n", name, fmt.Sprintf(format, args...))
	}
	fmt.Fprintln(w, "Postil", version())
	row("Serving", "%s", s.local)
	if s.base != s.local {
		row("Known as", "%s", s.base)
	}
	row("Comments", "%s", s.flags.describe())
	row("Files", "%s", s.flags.publicDir())
	row("Operations", "http://%s/metrics", s.ops)
	if !s.demo {
		row("Sites", "%s", strings.Join(s.hosts, " "))
	}
	row("Moderation", "%s/admin/", s.base)
	if s.demo {
		fmt.Fprintf(w, "\nNo site is configured yet. Until one is, this machine (and no other) sees a demonstration:\n\n    %s/demo/\n\n", s.base)
		fmt.Fprintf(w, "Write a comment there. To serve your blog: postil serve --site https://blog.example\n")
	}
	if !s.guarded {
		fmt.Fprintf(w, "\nNobody can log in to %s/admin/ yet. To choose a password: postil admin password NAME\n", s.base)
	}
}

package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"time"
)

type serveCmd struct {
	serveFlags
}

// Run serves until it is told to stop.
func (c *serveCmd) Run(ctx context.Context, std *stdio, flags *storeFlags) error {
	set, err := c.settings(flags, time.Now())
	if err != nil {
		return err
	}
	s, err := start(ctx, flags, set, newLog(std.err, set.jsonLog))
	if err != nil {
		return err
	}
	s.greet(std.out)
	<-ctx.Done()
	fmt.Fprintln(std.out, "Stopping: open requests are answered, changed pages published, and what waits is sent.")
	return s.stop()
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
	row("Operations", "http://%s/metrics", s.ops.Addr())
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

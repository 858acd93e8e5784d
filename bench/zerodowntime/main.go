// Command zerodowntime replaces postil again and again while clients ask it,
// and counts what they lose. It starts the real program, and nginx, HAProxy,
// Caddy and PostgreSQL where they take part.
//
//	go run ./bench/zerodowntime                       all of it
//	go run ./bench/zerodowntime --only takeover,gate  these parts
//	go run ./bench/zerodowntime --requests 3000 --restarts 5 --rtt 0
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"postil/bench/setup"
)

// bench is one run.
type bench struct {
	ctx      context.Context
	dir      string // temporary; removed at the end, unless keep
	keep     bool
	program  string // the postil binary
	requests int    // of a cell, at least
	restarts int
	rtts     []time.Duration
	only     []string
	server   *postgres // for those who need one; started when it is needed
	servers  int
}

func main() {
	switch args := os.Args[1:]; {
	case len(args) == 2 && args[0] == shutdownCommand:
		exit(plainServer(args[1]))
	case len(args) == 3 && args[0] == upstreamCommand:
		exit(upstream(args[1], args[2]))
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:])
	stop()
	exit(err)
}

func exit(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "zerodowntime:", err)
		os.Exit(1)
	}
	os.Exit(0)
}

func run(ctx context.Context, args []string) (err error) {
	b := &bench{ctx: ctx}
	if err := b.flags(args); err != nil {
		return err
	}
	if b.dir, err = os.MkdirTemp("", "postil-zerodowntime-"); err != nil {
		return err
	}
	defer func() { b.remove(b.dir) }()
	if err := os.Chmod(b.dir, 0o755); err != nil { // PostgreSQL runs as another user
		return err
	}
	if err := b.build(); err != nil {
		return err
	}
	defer func() {
		if b.server != nil {
			err = errors.Join(err, b.server.Stop())
		}
	}()
	return errors.Join(b.replaceAll(), b.part("database", b.database), b.part("gate", b.gate))
}

func (b *bench) flags(args []string) error {
	f := flag.NewFlagSet("zerodowntime", flag.ContinueOnError)
	f.IntVar(&b.requests, "requests", 30_000, "requests of each cell, at least")
	f.IntVar(&b.restarts, "restarts", 20, "restarts in each cell")
	f.StringVar(&b.program, "program", "", "postil to measure; empty: built from this folder's module")
	f.BoolVar(&b.keep, "keep", false, "leave logs, configurations and databases where they are, and say where")
	rtt := f.String("rtt", "0,2,20", "round trips of the clients, in ms")
	only := f.String("only", "", "parts, with commas between: a way, database, gate; empty: all")
	if err := f.Parse(args); err != nil {
		return err
	}
	for text := range strings.SplitSeq(*rtt, ",") {
		d, err := time.ParseDuration(text + "ms")
		if err != nil || d < 0 {
			return fmt.Errorf("--rtt: %q is no number of milliseconds", text)
		}
		b.rtts = append(b.rtts, d)
	}
	if *only != "" {
		b.only = strings.Split(*only, ",")
	}
	known := []string{"database", "gate"}
	for _, w := range ways() {
		known = append(known, w.name)
	}
	for _, name := range b.only {
		if !slices.Contains(known, name) {
			return fmt.Errorf("--only: there is no %q; there are %s", name, strings.Join(known, ", "))
		}
	}
	if b.requests < 1 || b.restarts < 1 {
		return errors.New("--requests and --restarts: give numbers above 0")
	}
	return nil
}

func (b *bench) chosen(name string) bool { return len(b.only) == 0 || slices.Contains(b.only, name) }

// remove deletes a folder of this run.
func (b *bench) remove(dir string) error {
	if b.keep {
		progress("kept: %s", dir)
		return nil
	}
	return os.RemoveAll(dir)
}

// part runs one that is no way of restarting.
func (b *bench) part(name string, run func() error) error {
	if !b.chosen(name) || b.ctx.Err() != nil {
		return b.ctx.Err()
	}
	if err := run(); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// build makes the program, unless one was named.
func (b *bench) build() (err error) {
	if b.program != "" {
		b.program, err = filepath.Abs(b.program)
		return err
	}
	b.program, err = setup.Build(b.ctx, b.dir)
	return err
}

// replaceAll measures the ways of restarting.
func (b *bench) replaceAll() error {
	var rows [][]string
	var faults error
	for _, w := range ways() {
		if !b.chosen(w.name) {
			continue
		}
		if len(rows) == 0 {
			fmt.Printf("## Restarts under load\n\n")
		}
		fmt.Printf("%s: %s\n", w.name, w.sentence)
		more, err := b.cells(w)
		rows, faults = append(rows, more...), errors.Join(faults, err)
	}
	if len(rows) > 0 {
		fmt.Printf("\n%s\n", legend)
		table(head, rows...)
	}
	return faults
}

// cells measures one way with all kinds of clients.
func (b *bench) cells(w way) (rows [][]string, faults error) {
	for _, protocol := range w.protocols {
		for _, rtt := range b.rtts {
			if b.ctx.Err() != nil {
				return rows, b.ctx.Err()
			}
			progress("%s, %s, round trip %v", w.name, protocol, rtt)
			r, err := b.measure(cell{w, rtt, protocol})
			if err != nil {
				return rows, errors.Join(faults, fmt.Errorf("%s, %s, %v: %w", w.name, protocol, rtt, err))
			}
			progress("%d requests, %d lost, %d done and not answered", r.requests, r.lost, r.silent)
			rows, faults = append(rows, r.row()), errors.Join(faults, r.faulty())
		}
	}
	return rows, faults
}

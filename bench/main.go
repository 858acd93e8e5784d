// Command bench measures postil beside nginx and pgbench, in one run on one
// machine, and prints each figure with the ratio that it is held against.
// Ratios are medians of paired rounds, since machines are noisy; rates per
// CPU-second come from /proc/PID/stat of the servers alone.
//
//	go run ./bench            all of it, a few minutes
//	go run ./bench read cost  only these parts
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"

	"postil/bench/setup"
)

// bench is one run: where things are, and how long the rounds take.
type bench struct {
	ctx     context.Context
	dir     string // temporary; removed at the end
	program string // the postil binary
	round   time.Duration
	rounds  int
	most    int // comments of the largest export that is imported
}

type part struct {
	name, title string
	run         func(*bench) error
}

func parts() []part {
	return []part{
		{"start", "Size, start and idle memory", (*bench).start},
		{"read", "Reading a thread of 100 comments, beside nginx", (*bench).read},
		{"post", "Posting, beside pgbench one-row inserts", (*bench).post},
		{"publish", "From acknowledged post to published file", (*bench).publish},
		{"cost", "One more comment on a long thread", (*bench).cost},
		{"firstview", "A reader's first view, in Chromium", (*bench).firstView},
		{"import", "Bringing in an export of Disqus", (*bench).imports},
	}
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:])
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	b := &bench{ctx: ctx}
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.DurationVar(&b.round, "round", 3*time.Second, "length of one round under load")
	flags.IntVar(&b.rounds, "rounds", 5, "paired rounds of each comparison")
	flags.IntVar(&b.most, "most", manyPosts, "comments of the largest export that is imported")
	if err := flags.Parse(args); err != nil {
		return err
	}
	chosen, err := choose(flags.Args())
	if err != nil {
		return err
	}
	if b.dir, err = os.MkdirTemp("", "postil-bench-"); err != nil {
		return err
	}
	defer os.RemoveAll(b.dir)
	if err := os.Chmod(b.dir, 0o755); err != nil { // PostgreSQL runs as another user
		return err
	}
	if b.program, err = setup.Build(ctx, b.dir); err != nil {
		return err
	}
	for _, p := range chosen {
		fmt.Printf("\n## %s\n\n", p.title)
		if err := p.run(b); err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
	}
	return nil
}

func choose(names []string) ([]part, error) {
	all := parts()
	if len(names) == 0 {
		return all, nil
	}
	var chosen []part
	for _, name := range names {
		i := slices.IndexFunc(all, func(p part) bool { return p.name == name })
		if i < 0 {
			return nil, fmt.Errorf("no part %q; there are start, read, post, publish, cost, firstview, import, and flags before them (-h)", name)
		}
		chosen = append(chosen, all[i])
	}
	return chosen, nil
}

// table prints rows of equal length as Markdown.
func table(head string, rows ...[]string) {
	columns := strings.Split(head, "|")
	fmt.Println("| " + strings.Join(columns, " | ") + " |")
	fmt.Println("|" + strings.Repeat(" --- |", len(columns)))
	for _, row := range rows {
		fmt.Println("| " + strings.Join(row, " | ") + " |")
	}
}

package main

import (
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"time"
)

// Writers: fifty posts a second in all and a few more, each client one in a
// second.
func writers() population { return population{55, 0, 2 * time.Second} }

// awayFor is how long the database is away at the end, and intermission how
// long postil waits for it.
const (
	awayFor      = 40 * time.Second
	intermission = 30 * time.Second
)

const databaseHead = "PostgreSQL|Posts|a second|Times away|Lost|no connection|cut, fresh|cut, reused|not 2xx|> 60 s|Told to come back|Done, unanswered|Done twice|Vanished|Slowest answer"

// database takes PostgreSQL away from writers: twenty times for a moment, and
// once for longer than postil waits.
func (b *bench) database() error {
	fmt.Printf("\n## The database goes away\n\nPostil on a PostgreSQL of its own, with 50 posts a second. \"restarted\": stopped and started again, as often as in the other cells. \"away for %v\": postil, with --intermission %v, tells those who have waited so long to come back (503 with Retry-After), and they do, under the same key.\n\n", awayFor, intermission)
	var rows [][]string
	var faults error
	for _, c := range []struct {
		name  string
		times int
		away  time.Duration
	}{{"restarted", b.restarts, 0}, {"away for " + awayFor.String(), 1, awayFor}} {
		progress("database, %s", c.name)
		row, err := b.withoutDatabase(c.name, c.times, c.away)
		if row == nil {
			return err
		}
		rows, faults = append(rows, row), errors.Join(faults, err)
	}
	table(databaseHead, rows...)
	return faults
}

// withoutDatabase measures posts while the database goes and comes.
func (b *bench) withoutDatabase(name string, times int, away time.Duration) ([]string, error) {
	database, err := b.newDatabase()
	if err != nil {
		return nil, err
	}
	data := filepath.Join(b.dir, name)
	process, base, _, err := serve(filepath.Join(b.dir, "serve.log"), exec.Command(b.program, arguments(data, "--database", database,
		"--listen", "127.0.0.1:0", "--ops-listen", "127.0.0.1:0", "--intermission", intermission.String())...))
	if err != nil {
		return nil, err
	}
	l := newLoad(b.ctx, dialer{base, 0, http1})
	l.posts, l.insists, l.patience = true, away > 0, time.Minute
	began := time.Now()
	l.add(writers())
	for range times {
		if err := b.takeAway(l, away); err != nil {
			return nil, errors.Join(err, process.kill())
		}
	}
	l.finish()
	took := time.Since(began)
	if err := process.stop(); err != nil {
		return nil, err
	}
	stored, err := b.exported("--data", data, "--database", database)()
	if err != nil {
		return nil, err
	}
	c := l.tally.compare(stored)
	row := []string{name, fmt.Sprint(c.posts), fmt.Sprintf("%.0f", float64(c.posts)/took.Seconds()), fmt.Sprint(times), fmt.Sprint(c.lost)}
	for _, lost := range c.losses[refused:] {
		row = append(row, fmt.Sprint(lost))
	}
	row = append(row, fmt.Sprint(c.deferred), fmt.Sprint(c.silent), fmt.Sprint(c.twice), fmt.Sprint(c.vanished), brief(c.slowest))
	if c.lost+c.silent+c.twice+c.vanished > 0 {
		err = fmt.Errorf("%s: the first loss: %w", name, c.sample)
	}
	return row, err
}

// more waits for so many more answers.
func (l *load) more(n int64) error { return l.tally.await(l.tally.requests.Load() + n) }

func (b *bench) sleep(d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-b.ctx.Done():
		return b.ctx.Err()
	}
}

// takeAway stops the server and starts it again.
func (b *bench) takeAway(l *load, away time.Duration) error {
	for _, step := range []func() error{
		func() error { return l.more(100) },
		b.server.down,
		func() error { return b.sleep(away) },
		func() error { return b.server.up(b.ctx) },
		func() error { return l.more(50) },
	} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

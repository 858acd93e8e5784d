package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"

	"github.com/jackc/pgx/v5"

	"postil/bench/setup"
	"postil/comments/storetest"
)

// postPages is how many pages the posters write to, turn and turn about.
const postPages = 50

// insertScript is the row that pgbench inserts: the columns of a comment,
// with text as long as the posters'.
const insertScript = `\set n random(1, 50)
INSERT INTO plain (site, id, thread, number, status, markup, created, decided, edit_key, idempotency, fingerprint, name, website, source, html)
VALUES ('blog.example', gen_random_uuid(), :n, :n, 'published', 'markdown', now(), now(),
  '\x0000000000000000000000000000000000000000000000000000000000000000', '\x0000000000000000000000000000000000000000000000000000000000000000',
  '\x0000000000000000000000000000000000000000000000000000000000000000', 'Ann', '', '%[1]s', '<p>%[1]s</p>');
`

// plainTable has the columns of comments and its primary key, nothing else.
const plainTable = `CREATE TABLE plain (LIKE comments INCLUDING DEFAULTS); ALTER TABLE plain ADD PRIMARY KEY (site, id)`

// post compares comments acknowledged per second with rows that pgbench
// inserts on the same PostgreSQL, which keeps its usual durability.
func (b *bench) post() error {
	cluster, err := storetest.StartCluster(b.dir, storetest.Options{Durable: true})
	if err != nil {
		return err
	}
	defer cluster.Stop()
	dsn := cluster.URL("postgres")
	pg, err := b.serve("post-postgres", "--database", dsn)
	if err != nil {
		return err
	}
	defer pg.Stop()
	if err := b.plainTable(dsn); err != nil {
		return err
	}
	lite, err := b.serve("post-sqlite")
	if err != nil {
		return err
	}
	defer lite.Stop()
	var rows [][]string
	for _, clients := range []int{1, 8, 64} {
		row, err := b.comparePosts(cluster, pg, lite, clients)
		if err != nil {
			return err
		}
		rows = append(rows, row)
	}
	table("Clients|postil on PostgreSQL /s|pgbench /s|ratio|CPU ms per post: postil + PostgreSQL|pgbench's PostgreSQL|postil on SQLite /s|CPU ms per post", rows...)
	fmt.Printf("\nAim: ratio ≥ 0.5 at 8 and 64 clients, memory ≤ 100 MB. Memory at most: %.1f MB on PostgreSQL, %.1f MB on SQLite.\n",
		memory(pg.PID, "VmHWM"), memory(lite.PID, "VmHWM"))
	return nil
}

func (b *bench) plainTable(dsn string) error {
	conn, err := pgx.Connect(b.ctx, dsn)
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(b.ctx))
	if _, err := conn.Exec(b.ctx, plainTable); err != nil {
		return err
	}
	text := sentence(newPoster("", 1).random)
	return os.WriteFile(filepath.Join(b.dir, "insert.sql"), fmt.Appendf(nil, insertScript, text), 0o644)
}

// comparePosts runs paired rounds with so many clients.
func (b *bench) comparePosts(cluster *storetest.Cluster, pg, lite *setup.Service, clients int) ([]string, error) {
	page := func(poster, turn int) string { return fmt.Sprintf("/page-%d", (poster*7+turn)%postPages) }
	var ours, theirs, ratio, ourCPU, theirCPU, liteRate, liteCPU []float64
	for range b.rounds {
		before := cpu(pg.PID) + cpu(cluster.PID())
		n, err := postFor(pg.Base, clients, b.round, page)
		if err != nil {
			return nil, err
		}
		ourCPU = append(ourCPU, (cpu(pg.PID)+cpu(cluster.PID())-before)*1000/float64(n))
		before = cpu(cluster.PID())
		rate, err := b.pgbench(cluster, clients)
		if err != nil {
			return nil, err
		}
		theirCPU = append(theirCPU, (cpu(cluster.PID())-before)*1000/(rate*b.round.Seconds()))
		before = cpu(lite.PID)
		m, err := postFor(lite.Base, clients, b.round, page)
		if err != nil {
			return nil, err
		}
		liteCPU = append(liteCPU, (cpu(lite.PID)-before)*1000/float64(m))
		ours, theirs = append(ours, float64(n)/b.round.Seconds()), append(theirs, rate)
		ratio, liteRate = append(ratio, float64(n)/b.round.Seconds()/rate), append(liteRate, float64(m)/b.round.Seconds())
	}
	whole := func(v []float64) string { return fmt.Sprintf("%.0f", median(v)) }
	fine := func(v []float64) string { return fmt.Sprintf("%.2f", median(v)) }
	return []string{strconv.Itoa(clients), whole(ours), whole(theirs), fine(ratio), fine(ourCPU), fine(theirCPU), whole(liteRate), fine(liteCPU)}, nil
}

var transactionsPerSecond = regexp.MustCompile(`tps = ([0-9.]+)`)

func (b *bench) pgbench(cluster *storetest.Cluster, clients int) (float64, error) {
	out, err := exec.CommandContext(b.ctx, filepath.Join(cluster.Bin, "pgbench"), "-n", "-M", "prepared", "-c", strconv.Itoa(clients), "-j", "1",
		"-T", fmt.Sprintf("%.0f", b.round.Seconds()), "-f", filepath.Join(b.dir, "insert.sql"), cluster.URL("postgres")).CombinedOutput()
	found := transactionsPerSecond.FindSubmatch(out)
	if err != nil || found == nil {
		return 0, fmt.Errorf("pgbench: %w\n%s", err, bytes.TrimSpace(out))
	}
	return strconv.ParseFloat(string(found[1]), 64)
}

package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"postil/comments/storetest"
)

// Sizes of the exports that are imported.
const (
	fewPosts, fewThreads   = 100_000, 2_000
	manyPosts, manyThreads = 1_000_000, 20_000
)

// imports measures how fast an export of Disqus is sanitised and stored, how
// much memory that takes, and how fast all its pages are published then.
func (b *bench) imports() error {
	cluster, err := storetest.StartCluster(b.dir, storetest.Options{Durable: true})
	if err != nil {
		return err
	}
	defer cluster.Stop()
	var rows [][]string
	for _, size := range []struct{ posts, threads int }{{fewPosts, fewThreads}, {manyPosts, manyThreads}} {
		if size.posts > b.most {
			continue
		}
		file := filepath.Join(b.dir, fmt.Sprintf("disqus-%d.xml", size.posts))
		if err := writeFile(file, func(w io.Writer) error { return writeDump(w, size.posts, size.threads) }); err != nil {
			return err
		}
		for _, database := range []string{"SQLite", "PostgreSQL"} {
			row, err := b.importOne(cluster, file, database, size.posts, size.threads)
			if err != nil {
				return err
			}
			rows = append(rows, row)
		}
	}
	table("Database|comments|stored per second|memory at most|pages published per second, with twins|memory of that", rows...)
	fmt.Println("\nAim: 10 000 comments a second, 128 MB, and no more at 1 000 000 than at 100 000 within 20 %; 500 pages a second.")
	return nil
}

func writeFile(name string, write func(io.Writer) error) error {
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	return errors.Join(write(f), f.Close())
}

// importOne imports a file into a new database, and publishes all of it. The
// files stay until the end: where many were removed a moment ago, ext4 looks
// long for an inode, which no blog's first publishing has to.
func (b *bench) importOne(cluster *storetest.Cluster, file, database string, posts, threads int) ([]string, error) {
	data := filepath.Join(b.dir, fmt.Sprintf("import-%s-%d", database, posts))
	flags := []string{"--data", data}
	if database == "PostgreSQL" {
		name := fmt.Sprintf("import_%d", posts)
		if err := cluster.Exec(b.ctx, "CREATE DATABASE "+name); err != nil {
			return nil, err
		}
		flags = append(flags, "--database", cluster.URL(name))
	}
	if _, _, err := b.measured(append(flags, "site", "add", "https://blog.example")); err != nil {
		return nil, err
	}
	took, most, err := b.measured(append(flags, "import", "disqus", file, "--site", "blog.example"))
	if err != nil {
		return nil, err
	}
	published, mostPublishing, err := b.measured(append(flags, "publish", "--all", "--url", "https://comments.example"))
	if err != nil {
		return nil, err
	}
	return []string{
		database, fmt.Sprint(posts), fmt.Sprintf("%.0f", float64(posts)/took.Seconds()), fmt.Sprintf("%.0f MB", most),
		fmt.Sprintf("%.0f", float64(threads)/published.Seconds()), fmt.Sprintf("%.0f MB", mostPublishing),
	}, nil
}

// measured runs the program to its end. It returns how long that took, and
// the most memory that was resident, in megabytes.
func (b *bench) measured(args []string) (took time.Duration, most float64, err error) {
	began := time.Now()
	cmd := exec.CommandContext(b.ctx, b.program, args...)
	out, err := os.Create(filepath.Join(b.dir, "command.log"))
	if err != nil {
		return 0, 0, err
	}
	defer out.Close()
	cmd.Stdout, cmd.Stderr = out, out
	if err := cmd.Start(); err != nil {
		return 0, 0, err
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		err = cmd.Wait()
	}()
	for tick := time.NewTicker(10 * time.Millisecond); ; {
		select {
		case <-tick.C:
			most = max(most, memory(cmd.Process.Pid, "VmHWM"))
		case <-done:
			tick.Stop()
			if err != nil {
				text, _ := os.ReadFile(out.Name())
				err = fmt.Errorf("%v: %w\n%s", args, err, text)
			}
			return time.Since(began), most, err
		}
	}
}

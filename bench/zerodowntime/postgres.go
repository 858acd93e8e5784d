package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"

	"postil/comments/storetest"
)

// postgres is a server that is stopped and started.
type postgres struct {
	*storetest.Cluster
	owner   *syscall.Credential
	process *child // nil: the cluster's own
}

// newDatabase makes one on the server of this run.
func (b *bench) newDatabase() (string, error) {
	if b.server == nil {
		server, err := b.startPostgres()
		if err != nil {
			return "", err
		}
		b.server = server
	}
	b.servers++
	name := fmt.Sprint("cell", b.servers)
	return b.server.URL(name), b.server.Exec(b.ctx, "CREATE DATABASE "+name)
}

// startPostgres starts a server whose commits wait for the disk.
func (b *bench) startPostgres() (*postgres, error) {
	c, err := storetest.StartCluster(b.dir, storetest.Options{Durable: true})
	if err != nil {
		return nil, err
	}
	p := &postgres{Cluster: c}
	info, err := os.Stat(p.data())
	if err != nil {
		return nil, err
	}
	if owner := info.Sys().(*syscall.Stat_t); os.Getuid() == 0 {
		p.owner = &syscall.Credential{Uid: owner.Uid, Gid: owner.Gid}
	}
	return p, nil
}

func (p *postgres) data() string { return filepath.Join(p.Dir(), "data") }

// down stops the server as "pg_ctl stop -m fast" does.
func (p *postgres) down() error {
	file := filepath.Join(p.data(), "postmaster.pid")
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	pid, err := strconv.Atoi(strings.Split(string(text), "\n")[0])
	if err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	if err := syscall.Kill(pid, syscall.SIGINT); err != nil {
		return err
	}
	if p.process != nil {
		return p.process.wait()
	}
	for deadline := time.Now().Add(endWithin); time.Now().Before(deadline); time.Sleep(time.Millisecond) {
		if _, err := os.Stat(file); os.IsNotExist(err) {
			return nil
		}
	}
	return fmt.Errorf("PostgreSQL has not stopped within %v", endWithin)
}

// up starts the server again, and returns when it answers.
func (p *postgres) up(ctx context.Context) (err error) {
	cmd := exec.Command(filepath.Join(p.Bin, "postgres"), "-D", p.data(), "-k", p.Dir(), "-h", "", "-c", "max_connections=200", "-c", "shared_buffers=32MB")
	cmd.Dir, cmd.SysProcAttr = "/", &syscall.SysProcAttr{Credential: p.owner}
	if p.process, err = launch(filepath.Join(p.Dir(), "log"), cmd); err != nil {
		return err
	}
	for deadline := time.Now().Add(beginWithin); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		var c *pgx.Conn
		if c, err = pgx.Connect(ctx, p.URL("postgres")); err == nil {
			return c.Close(ctx)
		}
	}
	return fmt.Errorf("PostgreSQL does not answer: %w", err)
}

// Stop ends the server and removes what it kept.
func (p *postgres) Stop() error {
	if p.process != nil {
		if err := p.down(); err != nil {
			return err
		}
	}
	return p.Cluster.Stop()
}

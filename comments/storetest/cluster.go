package storetest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

const startLimit = 30 * time.Second // for a server to answer

// ErrNoPostgres is returned where PostgreSQL is not installed.
var ErrNoPostgres = errors.New("PostgreSQL's server programs are neither in PATH nor in /usr/lib/postgresql; install them (Debian: apt install postgresql, macOS: brew install postgresql), or set POSTIL_TEST_POSTGRES to the URL of a server where databases may be created")

// Options of a cluster.
type Options struct {
	// Durable makes commits wait for the disk, as benchmarks need it. Tests
	// do not: their database dies with them anyway.
	Durable bool
	// Settings are further server settings, such as "max_connections=200".
	Settings []string
}

// Cluster is a running PostgreSQL server that listens on a Unix socket only.
// It ends with [Cluster.Stop], or when this process ends in whatever way.
type Cluster struct {
	Bin string // folder of initdb, pgbench and the others

	dir    string
	shell  *exec.Cmd
	lease  io.Closer // what the shell reads from; its end is the server's
	exited chan struct{}
}

// serve runs postgres ("$@") until standard input ends, and cleans up after
// it. It is a process of its own because nothing in a dying process is sure
// to run; and however it dies, its end of the pipe closes.
const serve = `
"$@" >"$0/log" 2>&1 </dev/null &
read -r _
kill -QUIT $! 2>/dev/null
wait $!
rm -rf "$0"
`

// StartCluster makes a cluster in an empty directory of its own below dir
// ("" for the usual place of temporary files), and starts it. When run as
// root the server runs as postgres or nobody, as it refuses to be root.
func StartCluster(dir string, o Options) (*Cluster, error) {
	bin, err := findPostgres()
	if err != nil {
		return nil, err
	}
	dir, err = os.MkdirTemp(dir, "postil-pg-")
	if err != nil {
		return nil, err
	}
	c := &Cluster{Bin: bin, dir: dir, exited: make(chan struct{})}
	attr, err := c.unprivileged()
	if err == nil {
		err = c.initdb(attr)
	}
	if err == nil {
		err = c.start(attr, o)
	}
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	if err := c.await(); err != nil {
		return nil, errors.Join(err, c.Stop())
	}
	return c, nil
}

// findPostgres returns the folder with PostgreSQL's server programs: the one
// in PATH, or Debian's newest.
func findPostgres() (string, error) {
	if path, err := exec.LookPath("initdb"); err == nil {
		path, err = filepath.EvalSymlinks(path)
		return filepath.Dir(path), err
	}
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if err != nil || len(found) == 0 {
		return "", ErrNoPostgres
	}
	version := func(path string) int {
		n, _ := strconv.Atoi(strings.Split(path, "/")[4])
		return n
	}
	return filepath.Dir(slices.MaxFunc(found, func(a, b string) int { return version(a) - version(b) })), nil
}

// unprivileged gives the directory to whom the server is to run as.
func (c *Cluster) unprivileged() (*syscall.SysProcAttr, error) {
	attr := &syscall.SysProcAttr{Setpgid: true} // an interrupt from the keyboard is for the test alone
	if os.Getuid() != 0 {
		return attr, nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		if u, err = user.Lookup("nobody"); err != nil {
			return nil, err
		}
	}
	uid, uerr := strconv.ParseUint(u.Uid, 10, 32)
	gid, gerr := strconv.ParseUint(u.Gid, 10, 32)
	if err := errors.Join(uerr, gerr, os.Chown(c.dir, int(uid), int(gid))); err != nil {
		return nil, err
	}
	attr.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	return attr, nil
}

func (c *Cluster) initdb(attr *syscall.SysProcAttr) error {
	cmd := exec.Command(filepath.Join(c.Bin, "initdb"), "-D", c.data(), "-U", "postgres", "-N", "--locale=C.UTF-8", "-A", "trust")
	cmd.Dir, cmd.SysProcAttr = "/", attr
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w\n%s", err, out)
	}
	return nil
}

func (c *Cluster) data() string { return filepath.Join(c.dir, "data") }

func (c *Cluster) start(attr *syscall.SysProcAttr, o Options) error {
	args := []string{"-c", serve, c.dir, filepath.Join(c.Bin, "postgres"), "-D", c.data(), "-k", c.dir, "-h", ""}
	settings := []string{"max_connections=200", "shared_buffers=32MB"}
	if !o.Durable {
		settings = append(settings, "fsync=off", "synchronous_commit=off", "full_page_writes=off")
	}
	for _, s := range append(settings, o.Settings...) {
		args = append(args, "-c", s)
	}
	c.shell = exec.Command("sh", args...)
	c.shell.Dir, c.shell.SysProcAttr = "/", attr
	lease, err := c.shell.StdinPipe()
	if err != nil {
		return err
	}
	c.lease = lease
	if err := c.shell.Start(); err != nil {
		return err
	}
	go func() {
		_ = c.shell.Wait() // it reports how the server ended, which is by our signal
		close(c.exited)
	}()
	return nil
}

// await returns once the server answers.
func (c *Cluster) await() error {
	ctx, cancel := context.WithTimeout(context.Background(), startLimit)
	defer cancel()
	for {
		err := c.Exec(ctx, "SELECT 1")
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			log, _ := os.ReadFile(filepath.Join(c.dir, "log"))
			return fmt.Errorf("PostgreSQL does not answer: %w\n%s", err, log)
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// URL returns the address of a database of the cluster.
func (c *Cluster) URL(database string) string {
	return "postgres://postgres@/" + database + "?host=" + url.QueryEscape(c.dir)
}

// Dir is the folder of the server's socket.
func (c *Cluster) Dir() string { return c.dir }

// PID is the process whose children are the server.
func (c *Cluster) PID() int { return c.shell.Process.Pid }

// Exec runs one statement in the database postgres.
func (c *Cluster) Exec(ctx context.Context, statement string) error {
	return execute(ctx, c.URL("postgres"), statement)
}

func execute(ctx context.Context, server, statement string) error {
	conn, err := pgx.Connect(ctx, server)
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	_, err = conn.Exec(ctx, statement)
	return err
}

// Stop ends the server and removes its files.
func (c *Cluster) Stop() error {
	err := c.lease.Close()
	<-c.exited
	return errors.Join(err, os.RemoveAll(c.dir))
}

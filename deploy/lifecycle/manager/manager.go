// Package manager is a small service manager for tests and measurements: it
// passes sockets by name, listens to sd_notify and keeps descriptors, as
// systemd does for one service. Nothing of the program uses it.
package manager

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"
)

// readyWithin is how long a service may take to say READY=1, and stopWithin how
// long to end at SIGTERM.
const (
	readyWithin = 20 * time.Second
	stopWithin  = 60 * time.Second
)

// Manager runs one service, one process at a time.
type Manager struct {
	dir    string
	notify *net.UnixConn

	mu       sync.Mutex
	sockets  map[string]*os.File
	store    []stored
	messages []string
	news     chan struct{} // closed at the next message
}

// stored is a descriptor that the service asked to keep.
type stored struct {
	name string
	file *os.File
}

// New returns a manager that keeps its socket in a directory.
func New(dir string) (*Manager, error) {
	c, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: filepath.Join(dir, "notify"), Net: "unixgram"})
	if err != nil {
		return nil, err
	}
	if err := c.SetReadBuffer(1 << 20); err != nil {
		return nil, err
	}
	m := &Manager{dir: dir, notify: c, sockets: map[string]*os.File{}, news: make(chan struct{})}
	go m.listen()
	return m, nil
}

// Close ends the manager and gives back all it keeps; the service is the
// caller's to stop.
func (m *Manager) Close() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	errs := []error{m.notify.Close()}
	for _, f := range m.sockets {
		errs = append(errs, f.Close())
	}
	for _, s := range m.store {
		errs = append(errs, s.file.Close())
	}
	return errors.Join(errs...)
}

// Socket opens a socket that every process of the service gets by its name.
func (m *Manager) Socket(name, address string) (net.Addr, error) {
	var plain net.ListenConfig
	plain.SetMultipathTCP(false) // as systemd's sockets are
	l, err := plain.Listen(context.Background(), "tcp", address)
	if err != nil {
		return nil, err
	}
	defer l.Close()
	f, err := l.(*net.TCPListener).File()
	if err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.sockets[name] = f
	return l.Addr(), nil
}

// listen reads what the service says.
func (m *Manager) listen() {
	buf, oob := make([]byte, 4096), make([]byte, 1024)
	for {
		n, oobn, _, _, err := m.notify.ReadMsgUnix(buf, oob)
		if err != nil {
			return
		}
		m.take(strings.TrimSpace(string(buf[:n])), descriptors(oob[:oobn]))
	}
}

func descriptors(oob []byte) (files []*os.File) {
	controls, err := syscall.ParseSocketControlMessage(oob)
	if err != nil {
		return nil
	}
	for _, c := range controls {
		fds, err := syscall.ParseUnixRights(&c)
		if err != nil {
			continue // credentials
		}
		for _, fd := range fds {
			syscall.CloseOnExec(fd)
			files = append(files, os.NewFile(uintptr(fd), "stored"))
		}
	}
	return files
}

// take does what a message asks for.
func (m *Manager) take(message string, files []*os.File) {
	m.mu.Lock()
	defer m.mu.Unlock()
	lines := strings.Split(message, "\n")
	name := "stored"
	for _, line := range lines {
		if n, ok := strings.CutPrefix(line, "FDNAME="); ok {
			name = n
		}
	}
	switch {
	case slices.Contains(lines, "FDSTORE=1"):
		for _, f := range files {
			m.store = append(m.store, stored{name, f})
		}
	case slices.Contains(lines, "FDSTOREREMOVE=1"):
		m.store = slices.DeleteFunc(m.store, func(s stored) bool { return s.name == name && s.file.Close() == nil })
	default: // a barrier's descriptor is closed, which is the answer
		for _, f := range files {
			f.Close()
		}
	}
	m.messages = append(m.messages, message)
	close(m.news)
	m.news = make(chan struct{})
}

// Messages returns all that the service has said so far.
func (m *Manager) Messages() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.messages)
}

// Stored returns how many descriptors are kept, by name.
func (m *Manager) Stored() map[string]int {
	m.mu.Lock()
	defer m.mu.Unlock()
	count := map[string]int{}
	for _, s := range m.store {
		count[s.name]++
	}
	return count
}

// Process is one process of the service.
type Process struct {
	*exec.Cmd
	Stderr *bytes.Buffer // to be read after its end
	ended  chan struct{}
}

// Start starts the service and returns when it has said READY=1.
func (m *Manager) Start(env []string, command ...string) (*Process, error) {
	m.mu.Lock()
	said, news := len(m.messages), m.news
	p := m.command(env, command)
	err := p.start() // under the lock: a descriptor may be given up at any time
	m.mu.Unlock()
	if err != nil {
		return nil, err
	}
	deadline := time.After(readyWithin)
	for {
		select {
		case <-news:
		case <-p.ended:
			return nil, fmt.Errorf("the service ended before it was ready: %v\n%s", p.ProcessState, p.Stderr)
		case <-deadline:
			return nil, errors.Join(fmt.Errorf("not ready within %v: %v, %s", readyWithin, m.Messages(), p.Stderr), p.Process.Kill())
		}
		m.mu.Lock()
		ready := slices.ContainsFunc(m.messages[said:], func(s string) bool { return slices.Contains(strings.Split(s, "\n"), "READY=1") })
		news = m.news
		m.mu.Unlock()
		if ready {
			return p, nil
		}
	}
}

// command prepares a process with all descriptors. The shell knows the process
// id that LISTEN_PID must have.
func (m *Manager) command(env, command []string) *Process {
	args := append([]string{"-c", `LISTEN_PID=$$ exec "$0" "$@"`}, command...)
	p := &Process{Cmd: exec.Command("/bin/sh", args...), Stderr: &bytes.Buffer{}, ended: make(chan struct{})}
	var names []string
	for _, name := range slices.Sorted(maps.Keys(m.sockets)) {
		names = append(names, name)
		p.ExtraFiles = append(p.ExtraFiles, m.sockets[name])
	}
	for _, s := range m.store {
		names = append(names, s.name)
		p.ExtraFiles = append(p.ExtraFiles, s.file)
	}
	p.Env = append(append(os.Environ(), env...), "NOTIFY_SOCKET="+filepath.Join(m.dir, "notify"),
		fmt.Sprintf("LISTEN_FDS=%d", len(names)), "LISTEN_FDNAMES="+strings.Join(names, ":"))
	p.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	return p
}

// start starts the process, and reads what it says until it has ended. Only
// then is its end taken: a thread that sleeps in wait4(2) takes a processor
// away from clients in this process, which would look like lost requests.
func (p *Process) start() error {
	says, err := p.StderrPipe()
	if err != nil {
		return err
	}
	if err := p.Cmd.Start(); err != nil {
		return err
	}
	go func() {
		_, _ = p.Stderr.ReadFrom(says) // an error is its end, too
		_ = p.Cmd.Wait()               // its state tells
		close(p.ended)
	}()
	return nil
}

// Stop sends SIGTERM and returns the exit code.
func (p *Process) Stop() (int, error) {
	if err := p.Process.Signal(syscall.SIGTERM); err != nil {
		return 0, err
	}
	select {
	case <-p.ended:
		return p.ProcessState.ExitCode(), nil
	case <-time.After(stopWithin):
		return 0, errors.Join(fmt.Errorf("still running %v after SIGTERM", stopWithin), p.Process.Kill())
	}
}

// Ended is closed when the process has ended.
func (p *Process) Ended() <-chan struct{} { return p.ended }

package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"postil/comments"
	"postil/static/browser"
)

// within bounds every wait for a condition; it is generous because a slow
// machine is no failure.
const within = 30 * time.Second

// poll is the pause between two looks at a condition that nobody announces.
const poll = 5 * time.Millisecond

// eventually waits for a condition and fails naming it.
func eventually(t *testing.T, what string, condition func() bool) {
	t.Helper()
	ticker := time.NewTicker(poll)
	defer ticker.Stop()
	deadline := time.After(within)
	for !condition() {
		select {
		case <-ticker.C:
		case <-deadline:
			t.Fatalf("not within %v: %s", within, what)
		}
	}
}

// program builds the real binary once per test run.
var program = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "postil-test-")
	if err != nil {
		return "", err
	}
	name := filepath.Join(dir, "postil")
	out, err := exec.Command("go", "build", "-o", name, ".").CombinedOutput()
	if err != nil {
		err = fmt.Errorf("build: %w\n%s", err, out)
	}
	return name, err
})

func TestMain(m *testing.M) {
	code := browser.Main(m)
	if name, err := program(); err == nil {
		os.RemoveAll(filepath.Dir(name))
	}
	os.Exit(code)
}

// openStore opens what the program keeps in a data folder.
func openStore(t *testing.T, flags *storeFlags) (comments.Store, comments.Keyring) {
	t.Helper()
	store, err := flags.open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	keys, err := flags.keys()
	if err != nil {
		t.Fatal(err)
	}
	return store, keys
}

// command prepares the real binary.
func command(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	name, err := program()
	if err != nil {
		t.Fatal(err)
	}
	return exec.CommandContext(t.Context(), name, args...)
}

// runProgram runs the real binary to its end and returns all that it said.
func runProgram(t *testing.T, input string, args ...string) (string, error) {
	t.Helper()
	cmd := command(t, args...)
	cmd.Stdin = strings.NewReader(input)
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// process is a running "postil serve" or "postil gate".
type process struct {
	cmd    *exec.Cmd
	base   string
	ops    string
	stdout *syncBuffer
	stderr *syncBuffer
	silent chan struct{} // closed once it has said its last
}

// syncBuffer can be read while a process writes to it.
type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *syncBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *syncBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// serveProgram starts the binary on free ports and waits for its greeting. Its
// sites take comments without any proof, unless args say otherwise.
func serveProgram(t *testing.T, args ...string) *process {
	t.Helper()
	return startProgram(t, append([]string{"serve", "--listen", "127.0.0.1:0", "--ops-listen", "127.0.0.1:0", "--policy", "open"}, args...)...)
}

// startProgram starts the binary with a command that serves, and waits for its
// greeting.
func startProgram(t *testing.T, args ...string) *process {
	t.Helper()
	name, err := program()
	if err != nil {
		t.Fatal(err)
	}
	return startBinary(t, name, args...)
}

// startBinary is startProgram with another release of the program.
func startBinary(t *testing.T, name string, args ...string) *process {
	t.Helper()
	p := &process{cmd: exec.Command(name, args...), stdout: &syncBuffer{}, stderr: &syncBuffer{}, silent: make(chan struct{})}
	p.cmd.Stderr = p.stderr
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.kill() })
	p.greeting(t, out)
	return p
}

// greeting reads where the program listens.
func (p *process) greeting(t *testing.T, out io.Reader) {
	t.Helper()
	lines := bufio.NewScanner(io.TeeReader(out, p.stdout))
	for p.ops == "" && lines.Scan() {
		if name, value, ok := strings.Cut(strings.TrimSpace(lines.Text()), " "); ok && name == "Serving" {
			p.base = strings.TrimSpace(value)
		} else if ok && name == "Operations" {
			p.ops = strings.TrimSuffix(strings.TrimSpace(value), "/metrics")
		}
	}
	go func() {
		defer close(p.silent)
		io.Copy(p.stdout, out)
	}()
	if p.ops == "" {
		p.wait()
		t.Fatalf("it did not start:\n%s%s", p.stdout, p.stderr)
	}
}

// wait reads all that the process says, and only then takes its end.
func (p *process) wait() error {
	<-p.silent
	return p.cmd.Wait()
}

// kill ends the process as a power cut would.
func (p *process) kill() {
	if p.cmd.ProcessState == nil {
		p.cmd.Process.Kill()
		p.wait()
	}
}

// stop ends the process in order and returns its exit code.
func (p *process) stop(t *testing.T) int {
	t.Helper()
	p.cmd.Process.Signal(syscall.SIGTERM)
	if _, ok := errors.AsType[*exec.ExitError](p.wait()); ok {
		t.Logf("serve said:\n%s", p.stderr)
	}
	return p.cmd.ProcessState.ExitCode()
}

// passwordFile writes a password where --smtp-password-file finds it.
func passwordFile(t *testing.T, password string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "password")
	if err := os.WriteFile(name, []byte(password+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// fileHas reports whether a published file holds a text now.
func fileHas(name, text string) bool {
	content, err := os.ReadFile(name)
	return err == nil && strings.Contains(string(content), text)
}

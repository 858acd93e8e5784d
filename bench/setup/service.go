package setup

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// Build makes the program in a folder, as a release is made, and returns its
// path.
func Build(ctx context.Context, dir string) (program string, err error) {
	program = filepath.Join(dir, "postil")
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags=-s -w", "-o", program, "./cmd/postil")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build: %w\n%s", err, out)
	}
	return program, nil
}

// Need says which Debian package a missing tool is in.
func Need(tool, debian string) error {
	if _, err := exec.LookPath(tool); err != nil {
		return errors.Join(err, fmt.Errorf("install it: apt-get install %s", debian))
	}
	return nil
}

// Service is a running postil.
type Service struct {
	Base   string // its address
	Public string // its output directory
	PID    int
	cmd    *exec.Cmd
}

// Serve starts a program on free ports, with a data folder and a log of that
// name in dir, for one site that takes every comment. It returns when the
// program answers; args are further flags of "postil serve".
func Serve(ctx context.Context, program, dir, name, site string, args ...string) (*Service, error) {
	data := filepath.Join(dir, name)
	port, err := FreePort()
	if err != nil {
		return nil, err
	}
	base := fmt.Sprintf("http://127.0.0.1:%d", port)
	log, err := os.Create(filepath.Join(dir, name+".log"))
	if err != nil {
		return nil, err
	}
	defer log.Close()
	args = append([]string{"serve", "--data", data, "--listen", strings.TrimPrefix(base, "http://"), "--ops-listen", "127.0.0.1:0",
		"--site", site, "--policy", "open", "--rate", "0", "--url", base}, args...)
	s := &Service{Base: base, Public: filepath.Join(data, "public"), cmd: exec.CommandContext(ctx, program, args...)}
	s.cmd.Stdout, s.cmd.Stderr = log, log
	s.cmd.Cancel = func() error { return s.cmd.Process.Signal(syscall.SIGTERM) }
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	s.PID = s.cmd.Process.Pid
	if err := Answers(base + "/livez"); err != nil {
		s.Stop()
		text, _ := os.ReadFile(log.Name())
		return nil, fmt.Errorf("%w:\n%s", err, text)
	}
	return s, nil
}

// answersWithin bounds the wait for a server's first answer.
const answersWithin = 20 * time.Second

// Answers waits until a server that was started answers at an address.
func Answers(url string) error {
	for deadline := time.Now().Add(answersWithin); time.Now().Before(deadline); time.Sleep(time.Millisecond) {
		if resp, err := http.Get(url); err == nil {
			return resp.Body.Close()
		}
	}
	return fmt.Errorf("%s did not answer within %v", url, answersWithin)
}

// Stop ends the service and waits for its end.
func (s *Service) Stop() {
	_ = s.cmd.Process.Signal(syscall.SIGTERM)
	_ = s.cmd.Wait()
}

// FreePort returns a port of 127.0.0.1 that nobody listened on a moment ago.
func FreePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}

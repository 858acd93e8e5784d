package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"postil/deploy/lifecycle"
	"postil/deploy/lifecycle/manager"
)

// arguments of every postil that is measured: no limits on one address, and
// comments are published without proof of work.
func arguments(data string, more ...string) []string {
	return append([]string{"serve", "--data", data, "--site", "https://" + site, "--policy", "open", "--rate", "0"}, more...)
}

// managed is a service under a manager that speaks with it as systemd does.
type managed struct {
	*manager.Manager
	at      string
	command []string
	process *manager.Process
	count   func() (map[string]int, error)
}

func (b *bench) manage(dir string, command []string, count func() (map[string]int, error)) (service, error) {
	m, err := manager.New(dir)
	if err != nil {
		return nil, err
	}
	s := &managed{Manager: m, command: command, count: count}
	public, err := m.Socket(lifecycle.Public, "127.0.0.1:0")
	if err == nil {
		_, err = m.Socket(lifecycle.Ops, "127.0.0.1:0")
	}
	if err == nil {
		s.at = public.String()
		s.process, err = m.Start(nil, command...)
	}
	if err != nil {
		return nil, errors.Join(err, m.Close())
	}
	return s, nil
}

func (s *managed) address() string { return s.at }

func (s *managed) restart() (took time.Duration, err error) {
	began := time.Now()
	if err := s.end(); err != nil {
		return 0, err
	}
	took = time.Since(began)
	s.process, err = s.Start(nil, s.command...)
	return took, err
}

func (s *managed) end() error {
	code, err := s.process.Stop()
	if err == nil && code != 0 {
		err = fmt.Errorf("it ended with %d:\n%s", code, s.process.Stderr)
	}
	return err
}

func (s *managed) stop() error { return errors.Join(s.end(), s.Close()) }

func (s *managed) stored() (map[string]int, error) { return s.count() }

func beginShutdown(b *bench, dir string) (service, error) {
	own, err := os.Executable()
	if err != nil {
		return nil, err
	}
	file := filepath.Join(dir, "stored")
	return b.manage(dir, []string{own, shutdownCommand, file}, func() (map[string]int, error) {
		text, err := os.ReadFile(file)
		return tallyKeys(strings.NewReader(string(text)), err)
	})
}

func beginSockets(b *bench, dir string) (service, error) {
	data := filepath.Join(dir, "data")
	return b.manage(dir, append([]string{b.program}, arguments(data, "--drain-one-more", "10s")...), b.exported("--data", data))
}

func beginStore(b *bench, dir string) (service, error) {
	data := filepath.Join(dir, "data")
	return b.manage(dir, append([]string{b.program}, arguments(data, "--drain-one-more", "10s", "--fd-store", "4096")...), b.exported("--data", data))
}

// bare is a process without any manager.
type bare struct {
	*bench
	dir, at string
	process *child
	args    []string
}

func beginTakeover(b *bench, dir string) (service, error) {
	s := &bare{bench: b, dir: dir}
	data := filepath.Join(dir, "data")
	process, base, ops, err := serve(filepath.Join(dir, "log"), exec.Command(b.program, arguments(data, "--listen", "127.0.0.1:0", "--ops-listen", "127.0.0.1:0")...))
	s.process, s.at = process, base
	s.args = arguments(data, "--listen", base, "--ops-listen", strings.TrimPrefix(ops, "http://"), "--takeover")
	return s, err
}

func (s *bare) address() string { return s.at }

func (s *bare) restart() (time.Duration, error) {
	began := time.Now()
	next, _, _, err := serve(filepath.Join(s.dir, "log"), exec.Command(s.program, s.args...))
	if err != nil {
		return 0, err
	}
	err = s.process.wait()
	s.process = next
	return time.Since(began), err
}

func (s *bare) stop() error { return s.process.stop() }

func (s *bare) stored() (map[string]int, error) {
	return s.exported("--data", filepath.Join(s.dir, "data"))()
}

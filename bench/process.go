package main

import (
	"bufio"
	"bytes"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// clockTicks is USER_HZ, in which /proc counts CPU time; 100 on every Linux
// architecture that Go runs on.
const clockTicks = 100

// service is a running postil.
type service struct {
	cmd    *exec.Cmd
	base   string
	public string
	log    string
}

// serve starts postil on free ports with its own data folder and waits until
// it answers.
func (b *bench) serve(name string, args ...string) (*service, error) {
	data := filepath.Join(b.dir, name)
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	base := fmt.Sprintf("http://127.0.0.1:%d", port)
	log, err := os.Create(filepath.Join(b.dir, name+".log"))
	if err != nil {
		return nil, err
	}
	defer log.Close()
	args = append([]string{"serve", "--data", data, "--listen", strings.TrimPrefix(base, "http://"), "--ops-listen", "127.0.0.1:0",
		"--site", blog, "--policy", "open", "--rate", "0", "--url", base}, args...)
	s := &service{cmd: exec.CommandContext(b.ctx, b.program, args...), base: base, public: filepath.Join(data, "public"), log: log.Name()}
	s.cmd.Stdout, s.cmd.Stderr = log, log
	s.cmd.Cancel = func() error { return s.cmd.Process.Signal(syscall.SIGTERM) }
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	return s, s.ready()
}

// readyWithin bounds the wait for a server's first answer.
const readyWithin = 20 * time.Second

func (s *service) ready() error {
	for deadline := time.Now().Add(readyWithin); time.Now().Before(deadline); time.Sleep(time.Millisecond) {
		resp, err := http.Get(s.base + "/livez")
		if err == nil {
			resp.Body.Close()
			return nil
		}
	}
	text, _ := os.ReadFile(s.log)
	return fmt.Errorf("%s did not answer within %v:\n%s", s.base, readyWithin, text)
}

func (s *service) stop() {
	s.cmd.Process.Signal(syscall.SIGTERM)
	s.cmd.Wait()
}

// cpu returns the seconds of CPU that a process and its children have used,
// see proc_pid_stat(5).
func cpu(pid int) float64 {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0
	}
	_, rest, _ := bytes.Cut(stat, []byte(") "))
	fields := strings.Fields(string(rest))
	var total float64
	for _, f := range fields[11:15] { // utime, stime, and those of children that have ended
		ticks, _ := strconv.ParseFloat(f, 64)
		total += ticks / clockTicks
	}
	for _, child := range children(pid) {
		total += cpu(child)
	}
	return total
}

func children(pid int) []int {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/children", pid, pid))
	if err != nil {
		return nil
	}
	var pids []int
	for _, f := range strings.Fields(string(text)) {
		if n, err := strconv.Atoi(f); err == nil {
			pids = append(pids, n)
		}
	}
	return pids
}

// memory returns a figure of /proc/PID/status in megabytes: VmRSS is what is
// resident now, VmHWM the most that ever was.
func memory(pid int, field string) float64 {
	f, err := os.Open(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	defer f.Close()
	for s := bufio.NewScanner(f); s.Scan(); {
		if name, value, ok := strings.Cut(s.Text(), ":"); ok && name == field {
			kb, _ := strconv.ParseFloat(strings.Fields(value)[0], 64)
			return kb / 1024
		}
	}
	return 0
}

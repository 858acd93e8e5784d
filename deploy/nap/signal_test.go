package main

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// maxEnd is how long nap may take to end at SIGTERM.
const maxEnd = 5 * time.Millisecond

// tries at the time between signal and end: a busy machine is no failure of
// nap, and the quickest try cannot be quicker than nap is.
const tries = 9

// asleep waits until the kernel says that a process waits, with a handler for
// SIGTERM in place.
func asleep(t *testing.T, pid int) {
	t.Helper()
	deadline := time.Now().Add(30 * time.Second)
	for time.Now().Before(deadline) {
		status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(status), "State:\tS") && catches(t, string(status), syscall.SIGTERM) {
			return
		}
		runtime.Gosched()
	}
	t.Fatalf("process %d never slept with a handler", pid)
}

// catches reads SigCgt, a mask in hexadecimal with bit n-1 for signal n.
func catches(t *testing.T, status string, signal syscall.Signal) bool {
	t.Helper()
	_, rest, _ := strings.Cut(status, "SigCgt:\t")
	line, _, _ := strings.Cut(rest, "\n")
	mask, err := strconv.ParseUint(line, 16, 64)
	if err != nil {
		t.Fatal(err)
	}
	return mask&(1<<(signal-1)) != 0
}

// end sends SIGTERM and returns the time until nap has exited, with 143.
func end(t *testing.T, cmd *exec.Cmd, pid int) time.Duration {
	t.Helper()
	asleep(t, pid)
	began := time.Now()
	if err := syscall.Kill(pid, syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	cmd.Wait()
	took := time.Since(began)
	if code := cmd.ProcessState.ExitCode(); code != 143 {
		t.Fatalf("exit %d, want 143", code)
	}
	return took
}

func TestEndsAtSIGTERM(t *testing.T) {
	for _, m := range machines() {
		t.Run(m.name, func(t *testing.T) {
			measure(t, m, func() (*exec.Cmd, int) {
				command := m.command(t, "60")
				cmd := exec.Command(command[0], command[1:]...)
				if err := cmd.Start(); err != nil {
					t.Fatal(err)
				}
				return cmd, cmd.Process.Pid
			})
		})
	}
}

// TestEndsAtSIGTERMAsProcess1 runs nap as the first process of a process-id
// namespace, where a program without a handler would not notice.
func TestEndsAtSIGTERMAsProcess1(t *testing.T) {
	if out, err := exec.Command("unshare", "-fp", "true").CombinedOutput(); err != nil {
		notHere(t, "no new process-id namespace is allowed: %v %s", err, out)
	}
	for _, m := range machines() {
		t.Run(m.name, func(t *testing.T) {
			measure(t, m, func() (*exec.Cmd, int) {
				cmd := exec.Command("unshare", append([]string{"-fp", "--kill-child"}, m.command(t, "60")...)...)
				if err := cmd.Start(); err != nil {
					t.Fatal(err)
				}
				return cmd, child(t, cmd.Process.Pid)
			})
		})
	}
}

// child waits for the only child of a process, once it runs nap.
func child(t *testing.T, parent int) int {
	t.Helper()
	deadline := time.Now().Add(30 * time.Second)
	for time.Now().Before(deadline) {
		list, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/children", parent, parent))
		if err != nil {
			t.Fatal(err)
		}
		pid, err := strconv.Atoi(strings.TrimSpace(string(list)))
		if err != nil {
			continue
		}
		if name, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid)); err == nil && !strings.HasPrefix(string(name), "unshare") {
			return pid
		}
	}
	t.Fatalf("process %d has no child", parent)
	return 0
}

func measure(t *testing.T, m machine, start func() (*exec.Cmd, int)) {
	t.Helper()
	var took []time.Duration
	for range tries {
		cmd, pid := start()
		took = append(took, end(t, cmd, pid))
	}
	slices.Sort(took)
	t.Logf("%s: SIGTERM to exit %v to %v, median %v", m.name, took[0], took[tries-1], took[tries/2])
	if took[0] > maxEnd {
		t.Errorf("%s: the quickest end took %v, want at most %v", m.name, took[0], maxEnd)
	}
}

// TestMakesTwoSystemCalls traces a plain run: between its start and its exit,
// nap asks for a handler and sleeps, and nothing else.
func TestMakesTwoSystemCalls(t *testing.T) {
	needs(t, "strace")
	var native []string
	for _, m := range machines() {
		if m.name == runtime.GOARCH {
			native = m.command(t, "1")
		}
	}
	trace := filepath.Join(t.TempDir(), "trace")
	code, _, errs := run(t, append([]string{"strace", "-o", trace}, native...)...)
	if code != 0 {
		notHere(t, "strace may not trace: exit %d, %s", code, errs)
	}
	if calls := systemCalls(t, trace); !slices.Equal(calls, []string{"execve", "rt_sigaction", "nanosleep", "exit"}) {
		t.Errorf("system calls: %v", calls)
	}
}

// systemCalls lists the names in a trace.
func systemCalls(t *testing.T, name string) (calls []string) {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if call, _, ok := strings.Cut(lines.Text(), "("); ok {
			calls = append(calls, call)
		}
	}
	return calls
}

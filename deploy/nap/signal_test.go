package main

import (
	"fmt"
	"os"
	"os/exec"
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
// nap asks for a handler and sleeps, and nothing else, on both processors.
func TestMakesTwoSystemCalls(t *testing.T) {
	t.Parallel()
	for _, m := range machines() {
		if calls := systemCalls(m.trace(t, "1")); !slices.Equal(calls, []string{"rt_sigaction", "nanosleep", "exit"}) {
			t.Errorf("%s: system calls: %v", m.name, calls)
		}
	}
}

// trace runs nap to its end and returns one line for each system call, by the
// kernel or by the emulator.
func (m machine) trace(t *testing.T, args ...string) string {
	t.Helper()
	command := m.command(t, args...)
	if m.name == runtime.GOARCH {
		needs(t, "strace")
		command = append([]string{"strace"}, command...)
	} else {
		command = slices.Insert(command, 1, "-strace")
	}
	code, _, lines := run(t, command...)
	if code != 0 {
		notHere(t, "%s: nothing may be traced here: exit %d, %s", m.name, code, lines)
	}
	return lines
}

// systemCalls lists the names in a trace, without the one that starts nap.
func systemCalls(trace string) (calls []string) {
	for line := range strings.Lines(trace) {
		call, _, ok := strings.Cut(line, "(")
		name := call[strings.LastIndex(call, " ")+1:] // after the process's number
		if ok && name != "execve" {
			calls = append(calls, name)
		}
	}
	return calls
}

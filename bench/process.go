package main

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"strconv"
	"strings"

	"postil/bench/setup"
)

// clockTicks is USER_HZ, in which /proc counts CPU time; 100 on every Linux
// architecture that Go runs on.
const clockTicks = 100

// serve starts postil for the site under test.
func (b *bench) serve(name string, args ...string) (*setup.Service, error) {
	return setup.Serve(b.ctx, b.program, b.dir, name, blog, args...)
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

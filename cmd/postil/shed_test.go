package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"
)

// TestIdleProgramKeepsNothingOfItsBeginning starts the program on an empty
// folder, for which it reads migrations, writes all files and compresses some:
// it is smaller afterwards than it was at its largest. It is watched from
// outside, for each question would have it collect garbage by itself.
func TestIdleProgramKeepsNothingOfItsBeginning(t *testing.T) {
	t.Parallel()
	if _, err := os.Stat("/proc/self/status"); err != nil {
		t.Skip("this system does not tell how large a process is; Linux does")
	}
	const atLeast = 2_000 // kB
	p := serveProgram(t, "--data", t.TempDir(), "--site", "https://blog.example")
	eventually(t, "it gives memory back", func() bool {
		return kilobytes(t, p, "VmHWM")-kilobytes(t, p, "VmRSS") > atLeast
	})
}

// kilobytes returns a figure of proc_pid_status(5).
func kilobytes(t *testing.T, p *process, field string) int {
	t.Helper()
	status, err := os.ReadFile(filepath.Join("/proc", fmt.Sprint(p.cmd.Process.Pid), "status"))
	if err != nil {
		t.Fatal(err)
	}
	m := regexp.MustCompile(`(?m)^` + field + `:\s+(\d+) kB$`).FindSubmatch(status)
	if m == nil {
		t.Fatalf("no %s in\n%s", field, status)
	}
	n, err := strconv.Atoi(string(m[1]))
	if err != nil {
		t.Fatal(err)
	}
	return n
}

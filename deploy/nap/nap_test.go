package main

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
)

// maxSize is what one program may weigh, in bytes.
const maxSize = 300

// built assembles both programs once.
var built = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "nap-test-")
	if err != nil {
		return "", err
	}
	return dir, build(dir, filepath.Join(dir, "configmap.yaml"))
})

func TestMain(m *testing.M) {
	code := m.Run()
	if dir, err := built(); err == nil {
		os.RemoveAll(dir)
	}
	os.Exit(code)
}

// file returns where a built file lies.
func file(t *testing.T, name string) string {
	t.Helper()
	dir, err := built()
	if err != nil {
		t.Fatal(err)
	}
	return filepath.Join(dir, name)
}

// command returns how to run a machine's program here: itself, or emulated.
func (m machine) command(t *testing.T, args ...string) []string {
	t.Helper()
	program := file(t, "nap-"+m.name)
	if m.name == runtime.GOARCH {
		return append([]string{program}, args...)
	}
	emulator := map[string]string{"amd64": "qemu-x86_64", "arm64": "qemu-aarch64"}[m.name]
	needs(t, emulator)
	return append([]string{emulator, program}, args...)
}

// needs skips on a laptop that lacks a tool, and fails where CI is set.
func needs(t *testing.T, tool string) {
	t.Helper()
	if _, err := exec.LookPath(tool); err == nil {
		return
	}
	notHere(t, "%s is missing; .ci/tools installs it", tool)
}

// notHere skips a test that this machine does not let run; in CI it fails.
func notHere(t *testing.T, format string, args ...any) {
	t.Helper()
	if os.Getenv("CI") != "" {
		t.Fatalf(format, args...)
	}
	t.Skipf(format, args...)
}

// run runs a command and returns its exit code and what it printed where.
func run(t *testing.T, command ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	cmd := exec.Command(command[0], command[1:]...)
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		if _, exited := errors.AsType[*exec.ExitError](err); !exited {
			t.Fatal(err)
		}
	}
	return cmd.ProcessState.ExitCode(), out.String(), errs.String()
}

func TestProgramsAreSmallAndWellFormed(t *testing.T) {
	t.Parallel()
	for _, m := range machines() {
		name := file(t, "nap-"+m.name)
		info, err := os.Stat(name)
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%s: %d bytes", m.name, info.Size())
		if info.Size() > maxSize {
			t.Errorf("%s: %d bytes, want at most %d", m.name, info.Size(), maxSize)
		}
		code, out, errs := run(t, "readelf", "-aW", name)
		if code != 0 || errs != "" || strings.Contains(strings.ToLower(out), "warning") || !strings.Contains(out, "EXEC (Executable file)") {
			t.Errorf("%s: readelf: exit %d\n%s%s", m.name, code, errs, out)
		}
	}
}

// TestComponentCarriesThePrograms fails when a source was changed and "go
// generate ./deploy/nap" was forgotten.
func TestComponentCarriesThePrograms(t *testing.T) {
	t.Parallel()
	want, err := os.ReadFile(file(t, "configmap.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile("../kubernetes/components/nap/configmap.yaml")
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("the component is stale: run go generate ./deploy/nap (%v)", err)
	}
}

// TestProgramsBehaveAlike runs every kind of input on both processors.
func TestProgramsBehaveAlike(t *testing.T) {
	t.Parallel()
	const usage = "usage: nap [seconds]\n"
	for _, m := range machines() {
		t.Run(m.name, func(t *testing.T) {
			t.Parallel()
			for _, args := range [][]string{{""}, {"1s"}, {"s"}, {"-1"}, {"+1"}, {" 1"}, {"1 "}, {"1.5"}, {"/"}, {":"}, {"2147483648"}, {"18446744073709551617"}, {"1", "2"}} {
				if code, out, errs := run(t, m.command(t, args...)...); code != 2 || out != "" || errs != usage {
					t.Errorf("nap %q: exit %d, %q, %q", args, code, out, errs)
				}
			}
			for _, args := range [][]string{{"0"}, {"000"}} {
				if code, out, errs := run(t, m.command(t, args...)...); code != 0 || out+errs != "" {
					t.Errorf("nap %q: exit %d, %q, %q", args, code, out, errs)
				}
			}
		})
	}
}

// late is how much longer than it is told nap may take where much else is
// going on: less than the times differ by.
const late = 5 * time.Second

func TestSleepsAsLongAsItIsTold(t *testing.T) {
	t.Parallel()
	for _, m := range machines() {
		for _, c := range []struct {
			args []string
			want time.Duration
		}{{[]string{"1"}, time.Second}, {[]string{"0002"}, 2 * time.Second}, {nil, 10 * time.Second}} {
			t.Run(m.name+strings.Join(c.args, ""), func(t *testing.T) {
				t.Parallel()
				began := time.Now()
				code, out, errs := run(t, m.command(t, c.args...)...)
				if took := time.Since(began); code != 0 || out+errs != "" || took < c.want || took > c.want+late {
					t.Errorf("exit %d after %v, %q", code, took, out+errs)
				}
			})
		}
	}
}

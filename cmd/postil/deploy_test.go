package main

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"postil/deploy/lifecycle"
)

// deployed is where the files for running elsewhere are.
var deployed = filepath.Join("..", "..", "deploy")

// tool finds a program that checks what is deployed.
func tool(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil && os.Getenv("CI") != "" {
		t.Fatalf("%s is missing; .ci/tools installs it", name)
	}
	if err != nil {
		t.Skipf("%s is missing", name)
	}
	return path
}

// said runs a program that must succeed, and returns what it printed.
func said(t *testing.T, input []byte, name string, args ...string) []byte {
	t.Helper()
	var out, errOut bytes.Buffer
	cmd := exec.Command(name, args...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = bytes.NewReader(input), &out, &errOut
	if err := cmd.Run(); err != nil {
		t.Fatalf("%s %v: %v\n%s%s", name, args, err, &out, &errOut)
	}
	return append(out.Bytes(), errOut.Bytes()...)
}

// timingOf reads a command line as the program would.
func timingOf(t *testing.T, args []string) lifecycle.Timing {
	t.Helper()
	var c cli
	parser, err := newParser(&c, nil)
	if err != nil {
		t.Fatal(err)
	}
	k, err := parser.Parse(args)
	if err != nil {
		t.Fatalf("%v: %v", args, err)
	}
	life := c.Serve.lifeFlags
	if k.Command() == "gate" {
		life = c.Gate.lifeFlags
	}
	if err := life.check(); err != nil {
		t.Errorf("%v: %v", args, err)
	}
	return life.timing()
}

// maxExposure is what "systemd-analyze security" may say of a unit: 0 is shut
// off from everything, 10 from nothing.
const maxExposure = 1.5

var (
	execStart = regexp.MustCompile(`(?m)^ExecStart=/usr/bin/postil (.*)$`)
	stopAfter = regexp.MustCompile(`(?m)^TimeoutStopSec=(.*)$`)
	exposure  = regexp.MustCompile(`Overall exposure level for \S+: ([0-9.]+)`)
)

// TestSystemdUnits has systemd read the units, and the program their command
// lines.
func TestSystemdUnits(t *testing.T) {
	t.Parallel()
	analyze := tool(t, "systemd-analyze")
	name, err := program()
	if err != nil {
		t.Fatal(err)
	}
	dir, units := t.TempDir(), []string{"postil.socket", "postil-ops.socket", "postil.service", "postil-gate.socket", "postil-gate-ops.socket", "postil-gate.service"}
	args := []string{"verify", "--man=no"}
	for _, unit := range units {
		text, err := os.ReadFile(filepath.Join(deployed, "systemd", unit))
		if err != nil {
			t.Fatal(err)
		}
		if m := execStart.FindSubmatch(text); m != nil {
			timing := timingOf(t, strings.Fields(string(m[1])))
			if wait, err := time.ParseDuration(string(stopAfter.FindSubmatch(text)[1])); err != nil || timing.Grace == 0 || timing.Grace > wait {
				t.Errorf("%s: --grace %v, TimeoutStopSec %v %v", unit, timing.Grace, wait, err)
			}
		}
		file := filepath.Join(dir, unit)
		if err := os.WriteFile(file, bytes.ReplaceAll(text, []byte("/usr/bin/postil"), []byte(name)), 0o644); err != nil {
			t.Fatal(err)
		}
		args = append(args, file)
	}
	if out := said(t, nil, analyze, args...); len(out) > 0 {
		t.Errorf("%s", out)
	}
	for _, unit := range units {
		if !strings.HasSuffix(unit, ".service") {
			continue
		}
		out := said(t, nil, analyze, "security", "--offline=true", filepath.Join(dir, unit))
		m := exposure.FindSubmatch(out)
		if m == nil {
			t.Fatalf("%s", out)
		}
		if level, err := strconv.ParseFloat(string(m[1]), 64); err != nil || level > maxExposure {
			t.Errorf("%s is exposed by %s, want at most %v", unit, m[1], maxExposure)
		}
	}
}

// TestSystemdFolders has systemd make what the units read from, and close what
// is there already.
func TestSystemdFolders(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	settings := filepath.Join(root, "etc", "postil", "postil.env")
	if err := errors.Join(os.MkdirAll(filepath.Dir(settings), 0o755), os.WriteFile(settings, []byte("POSTIL_SITE=x\n"), 0o644)); err != nil {
		t.Fatal(err)
	}
	conf, err := filepath.Abs(filepath.Join(deployed, "systemd", "tmpfiles.d", "postil.conf"))
	if err != nil {
		t.Fatal(err)
	}
	if os.Getuid() != 0 {
		t.Skip("only root can give folders to root")
	}
	said(t, nil, tool(t, "systemd-tmpfiles"), "--create", "--root="+root, conf)
	for name, want := range map[string]os.FileMode{filepath.Dir(settings): 0o700, settings: 0o600} {
		if info, err := os.Stat(name); err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: %v %v, want %v", name, info.Mode(), err, want)
		}
	}
}

package main

import (
	"os/exec"
	"strings"
	"testing"
)

// TestSecondServerIsRefusedWithTheWayOut starts another server on the same
// address, and one on the same output directory.
func TestSecondServerIsRefusedWithTheWayOut(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	p := serveProgram(t, "--data", data, "--site", "https://blog.example")
	name, err := program()
	if err != nil {
		t.Fatal(err)
	}
	taken := strings.TrimPrefix(strings.Replace(p.base, "localhost", "127.0.0.1", 1), "http://")
	for _, c := range []struct{ listen, data, says string }{
		{taken, t.TempDir(), "--listen: listen tcp " + taken},
		{"127.0.0.1:0", data, "give this process a directory of its own with --public"},
	} {
		out, err := exec.Command(name, "serve", "--listen", c.listen, "--ops-listen", "127.0.0.1:0", "--data", c.data).CombinedOutput()
		if err == nil || !strings.Contains(string(out), c.says) || strings.Contains(string(out), "panic") {
			t.Errorf("%v, want %q in:\n%s", err, c.says, out)
		}
	}
}

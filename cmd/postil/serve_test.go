package main

import (
	"net/http"
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

// TestServeSaysThatNobodyCanLogIn until somebody can.
func TestServeSaysThatNobodyCanLogIn(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	const hint = "postil admin password NAME"
	for _, said := range []bool{true, false} {
		p := serveProgram(t, "--data", data, "--site", "https://blog.example")
		if status, _ := get(t, p.base+"/admin/"); status != http.StatusUnauthorized {
			t.Errorf("/admin/ answers %d to a stranger", status)
		}
		if code := p.stop(t); code != 0 {
			t.Fatalf("serve ended with %d", code)
		}
		if out := p.stdout.String(); strings.Contains(out, hint) != said {
			t.Errorf("it says:\n%s", out)
		}
		if said {
			addModerator(t, "ann", "ann@mail.example", "--data", data)
		}
	}
}

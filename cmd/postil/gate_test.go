package main

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestGateHoldsWhileTheServerIsReplaced stops the server behind a gate really,
// and takes over from the gate while it holds.
func TestGateHoldsWhileTheServerIsReplaced(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	serve := func(listen string) *process {
		return serveProgram(t, "--data", data, "--site", "https://blog.example", "--listen", listen)
	}
	server := serve("127.0.0.1:0")
	behind := strings.Replace(server.base, "localhost", "127.0.0.1", 1)
	gate := startProgram(t, "gate", "--data", data, "--upstream", "blog="+behind, "--listen", "127.0.0.1:0", "--ops-listen", "127.0.0.1:0")
	first := gate.post(t, "blog.example", "/load", "through the gate")
	if reply, code := askProgram(t, data, "hold", "--gate"); code != 0 {
		t.Fatalf("%d %+v", code, reply)
	}
	if _, err := os.Stat(filepath.Join(data, "gate.json")); err != nil {
		t.Error(err)
	}
	var waiting []*writer
	for i := range 3 {
		w := dialWriter(t, gate.base)
		if err := w.send(fmt.Sprint("held ", i)); err != nil {
			t.Fatal(err)
		}
		waiting = append(waiting, w)
	}
	eventually(t, "held", func() bool {
		_, metrics := get(t, gate.ops+"/metrics")
		return strings.Contains(metrics, `postil_gate_waiting{upstream="blog"} 3`)
	})
	if code := server.stop(t); code != 0 {
		t.Errorf("serve ended with %d", code)
	}
	at := strings.TrimPrefix(strings.Replace(gate.base, "localhost", "127.0.0.1", 1), "http://")
	next := startProgram(t, "gate", "--takeover", "--data", data, "--upstream", "blog="+behind, "--listen", at, "--ops-listen", "127.0.0.1:0")
	serve(strings.TrimPrefix(behind, "http://"))
	if reply, code := askProgram(t, data, "release", "--gate"); code != 0 {
		t.Fatalf("%d %+v", code, reply)
	}
	for i, w := range waiting {
		if status, _, _, err := w.answer(); err != nil || status != http.StatusCreated {
			t.Errorf("%d: %d %v", i, status, err)
		}
	}
	if gate.wait(); gate.cmd.ProcessState.ExitCode() != 0 {
		t.Errorf("the first gate ended with %d\n%s", gate.cmd.ProcessState.ExitCode(), gate.stderr)
	}
	if status, text := get(t, next.base+"/feeds/blog.example/load/thread.json"); status != http.StatusOK || !strings.Contains(text, first.ID) {
		t.Errorf("reading: %d", status)
	}
	if code := next.stop(t); code != 0 {
		t.Errorf("the second gate ended with %d", code)
	}
}

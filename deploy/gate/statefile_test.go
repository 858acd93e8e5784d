package gate

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestNothingHeldNeedsNoRoom changes a file beside which none can be written, as
// on a full disk: that nothing is held any more can be noted still.
func TestNothingHeldNeedsNoRoom(t *testing.T) {
	t.Parallel()
	f := &stateFile{path: filepath.Join(t.TempDir(), strings.Repeat("x", 250))} // a longer name is none
	both := `{"version":1,"held":{"a":{"before":1},"b":{"before":2}}}`
	if err := os.WriteFile(f.path, []byte(both), 0o600); err != nil {
		t.Fatal(err)
	}
	err := f.change(func(held map[string]savedHold) { delete(held, "a") })
	if !errors.Is(err, syscall.ENAMETOOLONG) {
		t.Fatalf("written nevertheless: %v", err)
	}
	if s, err := f.load(); err != nil || len(s.Held) != 2 {
		t.Errorf("%+v %v", s, err)
	}
	if err := f.change(func(held map[string]savedHold) { clear(held) }); err != nil {
		t.Fatal(err)
	}
	if s, err := f.load(); err != nil || len(s.Held) != 0 {
		t.Errorf("%+v %v", s, err)
	}
}

// TestReleaseThatCannotBeNotedReleases damages the note under a gate that
// holds.
func TestReleaseThatCannotBeNotedReleases(t *testing.T) {
	t.Parallel()
	b := startBackend(t, "127.0.0.1:0", nil)
	c := childConfig{Upstreams: []string{"blog=" + b.url}, Listen: "127.0.0.1:0", Dir: t.TempDir()}
	g := startChild(t, c)
	g.order(t, "hold")
	if err := os.WriteFile(filepath.Join(c.Dir, "gate.json"), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := tryOrder(g.control, "release")
	if err == nil {
		t.Fatal("nobody is told that it could not be noted")
	}
	mustContain(t, err.Error(), "released, but", "is damaged", "release once more")
	if body := dial(t, g.base).ask(post("/", "x")); body != "x" {
		t.Errorf("%q", body)
	}
}

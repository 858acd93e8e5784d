package lifecycle

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// within bounds every wait for a condition; it is generous because a slow
// machine is no failure.
const within = 20 * time.Second

// childVariable makes the test program a server of its own: see child_test.go.
const childVariable = "POSTIL_LIFECYCLE_CHILD"

func TestMain(m *testing.M) {
	if config := os.Getenv(childVariable); config != "" {
		os.Exit(serveChild(config))
	}
	os.Exit(m.Run())
}

// eventually waits for a condition and fails naming it.
func eventually(t *testing.T, what string, condition func() bool) {
	t.Helper()
	ticker := time.NewTicker(time.Millisecond)
	defer ticker.Stop()
	deadline := time.After(within)
	for !condition() {
		select {
		case <-ticker.C:
		case <-deadline:
			t.Fatalf("not within %v: %s", within, what)
		}
	}
}

func quiet() *slog.Logger { return slog.New(slog.NewTextHandler(io.Discard, nil)) }

// logged returns a log that a test can read.
func logged() (*slog.Logger, *syncBuffer) {
	b := &syncBuffer{}
	return slog.New(slog.NewTextHandler(b, nil)), b
}

// running is a life in this process, with what its Run returned.
type running struct {
	*Life
	base    string
	control string
	cancel  context.CancelFunc
	ended   chan error
	log     *syncBuffer
	states  *stateLog
}

// start serves a handler on a free port.
func start(t *testing.T, cfg Config, handler http.Handler) *running {
	t.Helper()
	r := &running{ended: make(chan error, 1), states: &stateLog{}, control: cfg.Control}
	cfg.Log, r.log = logged()
	cfg.OnState = r.states.add
	address := "127.0.0.1:0"
	l, err := Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	r.Life = l
	a, err := l.Listen(Public, address)
	if err != nil {
		t.Fatal(err)
	}
	r.base = "http://" + a.String()
	if err := l.Serve(Public, &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: time.Minute}); err != nil {
		t.Fatal(err)
	}
	if err := l.Ready(t.Context()); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	r.cancel = cancel
	go func() { r.ended <- l.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		l.order(stop) // clients are still open: hasten
		<-r.ended
		r.ended <- nil
		l.Close()
	})
	return r
}

// finish waits until Run has returned, and returns what it did.
func (r *running) finish(t *testing.T) error {
	t.Helper()
	select {
	case err := <-r.ended:
		r.ended <- err
		return err
	case <-time.After(within):
		t.Fatalf("still %v after %v\n%s", r.State(), within, r.log)
		return nil
	}
}

// short is a timing for tests.
func short() Timing {
	return Timing{OneMore: 5 * time.Second, Requests: 5 * time.Second}
}

func socketPath(t *testing.T) string { return filepath.Join(t.TempDir(), "control.sock") }

func mustContain(t *testing.T, text string, wanted ...string) {
	t.Helper()
	for _, want := range wanted {
		if !strings.Contains(text, want) {
			t.Errorf("want %q in:\n%s", want, text)
		}
	}
}

package gate

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"postil/deploy/lifecycle"
)

// within bounds every wait for a condition; it is generous because a slow
// machine is no failure.
const within = 20 * time.Second

// childVariable makes the test program a gate of its own.
const childVariable = "POSTIL_GATE_CHILD"

func TestMain(m *testing.M) {
	if config := os.Getenv(childVariable); config != "" {
		os.Exit(runChild(config))
	}
	os.Exit(m.Run())
}

// childConfig is what a gate in a process of its own is told.
type childConfig struct {
	Upstreams []string
	Listen    string
	Dir       string
	Takeover  bool
	Open      bool
	MaxHold   time.Duration
}

func (c childConfig) control() string { return filepath.Join(c.Dir, "control.sock") }

// runChild is "postil gate" in small: it shows how the parts go together.
func runChild(config string) int {
	var c childConfig
	if err := json.Unmarshal([]byte(config), &c); err != nil {
		return exit(err)
	}
	log := slog.New(slog.NewTextHandler(os.Stderr, nil))
	cfg := Config{State: filepath.Join(c.Dir, "gate.json"), Log: log, Health: "/up", Agents: []string{"Pingdom"},
		Limits: lifecycle.GateLimits{MaxHold: c.MaxHold, FailOpen: c.Open}}
	for _, text := range c.Upstreams {
		u, err := ParseUpstream(text)
		if err != nil {
			return exit(err)
		}
		cfg.Upstreams = append(cfg.Upstreams, u)
	}
	p, err := New(cfg)
	if err != nil {
		return exit(err)
	}
	l, err := lifecycle.Open(context.Background(), lifecycle.Config{Timing: lifecycle.Timing{OneMore: 2 * time.Second, Requests: 5 * time.Second},
		Control: c.control(), Takeover: c.Takeover, Log: log, Enter: p.Enter, Held: p.Held, Refuse: p.Refuse, Commands: p.Commands(), Details: p.Details})
	if err != nil {
		return exit(err)
	}
	p.Replaces(l)
	a, err := l.Listen(lifecycle.Public, c.Listen)
	if err != nil {
		return exit(err)
	}
	if err := l.Serve(lifecycle.Public, &http.Server{Handler: p, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: time.Minute}); err != nil {
		return exit(err)
	}
	if err := l.Ready(context.Background()); err != nil {
		return exit(errors.Join(err, l.Close()))
	}
	fmt.Println(a)
	return exit(errors.Join(l.Run(context.Background()), l.Close()))
}

func exit(err error) int {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

// process is a running gate.
type process struct {
	*exec.Cmd
	base, control string
	ended         chan struct{}
	stderr        strings.Builder // to be read after its end
}

func startChild(t *testing.T, c childConfig) *process {
	t.Helper()
	p, err := tryChild(t, c)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func tryChild(t *testing.T, c childConfig) (*process, error) {
	t.Helper()
	text, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	p := &process{Cmd: exec.Command(os.Args[0]), control: c.control(), ended: make(chan struct{})}
	p.Env = append(os.Environ(), childVariable+"="+string(text))
	p.Stderr = &p.stderr
	p.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	out, err := p.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.kill)
	line, err := bufio.NewReader(out).ReadString('\n')
	go func() { p.Wait(); close(p.ended) }()
	if err != nil {
		<-p.ended
		return nil, fmt.Errorf("no address: %v\n%s", p.ProcessState, p.stderr.String())
	}
	p.base = "http://" + strings.TrimSpace(line)
	return p, nil
}

// kill ends the process as a power cut would.
func (p *process) kill() {
	p.Process.Kill()
	<-p.ended
}

// order gives the gate a command.
func (p *process) order(t *testing.T, command string, args ...string) lifecycle.Reply {
	t.Helper()
	reply, err := tryOrder(p.control, command, args...)
	if err != nil {
		t.Fatalf("%s: %v", command, err)
	}
	return reply
}

func tryOrder(control, command string, args ...string) (lifecycle.Reply, error) {
	r := lifecycle.Request{Command: command, Args: map[string]string{}}
	for i := 0; i+1 < len(args); i += 2 {
		r.Args[args[i]] = args[i+1]
	}
	ctx, cancel := context.WithTimeout(context.Background(), within)
	defer cancel()
	return lifecycle.Ask(ctx, control, r, nil)
}

// status returns how an upstream's gate stands.
func (p *process) status(t *testing.T, name string) lifecycle.GateStatus {
	t.Helper()
	var s Status
	if err := json.Unmarshal(p.order(t, "status").Details, &s); err != nil {
		t.Fatal(err)
	}
	return s[name]
}

// eventually waits for a condition and fails naming it.
func eventually(t *testing.T, what string, condition func() bool) {
	t.Helper()
	ticker := time.NewTicker(2 * time.Millisecond)
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

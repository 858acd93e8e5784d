package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"postil/deploy/gate"
	"postil/deploy/lifecycle"
)

// The workload of a hold: requests are sent one after the other while the
// upstream is really away, and some clients leave before it is back.
const (
	inFlight    = 10 // long requests when the hold begins
	longRequest = 700
	held        = 200
	heldWithin  = 2 * time.Second
	manyHeld    = 1000
	leavers     = 50
	holdFor     = 5 * time.Second
	holdRounds  = 5
	gateRunning = 30 * time.Second // for anything that is waited for
)

// gated is a gate with its upstream.
type gated struct {
	*bench
	dir, at, ops string
	process      *child
	upstream     *behind
}

func (b *bench) newGated(name string) (*gated, error) {
	g := &gated{bench: b, dir: filepath.Join(b.dir, name)}
	if err := os.Mkdir(g.dir, 0o755); err != nil {
		return nil, err
	}
	var err error
	if g.upstream, err = newBehind(g.dir); err != nil {
		return nil, err
	}
	g.process, g.at, g.ops, err = serve(g.log(), exec.Command(b.program, g.args("127.0.0.1:0", "127.0.0.1:0")...))
	return g, err
}

func (g *gated) log() string { return filepath.Join(g.dir, "gate.log") }

func (g *gated) args(listen, ops string, more ...string) []string {
	return append([]string{"gate", "--data", g.dir, "--upstream", "blog=http://" + g.upstream.at, "--listen", listen, "--ops-listen", ops}, more...)
}

// takeOver replaces the gate while it runs. The one before ends when what it
// holds is answered.
func (g *gated) takeOver() (before *child, err error) {
	before = g.process
	g.process, _, _, err = serve(g.log(), exec.Command(g.program, g.args(g.at, strings.TrimPrefix(g.ops, "http://"), "--takeover")...))
	return before, err
}

func (g *gated) stop() error { return errors.Join(g.process.stop(), g.upstream.process.stop()) }

// order gives the gate a command.
func (g *gated) order(command string) (lifecycle.GateStatus, error) {
	ctx, cancel := context.WithTimeout(g.ctx, gateRunning)
	defer cancel()
	reply, err := lifecycle.Ask(ctx, filepath.Join(g.dir, "gate.sock"), lifecycle.Request{Command: command}, nil)
	if err != nil {
		return lifecycle.GateStatus{}, err
	}
	var s gate.Status
	err = json.Unmarshal(reply.Details, &s)
	return s["blog"], err
}

// waiting returns when so many requests are held.
func (g *gated) waiting(n int) error {
	for deadline := time.Now().Add(gateRunning); time.Now().Before(deadline); time.Sleep(2 * time.Millisecond) {
		s, err := g.order("status")
		if err != nil {
			return err
		}
		if s.Waiting == n {
			return nil
		}
	}
	return fmt.Errorf("there are not %d requests held within %v", n, gateRunning)
}

// memory returns what of the gate is in memory, in kB.
func (g *gated) memory() (float64, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", g.process.cmd.Process.Pid))
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(text)) {
		if name, value, ok := strings.Cut(line, ":"); ok && name == "VmRSS" {
			return strconv.ParseFloat(strings.Fields(value)[0], 64)
		}
	}
	return 0, errors.New("/proc/PID/status has no VmRSS")
}

// gate measures holding.
func (b *bench) gate() error {
	fmt.Printf("\n## Holding: postil gate\n\n")
	return errors.Join(b.holds(), b.heldOver(), b.shortHolds(), b.heldMemory())
}

// holds is the long hold, several times.
func (b *bench) holds() error {
	fmt.Printf("A hold of %v: %d long requests are under way when it begins, then the upstream is stopped, %d GETs come in %v, and %d POSTs whose clients leave; then the upstream is started and the gate told to release. Out of order: of neighbours, and of all pairs; half of them would be chance.\n\n", holdFor, inFlight, held, heldWithin, leavers)
	var rows [][]string
	var faults error
	for round := range holdRounds {
		progress("gate, hold %d of %d", round+1, holdRounds)
		h, err := b.hold(fmt.Sprint("hold", round))
		if err != nil {
			return err
		}
		rows, faults = append(rows, h.row()), errors.Join(faults, h.faulty())
	}
	table("Hold returned after|Lost|Abandoned, delivered|noticed within|Released: first|median|last|Out of order: neighbours|pairs|Most at the upstream (before: 10)|kB a held GET", rows...)
	return faults
}

// holding is what came of a long hold.
type holding struct {
	drained, noticed  time.Duration
	lost, delivered   int
	answers           []time.Duration // since the release, in order of time
	neighbours, pairs float64         // out of order
	most              int             // at the upstream, from the release on
	kilobytes         float64         // of a held request
}

func (h holding) row() []string {
	return []string{brief(h.drained), fmt.Sprint(h.lost), fmt.Sprint(h.delivered), brief(h.noticed),
		brief(h.answers[0]), brief(median(h.answers)), brief(slices.Max(h.answers)),
		fmt.Sprintf("%.1f %%", 100*h.neighbours), fmt.Sprintf("%.2f %%", 100*h.pairs), fmt.Sprint(h.most), fmt.Sprintf("%.1f", h.kilobytes)}
}

func (h holding) faulty() error {
	if h.lost+h.delivered == 0 {
		return nil
	}
	return fmt.Errorf("the gate lost %d requests and delivered %d of clients that had left", h.lost, h.delivered)
}

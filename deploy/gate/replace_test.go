package gate

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// TestUpstreamIsReplacedWithoutAnError stops the upstream really, under load.
func TestUpstreamIsReplacedWithoutAnError(t *testing.T) {
	t.Parallel()
	// On an address of its own, or the port could go to somebody else's
	// connection while nobody listens.
	b := startBackend(t, "127.0.0.2:0", nil)
	g := startChild(t, childConfig{Upstreams: []string{"blog=" + b.url}, Listen: "127.0.0.1:0", Dir: t.TempDir()})
	const clients, each = 20, 40
	var all sync.WaitGroup
	for i := range clients {
		c := dial(t, g.base)
		all.Go(func() {
			for k := range each {
				want := fmt.Sprintf("%d-%d", i, k)
				if _, err := io.WriteString(c, post("/", want)); err != nil {
					t.Error(err)
					return
				}
				resp, err := http.ReadResponse(c.r, nil)
				if err != nil {
					t.Error(err)
					return
				}
				if body, err := io.ReadAll(resp.Body); err != nil || resp.StatusCode != 200 || string(body) != want {
					t.Errorf("%s %q %v", resp.Status, body, err)
				}
			}
		})
	}
	done := make(chan struct{})
	go func() { all.Wait(); close(done) }()
	var got []string
	for running := true; running; {
		select {
		case <-done:
			running = false
		default:
		}
		g.order(t, "hold")
		b.srv.Close()
		got = append(got, b.got()...)
		b = startBackend(t, strings.TrimPrefix(b.url, "http://"), nil)
		g.order(t, "release")
	}
	got = append(got, b.got()...)
	slices.Sort(got)
	if n := len(slices.Compact(slices.Clone(got))); n != clients*each || len(got) != n {
		t.Errorf("%d requests, %d of them different, want %d", len(got), n, clients*each)
	}
}

// TestKilledGateHoldsAgain kills the gate while it waits for an open request.
func TestKilledGateHoldsAgain(t *testing.T) {
	t.Parallel()
	entered, leave := make(chan struct{}, 1), make(chan struct{})
	b := startBackend(t, "127.0.0.1:0", func(r *http.Request) {
		if r.URL.Path == "/slow" {
			entered <- struct{}{}
			<-leave
		}
	})
	defer close(leave)
	c := childConfig{Upstreams: []string{"blog=" + b.url}, Listen: "127.0.0.1:0", Dir: t.TempDir()}
	g := startChild(t, c)
	dial(t, g.base).send(post("/slow", ""))
	<-entered
	failed := make(chan error, 1)
	go func() { _, err := tryOrder(g.control, "hold"); failed <- err }()
	eventually(t, "holding", func() bool { return g.status(t, "blog").Holding })
	g.kill()
	if err := <-failed; err == nil {
		t.Error("a killed gate said that it holds")
	}
	g = startChild(t, c)
	if s := g.status(t, "blog"); !s.Holding || s.Before != 1 {
		t.Errorf("%+v", s)
	}
	held := dial(t, g.base)
	held.send(post("/", "held"))
	eventually(t, "held", func() bool { return g.status(t, "blog").Waiting == 1 })
	g.order(t, "release")
	held.response()
	g.kill()
	if g = startChild(t, c); g.status(t, "blog").Holding {
		t.Error("holds although it was released")
	}
}

// TestGateIsReplacedWhileItHolds takes over from a gate with 200 held
// requests, and holds 50 more: the old ones go first.
func TestGateIsReplacedWhileItHolds(t *testing.T) {
	t.Parallel()
	b := startBackend(t, "127.0.0.1:0", func(*http.Request) { time.Sleep(2 * time.Millisecond) })
	c := childConfig{Upstreams: []string{"blog=" + b.url}, Listen: "127.0.0.1:0", Dir: t.TempDir()}
	old := startChild(t, c)
	idler := dial(t, old.base)
	idler.ask(post("/", "first"))
	old.order(t, "hold")
	hold := func(g *process, from, to int) (clients []*client) {
		for i := from; i < to; i++ {
			c := dial(t, g.base)
			c.send(post("/", fmt.Sprint(i)))
			clients = append(clients, c)
			eventually(t, "held", func() bool { return g.status(t, "blog").Waiting == len(clients) })
		}
		return clients
	}
	before := hold(old, 0, 200)
	c.Takeover, c.Listen = true, strings.TrimPrefix(old.base, "http://")
	next := startChild(t, c)
	if !next.status(t, "blog").Holding {
		t.Fatal("the newcomer does not hold")
	}
	after := hold(next, 200, 250)
	next.order(t, "release")
	for i, c := range append(before, after...) {
		if resp, body := c.response(); resp.StatusCode != 200 || body != fmt.Sprint(i) {
			t.Errorf("%d: %s %q", i, resp.Status, body)
		}
	}
	<-old.ended
	if code := old.ProcessState.ExitCode(); code != 0 {
		t.Errorf("exit %d\n%s", code, old.stderr.String())
	}
	idler.ask(post("/", "last"))
	got := b.got()
	if len(got) != 252 || b.max.Load() > 16 {
		t.Errorf("%d requests, %d at a time", len(got), b.max.Load())
	}
	share := inversions(got[1:251])
	t.Logf("%.2f %% of pairs out of order, %d at a time", share, b.max.Load())
	// Sixteen at a time in any order among themselves would be 3 %, any order at
	// all 50 %. How the machine schedules the upstream decides between 0 and 3.
	if share > 4 {
		t.Errorf("%.2f %% of pairs out of order", share)
	}
}

// inversions returns how many pairs of numbered requests came out of order,
// in per cent.
func inversions(list []string) float64 {
	number := func(s string) (n int) { fmt.Sscanf(s, "/ %d", &n); return n }
	count, pairs := 0, len(list)*(len(list)-1)/2
	for i := range list {
		for _, later := range list[i:] {
			if number(later) < number(list[i]) {
				count++
			}
		}
	}
	return 100 * float64(count) / float64(pairs)
}

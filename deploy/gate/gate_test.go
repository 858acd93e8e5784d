package gate

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"postil/deploy/lifecycle"
)

func TestHealthAndChosenAgentsPass(t *testing.T) {
	t.Parallel()
	b := startBackend(t, "127.0.0.1:0", nil)
	g := startChild(t, childConfig{Upstreams: []string{"blog=" + b.url}, Listen: "127.0.0.1:0", Dir: t.TempDir()})
	g.order(t, "hold")
	dial(t, g.base).ask(post("/up", "health"))
	dial(t, g.base).ask(post("/", "agent", "User-Agent: Pingdom.com_bot\r\n"))
	held := dial(t, g.base)
	held.send(post("/up/x", "not health"))
	eventually(t, "held", func() bool { return g.status(t, "blog").Waiting == 1 })
	g.order(t, "release")
	held.response()
}

func TestUpstreamsAreHeldOneByOne(t *testing.T) {
	t.Parallel()
	one, two := startBackend(t, "127.0.0.1:0", nil), startBackend(t, "127.0.0.1:0", nil)
	g := startChild(t, childConfig{Upstreams: []string{"blog=" + one.url, "shop=" + two.url}, Listen: "127.0.0.1:0", Dir: t.TempDir()})
	g.order(t, "hold", "upstream", "blog")
	g.order(t, "hold", "upstream", "shop")
	g.order(t, "release", "upstream", "shop")
	dial(t, g.base).ask(strings.Replace(post("/", "two"), "Host: blog", "Host: Shop:80", 1))
	held := dial(t, g.base)
	held.send(post("/", "one"))
	eventually(t, "held", func() bool { return g.status(t, "blog").Waiting == 1 })
	c := dial(t, g.base)
	c.send(strings.Replace(post("/", "three"), "Host: blog", "Host: else", 1))
	if resp, _ := c.response(); resp.StatusCode != http.StatusMisdirectedRequest {
		t.Error(resp.Status)
	}
	g.order(t, "release", "upstream", "blog")
	held.response()
	if _, err := tryOrder(g.control, "hold", "upstream", "none"); err == nil {
		t.Error("an unknown upstream was held")
	} else {
		mustContain(t, err.Error(), `no upstream "none" here; there are blog, shop`)
	}
}

func TestAbandonedRequestsNeverReachTheUpstream(t *testing.T) {
	t.Parallel()
	b := startBackend(t, "127.0.0.1:0", nil)
	g := startChild(t, childConfig{Upstreams: []string{"blog=" + b.url}, Listen: "127.0.0.1:0", Dir: t.TempDir()})
	g.order(t, "hold")
	quickest := time.Hour // the other tries say how busy the machine is
	for range 5 {
		clients := make([]*client, 10)
		for i := range clients {
			clients[i] = dial(t, g.base)
			clients[i].send(post("/", "ghost"))
		}
		eventually(t, "held", func() bool { return g.status(t, "blog").Waiting == len(clients) })
		began := time.Now()
		for _, c := range clients {
			c.Close()
		}
		eventually(t, "noticed", func() bool { return g.status(t, "blog").Waiting == 0 })
		quickest = min(quickest, time.Since(began))
	}
	t.Logf("clients that left were noticed after %v", quickest)
	if quickest > 100*time.Millisecond {
		t.Errorf("noticed after %v", quickest)
	}
	g.order(t, "release")
	dial(t, g.base).ask(post("/", "living"))
	if got := b.got(); !slices.Equal(got, []string{"/ living"}) {
		t.Errorf("%q", got)
	}
	if c := g.status(t, "blog").Counts; c.Abandoned != 50 || c.Released != 0 {
		t.Errorf("%+v", c)
	}
}

func TestFailOpenAndFailClosed(t *testing.T) {
	t.Parallel()
	b := startBackend(t, "127.0.0.1:0", nil)
	open := startChild(t, childConfig{Upstreams: []string{"blog=" + b.url}, Listen: "127.0.0.1:0", Dir: t.TempDir(), Open: true})
	open.order(t, "hold", "max", "1s")
	if body := dial(t, open.base).ask(post("/", "x")); body != "x" || open.status(t, "blog").Holding {
		t.Errorf("%q", body)
	}
	note := &stateFile{path: filepath.Join(filepath.Dir(open.control), "gate.json")}
	eventually(t, "the end is noted: a gate that fails closed would hold anew", func() bool {
		s, err := note.load()
		return err == nil && len(s.Held) == 0
	})
	closed := startChild(t, childConfig{Upstreams: []string{"blog=" + b.url}, Listen: "127.0.0.1:0", Dir: t.TempDir(), MaxHold: 100 * time.Millisecond})
	closed.order(t, "hold")
	c := dial(t, closed.base)
	c.send(post("/", "x"))
	if resp, _ := c.response(); resp.StatusCode != 503 || resp.Header.Get("Retry-After") == "" || !closed.status(t, "blog").Holding {
		t.Errorf("%s %v", resp.Status, resp.Header)
	}
}

// TestStoppedGateRefusesWhatItHolds stops a gate that nobody replaces.
func TestStoppedGateRefusesWhatItHolds(t *testing.T) {
	t.Parallel()
	b := startBackend(t, "127.0.0.1:0", nil)
	g := startChild(t, childConfig{Upstreams: []string{"blog=" + b.url}, Listen: "127.0.0.1:0", Dir: t.TempDir()})
	g.order(t, "hold")
	c := dial(t, g.base)
	c.send(post("/", "x"))
	eventually(t, "held", func() bool { return g.status(t, "blog").Waiting == 1 })
	g.Process.Signal(syscall.SIGTERM)
	if resp, _ := c.response(); resp.StatusCode != 503 || !resp.Close {
		t.Errorf("%s, closing %v", resp.Status, resp.Close)
	}
	c.Close()
	<-g.ended
	if len(b.got()) != 0 || g.ProcessState.ExitCode() != 0 {
		t.Errorf("%q, exit %d", b.got(), g.ProcessState.ExitCode())
	}
}

func TestDamagedStateIsRefused(t *testing.T) {
	t.Parallel()
	for text, says := range map[string]string{
		`{"version":1,"held":{"blog":{"si`: "is damaged",
		``:                                 "is damaged",
		`{"version":9}`:                    "has version 9 and this program knows 1",
	} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "gate.json"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := tryChild(t, childConfig{Upstreams: []string{"blog=http://127.0.0.1:1"}, Listen: "127.0.0.1:0", Dir: dir})
		if err == nil {
			t.Errorf("%q was accepted", text)
			continue
		}
		mustContain(t, err.Error(), "--state: ", says, "remove it if nothing is to be held")
	}
}

func TestParseUpstream(t *testing.T) {
	t.Parallel()
	if u, err := ParseUpstream("Blog=https://127.0.0.1:8443/x"); err != nil || u.Name != "blog" || u.URL.Path != "/x" {
		t.Errorf("%+v %v", u, err)
	}
	for _, text := range []string{"", "blog", "=http://a", "blog=", "blog=127.0.0.1:80", "blog=ftp://a", "blog=http://", "blog=http://a?b", "blog=http://u@a", "blog=http://[a"} {
		if _, err := ParseUpstream(text); err == nil || !strings.Contains(err.Error(), "--upstream") {
			t.Errorf("%q: %v", text, err)
		}
	}
	u := Upstream{Name: "blog", URL: parse(t, "http://a")}
	if _, err := New(Config{Upstreams: []Upstream{u, u}}); err == nil || !strings.Contains(err.Error(), "blog is given twice") {
		t.Error(err)
	}
	if _, err := New(Config{}); err == nil || !strings.Contains(err.Error(), "--upstream") {
		t.Error(err)
	}
}

func TestUpstreamThatIsDownAndForwardedHeaders(t *testing.T) {
	t.Parallel()
	var header http.Header
	b := startBackend(t, "127.0.0.1:0", func(r *http.Request) { header = r.Header.Clone(); header.Set("Host", r.Host) })
	p, err := New(Config{Upstreams: []Upstream{{"blog", parse(t, b.url)}}, Log: slog.New(slog.NewTextHandler(io.Discard, nil))})
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(p)
	defer srv.Close()
	dial(t, srv.URL).ask(post("/", "x", "X-Forwarded-For: 192.0.2.1\r\n", "X-Forwarded-Proto: https\r\n"))
	if header.Get("X-Forwarded-For") != "192.0.2.1, 127.0.0.1" || header.Get("X-Forwarded-Proto") != "https" || header.Get("Host") != "blog" {
		t.Errorf("%v", header)
	}
	b.srv.Close()
	c := dial(t, srv.URL)
	c.send(post("/", "x"))
	if resp, _ := c.response(); resp.StatusCode != http.StatusBadGateway {
		t.Error(resp.Status)
	}
	var text strings.Builder
	p.writeMetrics(&text)
	mustContain(t, text.String(), `postil_gate_holding{upstream="blog"} 0`, `postil_gate_abandoned_total{upstream="blog"} 0`)
	if lifecycle.DefaultMaxHeld < 1000 {
		t.Error("too few may be held")
	}
}

package web

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
)

func TestReadinessFollowsTheServiceAndLivenessDoesNot(t *testing.T) {
	t.Parallel()
	var away atomic.Bool
	w := start(t, func(c *Config) {
		c.Ready = func(context.Context) error {
			if away.Load() {
				return errors.New("the database is away")
			}
			return nil
		}
	})
	for _, listener := range []string{w.url, w.ops} {
		for path, want := range map[string]string{"/livez": "ok\n", "/readyz": "ready\n"} {
			if a := w.sendTo(listener, http.MethodGet, path, "").want(http.StatusOK); a.body != want || a.header.Get("Cache-Control") != "no-store" {
				t.Errorf("%s: %q %v", path, a.body, a.header)
			}
		}
	}
	away.Store(true)
	w.sendTo(w.ops, http.MethodGet, "/livez", "").want(http.StatusOK)
	public := w.send(http.MethodGet, "/readyz", "")
	if _, detail := public.problem(http.StatusServiceUnavailable); detail != "Not ready." || public.header.Get("Retry-After") == "" {
		t.Errorf("public: %q %v", detail, public.header)
	}
	if _, detail := w.sendTo(w.ops, http.MethodGet, "/readyz", "").problem(http.StatusServiceUnavailable); detail != "Not ready: the database is away" {
		t.Errorf("ops: %q", detail)
	}
}

func TestMetricsCountByRouteAndNothingElse(t *testing.T) {
	t.Parallel()
	w := shelved(t)
	w.comment("page", "/secret-page")
	w.comment("site", "held.example")
	w.post("/api/v1/comments", draft("body", "")).want(http.StatusBadRequest)
	w.post("/api/v1/comments", draft("site", "closed.example")).want(http.StatusForbidden)
	w.send(http.MethodGet, feedPath, "").want(http.StatusOK)
	w.send(http.MethodHead, feedPath, "", "If-None-Match", "*").want(http.StatusNotModified)
	w.send(http.MethodGet, "/feeds/blog.example/none/feed.xml", "").want(http.StatusNotFound)
	w.send("BREW", "/secret-address", "")
	w.web.Registry().MustRegister(prometheus.NewGauge(prometheus.GaugeOpts{Name: "postil_added_by_others", Help: "h"}))
	text := w.sendTo(w.ops, http.MethodGet, "/metrics", "").want(http.StatusOK).body
	for _, line := range []string{
		`postil_http_requests_total{code="2xx",method="POST",route="/api/v1/comments"} 2`,
		`postil_http_requests_total{code="4xx",method="POST",route="/api/v1/comments"} 2`,
		`postil_http_requests_total{code="2xx",method="GET",route="/feeds/*"} 1`,
		`postil_http_requests_total{code="3xx",method="HEAD",route="/feeds/*"} 1`,
		`postil_http_requests_total{code="4xx",method="GET",route="/feeds/*"} 1`,
		`postil_http_requests_total{code="4xx",method="other",route="none"} 1`,
		`postil_http_request_seconds_count{route="/feeds/*"} 3`,
		`postil_posts_total{outcome="published"} 1`,
		`postil_posts_total{outcome="held"} 1`,
		`postil_posts_total{outcome="invalid"} 1`,
		`postil_posts_total{outcome="refused"} 1`,
		`version="test"`, "postil_added_by_others 0", "go_goroutines ",
	} {
		if !strings.Contains(text, line) {
			t.Errorf("missing: %s", line)
		}
	}
	if strings.Contains(text, "secret") || strings.Contains(text, "blog.example") || strings.Contains(text, "BREW") {
		t.Error("the metrics name pages, sites or clients' words")
	}
	w.send(http.MethodGet, "/metrics", "").want(http.StatusNotFound)
}

func TestPanicIsAnsweredAndLoggedWithoutItsWords(t *testing.T) {
	t.Parallel()
	var asked atomic.Int64
	w := start(t, func(c *Config) {
		c.Ready = func(context.Context) error {
			if asked.Add(1) == 1 {
				panic("what a reader wrote")
			}
			return []error{}[asked.Load()]
		}
	})
	for range 2 {
		w.send(http.MethodGet, "/readyz", "").problem(http.StatusInternalServerError)
	}
	log := w.log.String()
	if strings.Contains(log, "what a reader wrote") || !strings.Contains(log, "panic: string") || !strings.Contains(log, "index out of range") {
		t.Errorf("log: %s", log)
	}
}

func TestConfigurationThatCannotWorkIsRefused(t *testing.T) {
	t.Parallel()
	w := start(t)
	for name, change := range map[string]func(*Config){
		"no base":        func(c *Config) { c.Base = "" },
		"base and slash": func(c *Config) { c.Base = "https://comments.example/" },
		"base of files":  func(c *Config) { c.Base = "file:///srv" },
		"bad rate":       func(c *Config) { c.Rate = Rate{Count: 1} },
	} {
		cfg := w.config()
		change(&cfg)
		if _, err := New(cfg); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
}

func TestHomeSaysWhatThisIs(t *testing.T) {
	t.Parallel()
	w := start(t)
	if a := w.send(http.MethodGet, "/", "").want(http.StatusOK); !strings.Contains(a.body, w.url+"/openapi.json") {
		t.Errorf("%s", a.body)
	}
}

func demonstrating(c *Config) {
	c.Demo = &Demo{Site: "blog.example", Page: "/demo", DiskPath: "/srv/feed.xml"}
}

func TestDemonstrationIsStrictAndShownToThisMachineOnly(t *testing.T) {
	t.Parallel()
	w := start(t, demonstrating, func(c *Config) { c.TrustedProxies = networks(t, "127.0.0.0/8") })
	if a := w.send(http.MethodGet, "/", "").want(http.StatusSeeOther); a.header.Get("Location") != "/demo/" {
		t.Errorf("home: %v", a.header)
	}
	if a := w.send(http.MethodGet, "/demo", "").want(http.StatusPermanentRedirect); a.header.Get("Location") != "/demo/" {
		t.Errorf("no slash: %v", a.header)
	}
	a := w.send(http.MethodGet, "/demo/", "").want(http.StatusOK)
	got := a.header.Get("Content-Security-Policy")
	for _, part := range []string{"default-src 'none'", "script-src " + w.url, "connect-src " + w.url, "style-src 'self'", "require-trusted-types-for 'script'", "trusted-types 'none'"} {
		if !strings.Contains(got, part) {
			t.Errorf("policy %q lacks %q", got, part)
		}
	}
	w.send(http.MethodGet, "/demo/", "", "X-Forwarded-For", "203.0.113.9").want(http.StatusForbidden)
	w.send(http.MethodGet, "/", "", "X-Forwarded-For", "203.0.113.9").want(http.StatusOK)
	untrusting := start(t, demonstrating)
	untrusting.send(http.MethodGet, "/demo/", "", "X-Forwarded-For", "127.0.0.1").want(http.StatusForbidden)
	start(t).send(http.MethodGet, "/demo/", "").want(http.StatusNotFound)
}

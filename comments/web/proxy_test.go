package web

import (
	"net/http"
	"strings"
	"testing"
)

// TestServiceSaysHowARequestCame goes through the real server: the peer is
// this machine, as a proxy beside the service would be.
func TestServiceSaysHowARequestCame(t *testing.T) {
	t.Parallel()
	trusting := func(c *Config) { c.TrustedProxies = networks(t, "127.0.0.0/8") }
	for _, c := range []struct {
		name      string
		configure []func(*Config)
		forwarded string // header; empty: none
		want      string
	}{
		{"direct", nil, "", `{"peer":"private","forwarded":"absent","forged":"no"}`},
		{"untrusted proxy", nil, "198.51.100.77", `{"peer":"private","forwarded":"ignored","forged":"no"}`},
		{"trusted proxy", []func(*Config){trusting}, "198.51.100.77", `{"peer":"private","forwarded":"believed","forged":"no"}`},
		{"trusted proxy of a reader on this machine", []func(*Config){trusting}, "127.0.0.1", `{"peer":"private","forwarded":"believed","forged":"no"}`},
		{"forged through a careless proxy", []func(*Config){trusting}, "192.0.2.1", `{"peer":"private","forwarded":"believed","forged":"yes"}`},
		{"forged through a careful proxy", []func(*Config){trusting}, "192.0.2.1, 198.51.100.77", `{"peer":"private","forwarded":"believed","forged":"no"}`},
		{"forged where the proxies are", []func(*Config){trusting}, "192.0.2.1, 127.0.0.1", `{"peer":"private","forwarded":"believed","forged":"unclear"}`},
		{"forged without a proxy", nil, "192.0.2.1", `{"peer":"private","forwarded":"ignored","forged":"no"}`},
	} {
		w := start(t, c.configure...)
		var header []string
		if c.forwarded != "" {
			header = []string{"X-Forwarded-For", c.forwarded}
		}
		a := w.send(http.MethodGet, "/api/v1/proxy", "", header...)
		if strings.TrimSpace(a.body) != c.want || a.header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: %s", c.name, a.body)
		}
		if c.name == "forged without a proxy" && strings.Contains(w.log.String(), "--trusted-proxy") {
			t.Errorf("%s: the operator is told of a proxy that is none: %s", c.name, w.log)
		}
	}
}

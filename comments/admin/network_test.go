package admin

import (
	"crypto/tls"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
)

// A password must not cross a network in the clear.
func TestPlainConnectionsAreRefused(t *testing.T) {
	t.Parallel()
	w := start(t, func(c *Config) { c.Base = "https://comments.example/talk" })
	for _, c := range []struct {
		name, peer, forwarded string
		tls                   bool
		status                int
	}{
		{"TLS ends here", "203.0.113.9:999", "", true, http.StatusUnauthorized},
		{"a proxy on this machine", "127.0.0.1:999", "", false, http.StatusUnauthorized},
		{"a proxy on this machine, IPv6", "[::1]:999", "", false, http.StatusUnauthorized},
		{"a proxy nearby", "10.1.2.3:999", "https", false, http.StatusUnauthorized},
		{"a Unix socket", "@", "", false, http.StatusUnauthorized},
		{"a proxy that was reached without TLS", "127.0.0.1:999", "http", false, http.StatusForbidden},
		{"from afar", "203.0.113.9:999", "", false, http.StatusForbidden},
		{"from afar, with a lie", "203.0.113.9:999", "https", false, http.StatusForbidden},
	} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/admin/queue", nil)
		r.RemoteAddr = c.peer
		if c.tls {
			r.TLS = &tls.ConnectionState{}
		}
		if c.forwarded != "" {
			r.Header.Set("X-Forwarded-Proto", c.forwarded)
		}
		res := httptest.NewRecorder()
		w.handler.ServeHTTP(res, r)
		if res.Code != c.status {
			t.Errorf("%s: %d, want %d", c.name, res.Code, c.status)
		}
		if res.Code == http.StatusForbidden && (res.Header().Get("WWW-Authenticate") != "" || !strings.Contains(res.Body.String(), "https://comments.example/talk/admin/")) {
			t.Errorf("%s: it asks for the password, or does not say where to go:\n%s", c.name, res.Body)
		}
	}
}

func TestNetworksAreToldApartBehindATrustedProxy(t *testing.T) {
	t.Parallel()
	s := &server{Config: Config{TrustedProxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}}}
	for _, c := range []struct{ peer, forwarded, want string }{
		{"203.0.113.9:1", "198.51.100.1", "203.0.113.0/24"},
		{"10.0.0.1:1", "192.0.2.1, 198.51.100.77", "198.51.100.0/24"},
		{"10.0.0.1:1", "198.51.100.77, 10.0.0.2", "198.51.100.0/24"},
		{"10.0.0.1:1", "rubbish", "10.0.0.0/24"},
		{"[2001:db8:1:2::3]:1", "", "2001:db8:1::/48"},
		{"[::ffff:203.0.113.9]:1", "", "203.0.113.0/24"},
	} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil)
		r.RemoteAddr = c.peer
		r.Header.Set("X-Forwarded-For", c.forwarded)
		if got := s.network(r); got != c.want {
			t.Errorf("%s, forwarded for %s: %s, want %s", c.peer, c.forwarded, got, c.want)
		}
	}
}

func TestConfigurationIsChecked(t *testing.T) {
	t.Parallel()
	w := start(t)
	for _, base := range []string{"", "comments.example", "ftp://comments.example", "https://comments.example/"} {
		c := w.config
		c.Base = base
		if _, err := New(c); err == nil {
			t.Errorf("the base address %q is accepted", base)
		}
	}
	if _, err := New(Config{Base: "https://comments.example"}); err == nil {
		t.Error("an empty configuration is accepted")
	}
}

package network_test

import (
	"net/http"
	"net/netip"
	"testing"

	"postil/comments/network"
)

func TestClientIsThePeerOrWhatTrustedProxiesSay(t *testing.T) {
	t.Parallel()
	proxies := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("fd00::/8")}
	for name, c := range map[string]struct {
		trusted   []netip.Prefix
		peer      string
		forwarded []string
		want      string
	}{
		"no proxy":                      {nil, "203.0.113.9:1234", nil, "203.0.113.9"},
		"forged by the client":          {proxies, "203.0.113.9:1234", []string{"198.51.100.1"}, "203.0.113.9"},
		"no proxy is trusted":           {nil, "10.0.0.1:1", []string{"198.51.100.1"}, "10.0.0.1"},
		"behind one proxy":              {proxies, "10.0.0.1:1", []string{"198.51.100.1"}, "198.51.100.1"},
		"the client added one":          {proxies, "10.0.0.1:1", []string{"192.0.2.66, 198.51.100.1"}, "198.51.100.1"},
		"behind two proxies":            {proxies, "10.0.0.1:1", []string{"198.51.100.1, 10.0.0.2"}, "198.51.100.1"},
		"two fields":                    {proxies, "10.0.0.1:1", []string{"192.0.2.66", "198.51.100.1,10.0.0.2"}, "198.51.100.1"},
		"with a port":                   {proxies, "10.0.0.1:1", []string{"198.51.100.1:4711"}, "198.51.100.1"},
		"IPv6":                          {proxies, "[fd00::1]:1", []string{"2001:db8::1"}, "2001:db8::1"},
		"IPv6 in brackets":              {proxies, "[fd00::1]:1", []string{"[2001:db8::1]"}, "2001:db8::1"},
		"IPv6 with a port":              {proxies, "[fd00::1]:1", []string{"[2001:db8::1]:4711"}, "2001:db8::1"},
		"IPv4 in IPv6":                  {proxies, "[::ffff:10.0.0.1]:1", []string{"::ffff:198.51.100.1"}, "198.51.100.1"},
		"a zone":                        {nil, "[fe80::1%eth0]:1", nil, "fe80::1"},
		"nonsense stops the search":     {proxies, "10.0.0.1:1", []string{"192.0.2.66, unknown"}, "10.0.0.1"},
		"nonsense before it is ignored": {proxies, "10.0.0.1:1", []string{"unknown, 198.51.100.1"}, "198.51.100.1"},
		"a proxy itself":                {proxies, "10.0.0.1:1", nil, "10.0.0.1"},
		"proxies only":                  {proxies, "10.0.0.1:1", []string{"10.0.0.3, 10.0.0.2"}, "10.0.0.3"},
		"Unix socket":                   {proxies, "@", []string{"198.51.100.1"}, "198.51.100.1"},
	} {
		r := &http.Request{RemoteAddr: c.peer, Header: http.Header{"X-Forwarded-For": c.forwarded}}
		if got := network.Proxies(c.trusted).Client(r); got.String() != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

func TestNetworkStandsForWhatPeopleShare(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"203.0.113.9": "203.0.113.0/24", "2001:db8:1:2::3": "2001:db8:1::/48", "::1": "::/48",
	} {
		if got := network.Of(netip.MustParseAddr(address)); got.String() != want {
			t.Errorf("%s stands in %s, want %s", address, got, want)
		}
	}
}

package web

import (
	"fmt"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"
)

func request(peer string, forwarded ...string) *http.Request {
	r := &http.Request{RemoteAddr: peer, Header: http.Header{}}
	for _, f := range forwarded {
		r.Header.Add("X-Forwarded-For", f)
	}
	return r
}

func networks(t testing.TB, cidrs ...string) []netip.Prefix {
	t.Helper()
	var all []netip.Prefix
	for _, c := range cidrs {
		p, err := netip.ParsePrefix(c)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
	return all
}

func TestNetworksShareACounterAndOthersDoNot(t *testing.T) {
	t.Parallel()
	clients := newClients(nil, time.Now, nil)
	same := func(a, b string) bool { return clients.bucket(request(a)) == clients.bucket(request(b)) }
	for _, pair := range [][2]string{{"203.0.113.9:1", "203.0.113.200:2"}, {"[2001:db8:1:2::3]:1", "[2001:db8:1:ffff::9]:1"}} {
		if !same(pair[0], pair[1]) {
			t.Errorf("%s and %s have two counters", pair[0], pair[1])
		}
	}
	// 64 networks in 65,536 counters: that more than 16 share one is as likely
	// as never.
	buckets := map[string]bool{}
	for i := range 64 {
		b := clients.bucket(request(fmt.Sprintf("203.0.%d.9:1", i)))
		if len(b) != 2 {
			t.Fatalf("a bucket of %d bytes", len(b))
		}
		buckets[b] = true
	}
	if len(buckets) < 48 {
		t.Errorf("64 networks have %d counters", len(buckets))
	}
}

func TestKeyOfNetworksIsRenewedEachDay(t *testing.T) {
	t.Parallel()
	c := &clock{}
	clients := newClients(nil, c.now, nil)
	first := clients.currentKey()
	c.advance(23 * time.Hour)
	if clients.currentKey() != first {
		t.Error("renewed within the day")
	}
	c.advance(2 * time.Hour)
	if clients.currentKey() == first {
		t.Error("not renewed after a day")
	}
}

func TestUntrustedProxyIsMentionedOnceWithoutWhatItSaid(t *testing.T) {
	t.Parallel()
	w := start(t)
	for range 3 {
		w.send(http.MethodGet, "/livez", "", "X-Forwarded-For", "198.51.100.77")
	}
	log := w.log.String()
	if strings.Count(log, "--trusted-proxy CIDR") != 1 || strings.Contains(log, "198.51.100") {
		t.Errorf("log: %s", log)
	}
	trusting := start(t, func(c *Config) { c.TrustedProxies = networks(t, "127.0.0.0/8") })
	trusting.send(http.MethodGet, "/livez", "", "X-Forwarded-For", "198.51.100.77")
	if strings.Contains(trusting.log.String(), "--trusted-proxy") {
		t.Errorf("log: %s", trusting.log)
	}
}

func TestHintIsForProxiesOnly(t *testing.T) {
	t.Parallel()
	for peer, hinted := range map[string]bool{"10.1.2.3:1": true, "127.0.0.1:1": true, "[::1]:1": true, "203.0.113.9:1": false} {
		log := &logbook{}
		newClients(nil, time.Now, logger(log)).hint(request(peer, "198.51.100.77"))
		if got := log.String() != ""; got != hinted {
			t.Errorf("%s: hinted %v", peer, got)
		}
	}
}

func limited(t *testing.T) *world {
	return start(t, func(c *Config) {
		c.Rate = Rate{Count: 2, Window: time.Hour}
		c.TrustedProxies = networks(t, "127.0.0.0/8")
	})
}

func TestNetworkThatPostsTooMuchIsToldWhenToReturn(t *testing.T) {
	t.Parallel()
	w := limited(t)
	from := func(address string) answer { return w.post("/api/v1/comments", draft(), "X-Forwarded-For", address) }
	from("198.51.100.1").want(http.StatusCreated)
	from("198.51.100.2").want(http.StatusCreated)
	a := from("198.51.100.3")
	if _, detail := a.problem(http.StatusTooManyRequests); !strings.Contains(detail, "1 hour") || a.header.Get("Retry-After") != "3600" {
		t.Errorf("%q, %v", detail, a.header)
	}
	for field := range a.header {
		if strings.HasPrefix(field, "X-Ratelimit") {
			t.Errorf("the answer counts aloud: %s", field)
		}
	}
	from("203.0.113.1").want(http.StatusCreated)
}

func TestPreviewsAndEditsHaveALooserLimit(t *testing.T) {
	t.Parallel()
	w := limited(t)
	c := w.comment()
	for i := range 2 * looser {
		var a answer
		if i%2 == 0 {
			a = w.post("/api/v1/preview", members{"body": "a"})
		} else {
			a = w.bearer(http.MethodPatch, c, c.EditKey, `{"body":"Better."}`)
		}
		a.want(http.StatusOK)
	}
	w.post("/api/v1/preview", members{"body": "a"}).problem(http.StatusTooManyRequests)
	w.bearer(http.MethodPatch, c, c.EditKey, `{"body":"Better."}`).problem(http.StatusTooManyRequests)
	w.bearer(http.MethodDelete, c, c.EditKey, "").problem(http.StatusTooManyRequests)
	w.comment()
}

func TestRatesThatMakeNoSenseAreRefused(t *testing.T) {
	t.Parallel()
	for _, rate := range []Rate{{-1, time.Minute}, {1, 0}, {1, time.Millisecond}} {
		if rate.validate() == nil {
			t.Errorf("%+v was taken", rate)
		}
	}
}

func TestDurationsAreSpoken(t *testing.T) {
	t.Parallel()
	for d, want := range map[time.Duration]string{
		time.Second: "1 second", 90 * time.Second: "90 seconds", time.Minute: "1 minute", 5 * time.Minute: "5 minutes", 2 * time.Hour: "2 hours",
	} {
		if got := spoken(d); got != want {
			t.Errorf("%v: %q, want %q", d, got, want)
		}
	}
}

// FuzzClientAddress: no X-Forwarded-For makes a trusted proxy of a client,
// nor an address of nonsense.
func FuzzClientAddress(f *testing.F) {
	f.Add("198.51.100.1, 10.0.0.2", "203.0.113.9")
	f.Add("::ffff:1.2.3.4", "[fe80::1%eth0]:80")
	f.Fuzz(func(t *testing.T, first, second string) {
		clients := newClients(networks(t, "10.0.0.0/8"), time.Now, nil)
		if got := clients.trusted.Client(request("203.0.113.9:1", first, second)); got.String() != "203.0.113.9" {
			t.Fatalf("a stranger's word was believed: %s", got)
		}
		if got := clients.trusted.Client(request("10.0.0.1:1", first, second)); !got.IsValid() || got.Is4In6() || got.Zone() != "" {
			t.Fatalf("address %v", got)
		}
		if len(clients.bucket(request("10.0.0.1:1", first, second))) != 2 {
			t.Fatal("no bucket")
		}
	})
}

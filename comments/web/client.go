package web

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"log/slog"
	"net/http"
	"net/netip"
	"sync"
	"time"

	"postil/comments/network"
)

// keyAge is how long the key lives under which networks are counted.
const keyAge = 24 * time.Hour

// clients tells where requests come from, without remembering it.
type clients struct {
	trusted network.Proxies
	now     func() time.Time
	log     *slog.Logger
	hinted  sync.Once

	mu   sync.Mutex
	key  [sha256.Size]byte
	born time.Time
}

func newClients(trusted []netip.Prefix, now func() time.Time, log *slog.Logger) *clients {
	return &clients{trusted: trusted, now: now, log: log}
}

// bucket returns which counter a request goes to: the first two bytes of an
// HMAC of its network. Cut that short it points at no network any more, and
// the memory of all counters has a bound, 65,536; the price is that among a
// hundred networks at a time one in fourteen cases sees two share a counter.
func (c *clients) bucket(r *http.Request) string {
	from := network.Of(c.trusted.Client(r))
	key := c.currentKey()
	mac := hmac.New(sha256.New, key[:])
	mac.Write(from.Addr().AsSlice())
	return string(mac.Sum(nil)[:2])
}

// currentKey returns a key that is not older than a day.
func (c *clients) currentKey() [sha256.Size]byte {
	c.mu.Lock()
	defer c.mu.Unlock()
	if now := c.now(); c.born.IsZero() || now.Sub(c.born) > keyAge {
		_, _ = rand.Read(c.key[:]) // never fails since Go 1.24
		c.born = now
	}
	return c.key
}

// local reports whether a request comes from this very machine, as far as
// can be known: not through a proxy that nobody vouches for.
func (c *clients) local(r *http.Request) bool {
	if len(c.trusted) == 0 && isForwarded(r) {
		return false
	}
	return c.trusted.Client(r).IsLoopback()
}

// hint tells the operator once that a proxy seems to stand in front which
// is not trusted: all readers would then share one rate limit.
func (c *clients) hint(r *http.Request) {
	if !c.unvouched(r) || r.Header.Get("X-Forwarded-For") == forgery {
		return
	}
	c.hinted.Do(func() {
		c.log.Warn("requests carry X-Forwarded-For, but no proxy is trusted: all readers share one rate limit; " +
			"name the proxy's network with --trusted-proxy CIDR")
	})
}

// unvouched reports whether a request seems to come through a proxy of the
// operator's that is not trusted, so that nobody knows where from.
func (c *clients) unvouched(r *http.Request) bool {
	from := network.Peer(r)
	return len(c.trusted) == 0 && isForwarded(r) && (from.IsLoopback() || from.IsPrivate())
}

func isForwarded(r *http.Request) bool { return len(r.Header["X-Forwarded-For"]) > 0 }

package web

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"log/slog"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"time"
)

// Networks stand for their readers: what one household or office shares, and
// what one subscriber can change at will.
const (
	network4 = 24 // bits of an IPv4 address
	network6 = 48 // bits of an IPv6 address
)

// keyAge is how long the key lives under which networks are counted.
const keyAge = 24 * time.Hour

// clients tells where requests come from, without remembering it.
type clients struct {
	trusted []netip.Prefix
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

// address returns the client's address: the peer's or, if the peer is a
// trusted proxy, the last in X-Forwarded-For that is none. What stands to
// the left of that was written by the client and proves nothing.
func (c *clients) address(r *http.Request) netip.Addr {
	client := peer(r)
	forwarded := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(forwarded) - 1; i >= 0 && c.trusts(client); i-- {
		next, ok := parseAddress(strings.TrimSpace(forwarded[i]))
		if !ok {
			break
		}
		client = next
	}
	return client
}

func (c *clients) trusts(addr netip.Addr) bool {
	for _, p := range c.trusted {
		if p.Contains(addr) {
			return true
		}
	}
	return false
}

// peer returns the other end of the connection; that of a Unix socket has no
// address and is on this machine.
func peer(r *http.Request) netip.Addr {
	if addr, ok := parseAddress(r.RemoteAddr); ok {
		return addr
	}
	return netip.AddrFrom4([4]byte{127, 0, 0, 1})
}

// parseAddress reads an address with or without a port. IPv4 in IPv6 is IPv4.
func parseAddress(s string) (netip.Addr, bool) {
	if ap, err := netip.ParseAddrPort(s); err == nil {
		return ap.Addr().Unmap().WithZone(""), true
	}
	addr, err := netip.ParseAddr(strings.Trim(s, "[]"))
	return addr.Unmap().WithZone(""), err == nil
}

// bucket returns which counter a request goes to: the first two bytes of an
// HMAC of its network. Cut that short it points at no network any more, and
// the memory of all counters has a bound, 65,536; the price is that among a
// hundred networks at a time one in fourteen cases sees two share a counter.
func (c *clients) bucket(r *http.Request) string {
	addr := c.address(r)
	bits := network6
	if addr.Is4() {
		bits = network4
	}
	network, err := addr.Prefix(bits)
	if err != nil { // impossible for a valid address
		return ""
	}
	key := c.currentKey()
	mac := hmac.New(sha256.New, key[:])
	mac.Write(network.Addr().AsSlice())
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
	return c.address(r).IsLoopback()
}

// hint tells the operator once that a proxy seems to stand in front which
// is not trusted: all readers would then share one rate limit.
func (c *clients) hint(r *http.Request) {
	if !c.unvouched(r) {
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
	from := peer(r)
	return len(c.trusted) == 0 && isForwarded(r) && (from.IsLoopback() || from.IsPrivate())
}

func isForwarded(r *http.Request) bool { return len(r.Header["X-Forwarded-For"]) > 0 }

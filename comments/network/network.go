// Package network says where a request comes from: the client's address
// behind trusted proxies, and the network that stands for it. Nothing here
// remembers any.
package network

import (
	"net/http"
	"net/netip"
	"strings"
)

// Networks stand for the people behind them: what one household or office
// shares, and what one subscriber can change at will.
const (
	bits4 = 24 // of an IPv4 address
	bits6 = 48 // of an IPv6 address
)

// Proxies are the networks of the proxies whose X-Forwarded-For is believed.
type Proxies []netip.Prefix

// Client returns the client's address: the peer's or, if the peer is a
// trusted proxy, the last in X-Forwarded-For that is none. What stands to
// the left of that was written by the client and proves nothing.
func (p Proxies) Client(r *http.Request) netip.Addr {
	client := Peer(r)
	forwarded := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(forwarded) - 1; i >= 0 && p.Trust(client); i-- {
		next, ok := parse(strings.TrimSpace(forwarded[i]))
		if !ok {
			break
		}
		client = next
	}
	return client
}

// Trust reports whether an address is that of a proxy.
func (p Proxies) Trust(addr netip.Addr) bool {
	for _, prefix := range p {
		if prefix.Contains(addr) {
			return true
		}
	}
	return false
}

// Peer returns the other end of the connection; that of a Unix socket has no
// address and is on this machine.
func Peer(r *http.Request) netip.Addr {
	if addr, ok := parse(r.RemoteAddr); ok {
		return addr
	}
	return netip.AddrFrom4([4]byte{127, 0, 0, 1})
}

// Of returns the network that stands for an address: IPv4 /24 or IPv6 /48.
func Of(addr netip.Addr) netip.Prefix {
	bits := bits6
	if addr.Is4() {
		bits = bits4
	}
	prefix, err := addr.Prefix(bits)
	if err != nil { // impossible for a valid address
		return netip.Prefix{}
	}
	return prefix
}

// parse reads an address with or without a port. IPv4 in IPv6 is IPv4.
func parse(s string) (netip.Addr, bool) {
	if ap, err := netip.ParseAddrPort(s); err == nil {
		return ap.Addr().Unmap().WithZone(""), true
	}
	addr, err := netip.ParseAddr(strings.Trim(s, "[]"))
	return addr.Unmap().WithZone(""), err == nil
}

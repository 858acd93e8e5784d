package admin

import (
	"net/http"
	"net/netip"
	"strings"
)

// Networks stand for those who sign in from them: what one household or office
// shares, and what one subscriber can change at will.
const (
	network4 = 24 // bits of an IPv4 address
	network6 = 48 // bits of an IPv6 address
)

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

// network returns where a request comes from: the network of the peer or, if
// that is a trusted proxy, of the last address in X-Forwarded-For that is none.
// What stands to the left of that was written by the client.
func (s *server) network(r *http.Request) string {
	client := peer(r)
	forwarded := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(forwarded) - 1; i >= 0 && s.trusts(client); i-- {
		next, ok := parseAddress(strings.TrimSpace(forwarded[i]))
		if !ok {
			break
		}
		client = next
	}
	bits := network6
	if client.Is4() {
		bits = network4
	}
	prefix, err := client.Prefix(bits)
	if err != nil { // impossible for a valid address
		return ""
	}
	return prefix.String()
}

func (s *server) trusts(addr netip.Addr) bool {
	for _, p := range s.TrustedProxies {
		if p.Contains(addr) {
			return true
		}
	}
	return false
}

// checkTransport refuses passwords that cross a network in the clear. They do
// not where this server ends TLS itself. Where it does not, a proxy in front
// should: that is at a loopback or private address, or it would in turn send
// them in the clear. A header can say that the proxy was reached without TLS,
// but not that it was: anyone can write one. Where the operator has given the
// service a public address without TLS, that is the operator's decision.
func (s *server) checkTransport(r *http.Request) error {
	outer, _, _ := strings.Cut(r.Header.Get("X-Forwarded-Proto"), ",")
	from := peer(r)
	switch {
	case s.plain || r.TLS != nil:
		return nil
	case !strings.EqualFold(strings.TrimSpace(outer), "http") && (from.IsLoopback() || from.IsPrivate() || from.IsLinkLocalUnicast()):
		return nil
	}
	return &refusal{status: http.StatusForbidden, text: "plain", back: s.Base + "/admin/"}
}

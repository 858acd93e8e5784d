package admin

import (
	"net/http"
	"strings"

	"postil/comments/network"
)

// network returns the one that stands for the sender of a request.
func (s *server) network(r *http.Request) string {
	return network.Of(network.Proxies(s.TrustedProxies).Client(r)).String()
}

// checkTransport refuses passwords that cross a network in the clear. They do
// not where this server ends TLS itself. Where it does not, a proxy in front
// should: that is at a loopback or private address, or it would in turn send
// them in the clear. A header can say that the proxy was reached without TLS,
// but not that it was: anyone can write one. Where the operator has given the
// service a public address without TLS, that is the operator's decision.
func (s *server) checkTransport(r *http.Request) error {
	outer, _, _ := strings.Cut(r.Header.Get("X-Forwarded-Proto"), ",")
	from := network.Peer(r)
	switch {
	case s.plain || r.TLS != nil:
		return nil
	case !strings.EqualFold(strings.TrimSpace(outer), "http") && (from.IsLoopback() || from.IsPrivate() || from.IsLinkLocalUnicast()):
		return nil
	}
	return &refusal{status: http.StatusForbidden, text: "plain", back: s.Base + "/admin/"}
}

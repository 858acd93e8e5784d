package web

import (
	"net/http"
	"strings"

	"postil/comments/network"
)

// forgery is an address that nobody has (RFC 5737). Who comes from there has
// written so into X-Forwarded-For, to find out whether it is believed.
const forgery = "192.0.2.1"

// proxyAnswer is how a request came, without whence.
type proxyAnswer struct {
	Peer      string `json:"peer"`      // public, or private: of this machine or its network
	Forwarded string `json:"forwarded"` // absent, ignored or believed
	Forged    string `json:"forged"`    // no, yes, or unclear: whether a forgery was believed
}

// showProxy is GET /api/v1/proxy: whether the proxy before this service is
// set up right, which its log would say, told to whoever asks through it.
func (s *server) showProxy(w *response, r *http.Request) error {
	a := proxyAnswer{Peer: "public", Forwarded: "absent", Forged: "no"}
	peer, client := network.Peer(r), s.clients.trusted.Client(r)
	if peer.IsLoopback() || peer.IsPrivate() {
		a.Peer = "private"
	}
	if isForwarded(r) {
		a.Forwarded = "ignored"
	}
	if isForwarded(r) && s.clients.trusted.Trust(peer) {
		a.Forwarded = "believed"
	}
	if a.Forwarded == "believed" && client.String() == forgery {
		a.Forged = forged(r)
	}
	w.Header().Set("Cache-Control", "no-store")
	writeJSON(w, http.StatusOK, "application/json", a)
	return nil
}

// forged says who let a forgery through. A proxy that has added where the
// request came from was right, if that was another proxy, or somebody who asks
// from where the proxies are; which of them cannot be told.
func forged(r *http.Request) string {
	values := r.Header.Values("X-Forwarded-For")
	if last := values[len(values)-1]; strings.TrimSpace(last[strings.LastIndexByte(last, ',')+1:]) == forgery {
		return "yes"
	}
	return "unclear"
}

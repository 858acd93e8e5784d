package gate

import (
	"context"
	"errors"
	"log"
	"log/slog"
	"net/http"
	"net/http/httptrace"
	"net/http/httputil"
	"time"

	"postil/deploy/lifecycle"
)

// idleUpstreams is how many connections to an upstream are kept for the next
// requests.
const idleUpstreams = 256

// way is an upstream with its gate.
type way struct {
	Upstream
	gate      *lifecycle.Gate
	passage   *lifecycle.Passage
	transport *http.Transport
}

func newTransport() *http.Transport {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.Proxy = nil // the way to an upstream is not the environment's business
	t.MaxIdleConns, t.MaxIdleConnsPerHost = 0, idleUpstreams
	t.IdleConnTimeout = 50 * time.Second // upstreams close theirs after 60 s and more
	t.DisableCompression = true
	return t
}

func (p *Proxy) newWay(u Upstream, transport *http.Transport) *way {
	w := &way{Upstream: u, gate: lifecycle.NewGate(p.cfg.Limits), transport: transport}
	w.gate.OnExpiry(func() { p.expired(w) })
	proxy := &httputil.ReverseProxy{
		Rewrite:      w.rewrite,
		Transport:    starting{transport},
		ErrorHandler: func(rw http.ResponseWriter, r *http.Request, err error) { w.failed(p.cfg.Log, rw, r, err) },
		ErrorLog:     log.New(discard{}, "", 0),
	}
	w.passage = &lifecycle.Passage{Gate: w.gate, Holds: p.holds, Late: true, Next: proxy}
	return w
}

// rewrite keeps the host that the client asked for, and adds the client to
// those for whom proxies before us ask: the upstream knows whom it trusts.
func (w *way) rewrite(r *httputil.ProxyRequest) {
	r.SetURL(w.URL)
	r.Out.Host = r.In.Host
	r.Out.Header["X-Forwarded-For"] = r.In.Header["X-Forwarded-For"]
	r.SetXForwarded()
	for _, name := range []string{"X-Forwarded-Host", "X-Forwarded-Proto"} {
		if v := r.In.Header.Get(name); v != "" {
			r.Out.Header.Set(name, v)
		}
	}
}

// failed answers when the upstream did not. A client that left hears nothing.
func (w *way) failed(log *slog.Logger, rw http.ResponseWriter, r *http.Request, err error) {
	if r.Context().Err() != nil {
		return
	}
	log.Warn("upstream failed", "upstream", w.Name, "error", err)
	status := http.StatusBadGateway
	if errors.Is(err, context.DeadlineExceeded) {
		status = http.StatusGatewayTimeout
	}
	http.Error(rw, "The service does not answer. Please try again in a moment.", status)
}

// starting lets the next held request go when one is written to its upstream.
type starting struct{ next http.RoundTripper }

// RoundTrip sends a request.
func (s starting) RoundTrip(r *http.Request) (*http.Response, error) {
	ctx := r.Context()
	if lifecycle.Held(ctx) {
		r = r.WithContext(httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
			WroteRequest: func(httptrace.WroteRequestInfo) { lifecycle.Started(ctx) },
		}))
	}
	return s.next.RoundTrip(r)
}

// discard drops what ReverseProxy says of clients that left: it has their
// addresses.
type discard struct{}

func (discard) Write(p []byte) (int, error) { return len(p), nil }

package gate

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"postil/deploy/lifecycle"
)

// Upstream is a service behind the gate. With more than one, requests go by
// their Host to the one of that name.
type Upstream struct {
	Name string
	URL  *url.URL
}

// ParseUpstream reads NAME=URL, for example blog=http://127.0.0.1:8080.
func ParseUpstream(text string) (Upstream, error) {
	name, address, ok := strings.Cut(text, "=")
	u, err := url.Parse(address)
	switch {
	case !ok || name == "":
		return Upstream{}, fmt.Errorf("--upstream %s: give a name and an address, for example blog=http://127.0.0.1:8080", text)
	case err != nil:
		return Upstream{}, fmt.Errorf("--upstream %s: %w", name, err)
	case u.Scheme != "http" && u.Scheme != "https" || u.Host == "":
		return Upstream{}, fmt.Errorf("--upstream %s: %q is no address of a service; give one such as http://127.0.0.1:8080", name, address)
	case u.RawQuery != "" || u.Fragment != "" || u.User != nil:
		return Upstream{}, fmt.Errorf("--upstream %s: an address has a host, and perhaps a path, but no user, query or fragment", name)
	}
	return Upstream{Name: strings.ToLower(name), URL: u}, nil
}

// Config is what a gate is told.
type Config struct {
	Upstreams []Upstream
	Limits    lifecycle.GateLimits
	Health    string   // path that is never held; empty: none
	Agents    []string // whoever has one of these in its User-Agent is never held
	State     string   // file that notes what is held; empty: nothing outlives the process
	Log       *slog.Logger
	Transport *http.Transport // to the upstreams; nil: a new one with default limits
}

// Proxy is a gate. It serves HTTP.
type Proxy struct {
	cfg   Config
	state *stateFile
	ways  map[string]*way
	names []string // of the ways, in the order of the configuration
	life  *lifecycle.Life
}

// New returns a gate that holds what its state file says.
func New(cfg Config) (*Proxy, error) {
	p := &Proxy{cfg: cfg, state: &stateFile{path: cfg.State}, ways: map[string]*way{}}
	if len(cfg.Upstreams) == 0 {
		return nil, errors.New("--upstream: name at least one service, for example blog=http://127.0.0.1:8080")
	}
	transport := cfg.Transport
	if transport == nil {
		transport = newTransport()
	}
	for _, u := range cfg.Upstreams {
		if p.ways[u.Name] != nil {
			return nil, fmt.Errorf("--upstream: %s is given twice", u.Name)
		}
		p.ways[u.Name] = p.newWay(u, transport)
		p.names = append(p.names, u.Name)
	}
	return p, p.Enter()
}

// ServeHTTP sends a request on its way.
func (p *Proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	way := p.wayOf(r.Host)
	if way == nil {
		http.Error(w, "This host is not served here.", http.StatusMisdirectedRequest)
		return
	}
	way.passage.ServeHTTP(w, r)
}

// wayOf returns where a host's requests go: with one upstream, all go there.
func (p *Proxy) wayOf(host string) *way {
	if len(p.names) == 1 {
		return p.ways[p.names[0]]
	}
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	return p.ways[strings.ToLower(host)]
}

// holds reports whether a request is held when the gate is closed.
func (p *Proxy) holds(r *http.Request) bool {
	if p.cfg.Health != "" && r.URL.Path == p.cfg.Health {
		return false
	}
	agent := r.UserAgent()
	return !slices.ContainsFunc(p.cfg.Agents, func(a string) bool { return a != "" && strings.Contains(agent, a) })
}

// Held returns how many requests are held.
func (p *Proxy) Held() (n int) {
	for _, w := range p.ways {
		n += w.gate.Waiting()
	}
	return n
}

// Refuse answers what is held with 503: the process goes and nobody takes over.
func (p *Proxy) Refuse() {
	for _, w := range p.ways {
		w.gate.End()
	}
}

// Replaces tells the gate its life, whose predecessor may hold requests of its
// own: commands reach those first. It is called before the control socket is
// open.
func (p *Proxy) Replaces(l *lifecycle.Life) { p.life = l }

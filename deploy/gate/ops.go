package gate

import (
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"

	"postil/deploy/lifecycle"
)

// Ops answers probes and metrics, on a socket of its own: there is nothing to
// command over HTTP.
func (p *Proxy) Ops(life *lifecycle.Life) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /livez", func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "ok\n") })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, _ *http.Request) {
		if err := life.Unready(); err != nil {
			http.Error(w, err.Error(), http.StatusServiceUnavailable)
			return
		}
		io.WriteString(w, "ok\n")
	})
	mux.HandleFunc("GET /metrics", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
		if lifecycle.WriteMetrics(w, life.Snapshot()) == nil {
			p.writeMetrics(w)
		}
	})
	return mux
}

// writeMetrics writes what became of requests, by upstream.
func (p *Proxy) writeMetrics(w io.Writer) {
	for _, name := range slices.Sorted(maps.Keys(p.ways)) {
		s := p.ways[name].gate.Status()
		holding := 0
		if s.Holding {
			holding = 1
		}
		for _, m := range []struct {
			name  string
			value int64
		}{
			{"holding", int64(holding)}, {"waiting", int64(s.Waiting)}, {"active", int64(s.Active)},
			{"held_total", s.Counts.Held}, {"released_total", s.Counts.Released}, {"abandoned_total", s.Counts.Abandoned}, {"refused_total", s.Counts.Refused},
		} {
			fmt.Fprintf(w, "postil_gate_%s{upstream=%q} %d\n", m.name, name, m.value)
		}
	}
}

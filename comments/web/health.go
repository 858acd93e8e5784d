package web

import (
	"context"
	"net/http"
	"time"
)

// readyTimeout is how long a readiness check may take: less than those who
// ask are used to wait.
const readyTimeout = 2 * time.Second

// live is GET /livez: the process answers, so restarting it would not help.
func (s *server) live(w *response, _ *http.Request) error {
	writeText(w, http.StatusOK, "ok\n")
	return nil
}

// ready is GET /readyz: whether to send requests here. Operators are told
// why not. It is asked every second and so does not log.
func (s *server) ready(why bool) handler {
	return func(w *response, r *http.Request) error {
		ctx, cancel := context.WithTimeout(r.Context(), readyTimeout)
		defer cancel()
		err := s.Ready(ctx)
		if err == nil {
			writeText(w, http.StatusOK, "ready\n")
			return nil
		}
		f := fault{status: http.StatusServiceUnavailable, text: "Not ready."}
		if why {
			f.text = "Not ready: " + err.Error()
		}
		failHeader(w, f)
		writeProblem(w, f)
		return nil
	}
}

// showMetrics is GET /metrics, in the text format of Prometheus.
func (s *server) showMetrics(w *response, r *http.Request) error {
	s.metrics.show.ServeHTTP(w, r)
	return nil
}

// home is GET /: for people who cut an address short.
func (s *server) home(w *response, r *http.Request) error {
	if s.Demo != nil && s.clients.local(r) {
		redirect(w, http.StatusSeeOther, s.path+"/demo/")
		return nil
	}
	writeText(w, http.StatusOK, "This is Postil: comments for static websites.\n\nIts API is described at "+s.Base+"/openapi.json\n")
	return nil
}

func writeText(w *response, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(text))
}

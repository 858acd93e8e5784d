package web

import (
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"runtime"
	"runtime/debug"
	"time"
)

// response is a ResponseWriter that remembers what the log and the metrics
// need, and the id under which a fault is logged.
type response struct {
	http.ResponseWriter
	id     string
	status int // 0 until the header is sent
	bytes  int64
}

func (w *response) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *response) Write(b []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	n, err := w.ResponseWriter.Write(b)
	w.bytes += int64(n)
	return n, err
}

// Unwrap lets http.ResponseController reach what is below.
func (w *response) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// wrap runs a route, answers its errors, and writes log and metrics.
func (s *server) wrap(rt route) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		start := time.Now()
		res := &response{ResponseWriter: w, id: requestID()}
		s.clients.hint(r)
		res.Header().Set("X-Content-Type-Options", "nosniff")
		res.Header().Set("Referrer-Policy", "no-referrer")
		if err := guarded(rt, res, r); err != nil {
			s.fail(res, r, rt.voice, err)
		}
		if res.status == 0 {
			res.status = http.StatusOK // what net/http sends when nothing was written
		}
		took := time.Since(start)
		s.metrics.request(rt.pattern, r.Method, res.status, took)
		s.access(r, rt.pattern, res, took)
	}
}

// guarded turns a panic into an error. What was panicked with may hold a
// reader's words; it is kept only if the Go runtime wrote it.
func guarded(rt route, w *response, r *http.Request) (err error) {
	defer func() {
		v := recover()
		if v == nil {
			return
		}
		if v == http.ErrAbortHandler {
			panic(v)
		}
		text := fmt.Sprintf("%T", v)
		if fault, ok := v.(runtime.Error); ok {
			text = fault.Error()
		}
		err = fmt.Errorf("panic: %s\n%s", text, debug.Stack())
	}()
	if rt.cors != nil {
		if rt.cors.HandlerFunc(w, r); w.status != 0 {
			return nil // that was a preflight
		}
	}
	return rt.serve(w, r)
}

// requestID returns a name for one request, to be told apart from its
// neighbours in a log.
func requestID() string { return fmt.Sprintf("%016x", rand.Uint64()) }

// access writes the one line about a request. Path, query, address, agent
// and referrer of the request do not belong into it.
func (s *server) access(r *http.Request, pattern string, w *response, took time.Duration) {
	if !s.AccessLog {
		return
	}
	s.Log.LogAttrs(r.Context(), slog.LevelInfo, "request",
		slog.String("method", methodLabel(r.Method)),
		slog.String("route", pattern),
		slog.Int("status", w.status),
		slog.Int64("bytes", w.bytes),
		slog.Duration("duration", took),
		slog.String("request", w.id))
}

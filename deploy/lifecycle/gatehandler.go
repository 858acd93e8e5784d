package lifecycle

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"strconv"
	"time"
)

// retryAfter is what refused clients are told to wait.
const retryAfter = 5 * time.Second

type startedKey struct{}

// Started lets the next held request go. A handler behind a gate with Late
// calls it once its request is on the way; without Late the gate does.
func Started(ctx context.Context) {
	if started, ok := ctx.Value(startedKey{}).(func()); ok {
		started()
	}
}

// Held reports whether a request was held, so that the next one waits for
// Started.
func Held(ctx context.Context) bool { return ctx.Value(startedKey{}) != nil }

// Passage is how requests pass a gate.
type Passage struct {
	Gate *Gate
	// Holds reports whether a request is held while the gate is closed; nil:
	// what writes is, that is every method but GET, HEAD, OPTIONS and TRACE.
	Holds func(*http.Request) bool
	Late  bool // Next calls Started
	// Intermission, if not nil, holds requests that fail because what is
	// behind is away, and tries them again.
	Intermission *Intermission
	Next         http.Handler
}

// Writes reports whether a request may change something (RFC 9110 §9.2.1).
func Writes(r *http.Request) bool {
	switch r.Method {
	case http.MethodGet, http.MethodHead, http.MethodOptions, http.MethodTrace:
		return false
	}
	return true
}

// ServeHTTP lets a request through, or holds it first.
func (p *Passage) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	holds := p.Holds
	if holds == nil {
		holds = Writes
	}
	if !holds(r) {
		p.Next.ServeHTTP(w, r)
		return
	}
	ticket, through := p.Gate.ticket()
	if p.Intermission != nil {
		p.Intermission.serve(p, w, r, ticket, through)
		return
	}
	if !through {
		if err := p.Gate.take(w, r); err != nil {
			p.Gate.refuse(w, err)
			return
		}
	}
	p.pass(w, r, ticket, through)
}

// pass runs a request once, now or when it is let through. One that is to wait
// has its body in memory.
func (p *Passage) pass(w http.ResponseWriter, r *http.Request, ticket uint64, through bool) {
	if through {
		defer p.Gate.finish(nil)
		p.Next.ServeHTTP(w, r)
		return
	}
	held := patience(w, r)
	waiter, f := p.Gate.wait(r.Context(), ticket, time.Now().Add(p.Gate.limits.MaxHold))
	switch f {
	case admitted:
	case abandoned:
		return
	default:
		unavailable(w)
		return
	}
	defer p.Gate.finish(waiter)
	if r.Context().Err() != nil { // left at the same moment
		p.Gate.abandon()
		return
	}
	held()
	p.Next.ServeHTTP(w, p.begin(r, waiter))
}

// begin makes the request one that lets the next go.
func (p *Passage) begin(r *http.Request, w *waiter) *http.Request {
	if !p.Late {
		p.Gate.spare(w, doneWithin)
		return r
	}
	return r.WithContext(context.WithValue(r.Context(), startedKey{}, func() { p.Gate.started(w) }))
}

// abandon counts a request whose client left after it was let through.
func (g *Gate) abandon() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.count.Abandoned++
	g.count.Released--
}

// errTooLarge says that a request has more bytes than a gate holds.
var errTooLarge = errors.New("the request is too large to be held")

// errFull says that as many requests are held as may be.
var errFull = errors.New("no more requests are held")

// take reads the body of a request that is to be held. One that is being read
// takes its place among those that are held, and no more time than they.
func (g *Gate) take(w http.ResponseWriter, r *http.Request) error {
	if r.Body == nil || r.Body == http.NoBody {
		return nil
	}
	if !g.reserve() {
		return errFull
	}
	defer g.unreserve()
	defer hurry(w, r, g.limits.MaxHold)()
	return g.buffer(r)
}

func (g *Gate) reserve() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.waiting.Len()+g.reading >= g.limits.MaxHeld {
		return false
	}
	g.reading++
	return true
}

func (g *Gate) unreserve() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.reading--
}

// hurry bounds the time in which a body must come, if the server does not. The
// function that it returns lifts the bound.
func hurry(w http.ResponseWriter, r *http.Request, d time.Duration) func() {
	srv, ok := r.Context().Value(http.ServerContextKey).(*http.Server)
	control := http.NewResponseController(w)
	if !ok || srv.ReadTimeout > 0 || control.SetReadDeadline(time.Now().Add(d)) != nil {
		return func() {}
	}
	return func() { _ = control.SetReadDeadline(time.Time{}) } // the connection may be gone
}

// buffer reads a request's body, so that net/http watches whether its client
// leaves: it does only when the body is read. "Expect: 100-continue" is
// answered by it. A body that is too large stays readable from its beginning.
func (g *Gate) buffer(r *http.Request) error {
	if r.Body == nil || r.Body == http.NoBody {
		return nil
	}
	if r.ContentLength > g.limits.MaxBody {
		return errTooLarge
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, g.limits.MaxBody+1))
	if err != nil {
		return err
	}
	if int64(len(body)) > g.limits.MaxBody {
		r.Body = &begun{Reader: io.MultiReader(bytes.NewReader(body), r.Body), Closer: r.Body}
		return errTooLarge
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	r.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(body)), nil }
	if r.ContentLength < 0 {
		r.ContentLength, r.TransferEncoding = int64(len(body)), nil
	}
	return nil
}

// begun is a body whose beginning has been read.
type begun struct {
	io.Reader
	io.Closer
}

// refuse answers a request whose body cannot be held.
func (g *Gate) refuse(w http.ResponseWriter, err error) {
	g.mu.Lock()
	g.count.Refused++
	g.mu.Unlock()
	w.Header().Set("Connection", "close") // what is left of it is not read
	if errors.Is(err, errTooLarge) || errors.Is(err, errFull) || errors.Is(err, os.ErrDeadlineExceeded) {
		unavailable(w) // it would have been taken at another time
		return
	}
	http.Error(w, "The request body ended before its time.", http.StatusBadRequest)
}

// unavailable tells a client to come back.
func unavailable(w http.ResponseWriter) {
	w.Header().Set("Retry-After", strconv.Itoa(int(retryAfter.Seconds())))
	http.Error(w, "The service is being worked on. Please try again in a moment.", http.StatusServiceUnavailable)
}

// patience lifts the server's limits on the time of a request and its answer
// while it is held: the one for reading would end it as if its client had left.
// The function it returns sets the other anew. An error says that the
// connection has no such limits.
func patience(w http.ResponseWriter, r *http.Request) func() {
	srv, ok := r.Context().Value(http.ServerContextKey).(*http.Server)
	if !ok {
		return func() {}
	}
	control := http.NewResponseController(w)
	if srv.ReadTimeout > 0 {
		_ = control.SetReadDeadline(time.Time{})
	}
	if srv.WriteTimeout == 0 {
		return func() {}
	}
	_ = control.SetWriteDeadline(time.Time{})
	return func() { _ = control.SetWriteDeadline(time.Now().Add(srv.WriteTimeout)) }
}

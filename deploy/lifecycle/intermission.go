package lifecycle

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"io"
	"net/http"
	"strconv"
	"time"
)

// probeEvery is how often an intermission looks whether what was away is back.
const probeEvery = 100 * time.Millisecond

// keyHeader makes a request safe to repeat.
const keyHeader = "Idempotency-Key"

// Intermission holds writes while what is behind the handler is away, and
// tries them again when it is back: a reader sees a slow request, not an
// error. Each is tried under an Idempotency-Key, its own or one made here, so
// that one which was done although the answer was lost is not done twice.
// Answers are kept in memory until they are known to be the last.
type Intermission struct {
	Max time.Duration // from a request's arrival to its last try
	// Repeats reports whether a request, whose body GetBody returns, may be
	// tried again, and prepares it. Others are held while the gate is closed
	// and then tried once. Nil: all may, under an Idempotency-Key.
	Repeats func(*http.Request) bool
	// Again, if not nil, is asked before another try, until which ctx lasts;
	// if it returns false the answer of the last one stands.
	Again func(ctx context.Context, r *http.Request) bool
	// Done, if not nil, is asked when a request has been tried again and now
	// gets an answer of 4xx. If an earlier try, not before since, has done it
	// and only its answer was lost, Done writes that answer and returns true;
	// the header has what the other answer said beside its content.
	Done func(w http.ResponseWriter, r *http.Request, since time.Time) bool
	// Away reports whether an answer says that what is behind is away; nil:
	// its status is 503.
	Away func(status int, header http.Header) bool
	// Back returns nil when it is there again.
	Back func(context.Context) error
}

func (i *Intermission) away(a *kept) bool {
	if i.Away == nil {
		return a.status == http.StatusServiceUnavailable
	}
	return i.Away(a.status, a.header)
}

// serve tries a request until it does not meet something that is away.
func (i *Intermission) serve(p *Passage, w http.ResponseWriter, r *http.Request, ticket uint64, through bool) {
	until, g := time.Now().Add(i.Max), p.Gate
	if err := g.buffer(r); errors.Is(err, errTooLarge) && through {
		defer g.finish(nil)
		p.Next.ServeHTTP(w, r) // it knows what is too large for it
		return
	} else if err != nil {
		if through {
			g.finish(nil)
		}
		g.refuse(w, err)
		return
	}
	if !i.repeats(r) {
		p.pass(w, r, ticket, through)
		return
	}
	i.insist(p, w, r, ticket, through, until)
}

// repeats reports whether a request may be tried again; it has a key then.
func (i *Intermission) repeats(r *http.Request) bool {
	if i.Repeats != nil {
		return i.Repeats(r)
	}
	if r.Header.Get(keyHeader) == "" {
		r.Header.Set(keyHeader, rand.Text())
	}
	return true
}

// insist tries until the answer is one, or the time is over.
func (i *Intermission) insist(p *Passage, w http.ResponseWriter, r *http.Request, ticket uint64, through bool, until time.Time) {
	var last *kept
	var held *waiter
	since, tries := time.Now(), 0
	for away := true; away; through = false {
		if !through {
			var f fate
			again := patience(w, r)
			if held, f = p.Gate.wait(r.Context(), ticket, i.limit(p.Gate, until)); f == abandoned {
				return
			} else if f != admitted {
				i.give(w, last)
				return
			}
			again()
		}
		if tries > 0 && !i.again(r, until) {
			p.Gate.finish(held)
			i.give(w, last)
			return
		}
		last, away = i.try(p, r, held)
		tries++
	}
	i.recall(last, r, since, tries).send(w)
}

func (i *Intermission) again(r *http.Request, until time.Time) bool {
	if i.Again == nil {
		return true
	}
	ctx, cancel := context.WithDeadline(r.Context(), until)
	defer cancel()
	return i.Again(ctx, r)
}

// recall returns the answer of an earlier try if that has done the request.
func (i *Intermission) recall(last *kept, r *http.Request, since time.Time, tries int) *kept {
	if i.Done == nil || tries < 2 || last.status/100 != 4 {
		return last
	}
	earlier := &kept{header: last.header.Clone(), status: http.StatusOK}
	for _, content := range []string{"Content-Type", "Content-Length", "Content-Language"} {
		earlier.header.Del(content)
	}
	if i.Done(earlier, r, since) {
		return earlier
	}
	return last
}

// limit is how long a request may wait: held by an order, as long as the gate
// holds; in an intermission, its own time.
func (i *Intermission) limit(g *Gate, until time.Time) time.Time {
	if g.Status().Holding {
		return time.Now().Add(g.limits.MaxHold)
	}
	return until
}

// try runs the handler once and keeps its answer. If that says that something
// is away, the gate is closed before the request leaves it.
func (i *Intermission) try(p *Passage, r *http.Request, held *waiter) (a *kept, away bool) {
	defer p.Gate.finish(held)
	a = &kept{header: http.Header{}, status: http.StatusOK}
	again := r
	if held != nil {
		again = p.begin(r, held)
	}
	again = again.Clone(again.Context())
	if r.GetBody != nil {
		again.Body, _ = r.GetBody() // from memory: it cannot fail
	}
	p.Next.ServeHTTP(a, again)
	if away = i.away(a); away {
		p.Gate.leave(i.Back)
	}
	return a, away
}

// give answers a request whose time is over: with what the last try said, and
// when to come back.
func (i *Intermission) give(w http.ResponseWriter, a *kept) {
	if a == nil {
		unavailable(w)
		return
	}
	a.header.Set("Retry-After", strconv.Itoa(int(retryAfter.Seconds())))
	a.send(w)
}

// leave begins an intermission; it ends when back returns nil.
func (g *Gate) leave(back func(context.Context) error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.away {
		return
	}
	g.begin()
	g.away = true
	go g.probe(back)
}

// probe looks until what was away is back, and lets requests through again.
func (g *Gate) probe(back func(context.Context) error) {
	ticker := time.NewTicker(probeEvery)
	defer ticker.Stop()
	for range ticker.C {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		err := back(ctx)
		cancel()
		g.mu.Lock()
		over := err == nil || g.ended
		if over {
			g.away = false
			g.open()
		}
		g.mu.Unlock()
		if over {
			return
		}
	}
}

// kept is an answer that is not sent yet.
type kept struct {
	header http.Header
	status int
	body   bytes.Buffer
	wrote  bool
}

// Header returns the header to come.
func (k *kept) Header() http.Header { return k.header }

// WriteHeader notes the first final status.
func (k *kept) WriteHeader(status int) {
	if !k.wrote && status >= http.StatusOK {
		k.status, k.wrote = status, true
	}
}

// Write notes a part of the body.
func (k *kept) Write(p []byte) (int, error) {
	k.wrote = true
	return k.body.Write(p)
}

// send sends the answer.
func (k *kept) send(w http.ResponseWriter) {
	for name, values := range k.header {
		w.Header()[name] = values
	}
	w.WriteHeader(k.status)
	_, _ = io.Copy(w, &k.body) // an error says that the client has left
}

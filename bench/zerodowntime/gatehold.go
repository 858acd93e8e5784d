package main

import (
	"errors"
	"fmt"
	"net/http"
	"time"
)

// waiter is a client that has sent its request and waits.
type waiter struct {
	*plain
	sent chan read // its answer
	at   time.Time // of the answer
}

// ask sends a request without waiting for its answer.
func (g *gated) ask(method, path string, n int) (*waiter, error) {
	conn, err := dialer{address: g.at}.dial(patience)
	if err != nil {
		return nil, err
	}
	w := &waiter{plain: conn.(*plain), sent: make(chan read, 1)}
	body := ""
	if method == http.MethodPost {
		body = "Content-Length: 2\r\n\r\n{}"
	} else {
		body = "\r\n"
	}
	if _, err := fmt.Fprintf(w.Conn, "%s %s HTTP/1.1\r\nHost: blog\r\n%s: %d\r\n%s", method, path, number, n, body); err != nil {
		return nil, err
	}
	go func() {
		a, ok := <-w.answers
		w.at = time.Now()
		if !ok {
			a.err = errors.New("cut")
		}
		w.sent <- a
	}()
	return w, nil
}

// answered reports whether the answer is good.
func (w *waiter) answered(within time.Duration) bool {
	defer w.close()
	select {
	case a := <-w.sent:
		return a.err == nil && a.status == http.StatusOK
	case <-time.After(within):
		return false
	}
}

// send sends requests one after the other, in so much time; numbers begin at
// from.
func (g *gated) send(method string, from, n int, within time.Duration) (list []*waiter, err error) {
	began := time.Now()
	for i := range n {
		time.Sleep(time.Until(began.Add(within * time.Duration(i) / time.Duration(n))))
		w, err := g.ask(method, "/1", from+i)
		if err != nil {
			return list, err
		}
		list = append(list, w)
	}
	return list, nil
}

// hold is one long hold.
func (b *bench) hold(name string) (h holding, err error) {
	g, err := b.newGated(name)
	if err != nil {
		return h, err
	}
	defer func() { err = errors.Join(err, g.stop()) }()
	long, err := g.underWay()
	if err != nil {
		return h, err
	}
	began := time.Now()
	if _, err := g.order("hold"); err != nil {
		return h, err
	}
	h.drained = time.Since(began)
	for _, w := range long {
		if !w.answered(gateRunning) {
			h.lost++
		}
	}
	if err := errors.Join(g.upstream.process.stop(), g.upstream.forget()); err != nil {
		return h, err
	}
	list, err := g.fill(&h)
	if err != nil {
		return h, err
	}
	time.Sleep(time.Until(began.Add(holdFor)))
	if err := g.upstream.up(); err != nil {
		return h, err
	}
	return h, g.let(&h, list)
}

// underWay starts requests that take long, after some that warm the gate.
func (g *gated) underWay() (long []*waiter, err error) {
	for i := range 2 * inFlight {
		w, err := g.ask(http.MethodGet, "/0", -1)
		if err != nil {
			return nil, err
		}
		if !w.answered(gateRunning) {
			return nil, fmt.Errorf("warming: request %d was not answered", i)
		}
	}
	for range inFlight {
		w, err := g.ask(http.MethodGet, fmt.Sprint("/", longRequest), -1)
		if err != nil {
			return nil, err
		}
		long = append(long, w)
	}
	for deadline := time.Now().Add(gateRunning); time.Now().Before(deadline); time.Sleep(time.Millisecond) {
		if s, err := g.order("status"); err != nil || s.Active == inFlight {
			return long, err
		}
	}
	return nil, errors.New("the long requests are not under way")
}

// fill lets requests wait, and others whose clients leave.
func (g *gated) fill(h *holding) ([]*waiter, error) {
	before, err := g.memory()
	if err != nil {
		return nil, err
	}
	list, err := g.send(http.MethodGet, 0, held, heldWithin)
	if err == nil {
		err = g.waiting(held)
	}
	if err != nil {
		return nil, err
	}
	after, err := g.memory()
	if err != nil {
		return nil, err
	}
	h.kilobytes = (after - before) / held
	ghosts, err := g.send(http.MethodPost, held, leavers, 0)
	if err == nil {
		err = g.waiting(held + leavers)
	}
	if err != nil {
		return nil, err
	}
	left := time.Now()
	for _, ghost := range ghosts {
		ghost.close()
	}
	err = g.waiting(held)
	h.noticed = time.Since(left)
	return list, err
}

// let releases what is held, and looks at what came of it.
func (g *gated) let(h *holding, list []*waiter) error {
	began := time.Now()
	if _, err := g.order("release"); err != nil {
		return err
	}
	for _, w := range list {
		if !w.answered(gateRunning) {
			h.lost++
		}
		h.answers = append(h.answers, w.at.Sub(began))
	}
	numbers, most, err := g.upstream.arrivals()
	h.most = most
	var order []int
	for _, n := range numbers {
		switch {
		case n >= held:
			h.delivered++
		case n >= 0:
			order = append(order, n)
		}
	}
	h.neighbours, h.pairs = disorder(order)
	return err
}

// disorder returns which part of neighbours, and of all pairs, came in the
// wrong order.
func disorder(order []int) (neighbours, pairs float64) {
	n := float64(len(order))
	for i := range order {
		for j := range order[:i] {
			if order[j] > order[i] {
				pairs++
				if j == i-1 {
					neighbours++
				}
			}
		}
	}
	if n < 2 {
		return 0, 0
	}
	return neighbours / (n - 1), pairs / (n * (n - 1) / 2)
}

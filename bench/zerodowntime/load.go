package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// site and pages are what is written to and read.
const (
	site  = "blog.example"
	pages = 20
)

// population is clients of one kind.
type population struct {
	clients  int
	min, max time.Duration // between an answer and the next request
}

// Clients: busy readers, some who take their time, and those who ask once and
// then keep still, on a connection that they mean to use again.
func busy() population  { return population{40, 0, 40 * time.Millisecond} }
func slow() population  { return population{8, time.Second, 2 * time.Second} }
func still() population { return population{300, 5 * time.Second, 15 * time.Second} }

// load is clients at work. None of them ever sends a request a second time.
type load struct {
	dialer
	tally    *tally
	patience time.Duration
	posts    bool // nothing but posts
	insists  bool // a post that is told to come later does, under its key
	stopping chan struct{}
	all      sync.WaitGroup
	clients  atomic.Int64
}

func newLoad(ctx context.Context, d dialer) *load {
	return &load{dialer: d, tally: newTally(ctx), patience: patience, stopping: make(chan struct{})}
}

func (l *load) add(p population) {
	for range p.clients {
		id := l.clients.Add(1)
		l.all.Go(func() { (&client{load: l, id: id, population: p, random: rand.New(rand.NewPCG(uint64(id), 7))}).live() })
	}
}

// finish lets each client ask once more, and returns when all have.
func (l *load) finish() {
	close(l.stopping)
	l.all.Wait()
}

// client is one, with one connection at a time.
type client struct {
	*load
	population
	id     int64
	turn   int
	conn   connection
	random *rand.Rand
}

func (c *client) live() {
	for going := true; going; {
		going = c.think()
		for r := c.request(); !c.ask(r); {
		}
	}
	if c.conn != nil {
		c.conn.close()
	}
}

// think waits; false if the load is to end.
func (c *client) think() bool {
	t := c.min + time.Duration(c.random.Int64N(int64(c.max-c.min)))
	if c.turn == 0 {
		t = time.Duration(c.random.Int64N(int64(time.Second))) // everybody shows up in the first second
	}
	timer := time.NewTimer(t)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-c.stopping:
		return false
	}
}

// request makes a new comment, or reads what was published.
func (c *client) request() request {
	c.turn++
	page := c.random.IntN(pages)
	if !c.posts && c.random.IntN(2) == 0 {
		return request{method: http.MethodGet, path: feed(page)}
	}
	return comment(page, fmt.Sprintf("key-%06d-%06d", c.id, c.turn), c.random)
}

// feed is the address of a page's comments.
func feed(page int) string { return fmt.Sprintf("/feeds/%s/page-%d/feed.xml", site, page) }

// comment is a new one, whose words hold its key.
func comment(page int, key string, random *rand.Rand) request {
	words := make([]string, 20)
	for i := range words {
		words[i] = vocabulary[random.IntN(len(vocabulary))]
	}
	return request{method: http.MethodPost, path: "/api/v1/comments", key: key,
		body: fmt.Sprintf(`{"site":%q,"page":"/page-%d","name":"Ann","body":"%s %s.","key":%q}`, site, page, strings.Join(words, " "), key, key)}
}

var vocabulary = strings.Fields(`about after again always answer article because before better between browser build change code
	comment compile could daily database different early every example feed first found garden great group hand house idea
	kernel language large later letter light little long machine make many morning never night number often open order other
	page paper place point question quiet reader release river road server simple small static story system table thanks thing
	think thread time today together travel under useful version water week while without word work world write year`)

// ask sends a request, and reports whether there is nothing more to do about
// it.
func (c *client) ask(r request) bool {
	began := time.Now()
	if c.conn != nil && c.conn.ended() {
		c.conn.close()
		c.conn = nil
	}
	if c.conn == nil {
		conn, err := c.dial(c.patience)
		if err != nil {
			c.tally.note(r, outcome{took: time.Since(began), loss: refused, err: err})
			return true
		}
		c.conn = conn
	}
	used := c.conn.used()
	a, err := c.conn.do(r, c.patience)
	if err == nil && a.unseen { // RFC 9113 §6.8: it can be sent again
		c.tally.unseen.Add(1)
		c.conn.close()
		c.conn = nil
		return false
	}
	o := outcome{took: time.Since(began), status: a.status, loss: lossOf(a, err, used), err: err}
	if err != nil {
		c.conn.close()
		c.conn = nil
	}
	if c.insists && a.status == http.StatusServiceUnavailable && a.retryAfter {
		c.tally.later(o)
		time.Sleep(time.Duration(float64(time.Second) * (4 + 2*c.random.Float64()))) // Retry-After, about
		return false
	}
	c.tally.note(r, o)
	return true
}

// lossOf says how a request was lost, if it was.
func lossOf(a answer, err error, used bool) loss {
	switch {
	case err == errLate:
		return late
	case err != nil && used:
		return cutReused
	case err != nil:
		return cutFresh
	case a.status/100 != 2:
		return wrong
	}
	return answered
}

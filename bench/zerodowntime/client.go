package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync/atomic"
	"time"
)

// patience is the longest that a client waits for an answer.
const patience = 10 * time.Second

// request is one that a client sends once.
type request struct {
	method, path string
	key          string // of a new comment
	body         string
}

// answer is what came of it.
type answer struct {
	status     int
	retryAfter bool
	last       bool // the server said that it closes the connection
	unseen     bool // HTTP/2: the server said that it has not looked at it
}

// connection is an open connection, to be used by one client.
type connection interface {
	do(r request, patience time.Duration) (answer, error)
	// ended reports whether the client knows by now that the connection is
	// not to be used any more.
	ended() bool
	used() bool // an answer has come on it
	close()
}

// dialer opens connections to one address, as far away as rtt says. The way
// there takes half of it: what the client learns is so much older, and what it
// sends arrives so much later.
type dialer struct {
	address  string
	rtt      time.Duration
	protocol string
}

// http1 and http2 are the protocols.
const (
	http1 = "HTTP/1.1"
	http2 = "h2c"
)

func (d dialer) dial(patience time.Duration) (connection, error) {
	time.Sleep(d.rtt / 2)
	c, err := net.DialTimeout("tcp", d.address, patience)
	time.Sleep(d.rtt / 2)
	if err != nil {
		return nil, err
	}
	if d.protocol == http2 {
		return newStreams(c, d)
	}
	return newPlain(c, d), nil
}

// plain is an HTTP/1.1 connection. Somebody reads all the time, so that its
// end is noticed when it comes.
type plain struct {
	net.Conn
	dialer
	answers  chan read
	gone     atomic.Int64 // when the server's end was seen, in ns; 0: not yet
	answered atomic.Bool
	last     bool // the client's own
}

type read struct {
	answer
	err error
}

func newPlain(c net.Conn, d dialer) *plain {
	p := &plain{Conn: c, dialer: d, answers: make(chan read, 1)}
	go p.read()
	return p
}

func (p *plain) read() {
	defer close(p.answers)
	for r := bufio.NewReader(p.Conn); ; {
		if _, err := r.Peek(1); err != nil {
			p.gone.Store(time.Now().UnixNano())
			return
		}
		resp, err := http.ReadResponse(r, nil)
		if err != nil {
			p.answers <- read{err: err}
			return
		}
		_, err = io.Copy(io.Discard, resp.Body)
		resp.Body.Close()
		p.answered.Store(err == nil)
		p.answers <- read{answer{status: resp.StatusCode, last: resp.Close, retryAfter: resp.Header.Get("Retry-After") != ""}, err}
		if err != nil {
			return
		}
	}
}

// errLate says that no answer came in time.
var errLate = errors.New("no answer in time")

func (p *plain) do(r request, patience time.Duration) (answer, error) {
	time.Sleep(p.rtt / 2)
	if _, err := io.WriteString(p.Conn, r.http1(p.address)); err != nil {
		return answer{}, err
	}
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case got, ok := <-p.answers:
		time.Sleep(p.rtt / 2)
		if !ok {
			return answer{}, io.EOF
		}
		p.last = got.last
		return got.answer, got.err
	case <-timer.C:
		return answer{}, errLate
	}
}

// http1 is the request as it is sent.
func (r request) http1(host string) string {
	if r.method == http.MethodGet {
		return fmt.Sprintf("GET %s HTTP/1.1\r\nHost: %s\r\n\r\n", r.path, host)
	}
	return fmt.Sprintf("%s %s HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", r.method, r.path, host, len(r.body), r.body)
}

func (p *plain) ended() bool { return p.last || seen(&p.gone, p.rtt) }

// seen reports whether something that happened at the server has come to the
// client's ears.
func seen(at *atomic.Int64, rtt time.Duration) bool {
	t := at.Load()
	return t != 0 && time.Now().UnixNano()-t >= int64(rtt/2)
}

func (p *plain) used() bool { return p.answered.Load() }

func (p *plain) close() { p.Conn.Close() }

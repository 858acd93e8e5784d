package main

import (
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func TestTallyComparesWithWhatIsStored(t *testing.T) {
	t.Parallel()
	tally := newTally(t.Context())
	for key, loss := range map[string]loss{"good": answered, "silent": cutReused, "lost": refused, "vanished": answered, "twice": answered} {
		tally.note(request{method: http.MethodPost, key: key}, outcome{loss: loss})
	}
	tally.note(request{method: http.MethodGet}, outcome{loss: wrong, status: 502})
	c := tally.compare(map[string]int{"good": 1, "silent": 1, "twice": 2, "of others": 1})
	if c.requests != 6 || c.lost != 3 || c.silent != 1 || c.twice != 1 || c.vanished != 1 || c.posts != 5 || c.losses[wrong] != 1 {
		t.Errorf("%+v", c)
	}
}

func TestKeysAreFoundInWords(t *testing.T) {
	t.Parallel()
	stored, err := tallyKeys(strings.NewReader(`{"type":"comment","source":"some words key-000001-000002.","html":"<p>some words key-000001-000002.</p>"}
"source":"key-000003-000004."
{"type":"comment","source":"some words key-000001-000002.","html":"x"}
{"type":"thread"}
`), nil)
	if err != nil || len(stored) != 2 || stored["key-000001-000002"] != 2 || stored["key-000003-000004"] != 1 {
		t.Errorf("%v %v", stored, err)
	}
	if _, err := tallyKeys(strings.NewReader(""), nil); err == nil {
		t.Error("a measurement that stored nothing counts as one")
	}
}

func TestDisorder(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		order             []int
		neighbours, pairs float64
	}{{nil, 0, 0}, {[]int{0, 1, 2}, 0, 0}, {[]int{2, 1, 0}, 1, 1}, {[]int{1, 0, 2}, 0.5, 1.0 / 3}} {
		if neighbours, pairs := disorder(c.order); neighbours != c.neighbours || pairs != c.pairs {
			t.Errorf("%v: %v, %v", c.order, neighbours, pairs)
		}
	}
}

// TestClientsSeeLosses lets a server answer, say that it closes, cut a
// connection that was used, and one that was not.
func TestClientsSeeLosses(t *testing.T) {
	t.Parallel()
	for _, protocol := range []string{http1, http2} {
		srv := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			switch r.URL.Path {
			case "/last":
				w.Header().Set("Connection", "close")
			case "/cut":
				panic(http.ErrAbortHandler)
			}
			w.WriteHeader(http.StatusCreated)
		}))
		srv.Config.Protocols = new(http.Protocols)
		srv.Config.Protocols.SetHTTP1(true)
		srv.Config.Protocols.SetUnencryptedHTTP2(true)
		srv.Start()
		t.Cleanup(srv.Close)
		d := dialer{srv.Listener.Addr().String(), 2 * time.Millisecond, protocol}
		c := mustDial(t, d)
		for _, path := range []string{"/", "/last"} {
			if a, err := c.do(request{method: http.MethodPost, path: path, body: "{}"}, patience); err != nil || a.status != http.StatusCreated || lossOf(a, err, c.used()) != answered {
				t.Errorf("%s %s: %+v %v", protocol, path, a, err)
			}
		}
		for deadline := time.Now().Add(patience); !c.ended(); time.Sleep(time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatalf("%s: the client does not see that the connection is over", protocol)
			}
		}
		fresh := mustDial(t, d)
		if a, err := fresh.do(request{method: http.MethodGet, path: "/cut"}, patience); lossOf(a, err, fresh.used()) != cutFresh {
			t.Errorf("%s: %+v %v", protocol, a, err)
		}
	}
}

func TestClientsGiveUp(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	c := mustDial(t, dialer{l.Addr().String(), 0, http1})
	if a, err := c.do(request{method: http.MethodGet, path: "/"}, time.Millisecond); !errors.Is(err, errLate) || lossOf(a, err, false) != late {
		t.Errorf("%+v %v", a, err)
	}
	if lossOf(answer{}, io.EOF, true) != cutReused || lossOf(answer{status: 503}, nil, true) != wrong {
		t.Error("losses are taken for others")
	}
}

func mustDial(t *testing.T, d dialer) connection {
	t.Helper()
	c, err := d.dial(patience)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.close)
	return c
}

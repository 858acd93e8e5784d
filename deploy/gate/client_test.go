package gate

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// backend is an upstream that notes what reaches it, in order.
type backend struct {
	net.Listener
	url      string
	mu       sync.Mutex
	bodies   []string
	now, max atomic.Int64
	do       func(r *http.Request)
	srv      *http.Server
}

func startBackend(t *testing.T, address string, do func(r *http.Request)) *backend {
	t.Helper()
	l, err := net.Listen("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	b := &backend{Listener: l, url: "http://" + l.Addr().String(), do: do}
	b.srv = &http.Server{Handler: b}
	go b.srv.Serve(l)
	t.Cleanup(func() { b.srv.Close() })
	return b
}

func (b *backend) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	n := b.now.Add(1)
	defer b.now.Add(-1)
	for old := b.max.Load(); n > old && !b.max.CompareAndSwap(old, n); old = b.max.Load() {
	}
	body, _ := io.ReadAll(r.Body)
	b.mu.Lock()
	b.bodies = append(b.bodies, r.URL.Path+" "+string(body))
	b.mu.Unlock()
	if b.do != nil {
		b.do(r)
	}
	w.Write(body)
}

func (b *backend) got() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]string{}, b.bodies...)
}

// client is one raw connection that never repeats anything.
type client struct {
	t *testing.T
	net.Conn
	r *bufio.Reader
}

func dial(t *testing.T, base string) *client {
	t.Helper()
	c, err := net.Dial("tcp", strings.TrimPrefix(base, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	c.SetDeadline(time.Now().Add(within))
	return &client{t: t, Conn: c, r: bufio.NewReader(c)}
}

func post(path, body string, header ...string) string {
	return fmt.Sprintf("POST %s HTTP/1.1\r\nHost: blog\r\nContent-Length: %d\r\n%s\r\n%s", path, len(body), strings.Join(header, ""), body)
}

func (c *client) send(text string) {
	c.t.Helper()
	if _, err := io.WriteString(c, text); err != nil {
		c.t.Fatal(err)
	}
}

func (c *client) response() (*http.Response, string) {
	c.t.Helper()
	resp, err := http.ReadResponse(c.r, nil)
	if err != nil {
		c.t.Fatalf("no answer: %v", err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	return resp, string(text)
}

// ask sends a request that must be answered with 200.
func (c *client) ask(request string) string {
	c.t.Helper()
	c.send(request)
	resp, body := c.response()
	if resp.StatusCode != http.StatusOK {
		c.t.Fatalf("%s: %s", resp.Status, body)
	}
	return body
}

func mustContain(t *testing.T, text string, wanted ...string) {
	t.Helper()
	for _, want := range wanted {
		if !strings.Contains(text, want) {
			t.Errorf("want %q in:\n%s", want, text)
		}
	}
}

func parse(t *testing.T, address string) *url.URL {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

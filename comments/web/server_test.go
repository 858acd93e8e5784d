package web

import (
	"bufio"
	"crypto/tls"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

func logger(l *logbook) *slog.Logger { return slog.New(slog.NewTextHandler(l, nil)) }

func TestServerKeepsConnectionsLongerThanProxiesDo(t *testing.T) {
	t.Parallel()
	s := Server(http.NotFoundHandler(), logger(&logbook{}))
	if s.IdleTimeout < 75*time.Second || s.ReadHeaderTimeout == 0 || s.ReadTimeout == 0 || s.WriteTimeout == 0 || s.MaxHeaderBytes == 0 {
		t.Errorf("limits: %+v", s)
	}
}

func TestServersOwnLogShowsNoAddress(t *testing.T) {
	t.Parallel()
	log := &logbook{}
	own := Server(http.NotFoundHandler(), logger(log)).ErrorLog
	_ = own.Output(0, "http: panic serving 203.0.113.9:4711: runtime error: index out of range [5] with length 3")
	_ = own.Output(0, "http: response.Write on hijacked connection from [2001:db8::9%eth0]:4711")
	_ = own.Output(0, "http: TLS handshake error from 203.0.113.9:4711: EOF")
	got := log.String()
	for _, absent := range []string{"203.0", "2001:db8", "4711", "handshake"} {
		if strings.Contains(got, absent) {
			t.Errorf("%q is in the log: %s", absent, got)
		}
	}
	for _, present := range []string{"index out of range [5]", "hijacked"} {
		if !strings.Contains(got, present) {
			t.Errorf("%q is not in the log: %s", present, got)
		}
	}
}

func TestPanicOfAConnectionShowsNoAddress(t *testing.T) {
	t.Parallel()
	log := &logbook{}
	l := listen(t)
	serve(t, l, Server(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("at the disco") }), logger(log)))
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	if _, err := client.Get("http://" + l.Addr().String()); err == nil {
		t.Fatal("answered")
	}
	wait(t, "the panic in the log", func() bool { return strings.Contains(log.String(), "at the disco") })
	if strings.Contains(log.String(), "127.0.0.1") {
		t.Errorf("log: %s", log)
	}
}

func TestFailedHandshakesAreNotLogged(t *testing.T) {
	t.Parallel()
	log := &logbook{}
	l := listen(t)
	server := Server(http.NotFoundHandler(), logger(log))
	server.TLSConfig = &tls.Config{GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return nil, net.ErrClosed }}
	serve(t, tls.NewListener(l, server.TLSConfig), server)
	if _, err := tls.Dial("tcp", l.Addr().String(), &tls.Config{ServerName: "comments.example"}); err == nil {
		t.Fatal("shook hands")
	}
	if log.String() != "" {
		t.Errorf("log: %s", log)
	}
}

func TestHeadersAreBounded(t *testing.T) {
	t.Parallel()
	w := start(t)
	conn, err := net.Dial("tcp", strings.TrimPrefix(w.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	// The server may hang up before it has all; what it answers counts.
	_, _ = conn.Write([]byte("GET /livez HTTP/1.1\r\nHost: a\r\nCookie: " + strings.Repeat("c", 2*maxHeader)))
	res, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode != http.StatusRequestHeaderFieldsTooLarge {
		t.Errorf("status %d", res.StatusCode)
	}
}

// wait asks until something is so, for as long as a slow machine may need.
func wait(t testing.TB, what string, so func() bool) {
	t.Helper()
	deadline := time.Now().Add(30 * time.Second)
	for !so() {
		if time.Now().After(deadline) {
			t.Fatalf("waited for %s", what)
		}
		<-time.After(time.Millisecond)
	}
}

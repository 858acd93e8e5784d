package web

import (
	"bytes"
	"log"
	"log/slog"
	"net/http"
	"regexp"
	"time"
)

// Limits of one connection, from slow clients' point of view.
const (
	// readHeaderTimeout ends connections that trickle their header: real ones
	// need one packet.
	readHeaderTimeout = 10 * time.Second
	// readTimeout lets the largest form arrive at 7 kB/s.
	readTimeout = 30 * time.Second
	// writeTimeout lets an archive of half a megabyte leave at 10 kB/s, and
	// is longer than anything that waits for the database or the publisher.
	writeTimeout = 60 * time.Second
	// idleTimeout is longer than the 60 s for which nginx and most balancers
	// keep connections, so that they close first: a server that does sends
	// its close into their next request.
	idleTimeout = 90 * time.Second
	// maxHeader has room for what other services of the domain leave in
	// cookies, which reach us though we read none.
	maxHeader = 32 << 10
)

// Server returns a server for a handler, with all limits set and a log that
// shows no reader's address. The caller listens and shuts it down.
func Server(handler http.Handler, logger *slog.Logger) *http.Server {
	return &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: readHeaderTimeout,
		ReadTimeout:       readTimeout,
		WriteTimeout:      writeTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHeader,
		ErrorLog:          log.New(discreet{logger}, "", 0),
	}
}

// discreet passes on what net/http has to say, without addresses.
type discreet struct {
	log *slog.Logger
}

// address matches what net.Addr prints: IPv4, or IPv6 in brackets, and a port.
var address = regexp.MustCompile(`(\d{1,3}(\.\d{1,3}){3}|\[[0-9A-Fa-f.]*:[0-9A-Fa-f:.]*(%[^\]]*)?\])(:\d+)?`)

// Write logs one message. Failed handshakes are dropped: scanners cause
// thousands, and nobody can mend them.
func (d discreet) Write(message []byte) (int, error) {
	if !bytes.HasPrefix(message, []byte("http: TLS handshake error")) {
		d.log.Warn("http server", "message", string(address.ReplaceAll(bytes.TrimSpace(message), []byte("(address)"))))
	}
	return len(message), nil
}

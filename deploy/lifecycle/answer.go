package lifecycle

import (
	"io"
	"net/http"
)

// answer is a response that decides at the last moment whether it is its
// connection's last: a drain may begin while the handler runs.
type answer struct {
	http.ResponseWriter
	closes  func() bool
	decided bool
}

// decide sets "Connection: close", which net/http turns into GOAWAY for HTTP/2.
func (a *answer) decide() {
	if a.decided {
		return
	}
	a.decided = true
	if a.closes() {
		a.Header().Set("Connection", "close")
	}
}

// WriteHeader sends the header; informational ones (1xx) decide nothing.
func (a *answer) WriteHeader(code int) {
	if code >= http.StatusOK || code == http.StatusSwitchingProtocols {
		a.decide()
	}
	a.ResponseWriter.WriteHeader(code)
}

// Write sends a part of the body.
func (a *answer) Write(p []byte) (int, error) {
	a.decide()
	return a.ResponseWriter.Write(p)
}

// ReadFrom keeps net/http's way of sending files without copying them.
func (a *answer) ReadFrom(r io.Reader) (int64, error) {
	a.decide()
	return io.Copy(a.ResponseWriter, r)
}

// Flush sends what is written so far.
func (a *answer) Flush() {
	a.decide()
	_ = http.NewResponseController(a.ResponseWriter).Flush() // an error says that there is nothing to flush
}

// Unwrap lets http.ResponseController find what this does not have.
func (a *answer) Unwrap() http.ResponseWriter { return a.ResponseWriter }

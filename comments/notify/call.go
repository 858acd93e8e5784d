package notify

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"postil/comments"
)

const (
	maxAnswer  = 64 << 10 // bytes of an answer's header fields, and of its body, that are read
	idleCalls  = 30 * time.Second
	ourName    = "Postil"
	handshakes = 5 * time.Second
)

// newClient returns a client that follows no redirects, asks no proxy, and
// lets control refuse addresses.
func newClient(control func(network, address string, c syscall.RawConn) error) *http.Client {
	dialer := &net.Dialer{Control: control}
	return stayHere(http.Client{Transport: &http.Transport{
		DialContext: dialer.DialContext, ForceAttemptHTTP2: true, TLSHandshakeTimeout: handshakes,
		MaxIdleConnsPerHost: 1, IdleConnTimeout: idleCalls, MaxResponseHeaderBytes: maxAnswer,
	}})
}

// stayHere makes a client follow no redirects.
func stayHere(c http.Client) *http.Client {
	c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &c
}

// clientFor returns the client that may call an address for a site.
func (c *Courier) clientFor(s comments.Settings, address string) *http.Client {
	if u, err := url.Parse(address); err == nil {
		for _, host := range []string{u.Hostname(), u.Host} {
			if slices.ContainsFunc(s.Allow, func(allowed string) bool { return strings.EqualFold(allowed, host) }) {
				return c.direct
			}
		}
	}
	return c.public
}

// call posts a body and says what became of it.
func (c *Courier) call(ctx context.Context, client *http.Client, address, body string, header http.Header) outcome {
	var written atomic.Bool
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{WroteHeaders: func() { written.Store(true) }})
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, address, strings.NewReader(body))
	if err != nil {
		return outcome{result: refused, final: true, unmet: true, reason: "its address cannot be read"}
	}
	request.Header = header
	request.Header.Set("User-Agent", ourName)
	answer, err := client.Do(request)
	if err != nil {
		return outcome{result: failed, target: true, lost: written.Load(), reason: reason(err)}
	}
	defer answer.Body.Close()
	_, _ = io.CopyN(io.Discard, answer.Body, maxAnswer) // so that the connection can be used again
	return answered(answer, c.Now())
}

// answered is the outcome that an answer means.
func answered(answer *http.Response, now time.Time) outcome {
	o := outcome{result: failed, target: true, after: retryAfter(answer.Header.Get("Retry-After"), now), reason: fmt.Sprintf("it answers %d", answer.StatusCode)}
	switch code := answer.StatusCode; {
	case code/100 == 2:
		return outcome{result: done}
	case code == http.StatusRequestTimeout, code == http.StatusTooEarly, code == http.StatusTooManyRequests, code >= 500:
	case code/100 == 3:
		o.result, o.reason = refused, o.reason+", which leads elsewhere; redirects are not followed"
	default:
		o.result, o.final = refused, code == http.StatusGone
	}
	return o
}

// retryAfter reads the header field (RFC 9110 §10.2.3): seconds, or a date.
func retryAfter(value string, now time.Time) time.Duration {
	if seconds, err := strconv.ParseInt(value, 10, 32); err == nil {
		return max(0, time.Duration(seconds)*time.Second)
	}
	if at, err := http.ParseTime(value); err == nil {
		return max(0, at.Sub(now))
	}
	return 0
}

// reason says why a target could not be spoken to, without saying where it is.
func reason(err error) string {
	var dns *net.DNSError
	var timeout net.Error
	var certificate *tls.CertificateVerificationError
	switch {
	case errors.Is(err, errPrivate):
		return "its host is not a public one; the site's settings can allow it"
	case errors.As(err, &dns) && dns.IsNotFound:
		return "its host name is unknown"
	case errors.As(err, &certificate):
		return "its TLS certificate is not valid"
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return "it did not answer in time"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "it takes no connections"
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE), errors.Is(err, net.ErrClosed):
		return "it broke the connection off"
	default:
		return "it could not be reached"
	}
}

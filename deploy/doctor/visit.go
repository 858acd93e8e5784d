package doctor

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/netip"
	"net/url"
	"os"
	"strings"
	"time"
)

// Limits of what is fetched.
const (
	maxExam      = time.Minute      // for everything
	maxVisit     = 10 * time.Second // for one request
	maxBody      = 4 << 20          // bytes of an answer
	maxRedirects = 5
)

// answer is what a request got.
type answer struct {
	url    *url.URL // after redirections
	status int
	header http.Header
	body   []byte
	tls    *tls.ConnectionState // nil without TLS
	remote netip.Addr           // who answered
}

func (e *exam) newClient() *http.Client {
	dialer := &net.Dialer{Timeout: maxVisit}
	transport := &http.Transport{
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			return dialer.DialContext(ctx, network, e.connected(address))
		},
		TLSClientConfig:    &tls.Config{RootCAs: e.Roots},
		ForceAttemptHTTP2:  true,
		DisableCompression: true, // compression is one of the checks
	}
	return &http.Client{Transport: transport, Timeout: maxVisit, CheckRedirect: stayHere}
}

// connected is where an address is reached.
func (e *exam) connected(address string) string {
	address = strings.ToLower(address)
	if to, ok := e.Connect[address]; ok {
		return to
	}
	if host, _, err := net.SplitHostPort(address); err == nil && e.Connect[host] != "" {
		return e.Connect[host]
	}
	return address
}

// stayHere follows redirections within a host, and never back to plain HTTP.
func stayHere(r *http.Request, via []*http.Request) error {
	first := via[0].URL
	if len(via) > maxRedirects || r.URL.Hostname() != first.Hostname() || first.Scheme == "https" && r.URL.Scheme != "https" {
		return http.ErrUseLastResponse
	}
	return nil
}

// agent says who asks; no browser is imitated.
const agent = "Mozilla/5.0 (compatible; postil doctor)"

// visit sends a request without a body. Its errors are for people.
func (e *exam) visit(ctx context.Context, method, address string, header ...string) (*answer, error) {
	a := &answer{}
	trace := &httptrace.ClientTrace{GotConn: func(c httptrace.GotConnInfo) {
		if at, err := netip.ParseAddrPort(c.Conn.RemoteAddr().String()); err == nil {
			a.remote = at.Addr().Unmap()
		}
	}}
	r, err := http.NewRequestWithContext(httptrace.WithClientTrace(ctx, trace), method, address, nil)
	if err != nil {
		return nil, plain(err)
	}
	r.Header.Set("User-Agent", agent)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	resp, err := e.client.Do(r)
	if err != nil {
		return nil, plain(err)
	}
	defer resp.Body.Close()
	a.url, a.status, a.header, a.tls = resp.Request.URL, resp.StatusCode, resp.Header, resp.TLS
	a.body, err = limited(resp.Body)
	return a, plain(err)
}

// plain leaves out what a person knows already: method and address.
func plain(err error) error {
	if u, ok := errors.AsType[*url.Error](err); ok {
		if u.Timeout() {
			return fmt.Errorf("there was no answer within %v", maxVisit)
		}
		err = u.Err
	}
	if _, ok := errors.AsType[tls.RecordHeaderError](err); ok || errors.Is(err, http.ErrSchemeMismatch) {
		return errors.New("nobody speaks TLS there; if none is meant, write http:// before the address")
	}
	if d, ok := errors.AsType[*net.DNSError](err); ok && d.IsNotFound {
		return fmt.Errorf("there is no host of the name %s", d.Name)
	}
	if o, ok := errors.AsType[*os.SyscallError](err); ok {
		return o.Err
	}
	return err
}

// host is how browsers write it: in small letters, without the scheme's own
// port.
func host(u *url.URL) string {
	name := strings.ToLower(u.Host)
	if p := u.Port(); p == "443" && u.Scheme == "https" || p == "80" && u.Scheme == "http" {
		return strings.TrimSuffix(name, ":"+p)
	}
	return name
}

// origin is how browsers write it (RFC 6454 §6.2).
func origin(u *url.URL) string { return u.Scheme + "://" + host(u) }

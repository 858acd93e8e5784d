package notify

import (
	"crypto/x509"
	"net/mail"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"

	"postil/comments"
)

// TLSMode says how the conversation with a mail server is protected.
type TLSMode string

const (
	StartTLS TLSMode = "starttls" // begun in the clear, then TLS or nothing (RFC 3207)
	TLS      TLSMode = "tls"      // from the first byte (RFC 8314)
	NoTLS    TLSMode = "none"     // never: for a server on the same machine
)

// DefaultMailTimeout bounds the sending of one mail, from the connection to
// the answer to its last line.
const DefaultMailTimeout = time.Minute

// Mail says by which server mail is sent, and from whom. The zero Mail sends
// none.
type Mail struct {
	Host     string
	Port     int
	User     string // empty: no login
	Password string
	From     string         // comments@blog.example, or Name <comments@blog.example>
	TLS      TLSMode        // empty: StartTLS
	Timeout  time.Duration  // 0: [DefaultMailTimeout]
	Roots    *x509.CertPool // who may vouch for the server; nil: whom the system trusts
}

// ParseSMTP reads the address of a mail server:
//
//	smtp://user@mail.example:587   TLS by STARTTLS, which the server must offer
//	smtps://user@mail.example:465  TLS from the beginning
//	smtp://localhost:25            no TLS, on loopback only
//
// Ports can be left out. An empty address, with no sender and no password,
// means that no mail is sent. Errors are Invalid at "smtp", "from" or
// "password", and hold no password.
func ParseSMTP(address, from, password string) (Mail, error) {
	if address == "" && from == "" && password == "" {
		return Mail{}, nil
	}
	m := Mail{From: from, Password: password}
	u, err := url.Parse(address)
	switch {
	case err != nil || u.Hostname() == "":
		return Mail{}, comments.FieldError("smtp", "is no address of a mail server; write it as smtp://user@mail.example:587 or smtps://user@mail.example")
	case u.Scheme != "smtp" && u.Scheme != "smtps":
		return Mail{}, comments.FieldError("smtp", "begins with %q; write smtp:// for STARTTLS, or smtps:// for TLS from the beginning", u.Scheme)
	case strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "":
		return Mail{}, comments.FieldError("smtp", "has more than user, host and port")
	}
	if _, given := u.User.Password(); given {
		return Mail{}, comments.FieldError("smtp", "has a password in it, which others could read; give that apart from the address")
	}
	m.Host, m.User = u.Hostname(), u.User.Username()
	m.TLS, m.Port = usual(u.Scheme, m.Host)
	if u.Port() != "" {
		if m.Port, err = strconv.Atoi(u.Port()); err != nil || m.Port < 1 || m.Port > 65535 {
			return Mail{}, comments.FieldError("smtp", "has the port %s; ports are numbers from 1 to 65535", u.Port())
		}
	}
	if err := m.complete(); err != nil {
		return Mail{}, err
	}
	return m, nil
}

// usual returns what an address leaves open.
func usual(scheme, host string) (TLSMode, int) {
	switch {
	case scheme == "smtps":
		return TLS, 465
	case isLoopback(host):
		return NoTLS, 25
	default:
		return StartTLS, 587
	}
}

func isLoopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return strings.EqualFold(host, "localhost") || err == nil && ip.Unmap().IsLoopback()
}

// complete fills what may be left out, and reports what may not.
func (m *Mail) complete() error {
	if m.Timeout == 0 {
		m.Timeout = DefaultMailTimeout
	}
	if m.TLS == "" {
		m.TLS = StartTLS
	}
	if m.Host == "" {
		return nil
	}
	switch _, err := mail.ParseAddress(m.From); {
	case m.From == "":
		return comments.FieldError("from", "is missing; mail needs a sender, such as comments@blog.example")
	case err != nil || strings.ContainsAny(m.From, "\r\n"):
		return comments.FieldError("from", "%q is no mail address; write comments@blog.example, or Comments <comments@blog.example>", m.From)
	case m.Port < 1 || m.Port > 65535:
		return comments.FieldError("smtp", "has the port %d; ports are numbers from 1 to 65535", m.Port)
	case m.User == "" && m.Password != "":
		return comments.FieldError("smtp", "has no user for the password; write smtp://user@%s", m.Host)
	case m.User != "" && m.Password == "":
		return comments.FieldError("password", "is missing for the user of the mail server")
	case m.TLS != StartTLS && m.TLS != TLS && m.TLS != NoTLS:
		return comments.FieldError("smtp", "%q is none of starttls, tls, none", m.TLS)
	case m.TLS == NoTLS && !isLoopback(m.Host):
		return comments.FieldError("smtp", "%s is another machine, to which mail is sent by TLS only; use smtp:// for STARTTLS or smtps://", m.Host)
	}
	return nil
}

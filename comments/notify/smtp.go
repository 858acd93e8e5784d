package notify

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net/mail"
	"net/netip"
	"net/textproto"
	"net/url"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"
)

// farewell is how long the server may take to say goodbye. By then the mail
// is sent, so nothing depends on it.
const farewell = 2 * time.Second

// noServer is why mail waits that was asked for before the server was taken
// out of the configuration.
const noServer = "no mail server is configured"

// sender sends mails by one server.
type sender struct {
	Mail
	from mail.Address // parsed
	helo string       // how we call ourselves
}

func newSender(m Mail, base string) (sender, error) {
	s := sender{Mail: m}
	if m.Host == "" {
		return s, nil
	}
	from, err := mail.ParseAddress(m.From)
	if err != nil {
		return s, err
	}
	u, err := url.Parse(base)
	if err != nil {
		return s, err
	}
	s.from, s.helo = *from, u.Hostname()
	if ip, err := netip.ParseAddr(s.helo); err == nil { // RFC 5321 §4.1.3
		s.helo = map[bool]string{true: "[", false: "[IPv6:"}[ip.Is4()] + s.helo + "]"
	}
	return s, nil
}

// domain is the part of our address after the @.
func (s sender) domain() string {
	return s.from.Address[strings.LastIndexByte(s.from.Address, '@')+1:]
}

// send has one conversation with the server about one mail.
func (s sender) send(ctx context.Context, m *gomail.Msg) outcome {
	if s.Host == "" {
		return outcome{result: failed, target: true, reason: noServer}
	}
	line := &wire{ctx: ctx, secure: s.TLS == TLS, config: s.tls()}
	defer line.end()
	client, err := gomail.NewClient(s.Host, s.options(line, m)...)
	if err != nil {
		return outcome{result: failed, target: true, reason: "its settings are not valid"}
	}
	conversation, err := client.DialToSMTPClientWithContext(ctx)
	if err != nil {
		return outcome{result: failed, target: true, reason: greeting(err, line)}
	}
	if err := client.SendWithSMTPClient(conversation, m); err != nil && !m.IsDelivered() {
		// Without QUIT: it would end the text of a mail that is only half
		// written, and have the half delivered.
		return said(err, line)
	}
	_ = line.SetDeadline(time.Now().Add(farewell))
	_ = conversation.Quit()
	return outcome{result: done}
}

func (s sender) options(line *wire, m *gomail.Msg) []gomail.Option {
	options := []gomail.Option{
		gomail.WithPort(s.Port), gomail.WithTimeout(s.Timeout), gomail.WithHELO(s.helo), gomail.WithDialContextFunc(line.dial),
		gomail.WithoutNoop(), gomail.WithoutRset(), gomail.WithTLSConfig(line.config),
	}
	switch s.TLS {
	case TLS:
		options = append(options, gomail.WithSSL()) // which line.dial does; here it only rules out STARTTLS
	case NoTLS:
		options = append(options, gomail.WithTLSPolicy(gomail.NoTLS))
	default:
		options = append(options, gomail.WithTLSPolicy(gomail.TLSMandatory))
	}
	if isASCII(strings.Join(append(m.GetToString(), s.from.Address), "")) {
		options = append(options, gomail.WithoutSMTPUTF8()) // servers on the way need not know it then
	}
	if s.User != "" {
		options = append(options, gomail.WithUsername(s.User), gomail.WithPassword(s.Password), gomail.WithOpportunisticSMTPAuth(s.mechanisms()...))
	}
	return options
}

func isASCII(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r >= 0x80 })
}

func (s sender) tls() *tls.Config {
	return &tls.Config{ServerName: s.Host, RootCAs: s.Roots, MinVersion: tls.VersionTLS12}
}

// mechanisms are the ways to log in, the best first. In the clear a password
// is only sent on loopback.
func (s sender) mechanisms() []gomail.SMTPAuthType {
	if s.TLS == NoTLS {
		return []gomail.SMTPAuthType{gomail.SMTPAuthSCRAMSHA256, gomail.SMTPAuthPlainNoEnc, gomail.SMTPAuthLoginNoEnc}
	}
	return []gomail.SMTPAuthType{gomail.SMTPAuthSCRAMSHA256, gomail.SMTPAuthPlain, gomail.SMTPAuthLogin}
}

// greeting says why a conversation has come no further than its beginning.
func greeting(err error, line *wire) string {
	if reply, ok := errors.AsType[*textproto.Error](err); ok {
		if strings.Contains(err.Error(), "AUTH") {
			return fmt.Sprintf("the mail server answers %d to our login", reply.Code)
		}
		return fmt.Sprintf("the mail server greets us with %d", reply.Code)
	}
	switch text := err.Error(); {
	case strings.Contains(text, "does not support STARTTLS"):
		return "the mail server offers no STARTTLS; without it nothing is sent"
	case strings.Contains(text, "AUTH"):
		return "the mail server offers no login that we know"
	default:
		return line.reason(err)
	}
}

// said tells what a conversation that did not end well means for its mail.
func said(err error, line *wire) outcome {
	fault, ok := errors.AsType[*gomail.SendError](err)
	if !ok { // the library always says where it failed; if it did not, this would be all we know
		return outcome{result: failed, target: true, lost: true, reason: line.reason(err)}
	}
	code := fault.ErrorCode()
	o := outcome{result: failed, reason: fmt.Sprintf("the mail server answers %d", code)}
	if status := fault.EnhancedStatusCode(); status != "" {
		o.reason += " " + status
	}
	if fault.Reason == gomail.ErrSMTPRcptTo {
		o.reason += " to the recipient"
	}
	switch {
	case code/100 == 5:
		o.result, o.final = refused, true
	case code == 421: // RFC 5321 §3.8: it is closing
		o.target = true
	case code == 0:
		o.target, o.reason = true, line.reason(err)
		o.lost = fault.Reason == gomail.ErrSMTPDataClose && !line.cut
	}
	return o
}

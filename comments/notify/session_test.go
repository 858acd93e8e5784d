package notify_test

import (
	"bufio"
	"crypto/tls"
	"encoding/base64"
	"fmt"
	"io"
	"mime"
	"mime/quotedprintable"
	"net"
	"net/mail"
	"strings"
)

// session is one conversation.
type session struct {
	*sink
	conn     net.Conn
	in       *bufio.Reader
	from, to string
	deed     misdeed
}

func (s *sink) serve(conn net.Conn) {
	defer func() { conn.Close() }()
	if s.implicit {
		conn = tls.Server(conn, s.identity)
	}
	one := &session{sink: s, conn: conn, in: bufio.NewReader(conn)}
	if s.greeting != "" {
		one.say(s.greeting)
	} else {
		one.say("220 sink.example ready")
	}
	for one.step() {
	}
	one.conn.Close()
}

func (s *session) say(format string, args ...any) { fmt.Fprintf(s.conn, format+"\r\n", args...) }

// step answers one command, and reports whether to go on.
func (s *session) step() bool {
	line, err := s.in.ReadString('\n')
	if err != nil {
		return false
	}
	line = strings.TrimRight(line, "\r\n")
	verb, rest, _ := strings.Cut(line, " ")
	switch strings.ToUpper(verb) {
	case "EHLO":
		s.greet()
	case "STARTTLS":
		s.say("220 go ahead")
		s.conn = tls.Server(s.conn, s.identity)
		s.in = bufio.NewReader(s.conn)
	case "AUTH":
		s.login(rest)
	case "MAIL":
		s.from = between(rest)
		s.say("250 ok")
	case "RCPT":
		return s.recipient(between(rest))
	case "DATA":
		return s.data()
	case "QUIT":
		s.say("221 bye")
		return false
	default:
		s.say("250 ok")
	}
	return true
}

func (s *session) greet() {
	s.say("250-sink.example")
	_, secure := s.conn.(*tls.Conn)
	if s.identity != nil && !secure {
		s.say("250-STARTTLS")
	}
	if s.user != "" {
		s.say("250-AUTH PLAIN")
	}
	s.say("250-8BITMIME")
	s.say("250 ENHANCEDSTATUSCODES")
}

func (s *session) login(rest string) {
	_, given, _ := strings.Cut(rest, " ")
	plain, _ := base64.StdEncoding.DecodeString(given)
	if string(plain) != "\x00"+s.user+"\x00"+s.password {
		s.say("535 5.7.8 no such user %s", s.user)
		return
	}
	s.mu.Lock()
	s.loggedIn++
	s.mu.Unlock()
	s.say("235 welcome")
}

func between(rest string) string {
	_, rest, _ = strings.Cut(rest, "<")
	address, _, _ := strings.Cut(rest, ">")
	return address
}

func (s *session) recipient(to string) bool {
	s.to, s.deed = to, s.next(to)
	switch s.deed {
	case refuses:
		s.say("550 5.1.1 <%s> is unknown here", to)
	case defers:
		s.say("451 4.7.1 <%s> comes too early", to)
	case closes:
		s.say("421 4.3.2 closing for <%s>", to)
		return false
	default:
		s.say("250 ok")
	}
	return true
}

func (s *session) data() bool {
	if s.deed == breaksOff {
		return false
	}
	s.say("354 go on")
	var text strings.Builder
	for {
		line, err := s.in.ReadString('\n')
		if err != nil {
			return false
		}
		if line == ".\r\n" {
			break
		}
		text.WriteString(strings.TrimPrefix(line, "."))
	}
	if s.deed == rejects {
		s.say("554 5.6.0 not such a text")
		return true
	}
	s.keep(text.String())
	switch s.deed {
	case losesAnswer:
		return false
	case hangs:
		_, _ = io.Copy(io.Discard, s.in) // until the other side gives up
		return false
	}
	s.say("250 taken")
	return true
}

// keep notes a mail as taken.
func (s *session) keep(raw string) {
	m, err := mail.ReadMessage(strings.NewReader(raw))
	if err != nil {
		s.t.Errorf("no mail: %v\n%s", err, raw)
		return
	}
	var body io.Reader = m.Body
	if m.Header.Get("Content-Transfer-Encoding") == "quoted-printable" {
		body = quotedprintable.NewReader(body)
	}
	text, err := io.ReadAll(body)
	if err != nil {
		s.t.Errorf("text: %v", err)
	}
	subject, err := (&mime.WordDecoder{}).DecodeHeader(m.Header.Get("Subject"))
	if err != nil {
		s.t.Errorf("subject: %v", err)
	}
	one := arrival{to: s.to, from: s.from, header: m.Header, subject: subject, text: strings.ReplaceAll(string(text), "\r\n", "\n"), raw: raw}
	s.mu.Lock()
	s.mails = append(s.mails, one)
	taken := s.onTaken
	s.mu.Unlock()
	if taken != nil {
		taken(one)
	}
}

package main

import (
	"bufio"
	"encoding/base64"
	"fmt"
	"io"
	"mime"
	"mime/quotedprintable"
	"net"
	"net/mail"
	"net/textproto"
	"strings"
	"sync"
	"testing"
)

// mailSink is a mail server on loopback that keeps what it gets.
type mailSink struct {
	listener net.Listener
	password string // asked for when it is not empty

	mu    sync.Mutex
	mails []sunkMail
}

type sunkMail struct {
	to, subject, text string
	header            mail.Header
}

// newMailSink starts one; with a password it wants that for any user.
func newMailSink(t *testing.T, password string) *mailSink {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	s := &mailSink{listener: listener, password: password}
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				s.converse(conn)
			}()
		}
	}()
	return s
}

// url is how --smtp names it.
func (s *mailSink) url(user string) string {
	return "smtp://" + user + s.listener.Addr().String()
}

// converse speaks as much SMTP (RFC 5321) as a client needs.
func (s *mailSink) converse(conn net.Conn) {
	text := textproto.NewReader(bufio.NewReader(conn))
	say := func(line string) { fmt.Fprint(conn, line+"\r\n") }
	say("220 sink")
	loggedIn, to := s.password == "", ""
	for {
		line, err := text.ReadLine()
		if err != nil {
			return
		}
		verb, rest, _ := strings.Cut(line, " ")
		switch strings.ToUpper(verb) {
		case "EHLO":
			say("250-sink\r\n250-8BITMIME\r\n250 AUTH PLAIN")
		case "AUTH":
			raw, _ := base64.StdEncoding.DecodeString(strings.TrimPrefix(rest, "PLAIN "))
			if loggedIn = strings.HasSuffix(string(raw), "\x00"+s.password); loggedIn {
				say("235 welcome")
			} else {
				say("535 no")
			}
		case "MAIL":
			if loggedIn {
				say("250 go on")
			} else {
				say("530 log in first")
			}
		case "RCPT":
			to = strings.Trim(strings.TrimPrefix(strings.Fields(rest)[0], "TO:"), "<>")
			say("250 go on")
		case "DATA":
			say("354 go on")
			m, err := mail.ReadMessage(text.DotReader())
			if err != nil {
				say("554 is no mail")
				continue
			}
			s.keep(to, m)
			say("250 taken")
		case "QUIT":
			say("221 bye")
			return
		default:
			say("250 as you like")
		}
	}
}

func (s *mailSink) keep(to string, m *mail.Message) {
	body := m.Body
	switch strings.ToLower(m.Header.Get("Content-Transfer-Encoding")) {
	case "quoted-printable":
		body = quotedprintable.NewReader(body)
	case "base64":
		body = base64.NewDecoder(base64.StdEncoding, body)
	}
	text, _ := io.ReadAll(body)
	io.Copy(io.Discard, m.Body)
	subject, _ := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
	s.mu.Lock()
	defer s.mu.Unlock()
	s.mails = append(s.mails, sunkMail{to: to, subject: subject, text: string(text), header: m.Header})
}

// to returns what came to an address, in order.
func (s *mailSink) to(address string) (list []sunkMail) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, m := range s.mails {
		if m.to == address {
			list = append(list, m)
		}
	}
	return list
}

// await waits for the nth mail to an address, counted from 1.
func (s *mailSink) await(t *testing.T, address string, n int) sunkMail {
	t.Helper()
	eventually(t, fmt.Sprintf("mail %d to %s", n, address), func() bool { return len(s.to(address)) >= n })
	return s.to(address)[n-1]
}

// link returns the first address in a mail that holds a text.
func (m sunkMail) link(t *testing.T, holding string) string {
	t.Helper()
	for _, word := range strings.Fields(m.text) {
		if strings.HasPrefix(word, "http") && strings.Contains(word, holding) {
			return word
		}
	}
	t.Fatalf("no link with %q in:\n%s", holding, m.text)
	return ""
}

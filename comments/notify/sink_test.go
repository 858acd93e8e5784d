package notify_test

import (
	"crypto/tls"
	"net"
	"net/mail"
	"sync"
	"testing"

	"postil/comments/notify"
)

// misdeed is what a sink does wrong with one mail.
type misdeed int

const (
	takes       misdeed = iota
	refuses             // 550 to the recipient
	defers              // 451 to the recipient
	rejects             // 554 to the text
	breaksOff           // drops the connection before the text
	losesAnswer         // takes the mail, and drops the connection instead of saying so
	hangs               // takes the mail, and says nothing
	closes              // 421 to the recipient
)

// arrival is a mail that the sink has taken.
type arrival struct {
	to, from string
	header   mail.Header
	subject  string // decoded
	text     string // decoded
	raw      string
}

// sink is a mail server that keeps what it gets, over real sockets.
type sink struct {
	t        testing.TB
	listener net.Listener
	identity *tls.Config // nil: no TLS
	implicit bool        // TLS from the first byte
	greeting string      // "": 220
	user     string      // "": no login
	password string

	mu       sync.Mutex
	mails    []arrival
	plans    map[string][]misdeed
	always   misdeed // where nothing is planned
	onTaken  func(arrival)
	loggedIn int
}

func newSink(t testing.TB) *sink { return startSink(t, &sink{}) }

func startSink(t testing.TB, s *sink) *sink {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	s.t, s.listener, s.plans = t, listener, map[string][]misdeed{}
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go s.serve(conn)
		}
	}()
	return s
}

func (s *sink) port() int { return s.listener.Addr().(*net.TCPAddr).Port }

func (s *sink) mail() notify.Mail {
	return notify.Mail{Host: "127.0.0.1", Port: s.port(), From: "Comments <comments@service.example>", TLS: notify.NoTLS}
}

// plan says what happens to the next mails to an address.
func (s *sink) plan(to string, deeds ...misdeed) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.plans[to] = append(s.plans[to], deeds...)
}

func (s *sink) next(to string) misdeed {
	s.mu.Lock()
	defer s.mu.Unlock()
	plan := s.plans[to]
	if len(plan) == 0 {
		return s.always
	}
	s.plans[to] = plan[1:]
	return plan[0]
}

// to returns the mails that came to an address.
func (s *sink) to(address string) (list []arrival) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, m := range s.mails {
		if m.to == address {
			list = append(list, m)
		}
	}
	return list
}

// one returns the only mail to an address.
func (s *sink) one(address string) arrival {
	s.t.Helper()
	list := s.to(address)
	if len(list) != 1 {
		s.t.Fatalf("%d mails came to %s, want one", len(list), address)
	}
	return list[0]
}

func (s *sink) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.mails)
}

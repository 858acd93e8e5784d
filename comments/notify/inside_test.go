package notify

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"net/url"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestOnlyPublicAddressesCanBeCalled(t *testing.T) {
	t.Parallel()
	for want, list := range map[bool]string{
		true: `1.1.1.1 8.8.8.8 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0 126.255.255.255 128.0.0.0 169.253.0.1 172.15.255.255 172.32.0.0
			192.0.1.0 192.167.255.255 192.169.0.0 198.17.255.255 198.20.0.0 223.255.255.255 2001:4860:4860::8888 2606:4700::1111 2a00::1
			2001:200::1 2003::1 3ffe::1 64:ff9b::1.1.1.1 ::ffff:1.1.1.1`,
		false: `0.0.0.0 0.1.2.3 10.0.0.0 10.255.255.255 100.64.0.1 100.127.255.255 127.0.0.1 127.255.255.255 169.254.0.1 169.254.169.254
			172.16.0.1 172.31.255.255 192.0.0.8 192.0.2.1 192.88.99.1 192.168.0.1 192.168.255.255 198.18.0.1 198.19.255.255 198.51.100.1
			203.0.113.1 224.0.0.1 239.255.255.250 240.0.0.1 255.255.255.255
			:: ::1 ::127.0.0.1 ::8.8.8.8 ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:169.254.169.254 64:ff9b::10.0.0.1 64:ff9b::127.0.0.1 64:ff9b:1::1.1.1.1
			100::1 2001::1 2001:1ff::1 2001:db8::1 2002:7f00:1:: 2002:808:808:: 3fff::1 4000::1 5f00::1 fc00::1 fdff::1 fe80::1 fe80::1%eth0 fec0::1 ff02::1`,
	} {
		for _, raw := range strings.Fields(list) {
			address := netip.MustParseAddr(raw)
			if got := isPublic(address); got != want {
				t.Errorf("%s: %v", raw, got)
			}
			if err := guard("tcp", netip.AddrPortFrom(address, 80).String(), nil); (err == nil) != want {
				t.Errorf("%s: %v", raw, err)
			}
		}
	}
	if isPublic(netip.Addr{}) || guard("tcp", "nonsense", nil) == nil {
		t.Error("nonsense can be called")
	}
}

func TestReasonsSayNothingOfWhere(t *testing.T) {
	t.Parallel()
	const secret = "s3cret.example"
	wrap := func(err error) error {
		return &url.Error{Op: "Post", URL: "https://" + secret, Err: &net.OpError{Op: "dial", Err: fmt.Errorf("%s: %w", secret, err)}}
	}
	for want, err := range map[string]error{
		"its host is not a public one; the site's settings can allow it": errPrivate,
		"its host name is unknown":                                       &net.DNSError{Name: secret, IsNotFound: true},
		"it did not answer in time":                                      os.ErrDeadlineExceeded,
		"it takes no connections":                                        syscall.ECONNREFUSED,
		"it broke the connection off":                                    syscall.ECONNRESET,
		"its TLS certificate is not valid":                               &tls.CertificateVerificationError{Err: errors.New(secret)},
		"it could not be reached":                                        errors.New(secret),
	} {
		if got := reason(wrap(err)); got != want {
			t.Errorf("%v: %q", err, got)
		}
	}
	for want, err := range map[string]error{"it did not answer in time": context.DeadlineExceeded, "it broke the connection off": io.ErrUnexpectedEOF} {
		if got := reason(wrap(err)); got != want {
			t.Errorf("%v: %q", err, got)
		}
	}
}

// What could not be written cannot have reached the server, so it is not
// unsure.
func TestWireKnowsWhatDidNotLeave(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	w := &wire{ctx: t.Context()}
	if _, err := w.dial(t.Context(), "tcp", listener.Addr().String()); err != nil {
		t.Fatal(err)
	}
	defer w.end()
	server, err := listener.Accept()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write([]byte("DATA\r\n")); err != nil || w.cut {
		t.Fatal(err, w.cut)
	}
	if err := server.(*net.TCPConn).SetLinger(0); err != nil {
		t.Fatal(err)
	}
	server.Close() // resets, for DATA was not read
	for deadline := time.Now().Add(20 * time.Second); !w.cut; {
		if _, err := w.Write(make([]byte, 1<<16)); err != nil != w.cut || time.Now().After(deadline) {
			t.Fatal(err, w.cut)
		}
	}
	if got := w.reason(errors.New("the library's")); got != "the mail server: it broke the connection off" {
		t.Errorf("reason %q", got)
	}
}

func TestBackoffGrowsWithinBounds(t *testing.T) {
	t.Parallel()
	var sum time.Duration
	for n := 1; n <= maxTries; n++ {
		least, most := 1000*time.Hour, time.Duration(0)
		for range 1000 {
			wait := backoff(DefaultRetry, n)
			least, most = min(least, wait), max(most, wait)
		}
		want := min(DefaultRetry<<(n-1), retryLongest)
		if n > 10 {
			want = retryLongest
		}
		if least < want*7/8 || most > want*9/8 || most-least < want/8 {
			t.Errorf("after %d failures it waits %v to %v", n, least, most)
		}
		sum += want
	}
	if sum < 36*time.Hour || sum > 60*time.Hour {
		t.Errorf("all tries take %v", sum)
	}
	if backoff(DefaultRetry, 0) > time.Minute || backoff(DefaultRetry, 1_000_000) > retryLongest*9/8 {
		t.Error("odd counts have odd waits")
	}
}

func TestALaneThatFailedTriesOneFirst(t *testing.T) {
	t.Parallel()
	l := lane{retry: DefaultRetry}
	now := time.Now()
	enter := func(want admission) {
		t.Helper()
		if got := l.enter(now); got != want {
			t.Fatalf("got %d, want %d: %+v", got, want, l)
		}
	}
	for range laneWidth {
		enter(sends)
	}
	enter(full)
	for range laneWidth { // all that are under way fail together, which is one failure
		l.note(outcome{result: failed, target: true}, now)
		l.running--
	}
	if l.failures != 1 || l.idle() {
		t.Fatalf("%+v", l)
	}
	enter(rests)
	now = l.until
	enter(sends)
	enter(full)
	l.note(outcome{unmet: true}, now) // there was no point in it: nothing is known yet
	l.running--
	enter(sends)
	enter(full)
	l.note(outcome{result: done}, now)
	enter(sends)
	if l.running -= 2; !l.idle() {
		t.Fatalf("%+v", l)
	}
}

func TestTheNameOfTheServiceIsOneThatServersTake(t *testing.T) {
	t.Parallel()
	for base, want := range map[string]string{"https://comments.example:8443": "comments.example", "http://127.0.0.1:80": "[127.0.0.1]", "http://[::1]": "[IPv6:::1]"} {
		s, err := newSender(Mail{Host: "mail.example", From: "a@b.example"}, base)
		if err != nil || s.helo != want || s.domain() != "b.example" {
			t.Errorf("%s: %q %q %v", base, s.helo, s.domain(), err)
		}
	}
}

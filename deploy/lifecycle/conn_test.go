package lifecycle

import (
	"net"
	"testing"
)

// TestWishAtTheMomentOfARequest wakes a connection in the moment in which the
// first bytes of a request have been read: the rest can still come.
func TestWishAtTheMomentOfARequest(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	client, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	tcp, err := l.(*net.TCPListener).AcceptTCP()
	if err != nil {
		t.Fatal(err)
	}
	c := newConnSet().add(Public, tcp)
	defer c.Close()
	read := make(chan string)
	go func() {
		defer close(read)
		for buffer := make([]byte, httpBuffer); ; {
			n, err := c.Read(buffer)
			if err != nil {
				read <- err.Error()
				return
			}
			read <- string(buffer[:n])
		}
	}()
	eventually(t, "it waits", func() bool {
		c.mu.Lock()
		defer c.mu.Unlock()
		return c.waiting
	})
	c.mu.Lock()
	if _, err := client.Write([]byte("first")); err != nil {
		t.Error(err)
	}
	eventually(t, "the bytes are read", func() bool { return !pending(tcp) })
	c.wish = move // as want does
	tcp.SetReadDeadline(past)
	c.mu.Unlock()
	if got := <-read; got != "first" {
		t.Errorf("%q", got)
	}
	if _, err := client.Write([]byte("second")); err != nil {
		t.Error(err)
	}
	if got := <-read; got != "second" {
		t.Errorf("%q", got)
	}
	client.Close()
	for range read { // its end
	}
}

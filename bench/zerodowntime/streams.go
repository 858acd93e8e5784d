package main

import (
	"bytes"
	"io"
	"net"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	h2 "golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"
)

// window is how many bytes of answers a client takes unasked.
const window = 1 << 30

// streams is an HTTP/2 connection without TLS, with one request at a time.
type streams struct {
	net.Conn
	dialer
	mu       sync.Mutex // of the writing half
	framer   *h2.Framer
	fields   bytes.Buffer
	encoder  *hpack.Encoder
	next     uint32 // stream
	answers  chan read
	gone     atomic.Int64 // when the server's end or GOAWAY was seen, in ns
	goAway   atomic.Int64 // last stream that the server looks at; -1: all
	answered atomic.Bool
}

func newStreams(c net.Conn, d dialer) (*streams, error) {
	s := &streams{Conn: c, dialer: d, next: 1, answers: make(chan read, 4)}
	s.goAway.Store(-1)
	s.framer = h2.NewFramer(c, c)
	s.framer.ReadMetaHeaders = hpack.NewDecoder(4096, nil)
	s.encoder = hpack.NewEncoder(&s.fields)
	_, err := io.WriteString(c, h2.ClientPreface)
	if err == nil {
		err = s.framer.WriteSettings(h2.Setting{ID: h2.SettingInitialWindowSize, Val: window}, h2.Setting{ID: h2.SettingEnablePush, Val: 0})
	}
	if err == nil {
		err = s.framer.WriteWindowUpdate(0, window)
	}
	if err != nil {
		c.Close()
		return nil, err
	}
	go s.read()
	return s, nil
}

// read follows the server until the connection ends.
func (s *streams) read() {
	defer close(s.answers)
	defer func() { s.gone.CompareAndSwap(0, time.Now().UnixNano()) }()
	var a answer
	var last uint32 // stream that was answered
	for {
		f, err := s.framer.ReadFrame()
		if err != nil {
			return
		}
		over := false
		switch f := f.(type) {
		case *h2.MetaHeadersFrame:
			a = answer{}
			a.status, _ = strconv.Atoi(f.PseudoValue("status"))
			over = f.StreamEnded()
		case *h2.DataFrame:
			over = f.StreamEnded()
		case *h2.RSTStreamFrame:
			if f.ErrCode == h2.ErrCodeNo || f.StreamID <= last {
				continue // after a whole answer, to a body that came later
			}
			s.answers <- read{answer{unseen: f.ErrCode == h2.ErrCodeRefusedStream}, h2.StreamError{StreamID: f.StreamID, Code: f.ErrCode}}
		default:
			err = s.control(f)
		}
		if err != nil {
			return
		}
		if over {
			last = f.Header().StreamID
			s.answered.Store(true)
			s.answers <- read{answer: a}
		}
	}
}

// control answers frames that are about the connection.
func (s *streams) control(f h2.Frame) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch f := f.(type) {
	case *h2.SettingsFrame:
		if !f.IsAck() {
			return s.framer.WriteSettingsAck()
		}
	case *h2.PingFrame:
		if !f.IsAck() {
			return s.framer.WritePing(true, f.Data)
		}
	case *h2.GoAwayFrame:
		s.goAway.Store(int64(f.LastStreamID))
		s.gone.CompareAndSwap(0, time.Now().UnixNano())
		if f.LastStreamID < s.next-2 && s.next > 1 { // the request under way is not looked at
			s.answers <- read{answer: answer{unseen: true}}
		}
	}
	return nil
}

func (s *streams) do(r request, patience time.Duration) (answer, error) {
	time.Sleep(s.rtt / 2)
	if err := s.send(r); err != nil {
		return answer{}, err
	}
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case got, ok := <-s.answers:
		time.Sleep(s.rtt / 2)
		if !ok {
			return answer{}, io.EOF
		}
		return got.answer, got.err
	case <-timer.C:
		return answer{}, errLate
	}
}

// send sends a request on a new stream. One that comes after the server's
// GOAWAY is not looked at.
func (s *streams) send(r request) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	id := s.next
	s.next += 2
	s.fields.Reset()
	for _, f := range [][2]string{{":method", r.method}, {":scheme", "http"}, {":authority", s.address}, {":path", r.path}} {
		s.encoder.WriteField(hpack.HeaderField{Name: f[0], Value: f[1]})
	}
	post := r.method != http.MethodGet
	if post {
		s.encoder.WriteField(hpack.HeaderField{Name: "content-type", Value: "application/json"})
	}
	err := s.framer.WriteHeaders(h2.HeadersFrameParam{StreamID: id, BlockFragment: s.fields.Bytes(), EndHeaders: true, EndStream: !post})
	if err == nil && post {
		err = s.framer.WriteData(id, true, []byte(r.body))
	}
	if last := s.goAway.Load(); last >= 0 && last < int64(id) {
		s.answers <- read{answer: answer{unseen: true}}
		return nil
	}
	return err
}

func (s *streams) ended() bool { return seen(&s.gone, s.rtt) }

func (s *streams) used() bool { return s.answered.Load() }

func (s *streams) close() { s.Conn.Close() }

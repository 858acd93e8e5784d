package web

import (
	"bufio"
	"bytes"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"

	"postil/static"
)

// bigFeed is what a thread of a hundred comments weighs.
func bigFeed() *static.File {
	return &static.File{
		Body: []byte(strings.Repeat("0123456789abcdef", 60_000/16)), Gzip: make([]byte, 12_000), Brotli: make([]byte, 10_000),
		Type: "application/xml; charset=utf-8", ETag: `"2jmj7l5rSw0yVb_vlWAYkK"`, Modified: published, Policy: policy,
	}
}

// requests are the ways in which feeds are mostly asked for.
var requests = map[string]http.Header{
	"200 identity": {},
	"200 brotli":   {"Accept-Encoding": {"gzip, deflate, br, zstd"}},
	"304":          {"If-None-Match": {`"2jmj7l5rSw0yVb_vlWAYkK"`}},
}

// sink is a connection that takes everything; it costs nothing, so that the
// handler alone is measured.
type sink struct{ header http.Header }

func (s *sink) Header() http.Header         { return s.header }
func (s *sink) WriteHeader(int)             {}
func (s *sink) Write(b []byte) (int, error) { return len(b), nil }

func BenchmarkFileHandler(b *testing.B) {
	w := start(b, func(c *Config) { c.AccessLog = false })
	w.files.put(feedPath, bigFeed())
	for name, header := range requests {
		b.Run(name, func(b *testing.B) {
			r, err := http.NewRequest(http.MethodGet, feedPath, nil)
			if err != nil {
				b.Fatal(err)
			}
			r.Header = header
			out := &sink{header: http.Header{}}
			handler := w.web.Public()
			b.ReportAllocs()
			for b.Loop() {
				clear(out.header)
				handler.ServeHTTP(out, r)
			}
		})
	}
}

// BenchmarkFileOverTCP has one client per processor that asks on one
// connection each, as wrk does. The client's work is in the figure.
func BenchmarkFileOverTCP(b *testing.B) {
	w := start(b, func(c *Config) { c.AccessLog = false })
	w.files.put(feedPath, bigFeed())
	for name, header := range requests {
		b.Run(name, func(b *testing.B) { hammer(b, w, header) })
	}
}

// BenchmarkBareNetHTTP is the floor: the same bytes from the shortest handler.
func BenchmarkBareNetHTTP(b *testing.B) {
	l := listen(b)
	body := bigFeed().Body
	serve(b, l, Server(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header()["Content-Length"] = []string{"60000"}
		_, _ = w.Write(body)
	}), slog.New(slog.DiscardHandler)))
	hammer(b, &world{url: "http://" + l.Addr().String()}, nil)
}

func hammer(b *testing.B, w *world, header http.Header) {
	var ask strings.Builder
	ask.WriteString("GET " + feedPath + " HTTP/1.1\r\nHost: comments.example\r\n")
	for name, values := range header {
		ask.WriteString(name + ": " + values[0] + "\r\n")
	}
	ask.WriteString("\r\n")
	b.ReportAllocs()
	before := cpuTime(b)
	b.RunParallel(func(pb *testing.PB) {
		conn, err := net.DialTimeout("tcp", strings.TrimPrefix(w.url, "http://"), time.Second)
		if err != nil {
			b.Error(err)
			return
		}
		defer func() { _ = conn.Close() }()
		in := bufio.NewReaderSize(conn, 64<<10)
		for pb.Next() {
			if err := exchange(conn, in, ask.String()); err != nil {
				b.Error(err)
				return
			}
		}
	})
	b.ReportMetric(float64(cpuTime(b)-before)/float64(b.N), "cpu-ns/op")
}

// cpuTime is what this process has used of the processors: a figure that
// busy neighbours disturb less than they do the clock on the wall.
func cpuTime(b *testing.B) time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		b.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// exchange reads no more of an answer than where it ends.
func exchange(conn net.Conn, in *bufio.Reader, ask string) error {
	if _, err := io.WriteString(conn, ask); err != nil {
		return err
	}
	length := 0
	for {
		line, err := in.ReadSlice('\n')
		if err != nil {
			return err
		}
		if len(line) == 2 {
			break
		}
		if value, ok := bytes.CutPrefix(line, []byte("Content-Length: ")); ok {
			for _, digit := range bytes.TrimSpace(value) {
				length = length*10 + int(digit-'0')
			}
		}
	}
	_, err := in.Discard(length)
	return err
}

package static

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
)

// prose returns n comments' worth of feed: markup that repeats, words that do
// so less.
func prose(n int) []byte {
	words := strings.Fields("a static site has comments which are written once and read from files by everyone " +
		"who follows the thread so that nothing breaks when the database is away for an hour or two on Sunday")
	var b bytes.Buffer
	state := uint32(7)
	for i := range n {
		fmt.Fprintf(&b, "<entry><id>tag:blog.example,2026-11-22:comment:%08x</id><content type=\"xhtml\"><p>", state)
		for range 40 + i%60 {
			state = state*1664525 + 1013904223
			b.WriteString(words[state>>8%uint32(len(words))])
			b.WriteByte(' ')
		}
		b.WriteString("</p></content></entry>\n")
	}
	return b.Bytes()
}

func TestTwinsHoldTheSameBytes(t *testing.T) {
	t.Parallel()
	for n := range 40 { // pooled encoders are used again and again
		body := prose(n * 5 % 117)
		f := NewFile(body, "application/xml; charset=utf-8", time.Now())
		if len(body) < smallest {
			continue
		}
		zr, err := gzip.NewReader(bytes.NewReader(f.Gzip))
		if err != nil {
			t.Fatal(err)
		}
		for name, r := range map[string]io.Reader{"gzip": zr, "brotli": brotli.NewReader(bytes.NewReader(f.Brotli))} {
			got, err := io.ReadAll(r)
			if err != nil || !bytes.Equal(got, body) {
				t.Errorf("%s of %d bytes: %d bytes came back, %v", name, len(body), len(got), err)
			}
		}
	}
}

func TestTwinIsLeftOutWhereItSavesLittle(t *testing.T) {
	t.Parallel()
	noise := make([]byte, 4096)
	_, _ = rand.Read(noise)
	for name, body := range map[string][]byte{"noise": noise, "short": prose(10)[:smallest-1], "empty": nil} {
		if f := NewFile(body, "text/plain", time.Time{}); f.Gzip != nil || f.Brotli != nil {
			t.Errorf("%s: twins of %d and %d bytes for %d", name, len(f.Gzip), len(f.Brotli), len(body))
		}
	}
	f := NewFile(prose(10), "text/plain", time.Time{})
	if limit := len(f.Body) * 9 / 10; f.Gzip == nil || len(f.Gzip) > limit || f.Brotli == nil || len(f.Brotli) > limit {
		t.Errorf("twins of %d and %d bytes for %d", len(f.Gzip), len(f.Brotli), len(f.Body))
	}
}

func TestETagFollowsTheBytesAlone(t *testing.T) {
	t.Parallel()
	a := NewFile([]byte("one"), "text/plain", time.Now())
	b := NewFile([]byte("one"), "text/html", time.Time{})
	c := NewFile([]byte("two"), "text/plain", time.Now())
	if a.ETag != b.ETag || a.ETag == c.ETag {
		t.Errorf("got %s, %s and %s", a.ETag, b.ETag, c.ETag)
	}
	if !strings.HasPrefix(a.ETag, `"`) || !strings.HasSuffix(a.ETag, `"`) || len(a.ETag) != 22 {
		t.Errorf("%s is not a strong validator of 20 characters", a.ETag)
	}
}

func TestModifiedIsInWholeSecondsUTC(t *testing.T) {
	t.Parallel()
	zone := time.FixedZone("", 3600)
	f := NewFile(nil, "", time.Date(2026, 11, 22, 15, 3, 4, 567, zone))
	if want := time.Date(2026, 11, 22, 14, 3, 4, 0, time.UTC); f.Modified != want {
		t.Errorf("got %v, want %v", f.Modified, want)
	}
	if f := NewFile(nil, "", time.Time{}); !f.Modified.IsZero() {
		t.Errorf("an unknown time became %v", f.Modified)
	}
}

func BenchmarkNewFile(b *testing.B) {
	for _, n := range []int{100, 300} {
		body := prose(n)
		b.Run(fmt.Sprintf("%dkB", len(body)/1000), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				NewFile(body, "application/xml", time.Time{})
			}
		})
	}
}

package storetest

import (
	"fmt"
	"syscall"
	"testing"
	"time"

	"postil/comments"
)

// Benchmark measures a store on a new, empty database.
func Benchmark(b *testing.B, store comments.Store) {
	site, err := comments.NewSite("https://bench.example")
	if err != nil {
		b.Fatal(err)
	}
	site.Created = time.UnixMicro(0).UTC()
	if err := store.PutSite(b.Context(), site); err != nil {
		b.Fatal(err)
	}
	load := &load{host: site.Host}
	for _, size := range []int{1, 8, 64} {
		b.Run(fmt.Sprintf("add/batch=%d", size), func(b *testing.B) { load.add(b, store, size) })
	}
	b.Run("range/100", func(b *testing.B) {
		for b.Loop() {
			got, err := store.Range(b.Context(), site.Host, "/0", 1, 100)
			if err != nil || len(got) != 100 {
				b.Fatalf("got %d comments, %v", len(got), err)
			}
		}
	})
	b.Run("find", func(b *testing.B) {
		for b.Loop() {
			if _, err := store.Find(b.Context(), load.id(1)); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// load makes comments as readers write them, for 50 pages in turn.
type load struct {
	host string
	made int
}

func (l *load) id(n int) comments.ID {
	at := time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC).UnixMilli() + int64(n)
	return comments.ID{
		byte(at >> 40), byte(at >> 32), byte(at >> 24), byte(at >> 16), byte(at >> 8), byte(at), 0x70, 0, 0x80,
	}
}

func (l *load) comment() comments.Comment {
	l.made++
	body := fmt.Sprintf("Comment %d says what two hundred characters can say about a post that somebody has read on the way to work, and liked, but for one point in its third part, which it goes on to take apart at length.", l.made)
	at := time.UnixMicro(int64(l.made)).UTC()
	id := l.id(l.made)
	return comments.Comment{
		ID: id, Site: l.host, Page: comments.Page(fmt.Sprintf("/%d", l.made%50)), Status: comments.Published,
		Author: comments.Author{Name: "Ann", Website: "https://ann.example/"}, Source: body, Markup: comments.Markdown,
		HTML: comments.HTML("<p>" + body + "</p>"), Created: at, Decided: at,
		EditKey: comments.Hash(append(id[:], id[:]...)), Idempotency: comments.Hash(append(id[:], id[:]...)), Fingerprint: comments.Hash{1},
	}
}

func (l *load) add(b *testing.B, store comments.Store, size int) {
	batch := make([]comments.Comment, size)
	start, used := l.made, cpuTime()
	for b.Loop() {
		for i := range batch {
			batch[i] = l.comment()
		}
		if _, err := store.Add(b.Context(), batch); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(l.made-start)/b.Elapsed().Seconds(), "comments/s")
	b.ReportMetric(float64((cpuTime()-used).Microseconds())/float64(l.made-start), "cpu-µs/comment")
}

// cpuTime is what this process has used, which says more than the clock on a
// machine that has other work.
func cpuTime() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		return 0
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

package feeds

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"postil/comments"
)

// words is the body of a comment of ordinary length.
var words = strings.Repeat("A comment says what its author thinks, in about so many words. ", 6)

// load adds n published comments to a page, straight into the store.
func (w *world) load(page comments.Page, n int) {
	w.t.Helper()
	for n > 0 {
		batch := make([]comments.Comment, min(n, 2000))
		for i := range batch {
			w.ids++
			at := w.now()
			batch[i] = comments.Comment{
				ID: numbered(w.ids), Site: "blog.example", Page: page, Status: comments.Published, Markup: comments.Markdown,
				Author: comments.Author{Name: "Ann", Website: "https://ann.example/"}, Source: words,
				HTML:    comments.HTML(fmt.Sprintf("<p>%s %d</p>\n", words, w.ids)),
				Created: at, Decided: at,
			}
		}
		if _, err := w.store.Add(w.t.Context(), batch); err != nil {
			w.t.Fatal(err)
		}
		n -= len(batch)
	}
}

func standardArchive(s *comments.Site) { s.Settings.Archive = 100 }

// BenchmarkOneMoreComment measures what publishing one more comment costs, on
// threads of very different sizes; all have 150 comments in their current
// document.
func BenchmarkOneMoreComment(b *testing.B) {
	for _, size := range []int{150, 1_050, 10_050, 100_050} {
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			w := newWorld(b, standardArchive)
			w.load("/post", size)
			w.pass()
			syncs, spent := w.dir.syncs.Load(), cpuTime()
			for b.Loop() {
				c := w.post("/post", words, comments.ID{})
				w.pass()
				b.StopTimer() // keep the size
				if _, err := w.service.Erase(b.Context(), "mod", "blog.example", []comments.ID{c.ID}); err != nil {
					b.Fatal(err)
				}
				b.StartTimer()
			}
			b.ReportMetric(float64(w.dir.syncs.Load()-syncs)/float64(b.N), "syncs/op")
			b.ReportMetric(float64((cpuTime()-spent).Microseconds())/1000/float64(b.N), "cpu-ms/op")
		})
	}
}

// cpuTime is what this process has had of the processors, which tells more
// than the clock does on a machine that is shared.
func cpuTime() time.Duration {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		panic(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// BenchmarkPostToFile posts a hundred comments a second to a page and measures
// how long each takes to stand in its files.
func BenchmarkPostToFile(b *testing.B) {
	for _, pages := range []int{1, 20} {
		b.Run(fmt.Sprintf("pages=%d", pages), func(b *testing.B) {
			w := newWorld(b, standardArchive)
			for p := range pages {
				w.load(comments.Page(fmt.Sprintf("/post%d", p)), 150)
			}
			w.pass()
			go w.Run(b.Context())
			var mu sync.Mutex
			var took []time.Duration
			var group sync.WaitGroup
			spent := cpuTime()
			ticker := time.NewTicker(10 * time.Millisecond)
			defer ticker.Stop()
			n := 0
			for b.Loop() {
				<-ticker.C
				n++
				page := comments.Page(fmt.Sprintf("/post%d", n%pages))
				w.post(string(page), words, comments.ID{})
				stored := time.Now()
				sites, err := w.store.Sites(b.Context())
				if err != nil {
					b.Fatal(err)
				}
				head := sites[0].Head
				group.Go(func() {
					w.Nudge()
					if err := w.await(b.Context(), func() bool { return w.stands(page, head) }); err != nil {
						b.Error(err)
					}
					mu.Lock()
					defer mu.Unlock()
					took = append(took, time.Since(stored))
				})
			}
			group.Wait()
			b.StopTimer()
			b.ReportMetric(float64((cpuTime()-spent).Microseconds())/1000/float64(b.N), "cpu-ms/op")
			slices.Sort(took)
			for _, q := range []int{50, 90, 99} {
				b.ReportMetric(float64(took[len(took)*q/100].Microseconds())/1000, fmt.Sprintf("p%d-ms", q))
			}
		})
	}
}

// stands reports whether a page's files show it as of a change. The caller
// holds mu.
func (w *world) stands(page comments.Page, change int64) bool {
	s := w.sites["blog.example"]
	t := s.tasks[page]
	later := func(j job) bool { return j.first == 0 || j.first > change }
	return s.taken >= change && (t == nil || later(t.todo) && later(t.now))
}

// BenchmarkRender measures one current document of 150 comments.
func BenchmarkRender(b *testing.B) {
	var all []comments.Comment
	for n := range int64(150) {
		c := fixtureComment(n+1, 0)
		c.HTML = comments.HTML("<p>" + words + "</p>\n")
		all = append(all, c)
	}
	site := fixtureSite()
	r := renderer{base: "https://c.example", stylesheet: "/postil.css"}
	d := newDocument(site, comments.Thread{Page: "/post", Last: 150, Visible: 150}, 0, all)
	for name, render := range map[string]func(*document) ([]byte, error){"atom": r.atom, "html": r.html, "json": r.json} {
		b.Run(name, func(b *testing.B) {
			size, spent := 0, cpuTime()
			for b.Loop() {
				body, err := render(d)
				if err != nil {
					b.Fatal(err)
				}
				size = len(body)
			}
			b.ReportMetric(float64(size), "bytes")
			b.ReportMetric(float64((cpuTime()-spent).Microseconds())/1000/float64(b.N), "cpu-ms/op")
		})
	}
	b.Run("all with twins", func(b *testing.B) {
		spent := cpuTime()
		for b.Loop() {
			for _, form := range formsOf(fixtureSite(), 0) {
				if _, err := r.form(d, form, true, day); err != nil {
					b.Fatal(err)
				}
			}
		}
		b.ReportMetric(float64((cpuTime()-spent).Microseconds())/1000/float64(b.N), "cpu-ms/op")
	})
}

// BenchmarkBuild measures how fast the files of many ordinary pages are built
// with their twins. None are removed between two rounds: ext4 looks long for
// an inode where many were freed.
func BenchmarkBuild(b *testing.B) {
	const pages = 200
	for b.Loop() {
		b.StopTimer()
		w := newWorld(b, standardArchive)
		for n := range pages {
			w.load(comments.Page(fmt.Sprintf("/2020/%d/post", n)), 50)
		}
		b.StartTimer()
		syncs, spent, began := w.dir.syncs.Load(), cpuTime(), time.Now()
		if err := w.Rebuild(b.Context(), nil); err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(w.dir.syncs.Load()-syncs)/pages, "syncs/page")
		b.ReportMetric(float64((cpuTime()-spent).Microseconds())/1000/pages, "cpu-ms/page")
		b.ReportMetric(pages/time.Since(began).Seconds(), "pages/s")
	}
}

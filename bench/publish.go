package main

import (
	"fmt"
	"slices"
	"sync"
	"time"
)

const (
	postsPerSecond = 100
	publishPages   = 10               // the posts go round these
	publishFor     = 10 * time.Second // at that rate
)

// publish measures how long after its acknowledgement a comment stands in
// the file, at a steady rate of posts.
func (b *bench) publish() error {
	s, err := b.serve("publish")
	if err != nil {
		return err
	}
	defer s.Stop()
	page := func(i int) string { return fmt.Sprintf("/page-%d", i%publishPages) }
	watches := make([]*watcher, publishPages)
	for i := range watches {
		if err := fill(s.Base, page(i), 50); err != nil {
			return err
		}
		if watches[i], err = watch(s.Public, page(i)); err != nil {
			return err
		}
		defer watches[i].close()
	}
	before := cpu(s.PID)
	delays, err := steadyPosts(s.Base, page, watches)
	if err != nil {
		return err
	}
	used := cpu(s.PID) - before
	slices.Sort(delays)
	table("Figure|Reached|Aim",
		[]string{"posts, each awaited in its file", fmt.Sprint(len(delays)), ""},
		[]string{"post to file, median", fmt.Sprintf("%.1f ms", percentile(delays, 0.5)), ""},
		[]string{"post to file, p99", fmt.Sprintf("%.1f ms", percentile(delays, 0.99)), "≤ 50 ms"},
		[]string{"post to file, slowest", fmt.Sprintf("%.1f ms", delays[len(delays)-1]), ""},
		[]string{"CPU per post, stored and published", fmt.Sprintf("%.2f ms", used*1000/float64(len(delays))), ""},
		[]string{"memory at most", fmt.Sprintf("%.1f MB", memory(s.PID, "VmHWM")), "≤ 100 MB"})
	return nil
}

// steadyPosts posts on a clock, whether or not earlier posts are answered,
// and returns the delays in milliseconds.
func steadyPosts(base string, page func(int) string, watches []*watcher) ([]float64, error) {
	total := int(publishFor.Seconds()) * postsPerSecond
	delays := make([]float64, total)
	errs := make([]error, total)
	posters := sync.Pool{New: func() any { return newPoster(base, uint64(time.Now().UnixNano())) }}
	tick := time.NewTicker(time.Second / postsPerSecond)
	defer tick.Stop()
	var wg sync.WaitGroup
	for i := range total {
		<-tick.C
		wg.Go(func() {
			p := posters.Get().(*poster)
			defer posters.Put(p)
			answer, err := p.post(page(i))
			acknowledged := time.Now()
			if err == nil {
				err = watches[i%publishPages].wait(answer.ID)
			}
			delays[i], errs[i] = max(0, watches[i%publishPages].seen(answer.ID).Sub(acknowledged).Seconds()*1000), err
		})
	}
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
	}
	return delays, nil
}

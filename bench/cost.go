package main

import (
	"fmt"
	"time"

	"postil/bench/setup"
)

// moreComments is how many are added, one after another, to each thread.
const moreComments = 150

// cost shows that a comment costs the same however long its thread is.
func (b *bench) cost() error {
	s, err := b.serve("cost")
	if err != nil {
		return err
	}
	defer s.Stop()
	var rows [][]string
	var first float64
	for _, size := range []int{100, 1_000, 10_000, 100_000} {
		page := fmt.Sprintf("/thread-%d", size)
		if err := fill(s.Base, page, size); err != nil {
			return err
		}
		perComment, wall, err := oneMore(s, page)
		if err != nil {
			return err
		}
		if first == 0 {
			first = perComment
		}
		rows = append(rows, []string{fmt.Sprint(size), fmt.Sprintf("%.2f ms", perComment*1000),
			fmt.Sprintf("%.2f ms", wall*1000), fmt.Sprintf("%.2f", perComment/first)})
	}
	table("Comments before|CPU per comment, stored and published|time until published|CPU ratio to 100", rows...)
	fmt.Printf("\nAim: ratio at 100 000 ≤ 1.5. Memory at most: %.1f MB.\n", memory(s.PID, "VmHWM"))
	return nil
}

// moreComments posts comments one by one, each after the one before is published,
// and returns CPU and wall seconds per comment.
func oneMore(s *setup.Service, page string) (perComment, wall float64, err error) {
	w, err := watch(s.Public, page)
	if err != nil {
		return 0, 0, err
	}
	defer w.close()
	p := newPoster(s.Base, 7)
	before, began := cpu(s.PID), time.Now()
	for range moreComments {
		answer, err := p.post(page)
		if err != nil {
			return 0, 0, err
		}
		if err := w.wait(answer.ID); err != nil {
			return 0, 0, err
		}
	}
	used := cpu(s.PID) - before
	return used / moreComments, time.Since(began).Seconds() / moreComments, nil
}

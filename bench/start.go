package main

import (
	"fmt"
	"math"
	"os"
	"slices"
	"time"

	"postil/bench/setup"
)

// starts is how often the program is started to find the usual time.
const starts = 15

// start measures the program by itself: size, first answer, idle memory.
func (b *bench) start() error {
	info, err := os.Stat(b.program)
	if err != nil {
		return err
	}
	var times []float64
	var idle float64
	for i := range starts {
		s, took, err := b.timedStart(fmt.Sprintf("start%d", i%2)) // both new and existing data folders
		if err != nil {
			return err
		}
		times = append(times, took.Seconds()*1000)
		if i == 0 || i == starts-1 { // a new folder, and one that was there
			idle = max(idle, settled(s.PID))
		}
		s.Stop()
	}
	table("Figure|Reached|Aim",
		[]string{"size of the program", fmt.Sprintf("%.1f MB", float64(info.Size())/1e6), ""},
		[]string{"start to first answer, median", fmt.Sprintf("%.0f ms", median(times)), "≤ 100 ms"},
		[]string{"start to first answer, slowest of 15", fmt.Sprintf("%.0f ms", slices.Max(times)), ""},
		[]string{"memory idle, largest", fmt.Sprintf("%.1f MB", idle), "≤ 30 MB"})
	return nil
}

func (b *bench) timedStart(name string) (*setup.Service, time.Duration, error) {
	began := time.Now()
	s, err := b.serve(name)
	return s, time.Since(began), err
}

// settled returns a process's resident memory in megabytes, once it has not
// changed for a while: a start is over later than its first answer.
func settled(pid int) float64 {
	const quiet, little = 2 * time.Second, 0.1
	figure, since := memory(pid, "VmRSS"), time.Now()
	for time.Since(since) < quiet {
		time.Sleep(20 * time.Millisecond)
		if now := memory(pid, "VmRSS"); math.Abs(now-figure) > little {
			figure, since = now, time.Now()
		}
	}
	return figure
}

func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	if len(sorted) == 0 {
		return 0
	}
	return sorted[len(sorted)/2]
}

// percentile of sorted values, q from 0 to 1.
func percentile(sorted []float64, q float64) float64 {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[min(int(q*float64(len(sorted))), len(sorted)-1)]
}

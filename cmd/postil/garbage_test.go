package main

import (
	"math"
	"runtime/debug"
	"testing"
)

func TestMemoryOfBulkWorkIsBounded(t *testing.T) {
	before := debug.SetMemoryLimit(-1)
	defer debug.SetMemoryLimit(before)
	for set, want := range map[int64]int64{math.MaxInt64: bulkMemory, bulkMemory / 2: bulkMemory / 2} {
		debug.SetMemoryLimit(set)
		restore := collectLess()
		if got := debug.SetMemoryLimit(-1); got != want {
			t.Errorf("with GOMEMLIMIT=%d it is %d, want %d", set, got, want)
		}
		restore()
		if got := debug.SetMemoryLimit(-1); got != set {
			t.Errorf("afterwards it is %d, was %d", got, set)
		}
	}
}

package main

import "runtime/debug"

const (
	// bulkGC is how much may be allocated between two garbage collections
	// during bulk work, in percent of what is in use. That is little, for
	// nearly all that is read, rendered or sanitised is soon garbage: with Go's
	// 100 a twentieth of the time would go into collecting it, and with 200 an
	// import of a million comments takes all of the 128 MB that it may.
	bulkGC = 150
	// bulkMemory is from how many bytes on it is collected more often: on a
	// machine with much else to do, collecting falls behind. A fifth of the
	// 128 MB is left for what is no garbage, the program itself above all.
	bulkMemory = 100 << 20
)

// collectLess has garbage collected less often until restore is called. A limit
// of the operator's (GOMEMLIMIT) stands if it is lower.
func collectLess() (restore func()) {
	percent, limit := debug.SetGCPercent(bulkGC), debug.SetMemoryLimit(-1)
	debug.SetMemoryLimit(min(limit, bulkMemory))
	return func() {
		debug.SetGCPercent(percent)
		debug.SetMemoryLimit(limit)
	}
}

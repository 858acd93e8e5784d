package main

import "runtime/debug"

// bulkGC is how much may be allocated between two garbage collections during
// bulk work, in percent of what is in use. That is little, for nearly all that
// is read, rendered or sanitised is soon garbage: 100 would be collecting it
// for a twentieth of the time.
const bulkGC = 200

// collectLess has garbage collected less often until restore is called.
func collectLess() (restore func()) {
	before := debug.SetGCPercent(bulkGC)
	return func() { debug.SetGCPercent(before) }
}

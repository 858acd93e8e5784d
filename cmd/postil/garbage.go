package main

import "runtime/debug"

// bulkGC is how much may be allocated between two garbage collections during
// bulk work, in percent of what is in use. That is little, for nearly all that
// is read, rendered or sanitised is soon garbage: with Go's 100 a twentieth of
// the time would go into collecting it, and with 200 an import of a million
// comments takes all of the 128 MB that it may.
const bulkGC = 150

// collectLess has garbage collected less often until restore is called.
func collectLess() (restore func()) {
	before := debug.SetGCPercent(bulkGC)
	return func() { debug.SetGCPercent(before) }
}

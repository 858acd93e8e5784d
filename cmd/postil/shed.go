package main

import (
	"context"
	"runtime"
	"runtime/debug"
)

// shed gives back, once the files show the database, what only the beginning
// took: the memory of migrations, of reading all files and of compressing some.
// A process that has nothing to do would keep it for minutes, for it collects
// every other minute, and pools keep what they hold over one collection.
func (s *parts) shed(ctx context.Context) {
	sites, err := s.store.Sites(ctx)
	if err != nil {
		return // busy enough to collect by itself
	}
	for _, site := range sites {
		if s.outlet.Wait(ctx, site.Host, site.Head) != nil {
			return
		}
	}
	runtime.GC()
	debug.FreeOSMemory()
}

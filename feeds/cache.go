package feeds

import (
	"container/list"
	"strings"
	"sync"

	"postil/static"
)

// cacheSize is how much the files kept in memory may hold together, in bytes.
const cacheSize = 24 << 20

// entryCost is what a file takes beside its bytes: struct, map and list entry.
const entryCost = 512

// cache keeps the files that were asked for last. It is safe for concurrent
// use.
type cache struct {
	limit int64

	mu    sync.Mutex
	used  int64
	files map[string]*list.Element // of *cached
	order *list.List               // most recent first
}

type cached struct {
	path string
	file *static.File
	cost int64
}

func newCache(limit int64) *cache {
	return &cache{limit: limit, files: map[string]*list.Element{}, order: list.New()}
}

// get returns a file, or nil.
func (c *cache) get(path string) *static.File {
	c.mu.Lock()
	defer c.mu.Unlock()
	e := c.files[path]
	if e == nil {
		return nil
	}
	c.order.MoveToFront(e)
	return e.Value.(*cached).file
}

// put keeps a file unless it would take half of the cache for itself.
func (c *cache) put(path string, f *static.File) {
	cost := int64(len(path)+len(f.Body)+len(f.Gzip)+len(f.Brotli)) + entryCost
	c.mu.Lock()
	defer c.mu.Unlock()
	c.remove(path)
	if cost > c.limit/2 {
		return
	}
	c.files[path] = c.order.PushFront(&cached{path, f, cost})
	for c.used += cost; c.used > c.limit; {
		c.remove(c.order.Back().Value.(*cached).path)
	}
}

// drop forgets files.
func (c *cache) drop(paths ...string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, p := range paths {
		c.remove(p)
	}
}

// dropTree forgets all files below a directory.
func (c *cache) dropTree(dir string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for p := range c.files {
		if strings.HasPrefix(p, dir+"/") {
			c.remove(p)
		}
	}
}

func (c *cache) remove(path string) {
	if e := c.files[path]; e != nil {
		c.used -= c.order.Remove(e).(*cached).cost
		delete(c.files, path)
	}
}

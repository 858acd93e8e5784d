package web

import (
	"hash/maphash"
	"net/http"
	"strconv"
	"sync/atomic"
	"weak"

	"postil/static"
)

// How long files may be used without asking again. Browsers always ask: an
// author who has deleted a comment shall not meet it again. A cache for many
// may answer a second's worth of readers with what it has.
const (
	cacheFresh   = "public, max-age=0, s-maxage=1, must-revalidate"
	cacheStable  = "public, max-age=300, must-revalidate" // assets whose names stay when their bytes change
	cacheForever = "public, max-age=31536000, immutable"  // RFC 8246
)

// fileHeaders is the header of a file's answers, made once and then assigned
// to each, so that answering neither formats nor allocates. All slices are
// full: whoever appends to one gets a copy.
type fileHeaders struct {
	file weak.Pointer[static.File]

	mediaType, modified, cache, policy []string
	vary, ranges, nosniff, referrer    []string
	origin, expose                     []string
	twins                              [codings]twinHeaders
}

// twinHeaders is what differs between the codings of a file. Each is a
// representation of its own and so has an entity-tag of its own.
type twinHeaders struct {
	etag, length, coding []string
}

func newFileHeaders(f *static.File, class int) *fileHeaders {
	h := &fileHeaders{
		file:      weak.Make(f),
		mediaType: []string{f.Type},
		cache:     []string{cacheFresh},
		vary:      []string{"Accept-Encoding"},
		ranges:    []string{"bytes"},
		nosniff:   []string{"nosniff"},
		referrer:  []string{"no-referrer"},
		origin:    []string{"*"},
		expose:    []string{"ETag"},
	}
	if !f.Modified.IsZero() {
		h.modified = []string{f.Modified.UTC().Format(http.TimeFormat)}
	}
	if f.Policy != "" {
		h.policy = []string{f.Policy}
	}
	switch {
	case f.Forever:
		h.cache = []string{cacheForever}
	case class == assetFiles:
		h.cache = []string{cacheStable}
	}
	for coding, name := range [codings]string{brotli: "br", gzip: "gzip"} {
		h.twins[coding] = newTwinHeaders(f, coding, name)
	}
	return h
}

func newTwinHeaders(f *static.File, coding int, name string) twinHeaders {
	t := twinHeaders{etag: []string{f.ETag}, length: []string{strconv.Itoa(len(twin(f, coding)))}}
	if name != "" {
		t.coding = []string{name}
		t.etag = []string{f.ETag[:len(f.ETag)-1] + "-" + name + `"`}
	}
	return t
}

// set assigns what 200 and 304 have in common (RFC 9110 §15.4.5). The names
// are in the form that net/http gives them.
func (h *fileHeaders) set(header http.Header, coding int) {
	header["Etag"] = h.twins[coding].etag
	header["Cache-Control"] = h.cache
	header["Vary"] = h.vary
	header["Access-Control-Allow-Origin"] = h.origin
	header["Access-Control-Expose-Headers"] = h.expose
	header["X-Content-Type-Options"] = h.nosniff
	header["Referrer-Policy"] = h.referrer
	if h.policy != nil {
		header["Content-Security-Policy"] = h.policy
	}
}

// setContent assigns what describes the bytes that follow.
func (h *fileHeaders) setContent(header http.Header, coding int) {
	t := &h.twins[coding]
	header["Content-Type"] = h.mediaType
	header["Content-Length"] = t.length
	header["Accept-Ranges"] = h.ranges
	if t.coding != nil {
		header["Content-Encoding"] = t.coding
	}
	if h.modified != nil {
		header["Last-Modified"] = h.modified
	}
}

// headerSlots is how many files' headers are kept: a power of two.
const headerSlots = 1024

// headerCache keeps the headers of recently served files. Each file has one
// slot where they can be; two files that meet there take turns. So it needs
// no lock and no upkeep, and, pointing weakly, keeps no file from going.
type headerCache struct {
	seed  maphash.Seed
	slots [headerSlots]atomic.Pointer[fileHeaders]
}

func newHeaderCache() *headerCache { return &headerCache{seed: maphash.MakeSeed()} }

func (c *headerCache) of(f *static.File, class int) *fileHeaders {
	slot := &c.slots[maphash.Comparable(c.seed, f)%headerSlots]
	if h := slot.Load(); h != nil && h.file.Value() == f {
		return h
	}
	h := newFileHeaders(f, class)
	slot.Store(h)
	return h
}

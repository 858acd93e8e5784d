package static

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"io"
	"sync"
	"time"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
)

// File is one file for a browser with its compressed twins, ready to be
// served or written. It is immutable once made: many readers share it.
type File struct {
	Body     []byte    //
	Gzip     []byte    // the twin, or nil where it would not be at least a tenth smaller
	Brotli   []byte    // likewise
	Type     string    // media type with charset
	ETag     string    // strong validator of Body, in quotes (RFC 9110 §8.8.3)
	Modified time.Time // in whole seconds, UTC; zero where it is not known
	Policy   string    // Content-Security-Policy, or empty for types that are no documents
	Forever  bool      // its name changes when its bytes do
	Plain    bool      // it has no twins yet, whether it is worth any or not
}

// Levels for files that are written anew at each comment, and by the ten
// thousand after an import. On threads of 50 comments, whose documents are 50 kB
// each, gzip takes 0.16 ms and brotli 0.25 ms. The next gzip level saves 1 % of
// the bytes for a fifth more time and the one before takes a tenth less for 3 %
// more bytes; the next level of this brotli saves 1 % for a fifth more time, the
// one before costs 5 % for a fifth less, and the older brotli takes 0.43 ms for
// what this one does.
const (
	gzipLevel   = 3
	brotliLevel = 2 // of brotli.NewWriterV2
)

// smallest is the shortest body worth a twin: less fits into one packet
// however it is sent.
const smallest = 512

// NewFile makes the File of a body that changes often, with twins at levels
// that are quick to make. It keeps body, which must not be changed afterwards.
func NewFile(body []byte, mediaType string, modified time.Time) *File {
	f := newFile(body, mediaType, modified)
	f.Gzip = twin(body, gzips)
	f.Brotli = twin(body, brotlis)
	return f
}

// NewBareFile makes a File as NewFile does, of a body and its twins alone: for
// files that are written and not served.
func NewBareFile(body []byte) *File {
	return &File{Body: body, Gzip: twin(body, gzips), Brotli: twin(body, brotlis)}
}

// NewPlainFile makes a File as NewFile does, without twins: for files that are
// about to change again.
func NewPlainFile(body []byte, mediaType string, modified time.Time) *File {
	f := newFile(body, mediaType, modified)
	f.Plain = true
	return f
}

func newFile(body []byte, mediaType string, modified time.Time) *File {
	return &File{Body: body, Type: mediaType, ETag: etag(body), Modified: modified.UTC().Truncate(time.Second)}
}

// etag is the same on every machine that holds the same bytes.
func etag(body []byte) string {
	sum := sha256.Sum256(body)
	return `"` + base64.RawURLEncoding.EncodeToString(sum[:15]) + `"`
}

// encoder is what both compressors are: reusable for another writer.
type encoder interface {
	io.WriteCloser
	Reset(io.Writer)
}

// compressor is an encoder with what it writes to.
type compressor struct {
	encoder
	out bytes.Buffer
}

// Compressors are pooled, for one holds up to a megabyte of tables.
var (
	gzips   = pool(newGzip)
	brotlis = pool(func() encoder { return brotli.NewWriterV2(nil, brotliLevel) })
)

func pool(make func() encoder) *sync.Pool {
	return &sync.Pool{New: func() any { return &compressor{encoder: make()} }}
}

func newGzip() encoder {
	w, err := gzip.NewWriterLevel(nil, gzipLevel)
	if err != nil {
		panic(err) // the level is a constant of this file
	}
	return w
}

// twin compresses body, or returns nil where that would save too little.
func twin(body []byte, compressors *sync.Pool) []byte {
	if len(body) < smallest {
		return nil
	}
	c := compressors.Get().(*compressor)
	defer compressors.Put(c)
	c.out.Reset()
	c.Reset(&c.out)
	// Neither can fail: a bytes.Buffer takes everything.
	_, _ = c.Write(body)
	_ = c.Close()
	if c.out.Len() > len(body)/10*9 {
		return nil
	}
	return bytes.Clone(c.out.Bytes())
}

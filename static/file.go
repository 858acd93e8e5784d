package static

import "time"

// File is one file for a browser with its compressed twins, ready to be
// served or written. It is immutable once made: many readers share it.
type File struct {
	Body     []byte    //
	Gzip     []byte    // the twin, or nil where it would not be at least a tenth smaller
	Brotli   []byte    // likewise
	Type     string    // media type with charset
	ETag     string    // strong validator of Body, in quotes (RFC 9110 §8.8.3)
	Modified time.Time // in whole seconds, UTC
	Policy   string    // Content-Security-Policy, or empty for types that are no documents
	Forever  bool      // its name changes when its bytes do
}

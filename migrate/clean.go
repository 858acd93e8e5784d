package migrate

import (
	"bytes"
	"errors"
	"io"
	"strconv"
	"unicode/utf8"
)

// errEncoding says that a file is not in UTF-8.
var errEncoding = errors.New("is not valid UTF-8 here; convert the file, or import it leniently to have U+FFFD in its place")

// maxReference is the longest character reference, such as &#x10FFFF;.
const maxReference = 12

// cleaner passes on UTF-8 text without what XML 1.0 §2.2 forbids: control
// characters, and references to them, become U+FFFD, and so does broken UTF-8
// if that is allowed.
type cleaner struct {
	src        io.Reader
	references bool // &#11; too
	lenient    bool // broken UTF-8 is no error

	in, out []byte // in: read but not yet looked at; out: to be passed on
	buf     []byte
	made    []byte // what out is made in
	offset  int64  // of in, in the text
	err     error
	unfit   int64 // characters replaced
	first   int64 // offset of the first of them
}

func (c *cleaner) Read(p []byte) (int, error) {
	for len(c.out) == 0 {
		if c.err != nil && len(c.in) == 0 {
			return 0, c.err
		}
		if err := c.fill(); err != nil {
			c.err, c.in = err, nil
			if len(c.out) == 0 {
				return 0, err
			}
		}
	}
	n := copy(p, c.out)
	c.out = c.out[n:]
	return n, nil
}

// fill makes out of some of in.
func (c *cleaner) fill() error {
	if c.err == nil {
		start := len(c.in)
		if cap(c.buf) == 0 {
			c.buf = make([]byte, 0, 64<<10)
		}
		c.buf = append(c.buf[:0], c.in...)
		n, err := c.src.Read(c.buf[start:cap(c.buf)])
		c.buf = c.buf[:start+n]
		c.in, c.err = c.buf, err
	}
	c.out = c.made[:0]
	defer func() { c.made = c.out[:0] }()
	for len(c.in) > 0 {
		n := fitPrefix(c.in, c.references)
		c.out = append(c.out, c.in[:n]...)
		c.advance(n)
		if len(c.in) == 0 {
			return nil
		}
		if c.err == nil && c.incomplete() {
			return nil // the rest of it comes with the next read
		}
		if err := c.replace(); err != nil {
			return err
		}
	}
	return nil
}

func (c *cleaner) advance(n int) {
	c.in = c.in[n:]
	c.offset += int64(n)
}

// fitPrefix returns how many bytes can be passed on as they are.
func fitPrefix(b []byte, references bool) int {
	for i := 0; i < len(b); {
		switch ch := b[i]; {
		case ch >= utf8.RuneSelf:
			r, size := utf8.DecodeRune(b[i:])
			if r == utf8.RuneError && size == 1 || !fitsXML(r) {
				return i
			}
			i += size
		case ch < ' ' && !fitsXML(rune(ch)), ch == 0x7F, references && ch == '&' && (i+1 == len(b) || b[i+1] == '#'):
			return i
		default:
			i++
		}
	}
	return len(b)
}

// fitsXML reports whether XML 1.0 §2.2 has a character.
func fitsXML(r rune) bool {
	return r == '\t' || r == '\n' || r == '\r' || ' ' <= r && r != 0x7F && r <= 0xD7FF || 0xE000 <= r && r <= 0xFFFD || 0x10000 <= r && r <= utf8.MaxRune
}

// incomplete reports whether what stands at the start of in may go on behind
// its end.
func (c *cleaner) incomplete() bool {
	if c.in[0] == '&' {
		return len(c.in) < maxReference && bytes.IndexByte(c.in, ';') < 0
	}
	return !utf8.FullRune(c.in)
}

// replace passes on something else for what stands at the start of in, or
// that itself if it is fit after all.
func (c *cleaner) replace() error {
	size := 1
	switch ch := c.in[0]; {
	case ch == '&':
		end := bytes.IndexByte(c.in[:min(len(c.in), maxReference)], ';')
		if end < 0 || !unfitReference(c.in[:end]) {
			c.out = append(c.out, '&')
			c.advance(1)
			return nil
		}
		size = end + 1
	case ch >= utf8.RuneSelf:
		r, n := utf8.DecodeRune(c.in)
		if r == utf8.RuneError && n == 1 && !c.lenient {
			return errEncoding
		}
		size = n
	}
	if c.unfit == 0 {
		c.first = c.offset
	}
	c.unfit++
	c.out = utf8.AppendRune(c.out, utf8.RuneError)
	c.advance(size)
	return nil
}

// unfitReference reports whether a text such as &#x0B names a character that
// XML does not have.
func unfitReference(ref []byte) bool {
	if len(ref) < 3 || ref[1] != '#' {
		return false
	}
	digits, base := string(ref[2:]), 10
	if digits[0] == 'x' || digits[0] == 'X' {
		digits, base = digits[1:], 16
	}
	n, err := strconv.ParseUint(digits, base, 32)
	return err == nil && (n > utf8.MaxRune || !fitsXML(rune(n)))
}

package migrate

import (
	"bufio"
	"compress/gzip"
	"errors"
	"fmt"
	"io"

	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// maxRow is the largest row of an export that is read, in bytes: what one of
// them holds in memory must have an end.
const maxRow = 16 << 20

// bufferSize is how much of a file is read at once.
const bufferSize = 64 << 10

var (
	errRowTooLarge = fmt.Errorf("a row is larger than %d MiB", maxRow>>20)
	errCutGzip     = errors.New("the compressed data ends too early: the file is not complete, download it again")
	errBadGzip     = errors.New("the compressed data is damaged: download the file again")
)

// stream is the text of one file, decompressed, in UTF-8, without characters
// that XML forbids. It knows where it is.
type stream struct {
	name    string
	lenient bool

	text   *bufio.Reader
	clean  *cleaner
	line   int   // of the next byte, from 1
	offset int64 // of the next byte
	row    int64 // bytes since begin
	broken error // what ended the text too early
}

// newStream reads raw, which may be compressed and in another encoding.
func newStream(name string, raw io.Reader, xml, lenient bool) (*stream, error) {
	plain, err := decompress(bufio.NewReaderSize(raw, bufferSize))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	decoded, err := decode(plain, xml)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	s := &stream{name: name, lenient: lenient, line: 1}
	s.clean = &cleaner{src: decoded, references: xml, lenient: lenient}
	s.text = bufio.NewReaderSize(s.clean, bufferSize)
	return s, nil
}

// decompress looks for gzip's magic number (RFC 1952 §2.3.1).
func decompress(raw *bufio.Reader) (*bufio.Reader, error) {
	if head, _ := raw.Peek(2); len(head) < 2 || head[0] != 0x1f || head[1] != 0x8b {
		return raw, nil
	}
	unzipped, err := gzip.NewReader(raw)
	if err != nil {
		return nil, gzipFault(err)
	}
	return bufio.NewReaderSize(gzipReader{unzipped}, bufferSize), nil
}

// gzipReader says in plain words what is wrong with compressed data.
type gzipReader struct{ *gzip.Reader }

func (g gzipReader) Read(p []byte) (int, error) {
	n, err := g.Reader.Read(p)
	return n, gzipFault(err)
}

func gzipFault(err error) error {
	switch {
	case err == nil || err == io.EOF:
		return err
	case errors.Is(err, io.ErrUnexpectedEOF):
		return errCutGzip
	case errors.Is(err, gzip.ErrChecksum), errors.Is(err, gzip.ErrHeader):
		return errBadGzip
	default:
		return fmt.Errorf("%w (%w)", errBadGzip, err)
	}
}

// decode turns text with a byte order mark, or XML that names its encoding,
// into UTF-8.
func decode(plain *bufio.Reader, xml bool) (io.Reader, error) {
	head, _ := plain.Peek(1024)
	switch {
	case len(head) >= 3 && string(head[:3]) == "\xef\xbb\xbf":
		_, err := plain.Discard(3)
		return plain, err
	case len(head) >= 2 && (string(head[:2]) == "\xff\xfe" || string(head[:2]) == "\xfe\xff"):
		return transform.NewReader(plain, unicode.UTF16(unicode.BigEndian, unicode.ExpectBOM).NewDecoder()), nil
	case !xml:
		return plain, nil
	}
	label := xmlEncoding(head)
	if label == "" {
		return plain, nil
	}
	other, err := charset.NewReaderLabel(label, plain)
	if err != nil {
		return nil, fmt.Errorf("is in the encoding %q, which is not known here; convert it to UTF-8", label)
	}
	return other, nil
}

// begin starts another row. What is read until the next one must not exceed
// maxRow.
func (s *stream) begin() { s.row = 0 }

// at returns the place of the next byte.
func (s *stream) at() Place { return Place{File: s.name, Line: s.line} }

// ReadByte implements io.ByteReader, by which an XML decoder reads no byte too
// many.
func (s *stream) ReadByte() (byte, error) {
	b, err := s.text.ReadByte()
	if err != nil {
		return 0, s.fault(err)
	}
	if s.row++; s.row > maxRow {
		return 0, errRowTooLarge
	}
	s.offset++
	if b == '\n' {
		s.line++
	}
	return b, nil
}

// Read implements io.Reader.
func (s *stream) Read(p []byte) (int, error) {
	n, err := s.text.Read(p[:min(len(p), bufferSize)])
	s.offset += int64(n)
	for _, b := range p[:n] {
		if b == '\n' {
			s.line++
		}
	}
	if s.row += int64(n); s.row > maxRow+bufferSize {
		return 0, errRowTooLarge
	}
	return n, s.fault(err)
}

// fault notes what else than its end ended the text.
func (s *stream) fault(err error) error {
	if err != nil && err != io.EOF {
		s.broken = err
	}
	return err
}

// damage returns err at the place of the next byte; what broke the text comes
// before what a parser makes of it.
func (s *stream) damage(err error) *Damage {
	if s.broken != nil {
		err = s.broken
	}
	return &Damage{s.at(), err}
}

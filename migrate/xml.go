package migrate

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"html"
	"io"
	"regexp"
	"strings"
)

// maxXMLDepth is how many elements may stand within each other. Exports use
// six.
const maxXMLDepth = 64

var (
	errTooDeep  = fmt.Errorf("elements are nested more than %d deep", maxXMLDepth)
	errDTD      = errors.New("holds a document type declaration, which no export has and which is not read: it could make the file refer to others, or grow without end")
	errCutXML   = errors.New("ends in the middle: the file is not complete")
	encodingXML = regexp.MustCompile(`^\s*<\?xml[^>]*\sencoding\s*=\s*["']([A-Za-z0-9._-]+)["']`)
)

// xmlEncoding returns what an XML declaration says, or "" for UTF-8.
func xmlEncoding(head []byte) string {
	m := encodingXML.FindSubmatch(head)
	if m == nil || strings.EqualFold(string(m[1]), "utf-8") {
		return ""
	}
	return string(m[1])
}

// document reads XML as a stream of small elements.
type document struct {
	*stream
	decoder *xml.Decoder
	depth   int
	resumed bool     // it began again behind damage: some ends are without their starts
	rows    []string // names of the elements that may be resumed at
}

func newDocument(s *stream, rows ...string) *document {
	d := &document{stream: s, rows: rows}
	d.restart(s)
	return d
}

func (d *document) restart(r io.Reader) {
	d.decoder = xml.NewDecoder(r)
	d.decoder.Entity = xml.HTMLEntity                                                          // WordPress plugins write some
	d.decoder.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil } // decoded already
	d.depth = 0
}

// token returns the next start or end of an element, or text, or io.EOF at
// the true end.
func (d *document) token() (xml.Token, error) {
	for {
		t, err := d.decoder.Token()
		if err != nil && d.resumed && strings.Contains(err.Error(), "unexpected end element") {
			d.restart(d.stream) // of what had begun before the damage
			continue
		}
		if err != nil {
			return nil, d.xmlFault(err)
		}
		switch t.(type) {
		case xml.Directive:
			return nil, errDTD
		case xml.StartElement:
			if d.depth++; d.depth > maxXMLDepth {
				return nil, errTooDeep
			}
			return t, nil
		case xml.EndElement:
			d.depth--
			return t, nil
		case xml.CharData:
			return t, nil
		}
	}
}

func (d *document) xmlFault(err error) error {
	fault, ok := errors.AsType[*xml.SyntaxError](err)
	switch {
	case d.broken != nil:
		return d.broken
	case ok && fault.Msg == "unexpected EOF":
		return errCutXML
	case ok:
		return errors.New(fault.Msg)
	default:
		return err
	}
}

// start returns the next start of an element, with all between passed over.
func (d *document) start() (xml.StartElement, error) {
	for {
		d.begin()
		t, err := d.token()
		if err != nil {
			return xml.StartElement{}, err
		}
		if s, ok := t.(xml.StartElement); ok {
			return s, nil
		}
	}
}

// element reads what has begun with s.
func (d *document) element(s xml.StartElement) (element, error) {
	e := element{name: s.Name, attrs: s.Copy().Attr}
	if e.name.Local == "message" || e.name.Local == "comment_content" {
		var err error
		e.text, err = d.words()
		return e, err
	}
	var text strings.Builder
	for {
		t, err := d.token()
		if err != nil {
			return e, err
		}
		switch t := t.(type) {
		case xml.StartElement:
			child, err := d.element(t)
			if err != nil {
				return e, err
			}
			e.children = append(e.children, child)
		case xml.CharData:
			text.Write(t)
		case xml.EndElement:
			e.text = strings.TrimSpace(text.String())
			return e, nil
		}
	}
}

// words reads what a comment says, to the end of its element. HTML is text
// there, in CDATA or escaped; where somebody left it bare it is made text again.
func (d *document) words() (string, error) {
	var plain, marked strings.Builder
	elements := false
	for outside := d.depth - 1; ; {
		t, err := d.token()
		if err != nil {
			return "", err
		}
		switch t := t.(type) {
		case xml.StartElement:
			elements = true
			marked.WriteString("<" + t.Name.Local)
			for _, a := range t.Attr {
				marked.WriteString(" " + a.Name.Local + `="` + html.EscapeString(a.Value) + `"`)
			}
			marked.WriteString(">")
		case xml.CharData:
			plain.Write(t)
			marked.WriteString(html.EscapeString(string(t)))
		case xml.EndElement:
			if d.depth == outside {
				if elements {
					return strings.TrimSpace(marked.String()), nil
				}
				return strings.TrimSpace(plain.String()), nil
			}
			marked.WriteString("</" + t.Name.Local + ">")
		}
	}
}

// skip passes over what has begun.
func (d *document) skip() error {
	for outside := d.depth - 1; d.depth > outside; {
		d.begin()
		if _, err := d.token(); err != nil {
			return err
		}
	}
	return nil
}

// resume looks behind damage for the next start of a row, and begins anew
// there. It reports whether there is one.
func (d *document) resume() bool {
	if !d.lenient || d.broken != nil {
		return false
	}
	var window []byte
	for {
		d.begin()
		b, err := d.ReadByte()
		if err != nil {
			return false
		}
		if window = append(window, b); len(window) > 64 {
			window = append(window[:0], window[32:]...)
		}
		if b != '>' && b != ' ' && b != '\n' && b != '\t' {
			continue
		}
		for _, row := range d.rows {
			if start := "<" + row + string(b); bytes.HasSuffix(window, []byte(start)) {
				d.resumed = true
				d.restart(&resumedText{stream: d.stream, head: []byte(start)})
				return true
			}
		}
	}
}

// resumedText is a stream with the start of a row put back before it.
type resumedText struct {
	*stream
	head []byte
}

func (r *resumedText) ReadByte() (byte, error) {
	if len(r.head) > 0 {
		b := r.head[0]
		r.head = r.head[1:]
		return b, nil
	}
	return r.stream.ReadByte()
}

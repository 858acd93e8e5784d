package markup

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

const rel = ` rel="nofollow ugc noopener"`

// writer writes parsed HTML as XHTML. It is complete in itself: whatever tree
// it is given, only allowed elements and attributes in well-formed XML come
// out.
type writer struct {
	allowed map[atom.Atom][]attribute
	out     []byte
	inLink  bool
	shows   bool  // something that a reader can see was written
	err     error // the limit that was exceeded; nothing is written after it
}

func (w *writer) node(n *html.Node, depth int) {
	switch {
	case w.err != nil:
	case depth > maxDepth && n.Type == html.ElementNode:
		w.err = errTooDeep()
	case len(w.out) > maxOutput:
		w.err = errTooLarge()
	case n.Type == html.TextNode:
		w.text(n.Data)
	case n.Type == html.ElementNode && n.Namespace == "":
		w.element(n, depth)
	}
}

func (w *writer) children(n *html.Node, depth int) {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		w.node(c, depth+1)
	}
}

// element writes an allowed element; of any other only its children.
func (w *writer) element(n *html.Node, depth int) {
	attributes, ok := w.allowed[n.DataAtom]
	switch {
	case !ok:
		w.children(n, depth)
	case n.DataAtom == atom.A:
		w.link(n, depth)
	case n.DataAtom == atom.Img:
		w.image(n)
	case n.DataAtom == atom.Br:
		w.out = append(w.out, "<br/>"...)
	case n.DataAtom == atom.Hr:
		w.out, w.shows = append(w.out, "<hr/>"...), true
	default:
		w.open(n, name(n.DataAtom), attributes)
		w.children(n, depth)
		w.close(name(n.DataAtom))
	}
}

func name(element atom.Atom) string {
	if element == atom.H1 || element == atom.H2 {
		return "h3"
	}
	return element.String()
}

func (w *writer) open(n *html.Node, name string, attributes []attribute) {
	w.out = append(append(w.out, '<'), name...)
	for _, a := range attributes {
		if value, ok := find(n, a.name); ok && (a.pattern == nil || a.pattern.MatchString(value)) {
			w.attribute(a.name, value)
		}
	}
	w.out = append(w.out, '>')
}

func (w *writer) close(name string) {
	w.out = append(append(append(w.out, "</"...), name...), '>')
}

// link writes a link that leads somewhere and shows something, but none
// within another: the parser can make such of misnested tables.
func (w *writer) link(n *html.Node, depth int) {
	address, _ := find(n, "href")
	if w.inLink || !linkable(address) {
		w.children(n, depth)
		return
	}
	if n.FirstChild == nil {
		return
	}
	title, _ := find(n, "title")
	w.openLink(address, title)
	w.inLink = true
	w.children(n, depth)
	w.inLink = false
	w.close("a")
}

func (w *writer) openLink(address, title string) {
	w.out = append(w.out, "<a"...)
	w.attribute("href", address)
	if title != "" {
		w.attribute("title", title)
	}
	w.out = append(append(w.out, rel...), '>')
}

// image writes a link to an image.
func (w *writer) image(n *html.Node) {
	address, _ := find(n, "src")
	words, _ := find(n, "alt")
	web := loadable(address)
	if web && strings.TrimSpace(words) == "" {
		words = address
	}
	if !web || w.inLink {
		w.text(words)
		return
	}
	w.openLink(address, "")
	w.text(words)
	w.close("a")
}

// find returns the first attribute of that name, as HTML does with duplicates.
func find(n *html.Node, name string) (string, bool) {
	for _, a := range n.Attr {
		if a.Key == name && a.Namespace == "" {
			return a.Val, true
		}
	}
	return "", false
}

func (w *writer) attribute(name, value string) {
	w.out = append(append(append(w.out, ' '), name...), `="`...)
	w.escape(value, true)
	w.out = append(w.out, '"')
}

// text writes text. HTML drops a line break at the start of pre and XML does
// not; without any they agree.
func (w *writer) text(s string) {
	if bytes.HasSuffix(w.out, []byte("<pre>")) {
		s = strings.TrimLeft(s, "\r\n")
	}
	w.escape(s, false)
	w.shows = w.shows || strings.TrimSpace(s) != ""
}

// escape writes text or the value of an attribute.
func (w *writer) escape(s string, inAttribute bool) {
	done := 0
	for i := 0; i < len(s); {
		if isPlain(s[i]) {
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if written := replacement(r, size, inAttribute); written != "" {
			w.out = append(append(w.out, s[done:i]...), written...)
			done = i + size
		}
		i += size
	}
	w.out = append(w.out, s[done:]...)
}

// isPlain reports the characters that stand for themselves everywhere.
func isPlain(c byte) bool {
	return c >= ' ' && c < 0x7F && c != '&' && c != '<' && c != '>' && c != '"'
}

// replacement returns what stands for a character that cannot stand for
// itself, or nothing. XML turns line breaks and tabs in the value of an
// attribute into spaces, unless they are written so (XML 1.0 §3.3.3).
func replacement(r rune, size int, inAttribute bool) string {
	switch {
	case r == '&':
		return "&amp;"
	case r == '<':
		return "&lt;"
	case r == '>':
		return "&gt;"
	case r == '"' && inAttribute:
		return "&quot;"
	case r == '\t' && inAttribute:
		return "&#9;"
	case (r == '\n' || r == '\r') && inAttribute:
		return "&#10;"
	case r == '\t' || r == '\n':
		return ""
	case r == '\r': // never kept raw by an XML or HTML parser
		return "\n"
	case unicode.IsControl(r), r == 0xFFFE, r == 0xFFFF, r == utf8.RuneError && size == 1:
		return "\uFFFD"
	}
	return ""
}

package feeds

import (
	"bytes"
	"encoding/xml"
)

// markup is well-formed XML text. It is made here, where everything is escaped
// as it goes in: for the many small elements of an entry encoding/xml would
// take several times as long.
type markup string

// attribute is one attribute of an element.
type attribute struct{ name, value string }

// element makes an element; without children it is an empty one. Attributes
// without a value are left out.
func element(name markup, attributes []attribute, children ...markup) markup {
	var w markupWriter
	w.tag(name, attributes)
	if len(children) == 0 {
		w.add("/>")
		return markup(w.String())
	}
	w.add(">")
	w.add(children...)
	w.end(name)
	return markup(w.String())
}

// xhtml makes an element that only browsers read: foreign markup in the sense
// of RFC 4287 §6.4, in the namespace with the prefix h. The class may be empty.
func xhtml(name markup, class string, children ...markup) markup {
	return element("h:"+name, []attribute{{"class", class}}, children...)
}

// hyperlink makes a link for people.
func hyperlink(href, class, words string) markup {
	var w markupWriter
	w.link(href, class, words)
	return markup(w.String())
}

// text makes character data or the value of an attribute. What XML 1.0 cannot
// say becomes U+FFFD.
func text(s string) markup {
	if plain(s) {
		return markup(s)
	}
	var b bytes.Buffer
	_ = xml.EscapeText(&b, []byte(s)) // a bytes.Buffer takes everything
	return markup(b.String())
}

// plain reports whether a text needs no escapes, quickly.
func plain(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c > '~' || c == '&' || c == '<' || c == '>' || c == '"' || c == '\'' {
			return false
		}
	}
	return true
}

// lines joins elements with white space between, for browsers without the
// style sheet and for people who read the source.
func lines(parts ...markup) markup {
	var w markupWriter
	for _, p := range parts {
		if p != "" && w.Len() > 0 {
			w.add("\n")
		}
		w.add(p)
	}
	return markup(w.String())
}

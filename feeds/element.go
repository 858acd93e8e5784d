package feeds

import (
	"bytes"
	"encoding/xml"
	"strings"
)

// markup is well-formed XML text. It is made here, where everything is escaped
// as it goes in: for the many small elements of an entry encoding/xml would
// take several times as long.
type markup string

// attribute is one attribute of an element.
type attribute struct{ name, value string }

// element makes an element; without children it is an empty one. Attributes
// without a value are left out.
func element(name string, attributes []attribute, children ...markup) markup {
	start := "<" + name
	for _, a := range attributes {
		if a.value != "" {
			start += " " + a.name + `="` + string(text(a.value)) + `"`
		}
	}
	if len(children) == 0 {
		return markup(start + "/>")
	}
	return join(markup(start+">"), children, "", markup("</"+name+">"))
}

// join writes parts that are not empty, separated, between a start and an end.
func join(start markup, parts []markup, separator, end markup) markup {
	size := len(start) + len(end)
	for _, p := range parts {
		size += len(p) + len(separator)
	}
	var b strings.Builder
	b.Grow(size)
	b.WriteString(string(start))
	first := true
	for _, p := range parts {
		if p == "" {
			continue
		}
		if !first {
			b.WriteString(string(separator))
		}
		b.WriteString(string(p))
		first = false
	}
	b.WriteString(string(end))
	return markup(b.String())
}

// xhtml makes an element that only browsers read: foreign markup in the sense
// of RFC 4287 §6.4, in the namespace with the prefix h. The class may be empty.
func xhtml(name, class string, children ...markup) markup {
	return element("h:"+name, []attribute{{"class", class}}, children...)
}

// hyperlink makes a link for people.
func hyperlink(href, class, words string) markup {
	return element("h:a", []attribute{{"class", class}, {"href", href}}, text(words))
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
func lines(parts ...markup) markup { return join("", parts, "\n", "") }

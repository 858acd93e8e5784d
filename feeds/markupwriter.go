package feeds

import "strings"

// markupWriter writes elements one after the other. A page has a hundred
// entries: made of elements one inside the other, or by encoding/xml, they
// would take several times as long.
type markupWriter struct{ strings.Builder }

// add writes what is markup already.
func (w *markupWriter) add(parts ...markup) {
	for _, p := range parts {
		w.WriteString(string(p))
	}
}

// tag writes an element's name and attributes, and leaves it to be closed.
// Attributes without a value are left out.
func (w *markupWriter) tag(name markup, attributes []attribute) {
	w.add("<", name)
	for _, a := range attributes {
		if a.value != "" {
			w.add(" ", markup(a.name), `="`, text(a.value), `"`)
		}
	}
}

// start begins an element that is ended later.
func (w *markupWriter) start(name markup, attributes ...attribute) {
	w.tag(name, attributes)
	w.add(">")
}

func (w *markupWriter) end(name markup) { w.add("</", name, ">") }

// leaf writes an element that holds text.
func (w *markupWriter) leaf(name markup, words string, attributes ...attribute) {
	w.start(name, attributes...)
	w.add(text(words))
	w.end(name)
}

// link writes a link for people.
func (w *markupWriter) link(href, class, words string) {
	w.leaf("h:a", words, attribute{"class", class}, attribute{"href", href})
}

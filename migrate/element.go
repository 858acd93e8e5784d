package migrate

import (
	"encoding/xml"
	"strings"
)

// element is a small part of a document that is read whole.
type element struct {
	name     xml.Name
	attrs    []xml.Attr
	text     string // its own, without white space around
	children []element
}

// child returns the first of a local name, or nil.
func (e *element) child(local string) *element {
	if e == nil {
		return nil
	}
	for i := range e.children {
		if e.children[i].name.Local == local {
			return &e.children[i]
		}
	}
	return nil
}

// get returns the text of the element at a path of local names, or "".
func (e *element) get(path ...string) string {
	for _, local := range path {
		e = e.child(local)
	}
	if e == nil {
		return ""
	}
	return e.text
}

// attr returns an attribute by its namespace, or that namespace's usual
// prefix where a file forgot to bind it.
func (e *element) attr(space, prefix, local string) string {
	if e == nil {
		return ""
	}
	for _, a := range e.attrs {
		if a.Name.Local == local && (a.Name.Space == space || a.Name.Space == prefix) {
			return strings.TrimSpace(a.Value)
		}
	}
	return ""
}

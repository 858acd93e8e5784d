package feeds

import "encoding/xml"

// element is an XHTML element that only browsers read: foreign markup in the
// sense of RFC 4287 §6.4. Its parts are escaped as they are written.
type element struct {
	XMLName  xml.Name
	Attrs    []xml.Attr `xml:",any,attr"`
	Text     string     `xml:",chardata"`
	Children []element  `xml:",any"`
}

// xhtml makes an element of the namespace with the prefix h; class and text
// may be empty.
func xhtml(name, class, text string, children ...element) element {
	e := element{XMLName: xml.Name{Local: "h:" + name}, Text: text, Children: children}
	if class != "" {
		e = e.with("class", class)
	}
	return e
}

// with adds an attribute.
func (e element) with(name, value string) element {
	e.Attrs = append(e.Attrs, xml.Attr{Name: xml.Name{Local: name}, Value: value})
	return e
}

// anchorTo makes a link.
func anchorTo(href, class, text string) element {
	return xhtml("a", class, text).with("href", href)
}

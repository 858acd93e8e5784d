package comments

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
)

// inline are the elements of comments that do not end a line or a word.
var inline = map[string]bool{
	"a": true, "abbr": true, "b": true, "cite": true, "code": true, "del": true, "em": true, "i": true, "ins": true, "kbd": true, "q": true,
	"s": true, "samp": true, "small": true, "strong": true, "sub": true, "sup": true, "u": true, "var": true,
}

// Excerpt returns the first characters without any markup, in one line, with
// an ellipsis where there are more than limit.
func (h HTML) Excerpt(limit int) string {
	// It is well-formed, so reading ends at its end or at the limit.
	dec := xml.NewDecoder(strings.NewReader("<div>" + h.XHTML() + "</div>"))
	var text strings.Builder
	for text.Len() < 8*limit {
		token, err := dec.Token()
		if err != nil {
			if !errors.Is(err, io.EOF) {
				return ""
			}
			break
		}
		switch token := token.(type) {
		case xml.CharData:
			text.Write(token)
		case xml.EndElement:
			if !inline[token.Name.Local] {
				text.WriteByte(' ')
			}
		}
	}
	runes := []rune(strings.Join(strings.Fields(text.String()), " "))
	if len(runes) > limit {
		return string(runes[:limit]) + "…"
	}
	return string(runes)
}

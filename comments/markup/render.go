// Package markup turns what people write, in Markdown or in the HTML of an
// imported comment, into comments.HTML: well-formed XHTML of a few harmless
// elements that reads the same as XML and as HTML. Nothing else in the program
// makes that type.
//
// The way of a text: goldmark (CommonMark with strikethrough, tables and bare
// links; HTML in it stays visible as text) → bluemonday → the HTML parser of
// golang.org/x/net → the writer of this package, which writes only what the
// allow-list names. Bluemonday and the writer each suffice alone; both must
// fail before something bad is published.
//
// What comes out:
//
//   - Elements: those of [New]'s allow-list, without id, style or handlers,
//     and without class but language-… on code.
//   - Headings: h3 to h6. An h1 or h2 becomes an h3, so that no comment can
//     outrank the page or another comment's heading.
//   - Links: absolute http, https and mailto addresses without a user name,
//     with rel="nofollow ugc noopener". Of any other link the text remains.
//   - Images: a link to the image, for loading it would tell its host about
//     the reader. The text is the image's alternative text, or its address.
//     Inside a link that text alone remains.
//   - Characters: those that XML 1.0 §2.2 forbids or discourages (control
//     characters, U+FFFE, U+FFFF, broken UTF-8) become U+FFFD.
//
// Rendering an output again, as HTML, gives the same output.
package markup

import (
	"bytes"
	"strings"
	"sync"

	"github.com/microcosm-cc/bluemonday"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"postil/comments"
)

// Limits of one text. What exceeds one is an Invalid error at field "body".
const (
	maxSource = 64 << 10  // bytes of a source, as many as WordPress keeps; hostile ones cost their square
	maxOutput = 256 << 10 // bytes of XHTML, and of every step before it
	maxTags   = 10_000    // tags given to the parser, which can make many elements of one
	maxDepth  = 100       // elements within elements; the parser's own limit is 512
	maxRounds = 8         // of putting misnested HTML in order
)

// Renderer renders comments. Make one with [New]; it is safe for concurrent
// use.
type Renderer struct {
	markdown *markdown
	policy   *bluemonday.Policy
	allowed  map[atom.Atom][]attribute
	context  *html.Node // the element that comments stand in; never changed
	scratch  sync.Pool  // of *scratch
}

// scratch holds the texts between the steps of one rendering.
type scratch struct {
	marked limited // Markdown's HTML
	clean  limited // bluemonday's
	out    []byte  // ours
}

// New returns a Renderer.
func New() *Renderer {
	allowed := allowList()
	return &Renderer{
		markdown: newMarkdown(),
		policy:   newPolicy(allowed),
		allowed:  allowed,
		context:  &html.Node{Type: html.ElementNode, DataAtom: atom.Div, Data: "div"},
		scratch:  sync.Pool{New: func() any { return new(scratch) }},
	}
}

// Render returns source, written in the given language, as safe XHTML. A text
// that exceeds a limit, and Markdown that shows nothing at all, is an Invalid
// error at field "body"; imported HTML may come out empty.
func (r *Renderer) Render(source string, kind comments.Markup) (comments.HTML, error) {
	if len(source) > maxSource {
		return "", comments.FieldError("body", "has %d bytes; at most %d can be rendered", len(source), maxSource)
	}
	s := r.scratch.Get().(*scratch)
	defer r.scratch.Put(s)
	switch kind {
	case comments.SourceHTML:
		out, err := r.sanitise(s, strings.NewReader(source))
		if err != nil {
			return "", err
		}
		return r.settle(s, out)
	case comments.Markdown:
		s.marked.Reset()
		if err := r.markdown.convert(&s.marked, source); err != nil {
			return "", err
		}
		out, err := r.sanitise(s, bytes.NewReader(s.marked.Bytes()))
		if err == nil && out == "" {
			return "", comments.FieldError("body", "shows nothing once rendered; write some text").Told("fault.hidden")
		}
		return out, err
	default:
		return "", comments.FieldError("markup", "%q is neither %s nor %s", kind, comments.Markdown, comments.SourceHTML)
	}
}

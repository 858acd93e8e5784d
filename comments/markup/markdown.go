package markup

import (
	"bytes"
	"regexp"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/renderer/html"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// markdown is goldmark without its parsers for raw HTML, so that a tag in a
// comment is seen as it was typed instead of vanishing with all that it holds,
// and with two guards against texts that cost far more than their length.
type markdown struct {
	parser   parser.Parser
	renderer renderer.Renderer
}

// tooDeep is set in the context of a parsing where a nestingGuard refused. It
// is made only once because goldmark numbers its keys without a lock.
var tooDeep = parser.NewContextKey()

func newMarkdown() *markdown {
	return &markdown{
		parser: parser.NewParser(
			parser.WithBlockParsers(blockParsers()...),
			parser.WithInlineParsers(inlineParsers()...),
			parser.WithParagraphTransformers(
				util.Prioritized(parser.LinkReferenceParagraphTransformer, 100),
				util.Prioritized(tableGuard{extension.NewTableParagraphTransformer()}, 200),
			),
			parser.WithASTTransformers(util.Prioritized(extension.NewTableASTTransformer(), 0)),
		),
		renderer: renderer.NewRenderer(renderer.WithNodeRenderers(
			util.Prioritized(html.NewRenderer(html.WithXHTML()), 1000),
			util.Prioritized(extension.NewTableHTMLRenderer(extension.WithTableCellAlignMethod(extension.TableCellAlignAttribute)), 500),
			util.Prioritized(extension.NewStrikethroughHTMLRenderer(), 500),
		)),
	}
}

// blockParsers are goldmark's, in its order, but for HTML blocks.
func blockParsers() []util.PrioritizedValue {
	return []util.PrioritizedValue{
		util.Prioritized(parser.NewSetextHeadingParser(), 100),
		util.Prioritized(parser.NewThematicBreakParser(), 200),
		util.Prioritized(nestingGuard{parser.NewListParser()}, 300),
		util.Prioritized(parser.NewListItemParser(), 400),
		util.Prioritized(parser.NewCodeBlockParser(), 500),
		util.Prioritized(parser.NewATXHeadingParser(), 600),
		util.Prioritized(parser.NewFencedCodeBlockParser(), 700),
		util.Prioritized(nestingGuard{parser.NewBlockquoteParser()}, 800),
		util.Prioritized(parser.NewParagraphParser(), 1000),
	}
}

// bareURL is a web address in the middle of a text; goldmark takes punctuation
// off its end. Its own expression wants a dot in the host and is slower.
var bareURL = regexp.MustCompile(`^https?://[\p{L}\p{N}][!#-;=?-~\p{L}\p{N}]*`)

// inlineParsers are goldmark's, in its order, but for raw HTML.
func inlineParsers() []util.PrioritizedValue {
	bareLinks := extension.NewLinkifyParser(
		extension.WithLinkifyAllowedProtocols([]string{"http:", "https:"}),
		extension.WithLinkifyURLRegexp(bareURL),
	)
	return []util.PrioritizedValue{
		util.Prioritized(parser.NewCodeSpanParser(), 100),
		util.Prioritized(parser.NewLinkParser(), 200),
		util.Prioritized(parser.NewAutoLinkParser(), 300),
		util.Prioritized(parser.NewEmphasisParser(), 500),
		util.Prioritized(extension.NewStrikethroughParser(), 500),
		util.Prioritized(bareLinks, 999),
	}
}

// convert writes source as HTML, which need be neither safe nor well-formed.
func (m *markdown) convert(w *limited, source string) error {
	pc := parser.NewContext()
	raw := []byte(source)
	doc := m.parser.Parse(text.NewReader(raw), parser.WithContext(pc))
	if pc.Get(tooDeep) != nil {
		return errTooDeep()
	}
	if err := m.renderer.Render(w, raw, doc); err != nil {
		return err
	}
	if w.full {
		return errTooLarge()
	}
	return nil
}

// nestingGuard refuses to open a block below maxDepth, where goldmark's time
// grows with the square of the depth.
type nestingGuard struct{ parser.BlockParser }

// Open implements parser.BlockParser.
func (g nestingGuard) Open(parent ast.Node, reader text.Reader, pc parser.Context) (ast.Node, parser.State) {
	depth := 0
	for n := parent; n != nil; n = n.Parent() {
		depth++
	}
	node, state := g.BlockParser.Open(parent, reader, pc)
	if node != nil && depth > maxDepth {
		pc.Set(tooDeep, true)
		return nil, parser.NoChildren
	}
	return node, state
}

// maxPadding is how many cells a table may have per byte of its source. Rows
// are padded to the width of the header, so that 10 kB can ask for millions.
const maxPadding = 4

// tableGuard leaves a table that is mostly padding as the paragraph it was.
type tableGuard struct{ parser.ParagraphTransformer }

// Transform implements parser.ParagraphTransformer.
func (g tableGuard) Transform(node *ast.Paragraph, reader text.Reader, pc parser.Context) {
	lines, columns, size := node.Lines(), 0, 0
	for i := range lines.Len() {
		line := lines.At(i)
		size += line.Len()
		columns = max(columns, 1+bytes.Count(line.Value(reader.Source()), []byte{'|'}))
	}
	if columns*lines.Len() <= maxPadding*size {
		g.ParagraphTransformer.Transform(node, reader, pc)
	}
}

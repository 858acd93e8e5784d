package migrate

import (
	"bytes"
	"regexp"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/renderer/html"
	"github.com/yuin/goldmark/text"

	"postil/comments"
)

// maxMarkdown is how much of a text is looked at for HTML; longer ones exceed
// what can be rendered anyway.
const maxMarkdown = 64 << 10

var (
	anyTag    = regexp.MustCompile(`</?([A-Za-z][A-Za-z0-9]*)(?:\s[^<>]*)?/?>`)
	asHTML    = regexp.MustCompile(`(?is)^\s*<(p|div|pre|ul|ol|blockquote|h[1-6]|table|br|span|img)\b[^<>]*>.*`)
	htmlNames = " a abbr b blockquote br code dd del div dl dt em h1 h2 h3 h4 h5 h6 hr i img ins kbd li ol p pre q s samp small span strike strong sub sup table tbody td tfoot th thead tr tt u ul var font center details summary cite "
)

// language finds out what a comment is written in, for systems that keep
// Markdown and HTML in the same place. Markdown with HTML in it becomes HTML,
// for our Markdown would show the tags. Names in angle brackets that are no
// HTML (List<String>) are words.
func language(source string) (string, comments.Markup) {
	if len(source) > maxMarkdown || !holdsHTML(source) {
		return source, comments.Markdown
	}
	if asHTML.MatchString(source) && !strings.Contains(source, "\n\n") {
		return source, comments.SourceHTML
	}
	md := goldmark.New(goldmark.WithExtensions(extension.Strikethrough, extension.Table, extension.Linkify), goldmark.WithRendererOptions(html.WithUnsafe(), html.WithXHTML()))
	tree := md.Parser().Parse(text.NewReader([]byte(source)))
	if !tagsIn(tree, []byte(source)) {
		return source, comments.Markdown
	}
	var out bytes.Buffer
	if err := md.Renderer().Render(&out, []byte(source), tree); err != nil {
		return source, comments.Markdown
	}
	return strings.TrimSpace(out.String()), comments.SourceHTML
}

func holdsHTML(source string) bool {
	for _, m := range anyTag.FindAllStringSubmatch(source, -1) {
		if strings.Contains(htmlNames, " "+strings.ToLower(m[1])+" ") {
			return true
		}
	}
	return false
}

// tagsIn reports whether Markdown holds HTML outside of its code.
func tagsIn(tree ast.Node, source []byte) bool {
	found := false
	_ = ast.Walk(tree, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		var lines *text.Segments
		switch n := n.(type) {
		case *ast.HTMLBlock:
			lines = n.Lines()
		case *ast.RawHTML:
			lines = n.Segments
		default:
			return ast.WalkContinue, nil
		}
		for i := range lines.Len() {
			segment := lines.At(i)
			found = found || holdsHTML(string(segment.Value(source)))
		}
		return ast.WalkSkipChildren, nil
	})
	return found
}

var (
	newlines  = strings.NewReplacer("\r\n", "\n", "\r", "\n")
	preformat = regexp.MustCompile(`(?is)<pre\b.*?(?:</pre\s*>|$)`)
	blockTag  = regexp.MustCompile(`(?i)</?(?:address|article|blockquote|dd|div|dl|dt|figure|h[1-6]|hr|li|ol|p|pre|section|table|tbody|td|tfoot|th|thead|tr|ul)\b`)
	aroundTag = regexp.MustCompile(`(?i)\s*\n\s*(</?(?:blockquote|dd|div|dl|dt|h[1-6]|hr|li|ol|p|pre|table|tbody|td|tfoot|th|thead|tr|ul)\b[^<>]*>)|(</?(?:blockquote|dd|div|dl|dt|h[1-6]|hr|li|ol|p|pre|table|tbody|td|tfoot|th|thead|tr|ul)\b[^<>]*>)\s*\n\s*`)
	blankLine = regexp.MustCompile(`\n[ \t]*\n\s*`)
)

// paragraphs gives HTML of WordPress its line breaks: there a bare newline in
// a comment is one, and an empty line begins a paragraph. Those within pre
// stay as they are.
func paragraphs(source string) string {
	source = strings.TrimSpace(newlines.Replace(source))
	if !strings.Contains(source, "\n") {
		return source
	}
	if !blockTag.MatchString(source) {
		parts := blankLine.Split(source, -1)
		return "<p>" + strings.ReplaceAll(strings.Join(parts, "</p><p>"), "\n", "<br>") + "</p>"
	}
	return aroundPre(source, broken)
}

// aroundPre changes what stands outside of pre.
func aroundPre(source string, change func(string) string) string {
	var b strings.Builder
	last := 0
	for _, at := range preformat.FindAllStringIndex(source, -1) {
		b.WriteString(change(source[last:at[0]]))
		b.WriteString(source[at[0]:at[1]])
		last = at[1]
	}
	b.WriteString(change(source[last:]))
	return b.String()
}

// unbroken is the way back: HTML without the newlines that would become
// breaks there.
func unbroken(source string) string {
	return aroundPre(source, func(part string) string {
		part = strings.ReplaceAll(aroundTag.ReplaceAllString(part, "$1$2"), "<br/>\n", "<br/>")
		return strings.ReplaceAll(part, "\n", " ")
	})
}

// broken makes elements of the newlines of text that holds blocks already.
func broken(source string) string {
	source = strings.Trim(source, "\n")
	source = aroundTag.ReplaceAllString(source, "$1$2")
	return strings.ReplaceAll(source, "\n", "<br>")
}

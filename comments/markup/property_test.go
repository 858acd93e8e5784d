package markup_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"postil/comments"
	"postil/comments/markup"
)

// TestAnyMixOfTagsKeepsThePromises puts tags together as no one would write
// them: the parser moves misnested ones about, and sanitisers have been
// outwitted that way.
func TestAnyMixOfTagsKeepsThePromises(t *testing.T) {
	t.Parallel()
	var pieces []string
	for _, name := range strings.Fields(`a abbr b blockquote caption code dd del div dl dt em h1 h3 hr i img li ol p pre q
		s small table tbody td tfoot th thead tr u ul
		svg math mtext mglyph style script title textarea template select option form button noscript iframe
		foreignobject annotation-xml desc xmp plaintext object nobr font span body html frameset col colgroup`) {
		pieces = append(pieces, "<"+name+">", "</"+name+">", "<"+name+"/>")
	}
	pieces = append(pieces, `<a href="https://a.example/">`, `<a href="https://b.example/" title="t">`,
		`<img src="https://a.example/i.png" alt="i">`, `<p title="</p><b>">`, "x", " ", "\n", "&lt;", "<!--", "-->", "<![CDATA[", "]]>", `"`, "<")
	checkMixes(t, comments.SourceHTML, pieces)
}

// TestAnyMixOfMarksKeepsThePromises does the same with Markdown.
func TestAnyMixOfMarksKeepsThePromises(t *testing.T) {
	t.Parallel()
	checkMixes(t, comments.Markdown, []string{
		"*", "**", "_", "__", "~", "~~", "`", "``", "```", "```go", "\n", "\n\n", "  \n", "\\", " ", "    ", "\t", "x", "1. ", "- ", "+ ", "> ", "# ", "###### ", "#",
		"---", "===", "***", "|", "|-|", "|:-:|", "[", "]", "(", ")", "![", "](https://a.example/)", "](/rel)", "][x]", "[x]: https://b.example", "[x]:", "<", ">",
		"<https://c.example>", "https://d.example/?a=b&c", "www.e.example", "me@f.example", "<b>", "</b>", "&amp;", "&#0;", "&", "\"", "'", ":", "\r", "\x01", "\xff", "\u00a0",
	})
}

func checkMixes(t *testing.T, kind comments.Markup, pieces []string) {
	r := markup.New()
	rapid.Check(t, func(t *rapid.T) {
		source := strings.Join(rapid.SliceOfN(rapid.SampledFrom(pieces), 0, 40).Draw(t, "pieces"), "")
		out, err := r.Render(source, kind)
		if err != nil && !strings.Contains(err.Error(), "shows nothing") {
			t.Fatal(err)
		}
		if err := check(string(out)); err != nil {
			t.Fatalf("%v in %q", err, out)
		}
		if again, err := r.Render(string(out), comments.SourceHTML); err != nil || again != out {
			t.Fatalf("rendered again:\n%q, %v\nat first:\n%q", again, err, out)
		}
	})
}

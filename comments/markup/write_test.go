package markup

import (
	"strings"
	"testing"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// The two lines of defence are tested apart, each against what the other one
// would have stopped.

const hostile = `<script>x</script><p onclick=x style=x id=x class=x>p</p><a href="javascript:x">j</a><a href="/rel">r</a>` +
	`<svg onload=x><a href="https://a.example">s</a></svg><math><mi xlink:href="data:x">m</mi></math><img src="data:x" onerror=x alt=i>` +
	`<iframe src=x></iframe><o:p>o</o:p><form action=x><input></form><code class="x language-y">c</code><td align="x">`

func TestTheWriterAloneIsSafe(t *testing.T) {
	t.Parallel()
	nodes, err := html.ParseFragment(strings.NewReader(hostile), &html.Node{Type: html.ElementNode, DataAtom: atom.Div, Data: "div"})
	if err != nil {
		t.Fatal(err)
	}
	const want = `x<p>p</p>jrio<code>c</code>`
	if got := written(t, nodes...); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestBluemondayAloneIsSafe(t *testing.T) {
	t.Parallel()
	const want = `<p>p</p>jr<a href="https://a.example">s</a>m<img alt="i">o<code>c</code><td>`
	if got := newPolicy(allowList()).Sanitize(hostile); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestTheWriterSurvivesTreesThatNoParserMakes(t *testing.T) {
	t.Parallel()
	element := func(a atom.Atom, children ...*html.Node) *html.Node {
		n := &html.Node{Type: html.ElementNode, DataAtom: a, Data: a.String()}
		for _, c := range children {
			n.AppendChild(c)
		}
		return n
	}
	text := func(s string) *html.Node { return &html.Node{Type: html.TextNode, Data: s} }
	link := func(address string, children ...*html.Node) *html.Node {
		n := element(atom.A, children...)
		n.Attr = []html.Attribute{
			{Key: "xmlns", Val: "x"}, {Namespace: "xlink", Key: "href", Val: "javascript:x"}, {Key: "a b", Val: "x"},
			{Key: "href", Val: address}, {Key: "href", Val: "javascript:x"},
		}
		return n
	}
	foreign := element(atom.P, text("x"))
	foreign.Namespace = "svg"
	for name, c := range map[string]struct {
		node *html.Node
		want string
	}{
		"foreign namespace":    {element(atom.P, foreign, text("y")), `<p>y</p>`},
		"unknown name":         {&html.Node{Type: html.ElementNode, Data: "x y='"}, ``},
		"name without atom":    {&html.Node{Type: html.ElementNode, Data: "p"}, ``},
		"raw node":             {element(atom.P, &html.Node{Type: html.RawNode, Data: "<script>"}), `<p></p>`},
		"comment":              {element(atom.P, &html.Node{Type: html.CommentNode, Data: "--><b>"}), `<p></p>`},
		"document type":        {&html.Node{Type: html.DoctypeNode, Data: "html"}, ``},
		"script text":          {element(atom.Script, text("a<b")), `a&lt;b`},
		"attributes":           {link("https://a.example/", text("x")), `<a href="https://a.example/" rel="nofollow ugc noopener">x</a>`},
		"address with a break": {link("java\nscript:x", text("x")), `x`},
		"link within a link":   {link("https://a.example/", element(atom.B, link("https://b.example/", text("x")))), `<a href="https://a.example/" rel="nofollow ugc noopener"><b>x</b></a>`},
		"children of a void":   {element(atom.Br, text("x")), `<br/>`},
	} {
		if got := written(t, c.node); got != c.want {
			t.Errorf("%s: got %s, want %s", name, got, c.want)
		}
	}
}

func written(t *testing.T, nodes ...*html.Node) string {
	t.Helper()
	w := writer{allowed: allowList()}
	for _, n := range nodes {
		w.node(n, 1)
	}
	if w.err != nil {
		t.Fatal(w.err)
	}
	return string(w.out)
}

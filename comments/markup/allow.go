package markup

import (
	"net/url"
	"regexp"

	"github.com/microcosm-cc/bluemonday"
	"golang.org/x/net/html/atom"
)

// attribute is one that an element may have, if its value matches.
type attribute struct {
	name    string
	pattern *regexp.Regexp // nil: any text; addresses are checked besides
}

var (
	languageClass = regexp.MustCompile(`^language-[A-Za-z0-9_+#.-]{1,40}$`)
	alignment     = regexp.MustCompile(`^(left|center|right)$`)
	listStart     = regexp.MustCompile(`^[0-9]{1,9}$`) // CommonMark §5.2
)

// allowList returns the elements that may stand in a comment, each with its
// attributes in the order in which they are written. The writer makes h3 of h1
// and h2, a link of img, and adds rel to links.
func allowList() map[atom.Atom][]attribute {
	allowed := map[atom.Atom][]attribute{
		atom.A:    {{name: "href"}, {name: "title"}},
		atom.Abbr: {{name: "title"}},
		atom.Code: {{"class", languageClass}},
		atom.Img:  {{name: "src"}, {name: "alt"}},
		atom.Ol:   {{"start", listStart}},
		atom.Td:   {{"align", alignment}},
		atom.Th:   {{"align", alignment}},
	}
	for _, plain := range []atom.Atom{
		atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6,
		atom.P, atom.Div, atom.Blockquote, atom.Pre, atom.Hr, atom.Br,
		atom.Ul, atom.Li, atom.Dl, atom.Dt, atom.Dd,
		atom.Table, atom.Caption, atom.Thead, atom.Tbody, atom.Tfoot, atom.Tr,
		atom.Em, atom.Strong, atom.B, atom.I, atom.U, atom.S, atom.Del, atom.Ins, atom.Small,
		atom.Sub, atom.Sup, atom.Kbd, atom.Samp, atom.Var, atom.Cite, atom.Q,
	} {
		allowed[plain] = nil
	}
	return allowed
}

// newPolicy makes bluemonday's policy from the allow-list.
func newPolicy(allowed map[atom.Atom][]attribute) *bluemonday.Policy {
	p := bluemonday.NewPolicy()
	p.RequireParseableURLs(true)
	p.AllowRelativeURLs(false)
	p.AllowURLSchemes("http", "https", "mailto")
	for element, attributes := range allowed {
		p.AllowElements(element.String())
		for _, a := range attributes {
			b := p.AllowAttrs(a.name)
			if a.pattern != nil {
				b = b.Matching(a.pattern)
			}
			b.OnElements(element.String())
		}
	}
	return p
}

// linkable reports whether an address may be linked to. A user name in it
// could pass for the host.
func linkable(address string) bool {
	u, err := url.Parse(address)
	if err != nil || u.User != nil {
		return false
	}
	return u.Scheme == "mailto" && u.Opaque != "" || onWeb(u)
}

// loadable reports whether an address may be that of an image.
func loadable(address string) bool {
	u, err := url.Parse(address)
	return err == nil && u.User == nil && onWeb(u)
}

func onWeb(u *url.URL) bool {
	return (u.Scheme == "http" || u.Scheme == "https") && u.Hostname() != ""
}

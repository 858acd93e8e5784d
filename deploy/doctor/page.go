package doctor

import (
	"bytes"
	"net/url"
	"regexp"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
	"golang.org/x/net/html/charset"

	"postil/static/csp"
)

// policyAt is a policy with the place where it stands.
type policyAt struct {
	csp.Policy
	place string
}

// element is one of the page's, with its attributes.
type element struct {
	name string
	attr map[string]string
	node *html.Node
}

// page is what a browser makes of the blog's page before any script runs.
type page struct {
	*answer
	base      *url.URL // for the addresses in it
	policies  []policyAt
	trial     bool   // a policy is only reported
	referrer  string // policy; empty: the browser's own
	canonical *url.URL
	onward    *url.URL  // where the page sends its readers by itself; nil: nowhere
	elements  []element // in their order
	// instruction is left for the server to include a fragment.
	instruction bool
}

// includes are the instructions of nginx and Caddy.
var includes = regexp.MustCompile(`^#\s*include\s.*fragment\.html|\{\{\s*httpInclude\s.*fragment\.html`)

// readPage takes a page apart.
func readPage(a *answer) (*page, error) {
	p := &page{answer: a, base: a.url, referrer: lastKnownReferrer(a.header.Values("Referrer-Policy"))}
	for _, policy := range csp.ParseHeader(a.header.Values(csp.Header)...) {
		p.policies = append(p.policies, policyAt{policy, "the header"})
	}
	p.trial = len(csp.ParseHeader(a.header.Values(csp.HeaderReportOnly)...)) > 0
	text, err := charset.NewReader(bytes.NewReader(a.body), a.header.Get("Content-Type"))
	if err != nil {
		return nil, err
	}
	root, err := html.Parse(text)
	if err != nil {
		return nil, err
	}
	for n := range root.Descendants() {
		switch n.Type {
		case html.ElementNode:
			p.read(n)
		case html.CommentNode, html.TextNode:
			p.instruction = p.instruction || includes.MatchString(n.Data)
		}
	}
	return p, nil
}

func (p *page) read(n *html.Node) {
	e := element{n.Data, map[string]string{}, n}
	for _, a := range n.Attr {
		e.attr[a.Key] = a.Val
	}
	p.elements = append(p.elements, e)
	switch n.DataAtom {
	case atom.Base:
		if u, err := p.url.Parse(e.attr["href"]); err == nil && e.attr["href"] != "" && p.base == p.url {
			p.base = u
		}
	case atom.Meta:
		p.readMeta(e)
	case atom.Link:
		if hasWord(e.attr["rel"], "canonical") && p.canonical == nil {
			p.canonical = p.resolve(e.attr["href"])
		}
	}
}

// readMeta reads what rules the page; browsers heed it within the head only.
func (p *page) readMeta(e element) {
	if e.node.Parent == nil || e.node.Parent.DataAtom != atom.Head {
		return
	}
	if strings.EqualFold(e.attr["http-equiv"], csp.Header) {
		for _, policy := range csp.ParseHeader(e.attr["content"]) {
			carried, _ := policy.Meta()
			p.policies = append(p.policies, policyAt{carried, "the <meta> element"})
		}
	}
	if strings.EqualFold(e.attr["http-equiv"], "refresh") && p.onward == nil {
		p.onward = p.refreshed(e.attr["content"])
	}
	if strings.EqualFold(e.attr["name"], "referrer") {
		if policy := lastKnownReferrer([]string{e.attr["content"]}); policy != "" {
			p.referrer = policy
		}
	}
}

// refresh has the address in what a page says of its refreshing (HTML, shared
// declarative refresh steps).
var refresh = regexp.MustCompile(`(?i)^\s*[0-9.]+\s*[;,\s]\s*(?:url\s*=\s*)?["']?([^"']+)`)

// refreshed returns the other page to which such words lead, or nil.
func (p *page) refreshed(content string) *url.URL {
	m := refresh.FindStringSubmatch(content)
	if m == nil {
		return nil
	}
	u := p.resolve(m[1])
	if u == nil || sameAddress(u.String(), p.url.String()) {
		return nil
	}
	return u
}

// resolve returns an absolute address, or nil where there is none.
func (p *page) resolve(ref string) *url.URL {
	u, err := p.base.Parse(strings.TrimSpace(ref))
	if err != nil || u.Host == "" {
		return nil
	}
	return u
}

// all returns the elements of a name.
func (p *page) all(name string) (list []element) {
	for _, e := range p.elements {
		if e.name == name {
			list = append(list, e)
		}
	}
	return list
}

// upgrades reports whether the page loads https where it says http.
func (p *page) upgrades() bool {
	for _, policy := range p.policies {
		if policy.Upgrades() {
			return true
		}
	}
	return false
}

// hasWord looks into a list of words, as of rel.
func hasWord(list, word string) bool {
	for w := range strings.FieldsSeq(list) {
		if strings.EqualFold(w, word) {
			return true
		}
	}
	return false
}

// leaks says of each known Referrer-Policy what other hosts learn from it.
var leaks = map[string]string{
	"no-referrer":                     "nothing",
	"same-origin":                     "nothing",
	"origin":                          "the blog's name",
	"strict-origin":                   "the blog's name",
	"origin-when-cross-origin":        "the blog's name",
	"strict-origin-when-cross-origin": "the blog's name",
	"no-referrer-when-downgrade":      "the page's whole address",
	"unsafe-url":                      "the page's whole address",
}

// lastKnownReferrer is the policy that counts: the last that a browser knows
// (W3C Referrer Policy §8.1).
func lastKnownReferrer(values []string) (policy string) {
	for v := range strings.SplitSeq(strings.Join(values, ","), ",") {
		if v = strings.ToLower(strings.TrimSpace(v)); leaks[v] != "" {
			policy = v
		}
	}
	return policy
}

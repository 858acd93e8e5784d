package csp

import (
	"net/url"
	"slices"
	"strings"
)

// Embed returns what a blog's policy must allow for the script of the
// service at that public address.
func Embed(service string) Policy {
	return Policy{{"script-src", []string{SourceOf(service)}}, {"connect-src", []string{SourceOf(service)}}}
}

// Ways in which a blog shows comments.
const (
	ByScript  = "script"  // <script> and <postil-thread>
	ByFrame   = "frame"   // thread.html in an <iframe>
	ByForm    = "form"    // a link, and a form that opens the service's own
	ByInclude = "include" // put into the page by the blog's server or generator
)

// Needs returns what a blog's policy must allow for a way of showing the
// comments of the service at a public address. Scripts are those that the
// first way loads, the page's own first.
func Needs(way, service string, scripts ...Request) []Need {
	source := SourceOf(service)
	need := func(kind string, paths ...string) Need {
		n := Need{Sources: []string{source}}
		for _, p := range paths {
			n.Requests = append(n.Requests, Request{Kind: kind, URL: below(service, p)})
		}
		return n
	}
	switch way {
	case ByScript:
		load := Need{Requests: scripts, Sources: []string{source}, Hashes: hashesOf(scripts)}
		return []Need{load, need(Connect, "/feeds/blog.example/feed.xml", "/api/v1/comments")}
	case ByFrame:
		return []Need{need(Frame, "/feeds/blog.example/thread.html")}
	case ByForm:
		return []Need{need(FormAction, "/comment")}
	case ByInclude:
		return []Need{need(Style, "/postil.css")}
	}
	return nil
}

// hashesOf returns the hashes by which scripts get in, or none where they would
// not all do.
func hashesOf(scripts []Request) (hashes []string) {
	for _, r := range scripts {
		if r.Integrity == "" {
			return nil
		}
		for hash := range strings.FieldsSeq(r.Integrity) {
			hashes = append(hashes, "'"+hash+"'")
		}
	}
	return hashes
}

// Permissions returns what a sandbox must allow for a way, if there is one.
func Permissions(way string) []string {
	switch way {
	case ByScript:
		return []string{"allow-scripts", "allow-same-origin"}
	case ByForm:
		return []string{"allow-forms"}
	case ByFrame:
		return []string{"allow-top-navigation-by-user-activation"}
	}
	return nil
}

// below returns an address of a service; one that is none has no parts.
func below(service, path string) *url.URL {
	u, err := url.Parse(strings.TrimRight(service, "/") + path)
	if err != nil {
		return &url.URL{}
	}
	return u
}

// separators end a value within a policy; in a path they are written encoded.
var separators = strings.NewReplacer(";", "%3B", ",", "%2C", "'", "%27")

// SourceOf returns the source that stands for all of a service. It ends a
// path in a slash, without which it would match one file only (CSP3
// §6.7.2.12).
func SourceOf(service string) string {
	source := separators.Replace(strings.TrimRight(service, "/"))
	if u, err := url.Parse(service); err == nil && strings.Trim(u.Path, "/") != "" {
		return source + "/"
	}
	return source
}

// Need is something that a policy must allow.
type Need struct {
	Requests []Request // all of the same kind
	Sources  []string  // what is added to the policy for them
	Hashes   []string  // added in their place where 'strict-dynamic' makes browsers ignore addresses
}

// Change is what Admit did for a need.
type Change struct {
	Need      Need
	Directive string   // that rules it now; empty where nothing does
	Added     []string // values; none where the need was met
	Met       string   // the value that met it before; may be empty
	From      string   // the directive from which a new one started; empty where it was there
}

// Admit returns p with what it lacks for needs, and says what was done for
// each. What is not ruled by any directive is allowed, and stays so.
func (p Policy) Admit(self *url.URL, needs ...Need) (Policy, []Change) {
	changes := make([]Change, len(needs))
	for i, n := range needs {
		p, changes[i] = p.admit(self, n)
	}
	return p, changes
}

func (p Policy) admit(self *url.URL, n Need) (Policy, Change) {
	change := Change{Need: n}
	met := true
	for _, r := range n.Requests {
		ruling := p.Rule(self, r)
		met = met && ruling.Allowed
		change.Directive, change.Met = ruling.Directive.Name, ruling.Source
	}
	if met {
		return p, change
	}
	from, _ := p.Effective(n.Requests[0].Kind)
	change.Met, change.Added = "", n.Sources
	if n.Requests[0].Kind == Script && has(from.Values, strictDynamic) {
		change.Added = n.Hashes
	}
	change.Directive = homeOf(n.Requests[0].Kind, from.Name)
	if change.Directive != from.Name {
		change.From = from.Name
	}
	change.Added = slices.DeleteFunc(slices.Clone(change.Added), func(v string) bool { return slices.Contains(from.Values, v) })
	return p.With(change.Directive, union(from.Values, change.Added)...), change
}

// homeOf is the directive that a source is written to: the one that rules, but
// never one that rules other things too. The older names do for elements, and
// more browsers know them.
func homeOf(kind, ruling string) string {
	switch {
	case ruling == kind:
		return kind
	case kind == Script:
		return "script-src"
	case kind == Style:
		return "style-src"
	}
	return kind
}

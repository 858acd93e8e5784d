package csp

import (
	"net/url"
	"slices"
	"strings"
)

// Kinds of requests, each by the directive that rules it in the first place.
const (
	Script     = "script-src-elem"
	Style      = "style-src-elem"
	Connect    = "connect-src"
	Frame      = "frame-src"
	Image      = "img-src"
	FormAction = "form-action"
	// Ancestor is the other way round: Request.URL frames the document.
	Ancestor = "frame-ancestors"
)

// Request is what a document wants to load, or where it sends a form.
type Request struct {
	Kind       string   // one of the constants above, or any directive's name
	URL        *url.URL // absolute
	Nonce      string   // the attribute of the element
	Integrity  string   // likewise
	Dynamic    bool     // a script that another script loads, not the document's own markup
	Redirected bool     // paths are then not compared
}

// Ruling is what a policy says of a request.
type Ruling struct {
	Allowed   bool
	Directive Directive // the one that decides; without a name where none does
	Source    string    // the value that allows, or that forbids in spite of others; may be empty
}

const (
	selfSource    = "'self'"
	strictDynamic = "'strict-dynamic'"
)

// Rule says what p, of a document at self, makes of a request (CSP3 §6.7.1).
func (p Policy) Rule(self *url.URL, r Request) Ruling {
	d, found := p.Effective(r.Kind)
	if !found {
		return Ruling{Allowed: true}
	}
	ruling := Ruling{Directive: d}
	if source, ok := vouched(d.Values, r); ok {
		ruling.Allowed, ruling.Source = true, source
		return ruling
	}
	if r.Kind == Script && has(d.Values, strictDynamic) {
		ruling.Allowed, ruling.Source = r.Dynamic, strictDynamic
		return ruling
	}
	for _, v := range d.Values {
		if matches(v, self, r.URL, r.Redirected) {
			ruling.Allowed, ruling.Source = true, v
			return ruling
		}
	}
	return ruling
}

// vouched says whether the nonce or the integrity of an element lets it in,
// wherever its file is.
func vouched(values []string, r Request) (source string, ok bool) {
	if r.Kind != Script && r.Kind != Style {
		return "", false
	}
	if nonce := "'nonce-" + r.Nonce + "'"; r.Nonce != "" && slices.ContainsFunc(values, func(v string) bool { return sameQuoted(v, nonce) }) {
		return nonce, true
	}
	if r.Kind != Script {
		return "", false // integrity counts for scripts only
	}
	for _, hash := range strings.Fields(r.Integrity) {
		hash, _, _ = strings.Cut(hash, "?") // options, of which there are none yet
		source = "'" + hash + "'"
		if !slices.ContainsFunc(values, func(v string) bool { return sameQuoted(v, source) }) {
			return "", false
		}
	}
	return source, source != ""
}

// IsNonce reports whether a value is a nonce-source, whatever stands in it.
func IsNonce(value string) bool {
	const begin = "'nonce-"
	return len(value) > len(begin) && strings.EqualFold(value[:len(begin)], begin)
}

// sameQuoted compares nonces and hashes: what stands before the hyphen by its
// letters only, the rest exactly.
func sameQuoted(a, b string) bool {
	nameA, valueA, _ := strings.Cut(a, "-")
	nameB, valueB, _ := strings.Cut(b, "-")
	return strings.EqualFold(nameA, nameB) && valueA == valueB
}

// has finds a keyword in a source list.
func has(values []string, keyword string) bool {
	return slices.ContainsFunc(values, func(v string) bool { return strings.EqualFold(v, keyword) })
}

// Lacks returns which of these permissions the sandbox of p withholds; none
// where p has no sandbox (HTML, sandboxing).
func (p Policy) Lacks(permissions ...string) []string {
	i := p.find("sandbox")
	if i < 0 {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(permissions), func(name string) bool { return has(p[i].Values, name) })
}

// Upgrades reports whether p turns http into https in what the document
// loads (W3C Upgrade Insecure Requests).
func (p Policy) Upgrades() bool { return p.find("upgrade-insecure-requests") >= 0 }

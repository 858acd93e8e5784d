package csp

import "slices"

// fallbacks are the directives that rule a request in place of a missing one,
// nearest first (CSP3 §6.8.3). What is not here falls back to nothing.
var fallbacks = map[string][]string{
	"script-src-elem": {"script-src", "default-src"},
	"script-src-attr": {"script-src", "default-src"},
	"style-src-elem":  {"style-src", "default-src"},
	"style-src-attr":  {"style-src", "default-src"},
	"worker-src":      {"child-src", "script-src", "default-src"},
	"frame-src":       {"child-src", "default-src"},
	"script-src":      {"default-src"},
	"style-src":       {"default-src"},
	"child-src":       {"default-src"},
	"connect-src":     {"default-src"},
	"font-src":        {"default-src"},
	"img-src":         {"default-src"},
	"manifest-src":    {"default-src"},
	"media-src":       {"default-src"},
	"object-src":      {"default-src"},
}

// Effective returns the directive of p that rules what name is about: itself,
// or the nearest that it falls back to. It is false where none does, so that
// everything is allowed.
func (p Policy) Effective(name string) (Directive, bool) {
	for _, n := range append([]string{name}, fallbacks[name]...) {
		if i := p.find(n); i >= 0 {
			return p[i], true
		}
	}
	return Directive{}, false
}

func (p Policy) find(name string) int {
	return slices.IndexFunc(p, func(d Directive) bool { return d.Name == name })
}

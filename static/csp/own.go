package csp

import (
	"net/url"
	"strings"
)

const self = "'self'"

// closed is what all documents of the service start from: no script, no
// request anywhere, but its own style sheet.
func closed() Policy {
	return Policy{
		{"default-src", []string{none}},
		{"style-src", []string{self}},
		{"base-uri", []string{none}},
		{"form-action", []string{none}},
		{"frame-ancestors", []string{none}},
	}
}

// Feed returns the policy of Atom documents: browsers run what stands in
// them as they would in HTML.
func Feed() Policy { return closed() }

// Thread returns the policy of thread.html, which pages of the given origins
// may show in a frame.
func Thread(origins []string) Policy {
	if len(origins) == 0 {
		return closed()
	}
	return closed().With("frame-ancestors", origins...)
}

// Form returns the policy of pages that write: forms post to the service
// only, and nobody can frame them to guide a click.
func Form() Policy { return closed().With("form-action", self) }

// Admin returns the policy of the moderators' pages: beside their forms they
// have a script for the keyboard and images, both from the service itself.
func Admin() Policy { return Form().With("script-src", self).With("img-src", self) }

// Demo returns the policy of the demonstration: the strictest under which a
// blog can carry the script. base is the service's public address.
func Demo(base string) Policy {
	return closed().Merge(Embed(base)).
		With("require-trusted-types-for", "'script'").
		With("trusted-types", none)
}

// Embed returns what a blog's policy must allow for the script of the
// service at that public address.
func Embed(service string) Policy {
	return Policy{{"script-src", []string{source(service)}}, {"connect-src", []string{source(service)}}}
}

// source ends a path in a slash, without which it would match one file only
// (CSP3 §6.7.2.12).
func source(service string) string {
	if u, err := url.Parse(service); err == nil && strings.Trim(u.Path, "/") != "" {
		return strings.TrimRight(service, "/") + "/"
	}
	return strings.TrimRight(service, "/")
}

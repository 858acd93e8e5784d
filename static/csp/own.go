package csp

// Closed is what all documents of the service start from: no script, no
// request anywhere, but its own style sheet. It is also the policy of answers
// that are no documents, should a browser take one for one.
func Closed() Policy {
	return Policy{
		{"default-src", []string{none}},
		{"style-src", []string{selfSource}},
		{"base-uri", []string{none}},
		{"form-action", []string{none}},
		{"frame-ancestors", []string{none}},
	}
}

// Feed returns the policy of Atom documents: browsers run what stands in
// them as they would in HTML.
func Feed() Policy { return Closed() }

// Thread returns the policy of thread.html, which pages of the given origins
// may show in a frame.
func Thread(origins []string) Policy {
	if len(origins) == 0 {
		return Closed()
	}
	return Closed().With("frame-ancestors", origins...)
}

// Form returns the policy of pages that write: forms post to the service
// only, and nobody can frame them to guide a click.
func Form() Policy { return Closed().With("form-action", selfSource) }

// Admin returns the policy of the moderators' pages: beside their forms they
// have a script for the keyboard and images, both from the service itself.
func Admin() Policy { return Form().With("script-src", selfSource).With("img-src", selfSource) }

// Demo returns the policy of the demonstration: the strictest under which a
// blog can carry the script. base is the service's public address.
func Demo(base string) Policy {
	return Closed().Merge(Embed(base)).
		With("require-trusted-types-for", "'script'").
		With("trusted-types", none)
}

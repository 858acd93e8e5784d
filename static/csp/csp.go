// Package csp builds, reads and judges Content-Security-Policy values (CSP
// Level 3): the ones that the service sends, and the ones under which a blog
// embeds it.
package csp

import (
	"slices"
	"strings"
)

// none is the source list that matches nothing.
const none = "'none'"

// Directive is one directive with its values, as they are written.
type Directive struct {
	Name   string
	Values []string
}

// String returns the directive as a policy has it.
func (d Directive) String() string {
	return strings.Join(append([]string{d.Name}, d.Values...), " ")
}

// Policy is an ordered list of directives with different names. It is never
// changed in place: With, Without, Merge and Admit return new ones.
type Policy []Directive

// String returns the header value.
func (p Policy) String() string {
	parts := make([]string, len(p))
	for i, d := range p {
		parts[i] = d.String()
	}
	return strings.Join(parts, "; ")
}

// With returns p with the values of one directive replaced or, at the end,
// added.
func (p Policy) With(name string, values ...string) Policy {
	q := slices.Clone(p)
	if i := q.find(name); i >= 0 {
		q[i] = Directive{name, values}
		return q
	}
	return append(q, Directive{name, values})
}

// Without returns p without the directives of these names.
func (p Policy) Without(names ...string) Policy {
	return slices.DeleteFunc(slices.Clone(p), func(d Directive) bool { return slices.Contains(names, d.Name) })
}

// Merge returns the policy that allows what p or q names: values of the same
// directive are joined, and 'none' gives way to anything else. A directive
// that p lacks starts from what it falls back to in p, so that merging never
// forbids what p allowed.
func (p Policy) Merge(q Policy) Policy {
	merged := slices.Clone(p)
	for _, d := range q {
		from, _ := p.Effective(d.Name)
		merged = merged.With(d.Name, union(from.Values, d.Values)...)
	}
	return merged
}

func union(a, b []string) []string {
	var all []string
	for _, v := range slices.Concat(a, b) {
		if !strings.EqualFold(v, none) && !slices.Contains(all, v) {
			all = append(all, v)
		}
	}
	if len(all) == 0 && len(a)+len(b) > 0 {
		return []string{none}
	}
	return all
}

// Package csp builds Content-Security-Policy values (CSP Level 3): the ones
// that the service sends, and the one that a blog needs for the script.
package csp

import (
	"fmt"
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

// Policy is an ordered list of directives with different names. It is never
// changed in place: With and Merge return new ones.
type Policy []Directive

// Parse reads a serialised policy. As browsers do it ignores the second
// directive of a name (CSP3 §2.2.1); unlike them it refuses what it cannot
// read, for this is for people who write policies.
func Parse(text string) (Policy, error) {
	var p Policy
	for part := range strings.SplitSeq(text, ";") {
		fields := strings.Fields(part)
		if len(fields) == 0 {
			continue
		}
		name := strings.ToLower(fields[0])
		if strings.Trim(name, "abcdefghijklmnopqrstuvwxyz-") != "" {
			return nil, fmt.Errorf("%q is not the name of a directive", fields[0])
		}
		for _, v := range fields[1:] {
			if strings.ContainsFunc(v, func(r rune) bool { return r <= ' ' || r > '~' || r == ',' }) {
				return nil, fmt.Errorf("directive %s: %q is not a value", name, v)
			}
		}
		if p.find(name) < 0 {
			p = append(p, Directive{name, fields[1:]})
		}
	}
	return p, nil
}

// String returns the header value.
func (p Policy) String() string {
	parts := make([]string, len(p))
	for i, d := range p {
		parts[i] = strings.Join(append([]string{d.Name}, d.Values...), " ")
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

// Merge returns the policy that allows what p or q names: values of the same
// directive are joined, and 'none' gives way to anything else. A directive
// that p lacks starts from p's default-src where that is its fallback, so
// that merging never forbids what p allowed.
func (p Policy) Merge(q Policy) Policy {
	merged := slices.Clone(p)
	for _, d := range q {
		values := p.effective(d.Name)
		merged = merged.With(d.Name, union(values, d.Values)...)
	}
	return merged
}

// effective returns the values that hold for a directive, or nil.
func (p Policy) effective(name string) []string {
	if i := p.find(name); i >= 0 {
		return p[i].Values
	}
	if i := p.find("default-src"); i >= 0 && strings.HasSuffix(name, "-src") {
		return p[i].Values
	}
	return nil
}

func union(a, b []string) []string {
	var all []string
	for _, v := range slices.Concat(a, b) {
		if v != none && !slices.Contains(all, v) {
			all = append(all, v)
		}
	}
	if len(all) == 0 && len(a)+len(b) > 0 {
		return []string{none}
	}
	return all
}

func (p Policy) find(name string) int {
	return slices.IndexFunc(p, func(d Directive) bool { return d.Name == name })
}

package csp

import (
	"fmt"
	"slices"
	"strings"
)

// Header names of policies.
const (
	Header           = "Content-Security-Policy"
	HeaderReportOnly = "Content-Security-Policy-Report-Only" // violations of such a policy block nothing
)

// Parse reads a serialised policy. As browsers do it ignores the second
// directive of a name (CSP3 §2.2.1); unlike them it refuses what is surely
// not meant, for this is for people who write policies. Errors name the
// directive.
func Parse(text string) (Policy, error) {
	var p Policy
	for i, part := range strings.Split(text, ";") {
		fields := strings.Fields(part)
		if len(fields) == 0 {
			continue
		}
		d := Directive{strings.ToLower(fields[0]), fields[1:]}
		if err := d.check(); err != nil {
			return nil, fmt.Errorf("directive %d, %q: %w", i+1, strings.Join(fields, " "), err)
		}
		if p.find(d.Name) < 0 {
			p = append(p, d)
		}
	}
	return p, nil
}

// keywords are sources that mean themselves only in quotes.
var keywords = []string{"self", "none", "unsafe-inline", "unsafe-eval", "unsafe-hashes", "strict-dynamic", "report-sample", "wasm-unsafe-eval"}

func (d Directive) check() error {
	if strings.Trim(d.Name, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
		return fmt.Errorf("%q is not the name of a directive; names have letters and hyphens only", d.Name)
	}
	for _, v := range d.Values {
		switch {
		case strings.Contains(v, ","):
			return fmt.Errorf("the comma in %q would end the policy; give one policy at a time, and write %%2C in a path", v)
		case strings.ContainsFunc(v, func(r rune) bool { return r <= ' ' || r > '~' }):
			return fmt.Errorf("%q is not a value: it has a character that is not ASCII; write host names in Punycode", v)
		case slices.Contains(keywords, strings.ToLower(v)):
			return fmt.Errorf("%s without quotes is the name of a host; write '%s'", v, v)
		}
	}
	return nil
}

// ParseHeader reads the values of a header as browsers do (CSP3 §2.2.2): each
// may hold several policies, all of which must allow what is to happen, and
// what cannot be read is skipped.
func ParseHeader(values ...string) []Policy {
	var all []Policy
	for _, value := range values {
		for text := range strings.SplitSeq(value, ",") {
			if p := parseLoosely(text); len(p) > 0 {
				all = append(all, p)
			}
		}
	}
	return all
}

// unheard are the directives that a policy in a meta element cannot have
// (CSP3 §3.3); a report-to has nowhere to go without a header of endpoints.
var unheard = []string{"frame-ancestors", "sandbox", "report-uri", "report-to"}

// Meta splits p into what a meta element can carry, and what it cannot.
func (p Policy) Meta() (carried, lost Policy) {
	for _, d := range p {
		if slices.Contains(unheard, d.Name) {
			lost = append(lost, d)
		} else {
			carried = append(carried, d)
		}
	}
	return carried, lost
}

func parseLoosely(text string) Policy {
	var p Policy
	for part := range strings.SplitSeq(text, ";") {
		fields := strings.Fields(part)
		if len(fields) == 0 || strings.ContainsFunc(part, func(r rune) bool { return r > '~' }) {
			continue
		}
		if name := strings.ToLower(fields[0]); p.find(name) < 0 {
			p = append(p, Directive{name, fields[1:]})
		}
	}
	return p
}

package main

import (
	"fmt"
	"io"
	"strings"

	"postil/static/csp"
)

// field is a header field.
type field struct{ name, value string }

// headerForm writes header fields as one kind of configuration.
type headerForm struct {
	name    string
	comment [2]string // what begins and ends a comment; empty where there are none
	place   string    // where it belongs, for a person
	begin   string    // before the first field
	field   func(field) string
}

// headerForms are the forms that take any header field.
func headerForms() []headerForm {
	return []headerForm{
		{name: "raw", field: func(f field) string { return f.name + ": " + f.value }},
		{name: "nginx", comment: [2]string{"# "},
			place: "Within server {}; and again in each location {} that has an add_header of its own, for there the others do not hold.",
			field: func(f field) string { return "add_header " + f.name + " " + quoted(f.value, "$", "%24") + " always;" }},
		{name: "caddy", comment: [2]string{"# "},
			place: "In the block of the blog's address.",
			field: func(f field) string { return "header " + f.name + " " + quoted(f.value, "{", "%7B", "}", "%7D") }},
		{name: "apache", comment: [2]string{"# "},
			place: "In the <VirtualHost>, a <Directory> or .htaccess; it needs the module headers (a2enmod headers).",
			field: func(f field) string {
				return "Header always set " + f.name + " " + quoted(f.value, "%", "%%", "$", "%%24")
			}},
		{name: "netlify", comment: [2]string{"# "}, begin: "/*", place: "In the file _headers of the folder that is published.", field: indented},
		{name: "cloudflare", comment: [2]string{"# "}, begin: "/*", place: "In the file _headers of the folder that is published; Pages Functions set their own.", field: indented},
	}
}

func indented(f field) string { return "  " + f.name + ": " + f.value }

// quoted writes a string in double quotes. What would still be understood as
// something else is replaced; a path means the same percent-encoded. In a nonce
// it is meant so: the server puts a new one there each time.
func quoted(value string, replacements ...string) string {
	marks := []string{`\`, `\\`, `"`, `\"`}
	always, otherwise := strings.NewReplacer(marks...), strings.NewReplacer(append(replacements, marks...)...)
	words := strings.Split(value, " ")
	for i, word := range words {
		if csp.IsNonce(word) {
			words[i] = always.Replace(word)
		} else {
			words[i] = otherwise.Replace(word)
		}
	}
	return `"` + strings.Join(words, " ") + `"`
}

// metaForm is the one form that is no header.
const metaForm = "meta"

// formats are the names of all forms.
func formats() (names []string) {
	for _, f := range headerForms() {
		names = append(names, f.name)
	}
	return append(names, metaForm)
}

// maxCloudflareLine is the longest line of a _headers file that Cloudflare
// reads, in bytes.
const maxCloudflareLine = 2000

// print writes one form, explained in comments or, where it has none, on
// standard error.
func (p *cspPlan) print(std *stdio, format string) error {
	if format == metaForm {
		return p.printMeta(std)
	}
	fields := []field{{csp.Header, p.policy.String()}}
	if p.ReportTo != "" {
		fields = append([]field{{"Reporting-Endpoints", p.Endpoints()}}, fields...)
	}
	for _, form := range headerForms() {
		if form.name == format {
			return p.printForm(std, form, fields)
		}
	}
	return nil // not after check
}

func (p *cspPlan) printForm(std *stdio, form headerForm, fields []field) error {
	var b strings.Builder
	p.comment(std, &b, form.comment, form.place)
	if form.begin != "" {
		b.WriteString(form.begin + "\n")
	}
	for _, f := range fields {
		line := form.field(f)
		if form.name == "cloudflare" && len(line) > maxCloudflareLine {
			return fmt.Errorf("--format cloudflare: the line of %s has %d characters, and Cloudflare reads %d; shorten the policy of --merge", f.name, len(line), maxCloudflareLine)
		}
		b.WriteString(line + "\n")
	}
	_, err := io.WriteString(std.out, b.String())
	return err
}

// comment writes the explanations.
func (p *cspPlan) comment(std *stdio, b *strings.Builder, comment [2]string, place string) {
	if comment[0] == "" {
		for _, note := range p.notes {
			fmt.Fprintln(std.err, "postil csp:", note)
		}
		return
	}
	for _, note := range append([]string{place}, p.notes...) {
		b.WriteString(comment[0] + strings.ReplaceAll(note, "-->", "-- >") + comment[1] + "\n")
	}
}

// inAttribute escapes what cannot stand in an attribute in double quotes.
var inAttribute = strings.NewReplacer("&", "&amp;", `"`, "&quot;")

func (p *cspPlan) printMeta(std *stdio) error {
	carried, lost := p.policy.Meta()
	for _, d := range lost {
		p.note("%s: left out, because browsers ignore it in a <meta> element. If you can, send a header beside it: %s: %s", d.Name, csp.Header, d)
	}
	var b strings.Builder
	p.comment(std, &b, [2]string{"<!-- ", " -->"}, "First in the <head>, before everything that it is to rule.")
	fmt.Fprintf(&b, "<meta http-equiv=\"%s\" content=\"%s\">\n", csp.Header, inAttribute.Replace(carried.String()))
	_, err := io.WriteString(std.out, b.String())
	return err
}

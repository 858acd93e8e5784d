package main

import (
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"
	"text/template"

	"postil/static/csp"
)

// purposes say what each kind of request is for.
var purposes = map[string]string{
	csp.Script:     "the script and its parts",
	csp.Connect:    "fetching the feed and sending comments",
	csp.Frame:      "thread.html in a frame",
	csp.FormAction: "opening the form of the service",
	csp.Style:      "/postil.css, if your page links it",
}

// explain says what became of each need.
func (p *cspPlan) explain() {
	for _, c := range p.changes {
		kind := c.Need.Requests[0].Kind
		values, purpose := strings.Join(c.Added, " "), purposes[kind]
		switch {
		case len(c.Added) == 0 && c.Directive == "":
			p.note("%s: not needed for %s, because no directive rules that here.", strings.TrimSuffix(kind, "-elem"), purpose)
		case len(c.Added) == 0:
			p.note("%s: nothing added, because %s allows %s already.", c.Directive, c.Met, purpose)
		case c.From != "":
			p.note("%s: new, with %s for %s. What %s allows is repeated in it, because %s no longer counts where %s is given.",
				c.Directive, values, purpose, c.From, c.From, c.Directive)
		default:
			p.note("%s: added %s for %s.", c.Directive, values, purpose)
		}
		if kind == csp.Script && len(c.Added) > 0 && !p.Hashes && c.Added[0] != c.Need.Sources[0] {
			p.note("%s: 'strict-dynamic' makes browsers ignore addresses, so the script is allowed by its hashes. Renew them and the script tag after each upgrade.", c.Directive)
		}
	}
	for _, d := range p.policy {
		if i := slices.IndexFunc(d.Values, isFixedNonce); i >= 0 {
			p.note("%s: %s stays as you gave it. A nonce protects only while it is new with each answer: let your server put it there, as it did in the answer that you may have it from.", d.Name, d.Values[i])
		}
	}
	if d, _ := p.policy.Effective(csp.Script); p.Hashes && loosensInline(d.Values, p.changes[0].Added) {
		p.note("%s: browsers ignore 'unsafe-inline' beside hashes, so scripts within your pages need hashes of their own now. Leave out --hashes if you do not want that.", d.Name)
	}
	if p.Hashes {
		p.note("script-src: the hashes are those of this version. Renew them and the script tag after each upgrade.")
	}
}

// loosensInline reports whether values let inline scripts in only until some
// more are added.
func loosensInline(values, added []string) bool {
	strict := slices.ContainsFunc(values, func(v string) bool {
		return !slices.Contains(added, v) && (csp.IsNonce(v) || strings.HasPrefix(strings.ToLower(v), "'sha"))
	})
	return len(added) > 0 && !strict && slices.Contains(values, "'unsafe-inline'")
}

// isFixedNonce tells a nonce from what a server will put one in place of.
func isFixedNonce(value string) bool {
	return csp.IsNonce(value) && !strings.ContainsAny(value, "${}%<>[]")
}

func (p *cspPlan) note(format string, args ...any) {
	p.notes = append(p.notes, fmt.Sprintf(format, args...))
}

// guide is for reading: what goes into the page, and the policy.
func (p *cspPlan) guide(w io.Writer) error {
	return guideText.Execute(w, p)
}

// Tag names what the guide's templates need.
func (p *cspPlan) Tag() string {
	return fmt.Sprintf(`<script src="%s%s" async crossorigin="anonymous" integrity="%s"></script>`, p.Service, p.script.Path, p.script.Integrity)
}

// Stable reports whether the policy lets in the script under its stable name,
// for which nothing vouches but its address.
func (p *cspPlan) Stable() bool {
	u, err := url.Parse(p.Service + "/postil.js")
	return err == nil && p.policy.Rule(&anyBlog, csp.Request{Kind: csp.Script, URL: u}).Allowed
}

// Policy returns the header value.
func (p *cspPlan) Policy() string { return p.policy.String() }

// Endpoints returns the value of Reporting-Endpoints (W3C Reporting API).
func (p *cspPlan) Endpoints() string { return reportGroup + `="` + p.ReportTo + `"` }

// Notes returns the explanations.
func (p *cspPlan) Notes() []string { return p.notes }

// Strictest returns the policy under which comments work and nothing else.
func (p *cspPlan) Strictest() string {
	none := []string{"'none'"}
	shut := csp.Policy{{Name: "default-src", Values: none}, {Name: "base-uri", Values: none}, {Name: "form-action", Values: none}, {Name: "frame-ancestors", Values: none}}
	strictest, _ := shut.Admit(&anyBlog, needsOf(p.Style, p.Service, p.Hashes)...)
	return strictest.String()
}

// guideText has a part for each style. HOST and PAGE stay as they are: the
// blog's template writes them.
var guideText = template.Must(template.New("guide").Parse(`{{define "script"}}In the page, where the comments belong (write the link by your template):

{{.Tag}}
<postil-thread>
  <a href="{{.Service}}/feeds/HOST/PAGE/thread.html">Comments</a>
</postil-thread>
{{if .Stable}}
The script under its stable name follows upgrades by itself, without integrity:

<script src="{{.Service}}/postil.js" async crossorigin="anonymous"></script>
{{end}}{{end}}{{define "frame"}}In the page, where the comments belong (write the address by your template):

<iframe src="{{.Service}}/feeds/HOST/PAGE/thread.html" title="Comments" width="100%" height="600" loading="lazy"></iframe>

The service lets the origins of the site frame it, and nobody else; see them with: postil site show HOST
{{end}}{{define "form"}}In the page, where the comments belong (fill in site and page by your template):

<p><a href="{{.Service}}/feeds/HOST/PAGE/thread.html">Comments</a></p>
<form action="{{.Service}}/comment">
  <input type="hidden" name="site" value="HOST">
  <input type="hidden" name="page" value="/PAGE">
  <button>Write a comment</button>
</form>
{{end}}{{define "include"}}Let the service publish each thread as a part of a page, too:

    postil site set HOST --fragment

Your server or generator puts that part into the page, as in the examples of deploy/blogs. It is at

    {{.Service}}/feeds/HOST/PAGE/fragment.html

Browsers then ask the service for nothing but its style sheet, in the page's head; with styles of your own not even for that:

<link rel="stylesheet" href="{{.Service}}/postil.css">
{{end}}{{if eq .Style "script"}}{{template "script" .}}{{else if eq .Style "frame"}}{{template "frame" .}}{{else if eq .Style "form"}}{{template "form" .}}{{else}}{{template "include" .}}{{end}}
In the page's head, for feed readers:

<link rel="alternate" type="application/atom+xml" href="{{.Service}}/feeds/HOST/PAGE/feed.xml">

{{if .Merge}}Your Content-Security-Policy, with what it lacked:{{else}}A Content-Security-Policy to begin with, for a blog that serves its own files; nothing is needed if you send none. Give yours with --merge to keep it:{{end}}

{{.Policy}}
{{if .ReportTo}}
A second header, Reporting-Endpoints, says where the reports go:

{{.Endpoints}}
{{end}}
{{range .Notes}}- {{.}}
{{end}}
The strictest under which comments work, for comparison; your pages could load nothing else:

{{.Strictest}}

The header for your server: add --format nginx, caddy, apache, netlify, cloudflare, meta or raw.
`))

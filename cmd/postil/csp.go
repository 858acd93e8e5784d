package main

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"postil/static"
	"postil/static/csp"
)

type cspCmd struct {
	Service  string `help:"Address by which readers reach this service." default:"http://localhost:8080" placeholder:"URL"`
	Style    string `help:"How the blog shows comments: script, frame, form, include." default:"script" placeholder:"STYLE" noenv:""`
	Format   string `help:"What is printed: guide (everything, for reading), or the header alone: raw, nginx, caddy, apache, netlify, cloudflare, meta." default:"guide" placeholder:"FORMAT" noenv:""`
	Merge    string `help:"The policy that the blog sends now. What is missing is added to it, and each addition explained." placeholder:"POLICY" noenv:""`
	Hashes   bool   `help:"Allow the script by its hashes instead of by its address: stricter, and to be renewed after each upgrade." noenv:""`
	ReportTo string `help:"Address to which browsers report what the policy has blocked." placeholder:"URL" noenv:""`
}

// Help says what the styles are, and what to do with the output.
func (cspCmd) Help() string {
	return `A Content-Security-Policy is a header by which your blog tells browsers what its pages may load. If your blog sends one it must allow the service; if it sends none, nothing need be done, but it is a good moment to begin.

What a page needs depends on how it shows comments:

    script     the element <postil-thread>: everything, and the usual choice
    frame      thread.html in an <iframe>: no script on your page
    form       a link to the thread, and a button that opens the form
    include    your server or generator puts the comments into the page

Without --merge you get a policy to begin with: what your blog serves itself, and the service. With it you get your own, with no more than it lacks, and are told what was added and why: by the guide, in comments of the configuration, or, with --format raw, on standard error. A nonce stays as you give it, for it must be new with each answer: write there what your server puts one in place of, such as 'nonce-$request_id' in nginx.

    postil csp --service https://comments.example --merge "default-src 'self'"

Every format but guide prints what goes into the configuration, and nothing else, on standard output:

    postil csp --service https://comments.example --format nginx > postil-csp.conf

A <meta> element does for hosts where you cannot set headers; it cannot say everything, and you are told what it leaves out.`
}

// reportGroup is the name by which a policy refers to the endpoint of
// --report-to.
const reportGroup = "postil"

// anyBlog stands for the blog, whose own address is not asked for: only what
// 'self' means depends on it.
var anyBlog = url.URL{Scheme: "https", Host: "blog.example"}

// Run prints what a blog pastes.
func (c *cspCmd) Run(std *stdio) error {
	if err := c.check(); err != nil {
		return usageError{err}
	}
	plan, err := c.plan()
	if err != nil {
		return err
	}
	if c.Format == "guide" {
		return plan.guide(std.out)
	}
	return plan.print(std, c.Format)
}

// check reads every flag and reports all faults at once.
func (c *cspCmd) check() error {
	var faults []error
	base, err := checkURL(c.Service)
	if err != nil || base == "" {
		faults = append(faults, fmt.Errorf("--service: %w", errors.Join(err, errNoService)))
	}
	if u, err := url.Parse(base); err == nil && strings.Contains(u.Hostname(), ":") {
		faults = append(faults, fmt.Errorf("--service: a policy cannot name the IPv6 address in %s; give the service a host name", base))
	}
	c.Service = base
	faults = append(faults, oneOf("style", c.Style, csp.ByScript, csp.ByFrame, csp.ByForm, csp.ByInclude),
		oneOf("format", c.Format, append([]string{"guide"}, formats()...)...))
	if c.Hashes && c.Style != csp.ByScript {
		faults = append(faults, fmt.Errorf("--hashes: hashes are of the script, which --style %s does not load; leave it out", c.Style))
	}
	if report, err := checkURL(c.ReportTo); err != nil || strings.ContainsAny(c.ReportTo, `"\;,' `) {
		faults = append(faults, fmt.Errorf("--report-to: %q is not an address; write it as https://reports.example/csp", c.ReportTo))
	} else if strings.HasPrefix(report, "http://") {
		faults = append(faults, errors.New("--report-to: browsers send reports to https:// addresses only"))
	}
	return errors.Join(faults...)
}

func oneOf(flag, value string, known ...string) error {
	if slices.Contains(known, value) {
		return nil
	}
	return fmt.Errorf("--%s: %q is none of %s", flag, value, strings.Join(known, ", "))
}

var errNoService = errors.New("write the address of this service, such as https://comments.example")

// startPolicy is for blogs that have none yet: what they serve themselves.
func startPolicy() csp.Policy {
	return csp.Policy{
		{Name: "default-src", Values: []string{"'self'"}},
		{Name: "object-src", Values: []string{"'none'"}},
		{Name: "base-uri", Values: []string{"'none'"}},
		{Name: "form-action", Values: []string{"'self'"}},
		{Name: "frame-ancestors", Values: []string{"'self'"}},
	}
}

// cspPlan is what a blog needs, before it takes a form.
type cspPlan struct {
	cspCmd
	script  static.Asset
	policy  csp.Policy
	changes []csp.Change
	notes   []string // sentences, for a person
}

func (c *cspCmd) plan() (*cspPlan, error) {
	p := &cspPlan{cspCmd: *c, script: static.Hashed("postil.js"), policy: startPolicy()}
	if p.script.File == nil {
		return nil, errors.New("the script is not built in; run: go generate ./static")
	}
	if c.Merge != "" {
		var err error
		if p.policy, err = csp.Parse(withoutName(c.Merge)); err != nil {
			return nil, usageError{fmt.Errorf("--merge: %w", err)}
		}
		if len(p.policy) == 0 {
			return nil, usageError{errors.New("--merge: there is no directive in it; leave it out to begin with a policy of ours")}
		}
	}
	p.policy, p.changes = p.policy.Admit(&anyBlog, needsOf(c.Style, c.Service, c.Hashes)...)
	p.explain()
	p.openSandbox()
	p.report()
	return p, nil
}

// needsOf is what a blog needs for the script of this very program.
func needsOf(style, service string, hashes bool) []csp.Need {
	var scripts []csp.Request
	for i, asset := range static.Scripts() {
		u, err := url.Parse(service + asset.Path)
		if err != nil {
			u = &url.URL{} // not after checkURL
		}
		scripts = append(scripts, csp.Request{Kind: csp.Script, URL: u, Integrity: asset.Integrity, Dynamic: i > 0})
	}
	needs := csp.Needs(style, service, scripts...)
	if hashes {
		needs[0].Sources = needs[0].Hashes
	}
	return needs
}

// withoutName takes a header line for the policy in it.
func withoutName(line string) string {
	name, value, found := strings.Cut(line, ":")
	if found && strings.EqualFold(strings.TrimSpace(name), csp.Header) {
		return value
	}
	return line
}

// openSandbox adds what a sandbox must permit.
func (p *cspPlan) openSandbox() {
	missing := p.policy.Lacks(csp.Permissions(p.Style)...)
	if len(missing) == 0 {
		return
	}
	sandbox, _ := p.policy.Effective("sandbox")
	p.policy = p.policy.With("sandbox", append(slices.Clone(sandbox.Values), missing...)...)
	p.note("sandbox: added %s, without which a page in a sandbox cannot show comments by %s.", strings.Join(missing, " "), p.Style)
}

// report names the endpoint for browsers old and new, unless the policy has
// one.
func (p *cspPlan) report() {
	if p.ReportTo == "" {
		return
	}
	if p.Format == metaForm {
		p.note("--report-to: left out, because only headers can say where reports go.")
		p.ReportTo = ""
		return
	}
	if d, found := p.policy.Effective("report-to"); found {
		p.note("report-to: %s is there already and stays; so must the Reporting-Endpoints header that defines it.", strings.Join(d.Values, " "))
		p.ReportTo = ""
		return
	}
	p.policy = p.policy.With("report-uri", p.ReportTo).With("report-to", reportGroup)
	p.note("report-to, report-uri: added for --report-to. Browsers that know the first ignore the second.")
}

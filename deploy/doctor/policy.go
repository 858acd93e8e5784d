package doctor

import (
	"fmt"
	"net/url"
	"strings"

	"postil/static/csp"
)

// purposes say what each kind of request is for.
var purposes = map[string]string{
	csp.Script:     "the script",
	csp.Connect:    "fetching the feed and sending comments",
	csp.Frame:      "the frame with the thread",
	csp.FormAction: "the form",
	csp.Style:      "the style sheet of the service",
}

// checkPolicy reports whether a policy forbids something, and says what.
func (e *exam) checkPolicy(p policyAt) (forbidden bool) {
	for _, need := range e.needs() {
		for i, r := range need.Requests {
			r.URL = upgraded(r.URL, e.blog.upgrades())
			ruling := p.Rule(e.blog.url, r)
			if ruling.Allowed {
				continue
			}
			purpose := purposes[r.Kind]
			if r.Kind == csp.Script && i > 0 {
				purpose = "what the script loads later"
			}
			e.forbids(p, purpose, r, ruling, need)
			forbidden = true
			break // the others of the need are mended with it
		}
	}
	if lacking := p.Lacks(csp.Permissions(e.embed.way)...); len(lacking) > 0 {
		e.wrong(Policy, fmt.Sprintf("The policy in %s has the directive sandbox without %s.", p.place, strings.Join(lacking, " ")), "Add "+strings.Join(lacking, " ")+" to sandbox.")
		forbidden = true
	}
	return forbidden
}

func (e *exam) forbids(p policyAt, purpose string, r csp.Request, ruling csp.Ruling, need csp.Need) {
	admitted, changes := p.Admit(e.blog.url, need)
	text := fmt.Sprintf("The policy in %s forbids %s: %q does not allow %s.", p.place, purpose, ruling.Directive, r.URL)
	if ruling.Source != "" {
		text += " Because of " + ruling.Source + " addresses do not count there."
	}
	mend := fmt.Sprintf("Put into the page and into the policy what this prints: postil csp --service %s --merge %q", e.embed.service, p.Policy)
	if d, _ := admitted.Effective(changes[0].Directive); len(changes[0].Added) > 0 {
		mend = fmt.Sprintf("Let the policy say: %s", d)
	}
	e.wrong(Policy, text, mend)
}

// needs are those of the way in which the page shows comments, with its own
// script tag in place of the usual one.
func (e *exam) needs() []csp.Need {
	var scripts []csp.Request
	if e.embed.script != nil {
		scripts = append(scripts, csp.Request{Kind: csp.Script, URL: e.embed.source, Nonce: e.embed.script.attr["nonce"], Integrity: e.embed.script.attr["integrity"]})
		scripts = append(scripts, e.embed.parts...)
	}
	needs := csp.Needs(e.embed.way, e.embed.service, scripts...)
	if len(scripts) == 0 && e.embed.way == csp.ByScript {
		needs = needs[1:] // there is no tag to judge
	}
	if feed, err := url.Parse(e.thread.Feed); err == nil && e.embed.way == csp.ByScript && e.thread.Problem == nil {
		needs[len(needs)-1].Requests[0].URL = feed
	}
	switch {
	case e.embed.way == csp.ByFrame:
		needs[0].Requests[0].URL = e.embed.source
	case e.embed.way == csp.ByInclude && !e.linksSheet(needs[0].Requests[0].URL):
		return nil
	}
	return needs
}

// linksSheet reports whether the page links a style sheet.
func (e *exam) linksSheet(sheet *url.URL) bool {
	for _, l := range e.blog.all("link") {
		if u := e.blog.resolve(l.attr["href"]); u != nil && hasWord(l.attr["rel"], "stylesheet") && sameAddress(u.String(), sheet.String()) {
			return true
		}
	}
	return false
}

// isolates reports a Cross-Origin-Embedder-Policy that frames must share
// (HTML, embedder policies).
func isolates(policy string) bool {
	policy, _, _ = strings.Cut(policy, ";")
	policy = strings.TrimSpace(policy)
	return policy == "require-corp" || policy == "credentialless"
}

// checkFraming is the other side: whether the thread lets the page frame it.
func (e *exam) checkFraming(a *answer) {
	if embedder := e.blog.header.Get("Cross-Origin-Embedder-Policy"); isolates(embedder) && !isolates(a.header.Get("Cross-Origin-Embedder-Policy")) {
		e.wrong(Frame, fmt.Sprintf("The page says Cross-Origin-Embedder-Policy: %s, so that browsers show no frame that does not say it, too; the thread does not.", embedder),
			"Leave that header out on pages with comments, or show them by script.")
		return
	}
	for _, p := range csp.ParseHeader(a.header.Values(csp.Header)...) {
		if _, said := p.Effective(csp.Ancestor); !said {
			continue
		}
		if ruling := p.Rule(a.url, csp.Request{Kind: csp.Ancestor, URL: e.blog.url}); !ruling.Allowed {
			e.wrong(Frame, fmt.Sprintf("The service does not let %s frame its threads: %q.", origin(e.blog.url), ruling.Directive),
				fmt.Sprintf("Make it an origin of the site: postil site set %s --origin %s (which replaces the list; postil site show %s has it)", e.embed.site, origin(e.blog.url), e.embed.site))
			return
		}
		e.is(Frame, OK, "The service lets the page frame the thread.")
		return
	}
	if x := a.header.Get("X-Frame-Options"); x != "" {
		e.wrong(Frame, "Something before the service sends X-Frame-Options: "+x+", without the service's own policy.", "Let the proxy pass the headers of the service, and add none.")
		return
	}
	e.is(Frame, Note, "The thread comes without the service's policy, and may be framed by anybody.")
}

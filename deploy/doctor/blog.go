package doctor

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"postil/static/csp"
)

// leastDays is how long a certificate must be valid still. Those who renew by
// themselves do it long before.
const leastDays = 14

// seePage fetches the blog's page. It is false where there is none to look at.
func (e *exam) seePage(ctx context.Context) bool {
	a, err := e.visit(ctx, http.MethodGet, e.Page, "Accept", "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8", "Accept-Encoding", "identity",
		"Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "document", "Sec-Fetch-Site", "none", "Upgrade-Insecure-Requests", "1")
	if err != nil {
		return e.unseen(err)
	}
	kind, _, _ := strings.Cut(a.header.Get("Content-Type"), ";")
	switch {
	case a.status/100 == 3:
		e.add(e.astray(a))
	case a.status != http.StatusOK:
		e.add(Finding{Page, Unknown, fmt.Sprintf("%s answers %d %s.", a.url, a.status, http.StatusText(a.status)), "Give the address of a page that shows comments."})
	case kind != "text/html" && kind != "application/xhtml+xml":
		e.add(Finding{Page, Unknown, fmt.Sprintf("%s is %q, no web page.", a.url, kind), "Give the address of a page that shows comments."})
	default:
		if err = a.decode(); err == nil {
			e.blog, err = readPage(a)
		}
		if err != nil {
			e.add(Finding{Page, Unknown, fmt.Sprintf("%s cannot be read: %v.", a.url, err), "Let the server heed Accept-Encoding: this asks for identity."})
			return false
		}
		if to := e.blog.onward; to != nil {
			e.blog = nil
			e.add(Finding{Page, Unknown, fmt.Sprintf("%s sends its readers on to %s.", a.url, to), "Give the address at which readers arrive."})
			return false
		}
		e.is(Page, OK, fmt.Sprintf("%s answers, with %d kB of HTML.", a.url, len(a.body)/1000+1))
		e.checkCertificate(a, "the blog")
		return true
	}
	return false
}

// astray is about a redirection that was not followed.
func (e *exam) astray(a *answer) Finding {
	const arrive = "Give the address at which readers arrive."
	to, err := a.url.Parse(a.header.Get("Location"))
	switch {
	case err != nil || a.header.Get("Location") == "":
		return Finding{Page, Unknown, fmt.Sprintf("%s answers %d and leads nowhere.", a.url, a.status), arrive}
	case to.Hostname() != a.url.Hostname():
		return Finding{Page, Unknown, fmt.Sprintf("%s leads to another host: %s", e.Page, to), arrive}
	case to.Scheme != a.url.Scheme:
		return Finding{Page, Unknown, fmt.Sprintf("%s leads from https back to %s", e.Page, to), "Let the server lead to https:// addresses only."}
	}
	return Finding{Page, Unknown, fmt.Sprintf("%s leads on and on, after %d steps to %s", e.Page, maxRedirects, to), "Mend the redirections of the server: browsers give up, too."}
}

// unseen says why there is no page. A certificate that browsers refuse is what
// they would meet, so that was seen.
func (e *exam) unseen(err error) bool {
	if e.untrusted(err, e.Page) {
		e.report.Seen = true
		return false
	}
	e.add(Finding{Page, Unknown, fmt.Sprintf("%s cannot be fetched: %v.", e.Page, err), "Check the address, and that the server runs."})
	return false
}

// untrusted reports whether an error is about a certificate, and says which.
func (e *exam) untrusted(err error, address string) bool {
	v, ok := errors.AsType[*tls.CertificateVerificationError](err)
	if !ok {
		return false
	}
	host := address
	if u, err := url.Parse(address); err == nil {
		host = u.Hostname()
	}
	text, mend := fmt.Sprintf("Browsers refuse the certificate of %s: %v.", host, v.Err), "Get a certificate from an authority that browsers know, such as Let's Encrypt; Caddy does it by itself."
	if invalid, ok := errors.AsType[x509.CertificateInvalidError](v.Err); ok && invalid.Reason == x509.Expired {
		text, mend = fmt.Sprintf("The certificate of %s is valid from %s to %s, not now.", host, day(invalid.Cert.NotBefore), day(invalid.Cert.NotAfter)), "Renew the certificate, and see why that was not done by itself."
	} else if name, ok := errors.AsType[x509.HostnameError](v.Err); ok {
		text, mend = fmt.Sprintf("The certificate is not for %s, but for %s.", host, strings.Join(name.Certificate.DNSNames, ", ")), "Get a certificate for "+host+", or name the right one in the server's configuration."
	} else if _, ok := errors.AsType[x509.UnknownAuthorityError](v.Err); ok {
		text = fmt.Sprintf("The certificate of %s comes from nobody whom browsers trust.", host)
		mend += " If it does, the server leaves out the certificates in between: give it the full chain."
	}
	e.wrong(Certificate, text, mend)
	return true
}

func day(t time.Time) string { return t.Format(time.DateOnly) }

func (e *exam) checkCertificate(a *answer, whose string) {
	if a.tls == nil || len(a.tls.PeerCertificates) == 0 {
		if !trustworthy(a.url) {
			e.is(Certificate, Note, fmt.Sprintf("%s is read without TLS: everybody on the way can read and change it.", a.url.Host))
		}
		return
	}
	until := a.tls.PeerCertificates[0].NotAfter
	left := int(until.Sub(e.Now()).Hours() / 24)
	if left < leastDays {
		e.wrong(Certificate, fmt.Sprintf("The certificate of %s ends on %s, in %d days.", whose, day(until), left), "Renew it, and see why that was not done by itself.")
		return
	}
	e.is(Certificate, OK, fmt.Sprintf("The certificate of %s is good for %d more days.", whose, left))
}

// trustworthy reports an origin that browsers take for secure (W3C Secure
// Contexts §3.1).
func trustworthy(u *url.URL) bool {
	host := u.Hostname()
	addr, err := netip.ParseAddr(host)
	return u.Scheme == "https" || host == "localhost" || strings.HasSuffix(host, ".localhost") || err == nil && addr.IsLoopback()
}

// checkReferrer says what the service and others learn of the page.
func (e *exam) checkReferrer() {
	policy, said := e.blog.referrer, "The page says Referrer-Policy: "+e.blog.referrer
	if policy == "" {
		policy, said = "strict-origin-when-cross-origin", "The page has no Referrer-Policy, so that browsers use strict-origin-when-cross-origin"
	}
	text := fmt.Sprintf("%s; other hosts learn %s.", said, leaks[policy])
	if policy == "no-referrer" || policy == "same-origin" {
		text += " Forms then come without an origin, which Postil expects."
	}
	if strings.HasSuffix(leaks[policy], "address") {
		e.add(Finding{Referrer, Note, text, "Postil needs none of it. Send Referrer-Policy: strict-origin-when-cross-origin, or no-referrer."})
		return
	}
	e.is(Referrer, OK, text)
}

// checkMixed is about plain HTTP from a page that came by TLS.
func (e *exam) checkMixed() {
	if e.blog.url.Scheme != "https" {
		return
	}
	plain := func(u *url.URL) bool { return u != nil && !trustworthy(u) && !e.blog.upgrades() }
	service, err := url.Parse(e.embed.service)
	for _, u := range []*url.URL{e.embed.source, service} {
		if err == nil && plain(u) {
			e.wrong(Mixed, fmt.Sprintf("The page came by https and asks for %s by http, which browsers refuse.", u), "Write https:// in the address, and serve the service with TLS.")
			return
		}
	}
	var others []string
	for _, p := range []struct{ element, attribute string }{{"script", "src"}, {"iframe", "src"}} {
		for _, x := range e.blog.all(p.element) {
			if u := e.blog.resolve(x.attr[p.attribute]); x.attr[p.attribute] != "" && plain(u) {
				others = append(others, u.String())
			}
		}
	}
	if len(others) > 0 {
		e.wrong(Mixed, "The page came by https and asks by http for what browsers then refuse: "+strings.Join(others, " "), "Write https:// in these addresses.")
		return
	}
	e.is(Mixed, OK, "All that the page loads for comments comes by https.")
}

// checkFeedLink looks for what feed readers look for.
func (e *exam) checkFeedLink() {
	if e.thread.Problem != nil {
		return
	}
	want := fmt.Sprintf(`<link rel="alternate" type="application/atom+xml" href="%s">`, e.thread.Feed)
	wrongOne := ""
	for _, l := range e.blog.all("link") {
		u := e.blog.resolve(l.attr["href"])
		if !hasWord(l.attr["rel"], "alternate") || l.attr["type"] != "application/atom+xml" || u == nil {
			continue
		}
		if sameAddress(u.String(), e.thread.Feed) {
			e.is(FeedLink, OK, "Feed readers find the thread by a <link> in the head.")
			return
		}
		if strings.HasPrefix(u.String(), e.embed.service+"/feeds/") {
			wrongOne = u.String()
		}
	}
	if wrongOne != "" {
		e.wrong(FeedLink, fmt.Sprintf("The <link> for feed readers leads to another thread: %s", wrongOne), "Write into the head: "+want)
		return
	}
	e.wrong(FeedLink, "Feed readers do not find the thread: the page has no <link> to its feed.", "Write into the head: "+want)
}

// sameAddress leaves percent-encoding aside.
func sameAddress(a, b string) bool {
	u, errA := url.Parse(a)
	v, errB := url.Parse(b)
	return errA == nil && errB == nil && origin(u) == origin(v) && u.Path == v.Path && u.RawQuery == v.RawQuery
}

// checkPolicies is about each policy of the page by itself, for all of them
// must allow what the page does.
func (e *exam) checkPolicies() {
	if e.embed.way == "" {
		return
	}
	forbidden := false
	for _, p := range e.blog.policies {
		forbidden = e.checkPolicy(p) || forbidden
	}
	switch {
	case forbidden:
	case len(e.blog.policies) > 0:
		e.is(Policy, OK, "The page's Content-Security-Policy allows all that comments need.")
	default:
		e.is(Policy, OK, "The page has no Content-Security-Policy, so that it forbids nothing. To begin with one: postil csp --service "+e.embed.service)
	}
	if e.blog.trial {
		e.is(Policy, Note, "A "+csp.HeaderReportOnly+" is sent, too; it blocks nothing, and was not looked at.")
	}
}

package doctor

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"postil/static/csp"
)

// checkService is about the service, as far as anybody can see it.
func (e *exam) checkService(ctx context.Context) {
	if !e.checkReady(ctx) {
		return
	}
	if e.blog != nil && e.thread.Problem == nil {
		if known := e.checkFeed(ctx); known {
			e.checkCORS(ctx)
		}
	}
	e.checkTwins(ctx)
	e.checkProxy(ctx)
}

// checkReady is false where no service can be reached.
func (e *exam) checkReady(ctx context.Context) bool {
	a, err := e.visit(ctx, http.MethodGet, e.embed.service+"/readyz")
	if err != nil {
		if !e.untrusted(err, e.embed.service) {
			e.wrong(Ready, fmt.Sprintf("%s cannot be reached: %v.", e.embed.service, err), "Start the service, and see that its proxy passes requests on.")
		}
		return false
	}
	if e.blog == nil || host(a.url) != host(e.blog.url) {
		e.checkCertificate(a, "the service")
	}
	switch a.status {
	case http.StatusOK:
		e.is(Ready, OK, "The service is ready: it runs, and its database answers.")
	case http.StatusServiceUnavailable:
		e.wrong(Ready, "The service says that it is not ready: it is starting or stopping, or its database does not answer.", "Its own address for operators says why: curl http://127.0.0.1:8081/readyz")
	default:
		e.wrong(Ready, fmt.Sprintf("%s answers %d: no Postil is there.", a.url, a.status), "Check the address of the service, and that its proxy passes all paths on.")
		return false
	}
	e.checkClock(a)
	return true
}

// maxClockError is how far a clock may be off, much more than an answer takes.
const maxClockError = time.Minute

// checkClock compares the service's clock with that of this machine and,
// where they differ, asks the blog's who is right.
func (e *exam) checkClock(a *answer) {
	theirs, err := http.ParseTime(a.header.Get("Date"))
	if err != nil {
		e.is(Clock, Unknown, "The service does not say what time it is.")
		return
	}
	off := theirs.Sub(e.Now()).Round(time.Second)
	if off.Abs() <= maxClockError {
		e.is(Clock, OK, "The service's clock is right.")
		return
	}
	text := fmt.Sprintf("The service's clock and that of this machine differ by %v.", off.Abs())
	if e.blog != nil && host(a.url) != host(e.blog.url) {
		if third, err := http.ParseTime(e.blog.header.Get("Date")); err == nil && third.Sub(theirs).Abs() <= maxClockError {
			text += " The blog's agrees with the service: it is this machine's that is wrong."
		} else if err == nil && third.Sub(e.Now()).Abs() <= maxClockError {
			text += " The blog's agrees with this machine: it is the service's that is wrong."
		}
	}
	e.wrong(Clock, text, "Let the machine keep time: timedatectl set-ntp true. Comments are dated, and forms expire, by the service's clock.")
}

// checkFeed is about the thread's files. It is false where the service knows
// nothing of the site, so that there is no more to say.
func (e *exam) checkFeed(ctx context.Context) (known bool) {
	a, err := e.visit(ctx, http.MethodGet, e.thread.Feed, "Origin", origin(e.blog.url), "Accept-Encoding", "identity")
	if err != nil {
		e.wrong(Feed, fmt.Sprintf("%s cannot be fetched: %v.", e.thread.Feed, err), "See what the log of the service says.")
		return true
	}
	kind, _, _ := strings.Cut(a.header.Get("Content-Type"), ";")
	switch {
	case a.status == http.StatusNotFound:
		e.wrong(Feed, fmt.Sprintf("The service does not know the site %s.", e.embed.site), fmt.Sprintf(`If that is its name, add it: postil site add %s://%s. Otherwise name the right one: <postil-thread site="…">.`, e.blog.url.Scheme, e.embed.site))
		return false
	case a.status != http.StatusOK:
		e.wrong(Feed, fmt.Sprintf("%s answers %d %s.", e.thread.Feed, a.status, detail(a)), "See what the log of the service says.")
	case kind != "application/xml" && kind != "text/xml":
		e.wrong(Feed, fmt.Sprintf("The feed is sent as %q; browsers then show its source, or none of it.", kind), "Send application/xml; charset=utf-8, as the service does.")
	case !scriptless(a):
		e.wrong(Feed, "The feed comes without the policy of the service. Browsers run scripts in XML, so this is the second line of defence.", "Let the proxy pass Content-Security-Policy on; where files are served directly, take the configuration in deploy/.")
	case !readable(a, e.blog.url):
		e.wrong(CORS, fmt.Sprintf("The page may not read the feed: Access-Control-Allow-Origin is %q.", a.header.Values("Access-Control-Allow-Origin")), "Let the proxy pass that header as the service sends it, once, and add none of its own.")
	default:
		e.is(Feed, OK, e.thread.Feed+" can be read by the page, by browsers, and by feed readers.")
	}
	if e.embed.way == csp.ByFrame {
		if a, err := e.visit(ctx, http.MethodGet, e.embed.source.String()); err == nil {
			e.checkFraming(a)
		}
	}
	return true
}

// detail is the sentence of a problem document (RFC 9457), if it is one.
func detail(a *answer) string {
	var problem struct{ Detail string }
	_ = json.Unmarshal(a.body, &problem) // or nothing
	return problem.Detail
}

// scriptless reports whether a document comes with a policy that lets no
// script run.
func scriptless(a *answer) bool {
	for _, p := range csp.ParseHeader(a.header.Values(csp.Header)...) {
		d, ruled := p.Effective(csp.Script)
		if ruled && len(d.Values) == 1 && strings.EqualFold(d.Values[0], "'none'") {
			return true
		}
	}
	return false
}

// checkCORS asks what a browser asks before it sends a comment (Fetch, CORS
// preflight).
func (e *exam) checkCORS(ctx context.Context) {
	if e.embed.way != csp.ByScript {
		return
	}
	own := origin(e.blog.url)
	a, err := e.visit(ctx, http.MethodOptions, e.embed.service+"/api/v1/comments", "Origin", own,
		"Access-Control-Request-Method", "POST", "Access-Control-Request-Headers", "content-type")
	switch {
	case err != nil:
		e.wrong(CORS, fmt.Sprintf("Nobody answers whether %s may send comments: %v.", own, err), "Let the proxy pass OPTIONS on.")
	case readable(a, e.blog.url) && a.status/100 == 2:
		e.is(CORS, OK, own+" may send comments.")
	case len(a.header.Values("Access-Control-Allow-Origin")) > 1:
		e.wrong(CORS, fmt.Sprintf("Who may send comments is said twice, which browsers take for nobody: %q.", a.header.Values("Access-Control-Allow-Origin")), "Remove Access-Control-Allow-Origin from the proxy's configuration; the service sends it.")
	default:
		e.wrong(CORS, fmt.Sprintf("%s may not send comments: it is no origin of the site %s.", own, e.embed.site),
			fmt.Sprintf("Make it one: postil site set %s --origin %s (which replaces the list; postil site show %s has it)", e.embed.site, own, e.embed.site))
	}
}

// checkTwins asks for the script in each coding.
func (e *exam) checkTwins(ctx context.Context) {
	address := e.scriptFile()
	sizes := map[string]int{}
	vary := true
	for _, coding := range []string{"identity", "gzip", "br"} {
		a, err := e.visit(ctx, http.MethodGet, address, "Accept-Encoding", coding)
		if err != nil || a.status != http.StatusOK {
			return // said by others
		}
		if got := a.header.Get("Content-Encoding"); got == coding || got == "" && coding == "identity" {
			sizes[coding] = len(a.body)
		}
		vary = vary && hasWord(strings.ReplaceAll(strings.Join(a.header.Values("Vary"), ","), ",", " "), "Accept-Encoding")
	}
	switch {
	case sizes["br"] == 0 && sizes["gzip"] == 0:
		e.wrong(Twins, fmt.Sprintf("The script is sent as it is, %d bytes, to browsers that take less.", sizes["identity"]), "Let the proxy pass Accept-Encoding on; where files are served directly, let it take the .br and .gz beside them, as in deploy/.")
	case !vary:
		e.wrong(Twins, "Answers differ by Accept-Encoding without saying so: a cache may give readers what they cannot read.", "Send Vary: Accept-Encoding, as the service does.")
	case sizes["br"] == 0:
		e.is(Twins, Note, fmt.Sprintf("The script is sent with gzip (%d bytes), but not with brotli.", sizes["gzip"]))
	default:
		e.is(Twins, OK, fmt.Sprintf("The script is sent with brotli: %d bytes instead of %d.", sizes["br"], sizes["identity"]))
	}
}

// forged is an address that nobody has (RFC 5737).
var forged = netip.MustParseAddr("192.0.2.1")

// proxyAnswer is what the service says of how a request came.
type proxyAnswer struct {
	Peer      string // public or private
	Forwarded string // absent, ignored or believed
	Forged    string // no, yes or unclear: whether it was believed to come from nowhere
}

// checkProxy finds out what the service knows of where readers come from. It
// asks as it is, and once more with an address that nobody has.
func (e *exam) checkProxy(ctx context.Context) {
	first, err := e.askProxy(ctx)
	if err != nil {
		e.is(Proxy, Unknown, fmt.Sprintf("What the service knows of where readers come from cannot be found out: %v.", err))
		return
	}
	second, err := e.askProxy(ctx, "X-Forwarded-For", forged.String())
	switch {
	case err == nil && second.Forged == "yes":
		e.wrong(Proxy, "The service believes what clients write into X-Forwarded-For: whoever forges it escapes the limits.",
			"Let the proxy replace the header: proxy_set_header X-Forwarded-For $remote_addr in nginx. Where there is no proxy, leave out --trusted-proxy.")
	case err == nil && second.Forged == "unclear":
		e.is(Proxy, Note, "The proxy tells the service where readers come from, and is believed. Whether clients can forge it can be told from elsewhere only: this machine is in a network of --trusted-proxy.")
	case first.Forwarded == "ignored":
		e.wrong(Proxy, "A proxy tells the service where readers come from, but is not trusted: all readers share one limit.", "Start the service with --trusted-proxy and the address of the proxy, such as 127.0.0.1.")
	case first.Forwarded == "believed":
		e.is(Proxy, OK, "The proxy tells the service where readers come from, and is believed.")
	case first.Peer == "public":
		e.is(Proxy, OK, "Readers reach the service without a proxy, or through one at a public address that does not tell where they come from.")
	default:
		e.askedFromNear(ctx)
	}
}

// askedFromNear is about a request that reached the service from a private
// address without a word of where it comes from. That is right for one made
// on the same machine or network, and wrong for all others.
func (e *exam) askedFromNear(ctx context.Context) {
	a, err := e.visit(ctx, http.MethodHead, e.embed.service+"/livez")
	if err != nil || !a.remote.IsValid() || a.remote.IsLoopback() || a.remote.IsPrivate() {
		e.is(Proxy, Note, "This machine reaches the service at a private address; whether readers' addresses are passed on can be told from elsewhere only.")
		return
	}
	e.wrong(Proxy, "The proxy does not tell the service where readers come from: all readers share one limit.", "Let the proxy send X-Forwarded-For, as in deploy/, and start the service with --trusted-proxy.")
}

func (e *exam) askProxy(ctx context.Context, header ...string) (p proxyAnswer, err error) {
	a, err := e.visit(ctx, http.MethodGet, e.embed.service+"/api/v1/proxy", header...)
	if err != nil {
		return p, err
	}
	if a.status != http.StatusOK {
		return p, fmt.Errorf("%s answers %d; a service of before this version cannot say", a.url, a.status)
	}
	return p, json.Unmarshal(a.body, &p)
}

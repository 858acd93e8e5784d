package doctor

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"path"
	"regexp"
	"strings"

	"postil/static/csp"
)

// checkEmbed is about what stands in the page for comments.
func (e *exam) checkEmbed(ctx context.Context) {
	switch e.embed.way {
	case csp.ByScript:
		e.checkScript(ctx)
		e.checkElement()
	case csp.ByFrame:
		e.is(Frame, OK, "The page shows the thread in a frame: "+e.embed.source.String())
	case csp.ByForm:
		e.is(Form, OK, "The page has a button that opens the form of "+e.embed.service)
	case csp.ByInclude:
		e.is(Element, OK, "The comments stand in the page itself, as fragment.html has them.")
	case byLink:
		e.is(Element, OK, "The page has a link to the thread: "+e.embed.source.String())
	default:
		if e.blog.instruction {
			e.wrong(Element, "The page still has the instruction to include fragment.html: its server does not carry it out.", "Switch it on for this page: ssi on in nginx, templates in Caddy, as in deploy/; or let your generator fetch the fragment.")
			return
		}
		e.wrong(Element, "The page has no <postil-thread>, no frame with a thread, no form of the service, and no link to a thread. What scripts add later is not seen.",
			"Put into the page what this prints: postil csp --service "+orExample(e.Service))
		return
	}
	if e.embed.service != "" {
		e.checkAddress()
	}
}

func orExample(service string) string {
	if service == "" {
		return "https://comments.example"
	}
	return service
}

// checkScript is about the tag, and about what is behind it.
func (e *exam) checkScript(ctx context.Context) {
	if e.embed.script == nil {
		e.wrong(Script, "The page has <postil-thread>, but no script tag that loads postil.js.", "Put the tag into the page that this prints: postil csp --service "+orExample(e.embed.service))
		return
	}
	attr := e.embed.script.attr
	source := upgraded(e.embed.source, e.blog.upgrades())
	a, err := e.visit(ctx, http.MethodGet, source.String(), "Accept", "*/*", "Accept-Encoding", "identity", "Origin", origin(e.blog.url), "Sec-Fetch-Mode", "cors", "Sec-Fetch-Dest", "script")
	if err != nil {
		if !e.untrusted(err, source.String()) {
			e.wrong(Script, fmt.Sprintf("%s cannot be fetched: %v.", source, err), "Start the service, and see that its proxy passes requests on.")
		}
		return
	}
	kind, _, _ := strings.Cut(a.header.Get("Content-Type"), ";")
	_, cors := attr["crossorigin"]
	switch {
	case a.status != http.StatusOK:
		e.wrong(Script, fmt.Sprintf("%s answers %d %s.", source, a.status, http.StatusText(a.status)), "Put the tag into the page that this prints: postil csp --service "+e.embed.service)
		return
	case !strings.HasSuffix(kind, "javascript"):
		e.wrong(Script, fmt.Sprintf("%s is %q, which browsers do not run as a script.", source, kind), "Serve it as text/javascript; Postil does.")
	case strings.EqualFold(attr["type"], "module") && e.embed.thread != nil && e.embed.thread.attr["service"] == "":
		e.wrong(Script, `A script with type="module" is not told its own address, so it does not know its service.`, `Leave out the type, or write service="https://…" on <postil-thread>.`)
	case cors && !readable(a, e.blog.url):
		e.wrong(Script, fmt.Sprintf("The tag says crossorigin, but %s does not allow other origins to read it: Access-Control-Allow-Origin is %q.", source, a.header.Values("Access-Control-Allow-Origin")), "Let the proxy pass that header as the service sends it, once.")
	default:
		e.is(Script, OK, source.String()+" is loaded.")
	}
	e.checkIntegrity(a.body, cors)
	e.embed.parts = partsOf(e.embed.service, a.body)
}

// readable reports whether scripts of the page may read an answer (Fetch,
// CORS check).
func readable(a *answer, page *url.URL) bool {
	allowed := a.header.Values("Access-Control-Allow-Origin")
	return len(allowed) == 1 && (allowed[0] == "*" || allowed[0] == origin(page)) || origin(a.url) == origin(page)
}

// checkIntegrity compares the tag with the script that the service has.
func (e *exam) checkIntegrity(body []byte, cors bool) {
	said := e.embed.script.attr["integrity"]
	stable := !strings.Contains(e.embed.source.Path, "/static/")
	remedy := "Put the tag into the page that this prints: postil csp --service " + e.embed.service
	switch {
	case said == "":
		e.is(Integrity, Note, "The tag has no integrity, so that upgrades of the service reach readers at once, and so would whoever takes it over.")
	case !cors && e.crossOrigin():
		e.wrong(Integrity, "The tag has integrity, but no crossorigin: browsers cannot check it, and refuse the script.", `Add crossorigin="anonymous" to the tag.`)
	case !intact(body, said):
		e.wrong(Integrity, fmt.Sprintf("The integrity of the tag is not that of the script, which browsers therefore refuse. The script has sha384-%s.", sum384(body)), remedy)
	case stable:
		e.wrong(Integrity, "The integrity is right today, but "+e.embed.source.Path+" changes with the next upgrade, and browsers will refuse it.", remedy)
	default:
		e.is(Integrity, OK, "The integrity of the tag is that of the script.")
	}
}

func sum384(body []byte) string {
	sum := sha512.Sum384(body)
	return base64.StdEncoding.EncodeToString(sum[:])
}

// intact follows W3C Subresource Integrity §3.3.5: of the strongest algorithm
// one hash must match.
func intact(body []byte, integrity string) bool {
	sum256, sum512 := sha256.Sum256(body), sha512.Sum512(body)
	sums := []struct{ name, value string }{
		{"sha512", base64.StdEncoding.EncodeToString(sum512[:])}, {"sha384", sum384(body)}, {"sha256", base64.StdEncoding.EncodeToString(sum256[:])},
	}
	for _, sum := range sums {
		known := false
		for token := range strings.FieldsSeq(integrity) {
			token, _, _ = strings.Cut(token, "?")
			name, value, _ := strings.Cut(token, "-")
			if name != sum.name {
				continue
			}
			if value == sum.value {
				return true
			}
			known = true
		}
		if known {
			return false
		}
	}
	return true // no algorithm that browsers know: they check nothing
}

// partPath finds in the script where its later parts are, and their hashes,
// which stand next to that.
var partPath = regexp.MustCompile(`(/static/postil\.[a-z]+\.[0-9a-f]+\.js)[^;]{0,30}?"(sha(?:256|384|512)-[A-Za-z0-9+/]+=*)"`)

// partsOf are the requests for what the script loads later.
func partsOf(service string, script []byte) (parts []csp.Request) {
	for _, found := range partPath.FindAllSubmatch(script, -1) {
		if u, err := url.Parse(service + string(found[1])); err == nil {
			parts = append(parts, csp.Request{Kind: csp.Script, URL: u, Integrity: string(found[2]), Dynamic: true})
		}
	}
	return parts
}

// checkElement is about <postil-thread>.
func (e *exam) checkElement() {
	t := e.embed.thread
	switch {
	case t == nil:
		e.wrong(Element, "The page loads the script, but has no <postil-thread>. What scripts add later is not seen.", "Write <postil-thread></postil-thread> where the comments belong.")
	case bytes.Contains(e.blog.body, []byte("<postil-thread/>")) || bytes.Contains(e.blog.body, []byte("<postil-thread />")):
		e.wrong(Element, "<postil-thread/> does not end there in HTML: the rest of the page is inside, and vanishes when the thread is shown.", "Write <postil-thread></postil-thread>.")
	case t.node.FirstChild == nil:
		e.add(Finding{Element, Note, "<postil-thread> is empty: without the script readers see nothing.", `Put a link inside: <a href="` + e.thread.HTML + `">Comments</a>`})
	default:
		e.is(Element, OK, "<postil-thread> is in the page, with something inside for readers without the script.")
	}
}

// checkAddress says which page it is for Postil.
func (e *exam) checkAddress() {
	if e.thread.Problem != nil {
		e.wrong(Address, fmt.Sprintf("For Postil the page is none: %v", e.thread.Problem), `Write the right values into the attributes site="blog.example" and page="/post" of the element.`)
		return
	}
	text := fmt.Sprintf("For Postil this is the page %s of the site %s.", e.thread.Page, e.embed.site)
	if e.blog.canonical == nil {
		e.is(Address, OK, text)
		return
	}
	if e.embed.way != csp.ByScript { // the address is written out, by whoever wrote the canonical one
		e.is(Address, OK, text)
		return
	}
	named := e.Locate(e.embed.service, e.embed.site, e.blog.canonical.EscapedPath())
	if e.embed.thread != nil && e.embed.thread.attr["page"] == "" && named.Page != e.thread.Page {
		e.wrong(Address, text+fmt.Sprintf(" But the page says that its one address is %s, so that it gets a thread for each.", e.blog.canonical), fmt.Sprintf(`Write <postil-thread page="%s">.`, named.Page))
		return
	}
	e.is(Address, OK, text)
}

// scriptFile is the name of the script that the service certainly has.
func (e *exam) scriptFile() string {
	if e.embed.source != nil && e.embed.script != nil && strings.HasPrefix(e.embed.source.String(), e.embed.service+"/") {
		return e.embed.source.String()
	}
	return e.embed.service + "/" + path.Base("postil.js")
}

// upgraded turns http into https, as some policies do.
func upgraded(u *url.URL, upgrade bool) *url.URL {
	if !upgrade || u.Scheme != "http" {
		return u
	}
	v := *u
	v.Scheme = "https"
	return &v
}

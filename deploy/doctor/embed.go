package doctor

import (
	"net/url"
	"path"
	"regexp"
	"strings"

	"golang.org/x/net/html"

	"postil/static/csp"
)

// embed is how the page shows comments.
type embed struct {
	way     string // of package csp; empty: none was found
	service string // public address
	site    string // as the markup says it
	page    string // likewise
	script  *element
	thread  *element      // <postil-thread>, <iframe> or <form>
	source  *url.URL      // of the script or the frame
	parts   []csp.Request // what the script loads later
}

var (
	scriptName = regexp.MustCompile(`^postil(\.[0-9a-f]{8,64})?\.js$`)
	// afterBase is what follows a service's address in that of its script.
	afterBase = regexp.MustCompile(`/(static/)?[^/]*$`)
	// threadURL has the parts service, site and page.
	threadURL = regexp.MustCompile(`^(.*)/feeds/([^/]+)/?(.*?)/?(?:thread\.html|feed\.xml)$`)
)

// findEmbed looks for the ways one after the other; a script counts most.
func (e *exam) findEmbed() {
	find := []func() bool{e.findScript, e.findFrame, e.findForm, e.findInclude, e.findLink}
	for _, f := range find {
		if f() {
			break
		}
	}
	if e.Service != "" {
		e.embed.service = e.Service
	}
	e.report.Service, e.report.Way = e.embed.service, e.embed.way
	if e.embed.service != "" {
		if e.embed.site == "" {
			e.embed.site = host(e.blog.url)
		}
		if e.embed.page == "" {
			e.embed.page = e.blog.url.EscapedPath()
		}
		e.thread = e.Locate(e.embed.service, e.embed.site, e.embed.page)
	}
}

func (e *exam) findScript() bool {
	threads := e.blog.all("postil-thread")
	for _, s := range e.blog.all("script") {
		u := e.blog.resolve(s.attr["src"])
		if s.attr["src"] == "" || u == nil || !scriptName.MatchString(path.Base(u.Path)) {
			continue
		}
		e.embed = embed{way: csp.ByScript, script: &s, source: u, service: afterBase.ReplaceAllString(origin(u)+u.EscapedPath(), "")}
		break
	}
	if len(threads) > 0 {
		t := &threads[0]
		e.embed.way, e.embed.thread, e.embed.site, e.embed.page = csp.ByScript, t, t.attr["site"], t.attr["page"]
		if s := strings.TrimRight(t.attr["service"], "/"); s != "" {
			e.embed.service = s
		}
	}
	return e.embed.way != ""
}

func (e *exam) findFrame() bool {
	for _, f := range e.blog.all("iframe") {
		if e.leadsToThread(f, "src", csp.ByFrame) {
			return true
		}
	}
	return false
}

// leadsToThread reports whether an attribute is the address of a thread, and
// notes which.
func (e *exam) leadsToThread(x element, attribute, way string) bool {
	u := e.blog.resolve(x.attr[attribute])
	if u == nil {
		return false
	}
	m := threadURL.FindStringSubmatch(u.EscapedPath())
	if m != nil {
		e.embed = embed{way: way, thread: &x, source: u, service: origin(u) + m[1], site: m[2], page: "/" + m[3]}
	}
	return m != nil
}

// findInclude looks for fragment.html within the page, which links its feed.
func (e *exam) findInclude() bool {
	for _, a := range e.blog.all("a") {
		if hasWord(a.attr["class"], "feed") && inFragment(a.node) && e.leadsToThread(a, "href", csp.ByInclude) {
			return true
		}
	}
	return false
}

func inFragment(n *html.Node) bool {
	for ; n != nil; n = n.Parent {
		for _, a := range n.Attr {
			if n.Data == "section" && a.Key == "class" && hasWord(a.Val, "postil") {
				return true
			}
		}
	}
	return false
}

// byLink is the way of pages that do no more than lead to the thread.
const byLink = "link"

func (e *exam) findLink() bool {
	for _, a := range e.blog.all("a") {
		if e.leadsToThread(a, "href", byLink) {
			return true
		}
	}
	return false
}

func (e *exam) findForm() bool {
	for _, f := range e.blog.all("form") {
		u := e.blog.resolve(f.attr["action"])
		if u == nil || !strings.HasSuffix(u.Path, "/comment") || host(u) == host(e.blog.url) {
			continue
		}
		e.embed = embed{way: csp.ByForm, thread: &f, source: u, service: strings.TrimSuffix(origin(u)+u.EscapedPath(), "/comment")}
		for _, i := range e.blog.all("input") {
			if within(i.node, f.node) {
				e.embed.takeInput(i)
			}
		}
		return true
	}
	return false
}

// takeInput reads which page a form is about.
func (m *embed) takeInput(i element) {
	switch i.attr["name"] {
	case "site":
		m.site = i.attr["value"]
	case "page":
		m.page = i.attr["value"]
	}
}

func within(n, ancestor *html.Node) bool {
	for ; n != nil; n = n.Parent {
		if n == ancestor {
			return true
		}
	}
	return false
}

// crossOrigin reports whether the script comes from another origin.
func (e *exam) crossOrigin() bool { return origin(e.embed.source) != origin(e.blog.url) }

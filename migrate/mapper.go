package migrate

import (
	"fmt"
	"net/url"
	"path"
	"slices"
	"strings"

	"postil/comments"
)

// Mapping says on which page of a site each thread of an export belongs. It is
// stored with a run, so that it is resumed in the same way.
type Mapping struct {
	Hosts map[string]string `json:"hosts,omitempty"` // former hosts, and what they are now
	Keep  []string          `json:"keep,omitempty"`  // query parameters that tell pages apart, besides the site's
	Rules []Rule            `json:"rules,omitempty"` // of a map file; of patterns the first that fits counts
}

// mapper applies a Mapping to a site.
type mapper struct {
	site     comments.Site
	hosts    map[string]bool   // of the site, bare
	exact    map[string]string // rules without stars: there may be many
	patterns []Rule
	Mapping
}

func newMapper(site comments.Site, m Mapping) *mapper {
	site.Settings.KeepQuery = slices.Concat(site.Settings.KeepQuery, m.Keep)
	p := &mapper{site: site, hosts: map[string]bool{bareHost(site.Host): true}, Mapping: Mapping{Hosts: map[string]string{}, Rules: m.Rules}}
	for _, origin := range site.Settings.Origins {
		if u, err := url.Parse(origin); err == nil {
			p.hosts[bareHost(u.Host)] = true
		}
	}
	p.exact = map[string]string{}
	for _, rule := range m.Rules {
		if _, known := p.exact[rule.Old]; strings.Contains(rule.Old, "*") {
			p.patterns = append(p.patterns, rule)
		} else if !known {
			p.exact[rule.Old] = rule.New
		}
	}
	for old, host := range m.Hosts {
		p.Hosts[bareHost(old)] = bareHost(host)
	}
	return p
}

// page returns the page of a thread, or why it has none and a detail.
func (m *mapper) page(t Thread) (comments.Page, Reason, string) {
	if t.Exact {
		page, err := m.site.Page(t.Address)
		if err != nil {
			return "", NoPage, err.Error()
		}
		return page, "", ""
	}
	for _, raw := range []string{t.Address, t.Name} {
		if target, ok := m.rule(raw); ok && target == "" {
			return "", LeftOut, ""
		} else if ok {
			return m.canonical(target)
		}
	}
	address := t.Address
	if address == "" {
		address = findAddress(t.Name)
	}
	if address == "" {
		return "", NoPage, "the thread has no address; a map can say where it belongs"
	}
	if host := m.elsewhere(t.Hosts); host != "" && !strings.Contains(address, "://") {
		return "", Foreign, host
	}
	return m.locate(address)
}

// elsewhere returns a host of a site's URLs if none of them is one of ours. Of
// those on somebody's own machine nobody can tell.
func (m *mapper) elsewhere(urls string) (foreign string) {
	for raw := range strings.SplitSeq(urls, ",") {
		u, err := url.Parse(strings.TrimSpace(raw))
		if err != nil || u.Host == "" || isLocal(u.Hostname()) {
			continue
		}
		if m.hosts[m.now(u.Host)] {
			return ""
		}
		foreign = u.Host
	}
	return foreign
}

// now returns what a host is today, bare.
func (m *mapper) now(host string) string {
	host = bareHost(host)
	if to, ok := m.Hosts[host]; ok {
		return to
	}
	if to, ok := m.Hosts["*"]; ok {
		return to
	}
	return host
}

// rule returns where the map leads an address: one that it names itself comes
// before patterns.
func (m *mapper) rule(raw string) (string, bool) {
	if target, ok := m.exact[raw]; ok && raw != "" {
		return target, true
	}
	for _, rule := range m.patterns {
		if target, ok := rule.apply(raw); ok {
			return target, true
		}
	}
	return "", false
}

// locate follows an address to a page of the site.
func (m *mapper) locate(address string) (comments.Page, Reason, string) {
	if host, _, ok := strings.Cut(address, "/"); ok && m.hosts[bareHost(host)] {
		address = "https://" + address // its scheme was left out
	}
	u, ok := parseAddress(address)
	if !ok {
		return "", NoPage, fmt.Sprintf("%q is no address of a page", address)
	}
	if u.Host != "" {
		if !m.hosts[m.now(u.Host)] {
			if isLocal(u.Hostname()) {
				return "", Local, u.Host
			}
			return "", Foreign, u.Host
		}
	}
	if name := m.unsaidQuery(u); name != "" {
		return "", NoPage, fmt.Sprintf("only the parameter %q tells which page %q is; keep it with --keep-query %s, or map it", name, address, name)
	}
	if !strings.HasPrefix(u.Path, "/") {
		u.Path, u.RawPath = "/"+u.Path, ""
	}
	page := u.EscapedPath()
	if u.RawQuery != "" {
		page += "?" + u.RawQuery
	}
	return m.canonical(page)
}

// plainNames are the parameters by which WordPress names pages that have no
// address of their own.
var plainNames = [...]string{"p", "page_id", "attachment_id"}

// unsaidQuery returns a query parameter that may be all that names a page, as
// in /?p=12 or /blog/?p=12, but is not kept. Without it all such pages would
// become one.
func (m *mapper) unsaidQuery(u *url.URL) string {
	p := path.Clean("/" + u.Path)
	bare := p == "/" || p == "/index.html" || p == "/index.htm" || path.Base(p) == "index.php"
	var names []string
	for name := range u.Query() {
		if slices.Contains(m.site.Settings.KeepQuery, name) {
			return ""
		}
		if bare && !isTracking(name) || slices.Contains(plainNames[:], name) {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return ""
	}
	return slices.Min(names)
}

// canonical makes a page of a path, or of an address on the site.
func (m *mapper) canonical(raw string) (comments.Page, Reason, string) {
	page, err := comments.CanonicalPage(raw, m.site.Settings.KeepQuery)
	if err != nil {
		return "", NoPage, fmt.Sprintf("%q: %v", raw, err)
	}
	return page, "", ""
}

package migrate

import (
	"net/netip"
	"net/url"
	"path"
	"regexp"
	"strings"
)

// maxFolds is how many wrappers an address may stand in: a translated copy of
// a cached copy of an AMP page.
const maxFolds = 4

// tracking are query parameters that never tell pages apart; a * ends a
// prefix.
var tracking = [...]string{
	"utm_*", "fbclid", "gclid", "dclid", "gbraid", "wbraid", "msclkid", "twclid", "yclid", "igshid", "mc_cid", "mc_eid", "_hsenc", "_hsmi", "mkt_tok",
	"ref", "ref_src", "ref_url", "referer", "referrer", "source", "share", "spm", "amp", "amp_*", "usqp", "outputtype", "_x_tr_*", "replytocom", "showcomment", "noredirect", "nocache", "disqus_*", "fb_*", "action_*",
}

func isTracking(name string) bool {
	name = strings.ToLower(name)
	for _, t := range tracking {
		if prefix, ok := strings.CutSuffix(t, "*"); ok && strings.HasPrefix(name, prefix) || t == name {
			return true
		}
	}
	return false
}

var addressInText = regexp.MustCompile(`https?://\S+`)

// findAddress returns the address or path in what a blog called a thread:
// WordPress writes "1234 https://blog.example/?p=1234".
func findAddress(name string) string {
	name = strings.TrimSpace(name)
	if found := addressInText.FindString(name); found != "" {
		return found
	}
	if strings.HasPrefix(name, "/") && !strings.ContainsAny(name, " \t") {
		return name
	}
	return ""
}

// parseAddress reads what an export says of a page, out of all wrappers. A
// path without a slash before it is taken as one.
func parseAddress(raw string) (*url.URL, bool) {
	raw = strings.TrimSpace(raw)
	for range maxFolds {
		u, err := url.Parse(raw)
		if err != nil || u.Opaque != "" && !strings.Contains(raw, "/") || u.Scheme != "" && u.Scheme != "http" && u.Scheme != "https" {
			return nil, false
		}
		if u.Host == "" && u.Path == "" && u.RawQuery == "" {
			return nil, false
		}
		inner := unwrap(u)
		if inner == "" {
			foldAMP(u)
			return u, true
		}
		raw = inner
	}
	return nil, false
}

// unwrap returns the address that a translator, cache or archive shows, or "".
func unwrap(u *url.URL) string {
	host := strings.ToLower(u.Hostname())
	switch {
	case strings.HasSuffix(host, ".translate.goog"):
		v := *u
		v.Host = fromDashes(strings.TrimSuffix(host, ".translate.goog"))
		return v.String()
	case host == "translate.google.com" || host == "translate.googleusercontent.com" || strings.HasPrefix(host, "translate.google."),
		strings.HasSuffix(host, "microsofttranslator.com"):
		return first(u.Query(), "u", "a")
	case host == "translate.yandex.com" || host == "translate.yandex.ru" || host == "translate.yandex.net":
		return first(u.Query(), "url")
	case host == "webcache.googleusercontent.com":
		return cached(u.Query().Get("q"))
	case host == "web.archive.org":
		return archived(u)
	case host == "www.google.com" && strings.HasPrefix(u.Path, "/amp/"):
		return ampViewer(strings.TrimPrefix(u.EscapedPath(), "/amp/"))
	case host == "cdn.ampproject.org" || strings.HasSuffix(host, ".cdn.ampproject.org"):
		if _, rest, ok := strings.Cut(strings.TrimPrefix(u.EscapedPath(), "/"), "/"); ok { // /c/s/HOST/PATH
			return ampViewer(rest)
		}
	}
	return ""
}

func first(q url.Values, names ...string) string {
	for _, n := range names {
		if v := q.Get(n); strings.HasPrefix(v, "http") {
			return v
		}
	}
	return ""
}

// fromDashes reads a host as translate.goog writes it: - for . and -- for -.
func fromDashes(label string) string {
	return strings.ReplaceAll(strings.ReplaceAll(strings.ReplaceAll(label, "--", "\x00"), "-", "."), "\x00", "-")
}

var cachePrefix = regexp.MustCompile(`^cache:(?:[^:/]*:)?`)

func cached(q string) string {
	rest := cachePrefix.ReplaceAllString(q, "")
	if rest == q || rest == "" {
		return ""
	}
	address, _, _ := strings.Cut(rest, " ")
	if !strings.Contains(address, "://") {
		address = "http://" + address
	}
	return address
}

var archivePath = regexp.MustCompile(`^/web/[0-9a-z_*]+/(https?:/{1,2}.*)$`)

func archived(u *url.URL) string {
	full := u.EscapedPath()
	if u.RawQuery != "" {
		full += "?" + u.RawQuery
	}
	m := archivePath.FindStringSubmatch(full)
	if m == nil {
		return ""
	}
	scheme, rest, _ := strings.Cut(m[1], ":/")
	return scheme + "://" + strings.TrimLeft(rest, "/")
}

func ampViewer(rest string) string {
	if secure, ok := strings.CutPrefix(rest, "s/"); ok {
		return "https://" + secure
	}
	return "http://" + rest
}

// foldAMP leads from the AMP copy of a page to the page.
func foldAMP(u *url.URL) {
	dir, last := path.Split(strings.TrimSuffix(u.Path, "/"))
	if last == "amp" && dir != "/" && dir != "" {
		u.Path, u.RawPath = dir, ""
	}
	if stem, ok := strings.CutSuffix(u.Path, ".amp.html"); ok {
		u.Path, u.RawPath = stem+".html", ""
	}
}

// bareHost is a host without what does not tell sites apart.
func bareHost(host string) string {
	host = strings.TrimSuffix(strings.ToLower(host), ".")
	if name, port, ok := strings.Cut(host, ":"); ok && (port == "80" || port == "443") && !strings.Contains(port, ":") {
		host = name
	}
	return strings.TrimPrefix(host, "www.")
}

// isLocal reports hosts that mean another machine to everybody.
func isLocal(hostname string) bool {
	hostname = strings.TrimSuffix(strings.ToLower(hostname), ".")
	if ip, err := netip.ParseAddr(hostname); err == nil {
		return ip.IsLoopback() || ip.IsPrivate() || ip.IsUnspecified() || ip.IsLinkLocalUnicast()
	}
	for _, suffix := range []string{"localhost", "local", "localdomain", "internal", "test", "lan"} {
		if hostname == suffix || strings.HasSuffix(hostname, "."+suffix) {
			return true
		}
	}
	return hostname != "" && !strings.ContainsAny(hostname, ".:")
}

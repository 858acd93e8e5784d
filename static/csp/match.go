package csp

import (
	"net/netip"
	"net/url"
	"strings"
)

// source is a host-source or scheme-source in its parts (CSP3 §2.3.1).
type source struct {
	scheme, host, port, path string // empty where missing
}

// parseSource reads an expression that is no keyword, nonce or hash.
func parseSource(expression string) (s source, ok bool) {
	rest := expression
	if before, after, found := strings.Cut(rest, "://"); found {
		s.scheme, rest = before, after
	} else if scheme, found := strings.CutSuffix(rest, ":"); found && isScheme(scheme) {
		return source{scheme: scheme}, true
	}
	if i := strings.IndexByte(rest, '/'); i >= 0 {
		rest, s.path = rest[:i], rest[i:]
	}
	s.host = rest
	if i := strings.LastIndexByte(rest, ':'); i >= 0 && !strings.HasSuffix(rest, "]") {
		s.host, s.port = rest[:i], rest[i+1:]
		if s.port == "" || s.port != "*" && strings.Trim(s.port, "0123456789") != "" {
			return s, false
		}
	}
	if s.scheme != "" && !isScheme(s.scheme) {
		return s, false
	}
	return s, s.host != "" && !strings.ContainsAny(s.host, "'\"?#@")
}

func isScheme(s string) bool {
	return s != "" && strings.Trim(strings.ToLower(s), "abcdefghijklmnopqrstuvwxyz0123456789+-.") == ""
}

// matches says whether an address matches a source expression of a document
// at self (CSP3 §6.7.2.8).
func matches(expression string, self, u *url.URL, redirected bool) bool {
	if expression == "*" {
		return isHTTP(u.Scheme) || strings.EqualFold(u.Scheme, self.Scheme)
	}
	if strings.EqualFold(expression, selfSource) {
		return matchesSelf(self, u)
	}
	s, ok := parseSource(expression)
	if !ok || s.scheme != "" && !schemeMatches(s.scheme, u.Scheme) {
		return false
	}
	if s.host == "" {
		return true // scheme-source
	}
	return u.Hostname() != "" && (s.scheme != "" || schemeMatches(self.Scheme, u.Scheme)) &&
		hostMatches(s.host, u.Hostname()) && portMatches(s.port, u) && (redirected || pathMatches(s.path, u.EscapedPath()))
}

func isHTTP(scheme string) bool { return scheme == "http" || scheme == "https" }

// matchesSelf lets 'self' include the secure twin of the document's origin.
func matchesSelf(self, u *url.URL) bool {
	if !strings.EqualFold(self.Hostname(), u.Hostname()) {
		return false
	}
	if self.Scheme == u.Scheme && port(self) == port(u) {
		return true
	}
	samePort := port(self) == port(u) || port(self) == defaultPort(self.Scheme) && port(u) == defaultPort(u.Scheme)
	secure := u.Scheme == "https" || u.Scheme == "wss"
	return samePort && (secure || self.Scheme == "http" && (u.Scheme == "http" || u.Scheme == "ws"))
}

// schemeMatches allows the upgrade to a secure scheme (CSP3 §6.7.2.9).
func schemeMatches(a, b string) bool {
	a, b = strings.ToLower(a), strings.ToLower(b)
	switch {
	case a == b, a == "http" && b == "https":
		return true
	case a == "ws":
		return b == "wss" || isHTTP(b)
	case a == "wss":
		return b == "https"
	}
	return false
}

// hostMatches knows wildcards, and no address but 127.0.0.1 (CSP3 §6.7.2.10).
func hostMatches(pattern, host string) bool {
	pattern, host = strings.ToLower(pattern), strings.ToLower(host)
	if suffix, wild := strings.CutPrefix(pattern, "*"); wild {
		return strings.HasSuffix(host, suffix)
	}
	_, err := netip.ParseAddr(host)
	return pattern == host && (err != nil || host == "127.0.0.1")
}

// portMatches takes the scheme's own port where none is written (CSP3
// §6.7.2.11).
func portMatches(pattern string, u *url.URL) bool {
	if pattern == "" {
		pattern = defaultPort(u.Scheme)
	}
	return pattern == "*" || strings.TrimLeft(pattern, "0") == port(u)
}

func port(u *url.URL) string {
	if p := u.Port(); p != "" {
		return p
	}
	return defaultPort(u.Scheme)
}

func defaultPort(scheme string) string {
	switch strings.ToLower(scheme) {
	case "http", "ws":
		return "80"
	case "https", "wss":
		return "443"
	}
	return ""
}

// pathMatches takes a path without a slash at its end for one file (CSP3
// §6.7.2.12). Both are percent-encoded.
func pathMatches(pattern, path string) bool {
	if pattern == "" || pattern == "/" && path == "" {
		return true
	}
	a, b := strings.Split(pattern, "/"), strings.Split(path, "/")
	if whole := a[len(a)-1] != ""; len(a) > len(b) || whole && len(a) != len(b) {
		return false
	} else if !whole {
		a = a[:len(a)-1]
	}
	for i := range a {
		if decoded(a[i]) != decoded(b[i]) {
			return false
		}
	}
	return true
}

// decoded leaves alone what is no percent-encoding, as the URL standard does.
func decoded(piece string) string {
	if text, err := url.PathUnescape(piece); err == nil {
		return text
	}
	return piece
}

package comments

import (
	"net/url"
	"path"
	"slices"
	"strings"
)

// MaxPage is the longest canonical page address, in bytes.
const MaxPage = 1024

// Page is the canonical address of a page within its site: a rooted path in
// the normal form of RFC 3986 §6.2.2 (unreserved characters plain, all else
// percent-encoded in upper case), without dot segments, repeated or trailing
// slashes, "index.html" or fragment; followed by the query parameters that
// the site keeps, sorted by name. The home page is "/".
type Page string

// CanonicalPage reduces what a browser or a feed says about where it is (a
// path or an absolute URL) to the one name of that page. Only query
// parameters named in keep survive. It returns an Invalid error at field
// "page" for anything that cannot name a page.
func CanonicalPage(raw string, keep []string) (Page, error) {
	if len(raw) > 8*MaxPage {
		return "", FieldError("page", "is longer than %d bytes", MaxPage)
	}
	u, err := url.Parse(raw)
	if err != nil || u.Opaque != "" || (u.Path != "" && u.Path[0] != '/') || (u.Path == "" && u.Host == "") {
		return "", FieldError("page", "is not a path that starts with / nor an http address")
	}
	if u.Scheme != "" && u.Scheme != "http" && u.Scheme != "https" {
		return "", FieldError("page", "has the scheme %q; only http and https name pages", u.Scheme)
	}
	if err := validateText("page", u.Path, ""); err != nil {
		return "", err
	}
	page := canonicalPath(u.EscapedPath()) + keptQuery(u.Query(), keep)
	if len(page) > MaxPage {
		return "", FieldError("page", "is longer than %d bytes", MaxPage)
	}
	return Page(page), nil
}

// canonicalPath works segment by segment on the escaped form, so that an
// encoded slash stays part of its segment.
func canonicalPath(escaped string) string {
	segments := strings.Split(escaped, "/")
	for i, s := range segments {
		plain, err := url.PathUnescape(s)
		if err != nil {
			plain = s
		}
		segments[i] = escapeSegment(plain)
	}
	p := path.Clean("/" + strings.Join(segments, "/"))
	for {
		dir, last := path.Split(p)
		if last != "index.html" && last != "index.htm" {
			return p
		}
		p = path.Clean(dir)
	}
}

func keptQuery(query url.Values, keep []string) string {
	kept := url.Values{}
	for name, values := range query {
		if slices.Contains(keep, name) {
			kept[name] = values
		}
	}
	if len(kept) == 0 {
		return ""
	}
	return "?" + kept.Encode()
}

// escapeSegment encodes all but RFC 3986 pchar. Dots need no care: a segment
// of dots was either resolved by path.Clean or is longer than two.
func escapeSegment(s string) string {
	const plain = "-._~!$&'()*+,;=:@"
	var b strings.Builder
	for i := range len(s) {
		c := s[i]
		if isAlnum(c) || strings.IndexByte(plain, c) >= 0 {
			b.WriteByte(c)
			continue
		}
		const hexDigits = "0123456789ABCDEF"
		b.WriteByte('%')
		b.WriteByte(hexDigits[c>>4])
		b.WriteByte(hexDigits[c&15])
	}
	return b.String()
}

func isAlnum(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
}

// Path returns the page's path, percent-decoded, and its kept query, still
// encoded and without the question mark. It is for showing to people: an
// encoded slash looks like any other here, and "/..%2Fx" as "/../x".
func (p Page) Path() (decoded, query string) {
	escaped, query, _ := strings.Cut(string(p), "?")
	decoded, err := url.PathUnescape(escaped)
	if err != nil { // impossible for a canonical page
		return escaped, query
	}
	return decoded, query
}

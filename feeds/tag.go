package feeds

import (
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strings"

	"postil/comments"
)

// tagger makes the ids of one site's feeds and entries: tag URIs (RFC 4151),
// which name the blog and the day it came here, and survive a move of this
// service. It is what they all begin with.
type tagger string

func newTagger(site comments.Site) tagger {
	authority, port := site.Host, ""
	if h, p, err := net.SplitHostPort(site.Host); err == nil {
		authority, port = h, p+":" // an authority has no port
	}
	if addr, err := netip.ParseAddr(strings.Trim(authority, "[]")); err == nil && addr.Is6() {
		authority = reverseName(addr)
	}
	return tagger("tag:" + authority + "," + site.Created.UTC().Format("2006-01-02") + ":" + port)
}

// thread names a page's thread.
func (t tagger) thread(page comments.Page) string { return string(t) + "thread:" + string(page) }

// comment names a comment.
func (t tagger) comment(id comments.ID) string { return string(t) + "comment:" + id.String() }

// named returns the tag of something there is one of.
func (t tagger) named(name string) string { return string(t) + name }

// reverseName returns the domain name of an address (RFC 3596 §2.5): only
// names and e-mail addresses are authorities.
func reverseName(addr netip.Addr) string {
	var b strings.Builder
	bytes := addr.As16()
	for i := len(bytes) - 1; i >= 0; i-- {
		fmt.Fprintf(&b, "%x.%x.", bytes[i]&15, bytes[i]>>4)
	}
	return b.String() + "ip6.arpa"
}

// anchor is a comment's fragment, in every document and on the blog's page.
func anchor(id comments.ID) string { return "comment-" + id.String() }

// place is a page as people write it.
func place(site comments.Site, page comments.Page) string {
	p, query := page.Path()
	if query != "" {
		p += "?" + query
	}
	return site.Host + strings.TrimSuffix(p, "/")
}

// formURL is where a comment is written, as an answer unless parent is zero.
func formURL(base string, site comments.Site, page comments.Page, parent comments.ID) string {
	address := base + "/comment?site=" + url.QueryEscape(site.Host) + "&page=" + url.QueryEscape(string(page))
	if !parent.IsZero() {
		address += "&parent=" + parent.String()
	}
	return address
}

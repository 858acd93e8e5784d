package feeds

import (
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strings"

	"postil/comments"
)

// The ids of feeds and entries are tag URIs (RFC 4151): they name the blog and
// the day it came here, and survive a move of this service.

// threadTag names a page's thread.
func threadTag(site comments.Site, page comments.Page) string {
	return tag(site, "thread:"+string(page))
}

// commentTag names a comment.
func commentTag(site comments.Site, id comments.ID) string { return tag(site, "comment:"+id.String()) }

func tag(site comments.Site, specific string) string {
	authority, port := site.Host, ""
	if h, p, err := net.SplitHostPort(site.Host); err == nil {
		authority, port = h, p+":" // an authority has no port
	}
	if addr, err := netip.ParseAddr(strings.Trim(authority, "[]")); err == nil && addr.Is6() {
		authority = reverseName(addr)
	}
	return fmt.Sprintf("tag:%s,%s:%s%s", authority, site.Created.UTC().Format("2006-01-02"), port, specific)
}

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

package comments

import (
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Site is one blog.
type Site struct {
	Host     string    // its name: lower-case host, with the port unless it is the scheme's own
	Epoch    ID        // differs when a site of the same name is removed and made again
	Created  time.Time // never changes; part of every feed and entry id (RFC 4151)
	Head     int64     // number of its newest Change; written by the store only
	Settings Settings
}

// NewSite returns a valid site for the blog at origin, such as
// https://blog.example. Epoch and Created are the caller's to set.
func NewSite(origin string) (Site, error) {
	o, host, err := ParseOrigin(origin)
	if err != nil {
		return Site{}, err
	}
	s := Site{Host: host, Settings: DefaultSettings()}
	s.Settings.Origins = []string{o}
	return s, nil
}

var hostPattern = regexp.MustCompile(`^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$`)

// ParseOrigin reads a web origin (RFC 6454) and returns its normal form and
// the site's name that follows from it.
func ParseOrigin(raw string) (origin, host string, err error) {
	u, perr := url.Parse(strings.TrimSpace(raw))
	if perr != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" {
		return "", "", FieldError("origin", "%q is not an origin; write it as https://blog.example", raw)
	}
	if strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil {
		return "", "", FieldError("origin", "%q has more than scheme, host and port; write %s://%s", raw, u.Scheme, u.Host)
	}
	host, ok := normalHost(strings.ToLower(u.Hostname()))
	if !ok {
		return "", "", FieldError("origin", "%q is not a host name; write international names in their xn-- form", u.Hostname())
	}
	if u.Port() != "" {
		port, err := strconv.ParseUint(u.Port(), 10, 16)
		if err != nil {
			return "", "", FieldError("origin", "has the port %s; ports end at 65535", u.Port())
		}
		if port != map[string]uint64{"https": 443, "http": 80}[u.Scheme] {
			host += ":" + strconv.FormatUint(port, 10)
		}
	}
	return u.Scheme + "://" + host, host, nil
}

// normalHost returns a lower-case host name, or an IP address as browsers
// write it in an origin.
func normalHost(name string) (string, bool) {
	switch ip, err := netip.ParseAddr(name); {
	case err != nil:
		return name, len(name) <= 253 && hostPattern.MatchString(name)
	case ip.Zone() != "": // means something on one machine only
		return "", false
	case ip.Is4():
		return ip.String(), true
	default:
		return "[" + ip.String() + "]", true
	}
}

// Page canonicalises an address on this site. An absolute address must be at
// one of the site's origins.
func (s Site) Page(raw string) (Page, error) {
	if u, err := url.Parse(raw); err == nil && u.Host != "" {
		origin, _, err := ParseOrigin(u.Scheme + "://" + u.Host)
		if err != nil || !s.Allows(origin) {
			return "", FieldError("page", "is not at an origin of site %s", s.Host)
		}
	}
	return CanonicalPage(raw, s.Settings.KeepQuery)
}

// Allows reports whether scripts from this origin may post to the site.
func (s Site) Allows(origin string) bool { return slices.Contains(s.Settings.Origins, origin) }

// EditableUntil returns the last moment at which a comment's author can change
// its words.
func (s Site) EditableUntil(c Comment) time.Time { return c.Created.Add(s.Settings.EditWindow) }

// Link returns the absolute address of a page of the blog.
func (s Site) Link(p Page) string { return s.Settings.Origins[0] + string(p) }

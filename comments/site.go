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

// Limits of a site's settings.
const (
	MaxOrigins    = 16                  // allowed origins of one site
	MaxKeepQuery  = 16                  // query parameters that name pages
	MaxEditWindow = 30 * 24 * time.Hour // how long authors may edit and delete
	MaxArchive    = 1000                // comments in one archive document
	MinArchive    = 10
)

// Policy says what becomes of a new comment.
type Policy string

const (
	PolicyOpen    Policy = "open"     // published at once
	PolicyHoldAll Policy = "hold-all" // held until a moderator approves it
	PolicyClosed  Policy = "closed"   // refused
)

// Policies lists the valid values, for messages and help.
func Policies() []Policy { return []Policy{PolicyOpen, PolicyHoldAll, PolicyClosed} }

// Site is one blog.
type Site struct {
	Host     string    // its name: lower-case host, with the port unless it is the scheme's own
	Epoch    ID        // differs when a site of the same name is removed and made again
	Created  time.Time // never changes; part of every feed and entry id (RFC 4151)
	Head     int64     // number of its newest Change; written by the store only
	Settings Settings
}

// Settings are what the operator may change about a site.
type Settings struct {
	Origins    []string      `json:"origins"`              // scheme://host[:port]; the first is where links lead
	Policy     Policy        `json:"policy"`               //
	EditWindow time.Duration `json:"edit_window"`          // how long authors may edit and delete; nanoseconds in JSON
	KeepQuery  []string      `json:"keep_query,omitempty"` // query parameters that tell pages apart
	Language   string        `json:"language"`             // BCP 47 tag of its pages
	Archive    int           `json:"archive"`              // comments per archive document (RFC 5005), N in the documentation
}

// DefaultSettings returns what a new site starts with, but for its origins.
func DefaultSettings() Settings {
	return Settings{Policy: PolicyOpen, EditWindow: 15 * time.Minute, Language: "en", Archive: 100}
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

var (
	languagePattern = regexp.MustCompile(`^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$`)
	queryPattern    = regexp.MustCompile(`^[A-Za-z0-9_.-]{1,40}$`)
)

// Validate reports the first setting that breaks a rule.
func (s Settings) Validate() error {
	switch {
	case len(s.Origins) == 0 || len(s.Origins) > MaxOrigins:
		return FieldError("origins", "needs 1 to %d origins", MaxOrigins)
	case !slices.Contains(Policies(), s.Policy):
		return FieldError("policy", "%q is none of %v", s.Policy, Policies())
	case s.EditWindow < 0 || s.EditWindow > MaxEditWindow:
		return FieldError("edit_window", "needs a duration from 0 to %v", MaxEditWindow)
	case len(s.KeepQuery) > MaxKeepQuery || slices.ContainsFunc(s.KeepQuery, func(q string) bool { return !queryPattern.MatchString(q) }):
		return FieldError("keep_query", "needs at most %d names of query parameters", MaxKeepQuery)
	case !languagePattern.MatchString(s.Language):
		return FieldError("language", "%q is not a language tag such as en or pt-BR", s.Language)
	case s.Archive < MinArchive || s.Archive > MaxArchive:
		return FieldError("archive", "needs %d to %d comments per archive", MinArchive, MaxArchive)
	}
	for _, o := range s.Origins {
		if normal, _, err := ParseOrigin(o); err != nil || normal != o {
			return FieldError("origins", "%q is not an origin; write it as https://blog.example", o)
		}
	}
	return nil
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

// Link returns the absolute address of a page of the blog.
func (s Site) Link(p Page) string { return s.Settings.Origins[0] + string(p) }

package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/rs/cors"

	"postil/comments"
)

// preflightAge is for how long, in seconds, a browser may remember what an
// origin is allowed.
const preflightAge = 600

// siteCORS answers scripts from the origins of our sites (Fetch §3.2). Which
// site a post is for stands in its body; [server.checkOrigin] sees to that.
func (s *server) siteCORS() *cors.Cors {
	return cors.New(cors.Options{
		AllowOriginVaryRequestFunc: func(r *http.Request, origin string) (bool, []string) {
			return s.Service.KnowsOrigin(r.Context(), origin), nil
		},
		AllowedMethods: []string{http.MethodGet, http.MethodPost, http.MethodPatch, http.MethodDelete},
		AllowedHeaders: []string{"Authorization", "Content-Type", "Idempotency-Key"},
		ExposedHeaders: []string{"Retry-After"},
		MaxAge:         preflightAge,
	})
}

// openCORS lets every page read what everybody may read anyway.
func openCORS() *cors.Cors {
	return cors.New(cors.Options{
		AllowedOrigins: []string{"*"},
		AllowedMethods: []string{http.MethodGet, http.MethodHead},
		AllowedHeaders: []string{"If-Modified-Since", "If-None-Match", "Range"},
		ExposedHeaders: []string{"ETag"},
		MaxAge:         preflightAge,
	})
}

// checkOrigin refuses a post from a page that is not of the post's site.
// Programs send no Origin, and strict Referrer-Policies make it "null".
func (s *server) checkOrigin(r *http.Request, host string) error {
	site, err := s.Service.Site(r.Context(), host)
	if err != nil {
		return err
	}
	origin := r.Header.Get("Origin")
	if origin == "" || origin == "null" || site.Allows(origin) || sameHost(origin, r.Host, s.host) {
		return nil
	}
	return comments.NewError(comments.Forbidden,
		"This page's origin may not post to %s; the operator can allow it with: postil site set", site.Host)
}

// sameHost reports whether an origin is one of our own addresses: a page that
// we served ourselves. A proxy may have rewritten the one in the request.
func sameHost(origin string, ours ...string) bool {
	u, err := url.Parse(origin)
	return err == nil && u.Host != "" && slices.ContainsFunc(ours, func(host string) bool { return strings.EqualFold(u.Host, host) })
}

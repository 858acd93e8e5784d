package csp

import "net/http"

// Middleware gives every answer of a handler the policy p. Whoever knows
// better sets the header field anew: browsers obey all that they get, so
// adding another would forbid what either forbids.
func Middleware(p Policy) func(http.Handler) http.Handler {
	value := p.String()
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set(Header, value)
			next.ServeHTTP(w, r)
		})
	}
}

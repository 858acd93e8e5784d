package web

import (
	"net/http"
	"strings"

	"github.com/go-chi/chi/v5"
	"github.com/rs/cors"

	"postil/static/csp"
)

// handler answers a request or says why not.
type handler func(w *response, r *http.Request) error

// voice is how a route speaks when something is wrong.
type voice int

const (
	asProblem voice = iota // a problem document (RFC 9457)
	asPage                 // a page for people
	asAsked                // what the client's Accept asks for
)

// route is one line of the table.
type route struct {
	method  string
	pattern string
	voice   voice
	cors    *cors.Cors // nil: pages of other origins get nothing
	serve   handler
}

// unknownRoute stands for the address of a request that no route serves.
const unknownRoute = "none"

// publicRoutes is the route table of the public listener. The files in it
// are here for their other methods: GET and HEAD of them never come here.
func (s *server) publicRoutes() []route {
	api, open := s.siteCORS(), openCORS()
	routes := []route{
		{http.MethodGet, "/", asAsked, nil, s.home},
		{http.MethodGet, "/livez", asProblem, nil, s.live},
		{http.MethodGet, "/readyz", asProblem, nil, s.ready(false)},
		{http.MethodGet, "/api/v1/proxy", asProblem, nil, s.showProxy},

		{http.MethodPost, "/api/v1/comments", asProblem, api, s.createComment},
		{http.MethodPatch, "/api/v1/comments/{id}", asProblem, api, s.editComment},
		{http.MethodDelete, "/api/v1/comments/{id}", asProblem, api, s.deleteComment},
		{http.MethodPost, "/api/v1/preview", asProblem, api, s.preview},
		{http.MethodGet, "/api/v1/challenge", asProblem, api, s.challenge},
		{http.MethodGet, "/api/v1/counts", asProblem, open, s.counts},

		{http.MethodGet, "/comment", asPage, nil, s.showForm},
		{http.MethodPost, "/comment", asPage, nil, s.postForm},
		{http.MethodGet, "/comment/{id}/done", asPage, nil, s.showDone},
		{http.MethodGet, "/comment/{id}/edit", asPage, nil, s.showEdit},
		{http.MethodPost, "/comment/{id}/edit", asPage, nil, s.postEdit},
		{http.MethodPost, "/comment/{id}/delete", asPage, nil, s.postDelete},

		{http.MethodGet, "/follow/{site}/{id}/{token}", asPage, nil, s.showFollow},
		{http.MethodPost, "/follow/{site}/{id}/{token}", asPage, nil, s.postFollow},
		{http.MethodGet, "/privacy", asPage, nil, s.showPrivacy},

		{http.MethodGet, "/feeds/*", asAsked, open, notFound},
		{http.MethodGet, "/sites/*", asAsked, open, notFound},
		{http.MethodGet, "/static/*", asAsked, open, notFound},
		{http.MethodGet, "/postil.js", asAsked, open, notFound},
		{http.MethodGet, "/postil.css", asAsked, open, notFound},
		{http.MethodGet, "/openapi.json", asAsked, open, notFound},
	}
	if s.Demo != nil {
		routes = append(routes,
			route{http.MethodGet, "/demo", asPage, nil, s.redirectDemo},
			route{http.MethodGet, "/demo/", asPage, nil, s.showDemo})
	}
	return routes
}

// opsRoutes is the route table of the operators' listener.
func (s *server) opsRoutes() []route {
	return []route{
		{http.MethodGet, "/livez", asProblem, nil, s.live},
		{http.MethodGet, "/readyz", asProblem, nil, s.ready(true)},
		{http.MethodGet, "/metrics", asProblem, nil, s.showMetrics},
	}
}

// mount makes a router of a table. A route for GET answers HEAD too, and
// every path answers OPTIONS with what it allows. Pages have policies of their
// own; nothing else is to be a document, whatever a browser takes it for.
func (s *server) mount(table []route) *chi.Mux {
	mux := chi.NewRouter()
	mux.Use(csp.Middleware(csp.Closed()))
	allowed := map[string][]string{}
	for _, rt := range table {
		allowed[rt.pattern] = append(allowed[rt.pattern], rt.method)
		if rt.method == http.MethodGet {
			allowed[rt.pattern] = append(allowed[rt.pattern], http.MethodHead)
			mux.MethodFunc(http.MethodHead, rt.pattern, s.wrap(rt))
		}
		mux.MethodFunc(rt.method, rt.pattern, s.wrap(rt))
	}
	for _, rt := range table {
		allow := strings.Join(append(allowed[rt.pattern], http.MethodOptions), ", ")
		options := rt
		options.serve = func(w *response, _ *http.Request) error {
			w.Header().Set("Allow", allow)
			w.WriteHeader(http.StatusNoContent)
			return nil
		}
		mux.MethodFunc(http.MethodOptions, rt.pattern, s.wrap(options))
	}
	mux.NotFound(s.wrap(route{pattern: unknownRoute, voice: asAsked, serve: notFound}))
	mux.MethodNotAllowed(s.wrap(route{pattern: unknownRoute, voice: asAsked, serve: notAllowed(mux)}))
	return mux
}

// mountAdmin adds the moderators' pages. They see to everything themselves but
// the log and the metrics, in which all of them are one.
func (s *server) mountAdmin() {
	if s.Admin == nil {
		return
	}
	for _, root := range []string{"/admin", "/moderate"} {
		pages := s.wrap(route{pattern: root + "/*", voice: asAsked, serve: func(w *response, r *http.Request) error {
			s.Admin.ServeHTTP(w, r)
			return nil
		}})
		s.router.Handle(root, pages)
		s.router.Handle(root+"/*", pages)
	}
}

func notFound(*response, *http.Request) error {
	return &refusal{status: http.StatusNotFound, text: "Nothing is at this address."}
}

// notAllowed names the methods that the address knows (RFC 9110 §15.5.6).
func notAllowed(mux *chi.Mux) handler {
	methods := []string{http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPatch, http.MethodDelete, http.MethodOptions}
	return func(w *response, r *http.Request) error {
		var allow []string
		for _, m := range methods {
			if mux.Match(chi.NewRouteContext(), m, r.URL.Path) {
				allow = append(allow, m)
			}
		}
		w.Header().Set("Allow", strings.Join(allow, ", "))
		return &refusal{status: http.StatusMethodNotAllowed, text: "This address does not know that method."}
	}
}

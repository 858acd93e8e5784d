package admin

import "net/http"

// handler answers a visit or says why not.
type handler func(v *visit) error

// audience is who may use a route.
type audience int

const (
	anyone     audience = iota // who has the address; it may be a capability
	moderators                 // each for the sites that are theirs, which the handlers see to
	admins
)

// route is one line of the table.
type route struct {
	method, pattern string
	audience        audience
	serve           handler
}

func (s *server) routes() []route {
	return []route{
		{http.MethodGet, "/admin/static/{file}", anyone, s.showAsset},
		{http.MethodGet, "/moderate", anyone, s.showLink},
		{http.MethodPost, "/moderate", anyone, s.actByLink},
		{http.MethodGet, "/moderate/feed/{name}/{file}", anyone, s.showFeed},

		{http.MethodGet, "/admin", moderators, s.enter},
		{http.MethodGet, "/admin/{$}", moderators, s.enter},
		{http.MethodGet, "/admin/queue", moderators, s.showQueue},
		{http.MethodGet, "/admin/comments", moderators, s.showComments},
		{http.MethodPost, "/admin/decide", moderators, s.decide},
		{http.MethodGet, "/admin/comments/{id}", moderators, s.showComment},
		{http.MethodPost, "/admin/comments/{id}/pin", moderators, s.pin},
		{http.MethodPost, "/admin/comments/{id}/answer", moderators, s.answer},
		{http.MethodPost, "/admin/badge", moderators, s.rateBadge},
		{http.MethodGet, "/admin/thread", moderators, s.showThread},
		{http.MethodPost, "/admin/thread", moderators, s.closeThread},
		{http.MethodGet, "/admin/person", moderators, s.showPerson},
		{http.MethodPost, "/admin/person", moderators, s.forgetPerson},
		{http.MethodGet, "/admin/numbers", moderators, s.showNumbers},
		{http.MethodGet, "/admin/log", moderators, s.showLog},
		{http.MethodGet, "/admin/account", moderators, s.showAccount},
		{http.MethodPost, "/admin/account", moderators, s.changeAccount},

		{http.MethodGet, "/admin/sites", admins, s.showSites},
		{http.MethodGet, "/admin/sites/{host}", admins, s.showSite},
		{http.MethodPost, "/admin/sites/{host}", admins, s.changeSite},
		{http.MethodGet, "/admin/outbox", admins, s.showOutbox},
		{http.MethodPost, "/admin/outbox", admins, s.revive},
		{http.MethodGet, "/admin/moderators", admins, s.showModerators},
		{http.MethodPost, "/admin/moderators", admins, s.addModerator},
		{http.MethodGet, "/admin/moderators/{name}", admins, s.showModerator},
		{http.MethodPost, "/admin/moderators/{name}", admins, s.changeModerator},
	}
}

// mount makes a handler of the table. A route for GET answers HEAD too.
func (s *server) mount() http.Handler {
	mux := http.NewServeMux()
	for _, rt := range s.routes() {
		mux.Handle(rt.method+" "+rt.pattern, s.wrap(rt))
	}
	known := map[string]string{}
	for _, rt := range s.routes() {
		if known[rt.pattern] == "" {
			known[rt.pattern] = http.MethodGet + ", " + http.MethodHead
		}
		if rt.method == http.MethodPost {
			known[rt.pattern] += ", " + http.MethodPost
		}
	}
	for pattern, allow := range known {
		mux.Handle(pattern, s.wrap(route{audience: anyone, serve: notAllowed(allow)}))
	}
	mux.Handle("/", s.wrap(route{audience: anyone, serve: notFound}))
	return mux
}

func notFound(*visit) error { return &refusal{status: http.StatusNotFound, text: "nowhere"} }

// notAllowed names the methods that an address knows (RFC 9110 §15.5.6).
func notAllowed(allow string) handler {
	return func(v *visit) error {
		v.header().Set("Allow", allow)
		return &refusal{status: http.StatusMethodNotAllowed, text: "method"}
	}
}

// enter leads to the queue, where the work is.
func (s *server) enter(v *visit) error {
	s.see(v, "/admin/queue")
	return nil
}

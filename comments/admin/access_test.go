package admin

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"postil/comments"
)

// attempt is a request of a moderator who may decide on other.example only, at
// what belongs to blog.example or to admins.
type attempt struct {
	path string
	form url.Values // of a POST
}

// attempts are what eve could try, by the route that it is about.
func (s *scene) attempts() map[string][]attempt {
	id, badge := s.held.ID.String(), s.held.Author.Badge.String()
	ref, lie := refOf(s.held), "other.example/"+id
	return map[string][]attempt{
		"GET /admin/queue":                 {{path: "/admin/queue?site=blog.example"}},
		"GET /admin/comments":              {{path: "/admin/comments?site=blog.example"}, {path: "/admin/comments?badge=" + badge + "&site=blog.example"}},
		"POST /admin/decide":               {{"/admin/decide", fields("do", "approve", "id", ref)}, {"/admin/decide", fields("one", "spam "+ref)}, {"/admin/decide", fields("do", "erase", "sure", "yes", "id", ref)}, {"/admin/decide", fields("do", "approve", "id", lie)}, {"/admin/decide", fields("do", "erase", "id", lie)}, {"/admin/decide", fields("do", "erase", "sure", "yes", "id", lie)}},
		"GET /admin/comments/{id}":         {{path: "/admin/comments/" + id}, {path: "/admin/comments/" + s.published.ID.String()}},
		"POST /admin/comments/{id}/pin":    {{"/admin/comments/" + s.published.ID.String() + "/pin", fields("do", "pin")}},
		"POST /admin/comments/{id}/answer": {{"/admin/comments/" + s.published.ID.String() + "/answer", fields("name", "Eve", "body", "Ha", "key", "0123456789abcdef")}},
		"POST /admin/badge":                {{"/admin/badge", fields("site", "blog.example", "badge", badge, "do", "blocked")}},
		"GET /admin/thread":                {{path: "/admin/thread?site=blog.example&page=/post"}},
		"POST /admin/thread":               {{"/admin/thread", fields("site", "blog.example", "page", "/post", "do", "close")}},
		"GET /admin/person":                {{path: "/admin/person?site=blog.example&badge=" + badge}},
		"POST /admin/person": {
			{"/admin/person", fields("site", "blog.example", "badge", badge)}, {"/admin/person", fields("site", "blog.example", "badge", badge, "sure", "yes")},
			{"/admin/person", fields("site", "other.example", "email", "ann@example.com")},
		},
		"GET /admin/numbers":            {{path: "/admin/numbers?site=blog.example"}},
		"GET /admin/log":                {{path: "/admin/log?site=blog.example"}},
		"GET /admin/sites":              {{path: "/admin/sites"}},
		"GET /admin/sites/{host}":       {{path: "/admin/sites/blog.example"}, {path: "/admin/sites/other.example"}},
		"POST /admin/sites/{host}":      {{"/admin/sites/blog.example", fields("do", "owner-key")}, {"/admin/sites/other.example", fields("do", "unlearn")}},
		"GET /admin/outbox":             {{path: "/admin/outbox"}},
		"POST /admin/outbox":            {{"/admin/outbox", fields("do", "all")}},
		"GET /admin/moderators":         {{path: "/admin/moderators"}},
		"POST /admin/moderators":        {{"/admin/moderators", fields("name", "mallory", "role", "admin", "mail", "off", "password", password)}},
		"GET /admin/moderators/{name}":  {{path: "/admin/moderators/ann"}, {path: "/admin/moderators/eve"}},
		"POST /admin/moderators/{name}": {{"/admin/moderators/eve", fields("role", "admin", "mail", "off")}, {"/admin/moderators/ann", fields("do", "remove", "sure", "yes")}},
		// These have no place for what is others'; what they show is looked at below.
		"GET /admin": nil, "GET /admin/{$}": nil, "GET /admin/account": nil, "POST /admin/account": nil,
	}
}

// everything is what must be the same afterwards.
func (s *scene) everything() (all []any) {
	for _, host := range []string{"blog.example", "other.example"} {
		list, err := s.Store.Search(s.Context(), comments.Filter{Site: host, Limit: 1000})
		s.must(err)
		events, err := s.Store.Trail(s.Context(), host, comments.ID{}, 0, 1)
		s.must(err)
		standings, err := s.Store.Standings(s.Context(), host)
		s.must(err)
		thread, err := s.Store.Thread(s.Context(), host, "/post")
		s.must(err)
		dead, err := s.Store.Deliveries(s.Context(), host, comments.Dead, 100)
		s.must(err)
		all = append(all, list, events, standings, thread, dead, version(s.site(host).Settings))
	}
	moderators, err := s.Store.Moderators(s.Context())
	s.must(err)
	return append(all, moderators)
}

func TestModeratorsReachWhatIsTheirsAndNoMore(t *testing.T) {
	t.Parallel()
	s := newScene(start(t))
	before := s.everything()
	attempts := s.attempts()
	for _, rt := range (&server{}).routes() {
		name := rt.method + " " + rt.pattern
		tries, known := attempts[name]
		if rt.audience == anyone {
			continue
		}
		if !known {
			t.Errorf("nobody tries %s as the wrong moderator", name)
		}
		for _, a := range tries {
			got := s.as("eve", a.path, a.form)
			if got.status != http.StatusForbidden && got.status != http.StatusNotFound {
				t.Errorf("%s %s %v: status %d", name, a.path, a.form, got.status)
			}
			got.lacks("Thank you for this", "index is a promise", "Aiko", "Marie", "hooks.example", ">ann<")
		}
	}
	if diff := compare(before, s.everything()); diff != "" {
		t.Errorf("eve has changed something (-before +after):\n%s", diff)
	}
	for _, path := range []string{"/admin/queue", "/admin/comments", "/admin/numbers", "/admin/log", "/admin/account", "/admin/person"} {
		s.as("eve", path, nil).want(http.StatusOK).lacks("blog.example\"", "blog.example/", "Aiko", "Marie", "/admin/outbox", "/admin/sites", "/admin/moderators")
	}
	s.as("eve", "/admin/queue", nil).has("I disagree")
}

// Nobody gets further than the door without a password.
func TestEveryRouteAsksWhoItIs(t *testing.T) {
	t.Parallel()
	s := newScene(start(t))
	before := s.everything()
	attempts := s.attempts()
	attempts["GET /admin"], attempts["GET /admin/account"] = []attempt{{path: "/admin"}, {path: "/admin/"}}, []attempt{{path: "/admin/account"}}
	attempts["POST /admin/account"] = []attempt{{"/admin/account", fields("do", "revoke")}}
	for name, tries := range attempts {
		for _, a := range tries {
			if got := s.as("", a.path, a.form); got.status != http.StatusUnauthorized || strings.Contains(got.body, "Thank you") {
				t.Errorf("%s %s: status %d", name, a.path, got.status)
			}
		}
	}
	if diff := compare(before, s.everything()); diff != "" {
		t.Errorf("somebody has changed something (-before +after):\n%s", diff)
	}
}

// Browsers send the password with forms of other sites too.
func TestFormsOfOtherSitesAreRefused(t *testing.T) {
	t.Parallel()
	s := newScene(start(t))
	before := s.everything()
	tried := 0
	for name, tries := range s.attempts() {
		for _, a := range tries {
			if a.form == nil {
				continue
			}
			for _, foreign := range []map[string]string{
				{"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}, {"Sec-Fetch-Site": "same-site", "Origin": "https://blog.example"},
				{"Sec-Fetch-Site": "", "Origin": "https://evil.example"}, {"Sec-Fetch-Site": "", "Origin": "null"},
			} {
				r := s.request("root", a.path, a.form)
				for field, value := range foreign {
					r.Header.Del(field)
					if value != "" {
						r.Header.Set(field, value)
					}
				}
				if got := s.send(r); got.status != http.StatusForbidden {
					t.Errorf("%s %v: status %d", name, foreign, got.status)
				}
				tried++
			}
		}
	}
	if diff := compare(before, s.everything()); diff != "" || tried < 40 {
		t.Errorf("%d forms of other sites have changed something (-before +after):\n%s", tried, diff)
	}
	// Ours is known by its Origin where there is no TLS.
	r := s.request("root", "/admin/thread", fields("site", "blog.example", "page", "/post", "do", "close"))
	r.Header.Del("Sec-Fetch-Site")
	s.send(r).want(http.StatusSeeOther)
}

func TestEveryAnswerIsPrivate(t *testing.T) {
	t.Parallel()
	s := newScene(start(t, func(c *Config) { c.Explain = words }))
	for name, path := range s.pages() {
		a := s.as("root", path, nil)
		policy := "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; script-src 'self'; img-src 'self'"
		cache, referrer := "no-store", "same-origin"
		switch name {
		case "feed":
			policy, cache, referrer = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'", "private, no-cache", "no-referrer"
		case "link":
			referrer = "no-referrer"
		}
		for field, want := range map[string]string{
			"Content-Security-Policy": policy, "Cache-Control": cache, "Referrer-Policy": referrer,
			"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "X-Robots-Tag": "noindex, nofollow",
		} {
			if got := a.header.Get(field); got != want {
				t.Errorf("%s: %s is %q, want %q", name, field, got, want)
			}
		}
		a.lacks(" style=", "<style", "<script>", " onclick=", "javascript:", ">admin.", `"admin.`, ">link.")
	}
}

func TestOddRequestsGetClearAnswers(t *testing.T) {
	t.Parallel()
	w := start(t)
	for path, status := range map[string]int{
		"/admin/nowhere": 404, "/admin/comments/nonsense": 404, "/admin/comments/01935000-0000-7000-8000-000000000001": 404, "/admin/sites/none.example": 404,
		"/admin/moderators/nobody": 404, "/admin/static/other.js": 404, "/admin/comments?before=x": 400, "/admin/comments?status=odd": 400,
		"/admin/comments?badge=odd": 400, "/admin/comments?size=7": 400, "/admin/queue?site=none.example": 404, "/admin/log?before=x": 400,
		"/admin/thread?site=blog.example&page=x": 400, "/admin/comments?site=blog.example&page=%25": 400,
	} {
		w.as("root", path, nil).want(status)
	}
	for path, form := range map[string]url.Values{
		"/admin/decide": fields("do", "praise", "id", "blog.example/x"), "/admin/badge": fields("site", "blog.example", "badge", "aaaaaaaaaaaaa", "do", "odd"),
		"/admin/thread": fields("site", "blog.example", "page", "/", "do", "odd"), "/admin/person": fields("site", "blog.example"),
	} {
		w.as("root", path, form).want(http.StatusBadRequest)
	}
	w.as("root", "/admin/decide", fields("do", "spam")).want(http.StatusBadRequest).has("No comment is selected")
	w.as("root", "/admin/decide", fields("do", "spam", "id", "blog.example/x")).want(http.StatusBadRequest)
	many := fields("do", "spam")
	many["id"] = slices.Repeat([]string{"blog.example/01935000-0000-7000-8000-000000000001"}, maxSelected+1)
	w.as("root", "/admin/decide", many).want(http.StatusRequestEntityTooLarge).has("at most 1000")
	w.as("root", "/admin/decide", fields("do", strings.Repeat("x", maxForm))).want(http.StatusRequestEntityTooLarge)
	r := w.request("root", "/admin/decide", fields("do", "spam"))
	r.Header.Set("Content-Type", "application/json")
	w.send(r).want(http.StatusUnsupportedMediaType)
	r = w.request("root", "/admin/queue", fields("do", "spam"))
	if a := w.send(r).want(http.StatusMethodNotAllowed); a.header.Get("Allow") != "GET, HEAD" {
		t.Errorf("Allow is %q", a.header.Get("Allow"))
	}
	r = w.request("root", "/admin/queue", nil)
	r.Method = http.MethodHead
	if a := w.send(r).want(http.StatusOK); a.body != "" {
		t.Errorf("HEAD is answered with %q", a.body)
	}
}

// Where to go after a form is a page of ours, whatever the form says.
func TestFormsLeadNowhereElse(t *testing.T) {
	t.Parallel()
	w := start(t)
	for _, back := range []string{"https://evil.example/admin/", "//evil.example/admin/queue", "/\\evil.example", "javascript:alert(1)", "/elsewhere", "", "admin/queue", "https:/admin/"} {
		a := w.as("root", "/admin/thread", fields("site", "blog.example", "page", "/", "do", "open", "back", back)).want(http.StatusSeeOther)
		if got := a.header.Get("Location"); got != "/admin/comments?done=open" {
			t.Errorf("%q leads to %s", back, got)
		}
	}
	a := w.as("root", "/admin/thread", fields("site", "blog.example", "page", "/", "do", "open", "back", "/admin/thread?page=%2F&site=blog.example"))
	w.next("root", a).want(http.StatusOK).has("The page takes new comments.")
}

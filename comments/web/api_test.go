package web

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"postil/comments"
)

func TestCommentIsPublishedAndAnsweredWithItsKey(t *testing.T) {
	t.Parallel()
	w := start(t)
	a := w.post("/api/v1/comments", draft()).want(http.StatusCreated)
	c := decode[created](a)
	if c.Status != "published" || c.HTML != "<p>Well <em>said</em>.</p>" || c.Feed != w.url+"/feeds/blog.example/post/feed.xml" ||
		c.Replies != w.url+"/feeds/blog.example/post/replies-"+c.ID+".xml" || c.Name != "Ann" || c.Badge != "" || c.Follow != "" {
		t.Errorf("answer %s", a.body)
	}
	if _, err := comments.ParseEditKey(c.EditKey); err != nil {
		t.Errorf("edit key %q: %v", c.EditKey, err)
	}
	if at, err := time.Parse(time.RFC3339Nano, c.Created); err != nil || at.Location() != time.UTC {
		t.Errorf("created %q: %v", c.Created, err)
	}
	for field, want := range map[string]string{
		"Content-Type": "application/json", "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer",
	} {
		if got := a.header.Get(field); got != want {
			t.Errorf("%s: %q, want %q", field, got, want)
		}
	}
	id, err := comments.ParseID(c.ID)
	if err != nil {
		t.Fatal(err)
	}
	if stored, err := w.store.Find(t.Context(), id); err != nil || stored.Author.Name != "Ann" {
		t.Errorf("stored: %+v, %v", stored, err)
	}
}

func TestCommentOnAModeratedSiteIsHeld(t *testing.T) {
	t.Parallel()
	w := start(t)
	a := w.post("/api/v1/comments", draft("site", "held.example")).want(http.StatusAccepted)
	if c := decode[created](a); c.Status != "held" {
		t.Errorf("answer %s", a.body)
	}
	w.post("/api/v1/comments", draft("site", "closed.example")).problem(http.StatusForbidden)
	if field, _ := w.post("/api/v1/comments", draft("site", "unknown.example")).problem(http.StatusNotFound); field != "site" {
		t.Errorf("unknown site: field %q", field)
	}
}

func TestRepeatedPostIsAnsweredWithTheFirstComment(t *testing.T) {
	t.Parallel()
	w := start(t)
	const key = "0123456789abcdef"
	first := w.post("/api/v1/comments", draft("key", key)).want(http.StatusCreated)
	for _, field := range []string{key, `"` + key + `"`} {
		if again := w.post("/api/v1/comments", draft(), "Idempotency-Key", field); again.body != first.body || again.status != first.status {
			t.Errorf("Idempotency-Key %s: %d %s; first %s", field, again.status, again.body, first.body)
		}
	}
	for what, field := range map[string]func() answer{
		"other words, same key": func() answer { return w.post("/api/v1/comments", draft("key", key, "body", "Other.")) },
	} {
		if got, _ := field().problem(http.StatusConflict); got != "key" {
			t.Errorf("%s: field %q", what, got)
		}
	}
	if field, _ := w.post("/api/v1/comments", draft("key", key), "Idempotency-Key", "fedcba9876543210").problem(http.StatusBadRequest); field != "key" {
		t.Errorf("two keys: field %q", field)
	}
}

func TestAnswerNeedsAVisibleParentOnItsPage(t *testing.T) {
	t.Parallel()
	w := start(t)
	parent := w.comment()
	w.post("/api/v1/comments", draft("parent", parent.ID)).want(http.StatusCreated)
	held := w.comment("site", "held.example")
	for what, d := range map[string]members{
		"another page": draft("parent", parent.ID, "page", "/elsewhere"),
		"another site": draft("parent", parent.ID, "site", "held.example"),
		"held parent":  draft("parent", held.ID, "site", "held.example"),
	} {
		if field, _ := w.post("/api/v1/comments", d).problem(http.StatusBadRequest); field != "parent" {
			t.Errorf("%s: field %q", what, field)
		}
	}
}

func (w *world) bearer(method string, c created, key, body string) answer {
	w.t.Helper()
	return w.send(method, "/api/v1/comments/"+c.ID, body, "Authorization", "Bearer "+key, "Content-Type", "application/json")
}

func TestAuthorEditsAndDeletesByTheKeyAlone(t *testing.T) {
	t.Parallel()
	w := start(t)
	c, other := w.comment(), w.comment("page", "/other")
	a := w.bearer(http.MethodPatch, c, c.EditKey, `{"body":"Better."}`).want(http.StatusOK)
	edited := decode[created](a)
	if diff := cmp.Diff(created{ID: c.ID, Status: "published", HTML: "<p>Better.</p>", Created: c.Created, Edited: edited.Edited}, edited); diff != "" || edited.Edited == "" {
		t.Error(diff)
	}
	for _, method := range []string{http.MethodPatch, http.MethodDelete} {
		w.bearer(method, c, other.EditKey, `{"body":"Mine."}`).problem(http.StatusForbidden)
		w.bearer(method, c, "nonsense", `{"body":"Mine."}`).problem(http.StatusForbidden)
		none := w.send(method, "/api/v1/comments/"+c.ID, `{"body":"Mine."}`, "Content-Type", "application/json")
		none.problem(http.StatusUnauthorized)
		if none.header.Get("WWW-Authenticate") != "Bearer" {
			t.Errorf("%s without key: %v", method, none.header)
		}
		for _, id := range []string{"nonsense", "0190a000-0000-7000-8000-000000000000"} {
			w.bearer(method, created{ID: id}, c.EditKey, `{"body":"Mine."}`).problem(http.StatusNotFound)
		}
	}
	if field, _ := w.bearer(http.MethodPatch, c, c.EditKey, `{"body":" "}`).problem(http.StatusBadRequest); field != "body" {
		t.Errorf("empty words: field %q", field)
	}
	w.clock.advance(time.Hour)
	w.bearer(http.MethodPatch, c, c.EditKey, `{"body":"Late."}`).problem(http.StatusForbidden)
	if gone := w.bearer(http.MethodDelete, c, c.EditKey, ""); gone.status != http.StatusNoContent || gone.body != "" {
		t.Errorf("delete: %d %q", gone.status, gone.body)
	}
	w.bearer(http.MethodDelete, c, c.EditKey, "").problem(http.StatusNotFound)
}

func TestSpamIsToldThatItIsHeld(t *testing.T) {
	t.Parallel()
	w := start(t)
	c := w.comment()
	id, _ := comments.ParseID(c.ID)
	if _, err := w.service.Decide(t.Context(), "mod", "blog.example", []comments.ID{id}, comments.Spam); err != nil {
		t.Fatal(err)
	}
	if a := w.bearer(http.MethodPatch, c, c.EditKey, `{"body":"Better."}`).want(http.StatusOK); decode[created](a).Status != "held" {
		t.Errorf("answer %s", a.body)
	}
}

func TestPreviewRendersAndStoresNothing(t *testing.T) {
	t.Parallel()
	w := start(t)
	a := w.post("/api/v1/preview", members{"body": "*a* <script>"}).want(http.StatusOK)
	if got := decode[members](a)["html"]; got != "<p><em>a</em> &lt;script&gt;</p>" {
		t.Errorf("html %q", got)
	}
	if field, _ := w.post("/api/v1/preview", members{"body": ""}).problem(http.StatusBadRequest); field != "body" {
		t.Errorf("field %q", field)
	}
	if thread, err := w.store.Thread(t.Context(), "blog.example", "/post"); err != nil || thread.Last != 0 {
		t.Errorf("thread %+v, %v", thread, err)
	}
}

func TestCountsArePublishedCommentsUnderTheNamesAsked(t *testing.T) {
	t.Parallel()
	w := start(t)
	w.comment()
	w.comment()
	w.comment("page", "/other")
	gone := w.comment()
	w.bearer(http.MethodDelete, gone, gone.EditKey, "").want(http.StatusNoContent)
	a := w.send(http.MethodGet, "/api/v1/counts?site=blog.example&page=/post&page=/post/%3Futm=1&page=https://blog.example/other&page=/none", "", "Origin", "https://anyone.example")
	got := decode[struct {
		Site   string
		Counts map[string]int64
	}](a.want(http.StatusOK))
	want := map[string]int64{"/post": 2, "/post/?utm=1": 2, "https://blog.example/other": 1, "/none": 0}
	if diff := cmp.Diff(want, got.Counts); diff != "" || got.Site != "blog.example" {
		t.Error(diff, got.Site)
	}
	if a.header.Get("Access-Control-Allow-Origin") != "*" {
		t.Errorf("header %v", a.header)
	}
	for query, field := range map[string]string{
		"site=blog.example": "page",
		"site=blog.example" + strings.Repeat("&page=/a", 51): "page",
		"site=blog.example&page=https://other.example/":      "page",
		"page=/a":                    "site",
		"site=blog.example&page=%zz": "",
	} {
		if got, _ := w.send(http.MethodGet, "/api/v1/counts?"+query, "").problem(http.StatusBadRequest); got != field {
			t.Errorf("%.40s: field %q, want %q", query, got, field)
		}
	}
	w.send(http.MethodGet, "/api/v1/counts?site=unknown.example&page=/", "").problem(http.StatusNotFound)
}

func TestOnlyTheSitesOwnOriginsMayPostToIt(t *testing.T) {
	t.Parallel()
	w := start(t)
	for _, c := range []struct {
		origin string
		status int
		told   bool // the browser lets the page see the answer
	}{
		{"https://blog.example", http.StatusCreated, true},
		{"https://held.example", http.StatusForbidden, true}, // one of ours, but of another site
		{"https://evil.example", http.StatusForbidden, false},
		{"http://blog.example", http.StatusForbidden, false},
		{"null", http.StatusCreated, false},
		{"", http.StatusCreated, false},
		{w.url, http.StatusCreated, false}, // a page of our own needs no leave
		{w.url + ".evil.example", http.StatusForbidden, false},
	} {
		a := w.post("/api/v1/comments", draft(), "Origin", c.origin).want(c.status)
		want := ""
		if c.told {
			want = c.origin
		}
		if got := a.header.Get("Access-Control-Allow-Origin"); got != want {
			t.Errorf("%s: allowed origin %q, want %q", c.origin, got, want)
		}
		if !strings.Contains(strings.Join(a.header.Values("Vary"), ","), "Origin") {
			t.Errorf("%s: Vary %q", c.origin, a.header.Values("Vary"))
		}
	}
}

func TestPreflightAllowsWhatTheScriptSends(t *testing.T) {
	t.Parallel()
	w := start(t)
	preflight := func(origin, path, method, fields string) http.Header {
		a := w.send(http.MethodOptions, path, "", "Origin", origin, "Access-Control-Request-Method", method, "Access-Control-Request-Headers", fields)
		return a.want(http.StatusNoContent).header
	}
	for path, method := range map[string]string{"/api/v1/comments": "POST", "/api/v1/comments/x": "PATCH", "/api/v1/preview": "POST"} {
		h := preflight("https://blog.example", path, method, "authorization,content-type,idempotency-key")
		if h.Get("Access-Control-Allow-Origin") != "https://blog.example" || h.Get("Access-Control-Allow-Methods") != method || h.Get("Access-Control-Allow-Headers") == "" {
			t.Errorf("%s %s: %v", method, path, h)
		}
		if h := preflight("https://evil.example", path, method, "content-type"); h.Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("%s %s from a stranger: %v", method, path, h)
		}
	}
	if h := preflight("https://evil.example", "/feeds/blog.example/feed.xml", "GET", "if-none-match"); h.Get("Access-Control-Allow-Origin") != "*" {
		t.Errorf("files: %v", h)
	}
}

func TestOriginsOfANewSiteAreKnownWithinSeconds(t *testing.T) {
	t.Parallel()
	w := start(t)
	ask := func() string {
		return w.post("/api/v1/preview", members{"body": "a"}, "Origin", "https://new.example").header.Get("Access-Control-Allow-Origin")
	}
	if got := ask(); got != "" {
		t.Fatalf("before: %q", got)
	}
	site, err := comments.NewSite("https://new.example")
	if err != nil {
		t.Fatal(err)
	}
	site.Epoch, _ = newID(w.clock.now())
	site.Created = w.clock.now()
	if err := w.store.PutSite(t.Context(), site); err != nil {
		t.Fatal(err)
	}
	w.clock.advance(2 * siteAge)
	if got := ask(); got != "https://new.example" {
		t.Errorf("after: %q", got)
	}
	w.store.fail(errors.New("gone"))
	w.clock.advance(2 * siteAge)
	if got := ask(); got != "https://new.example" {
		t.Errorf("while the store is away: %q", got)
	}
}

func TestFailuresOfOursAreLoggedAndNotTold(t *testing.T) {
	t.Parallel()
	w := start(t)
	w.post("/api/v1/comments", draft()).want(http.StatusCreated)
	w.store.fail(errors.New("secret inside"))
	a := w.post("/api/v1/comments", draft())
	_, detail := a.problem(http.StatusInternalServerError)
	if strings.Contains(a.body, "secret inside") || !strings.Contains(w.log.String(), "secret inside") {
		t.Errorf("told %s, logged %s", a.body, w.log)
	}
	words := strings.Fields(detail)
	if id := strings.Trim(words[len(words)-1], "."); !strings.Contains(w.log.String(), "request="+id+" error=") {
		t.Errorf("request %q is not in the log: %s", id, w.log)
	}
	w.store.fail(&comments.Error{Kind: comments.Unavailable, Text: "Come back.", Cause: errors.New("secret inside")})
	a = w.post("/api/v1/comments", draft())
	if _, detail := a.problem(http.StatusServiceUnavailable); detail != "Come back." || a.header.Get("Retry-After") != "2" {
		t.Errorf("%q, %v", detail, a.header)
	}
	w.store.mend()
	w.post("/api/v1/comments", draft()).want(http.StatusCreated)
}

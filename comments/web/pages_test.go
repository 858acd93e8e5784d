package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"postil/comments"
	"postil/feeds"
)

func TestSignedNameShowsItsBadgeAndNotItsSecret(t *testing.T) {
	t.Parallel()
	w := start(t)
	first, second, other := w.comment("name", "Ann#hush"), w.comment("name", "Ann#hush", "page", "/other"), w.comment("name", "Ann#another")
	if first.Name != "Ann" || len(first.Badge) != 13 || first.Badge != second.Badge || first.Badge == other.Badge || first.Owner {
		t.Errorf("answers %+v, %+v, %+v", first, second, other)
	}
	if owner := w.comment("name", "Ann#"+testKeys(7).OwnerKey(w.site("blog.example"))); !owner.Owner || owner.Name != "Ann" {
		t.Errorf("of the owner: %+v", owner)
	}
	s := w.open(formPath)
	wrong := w.submit(s, "name", "Ann#hush", "body", " ").want(http.StatusBadRequest)
	if got := wrong.form().values.Get("name"); got != "Ann#hush" {
		t.Errorf("after a mistake the name is %q", got)
	}
	done := w.follow(w.submit(wrong.form(), "body", "a"))
	reply := w.send(http.MethodGet, formPath+"&parent="+first.ID, "").want(http.StatusOK)
	for _, page := range []answer{done, reply} {
		if strings.Contains(page.body, "hush") {
			t.Errorf("the secret is told: %s", page.body)
		}
	}
}

func TestDonePageLeadsToTheAnswers(t *testing.T) {
	t.Parallel()
	w := start(t)
	c := w.comment()
	done := w.send(http.MethodGet, "/comment/"+c.ID+"/done?key="+c.EditKey, "").want(http.StatusOK)
	if !strings.Contains(done.body, `href="`+c.Replies+`"`) {
		t.Errorf("no link to %s in %s", c.Replies, done.body)
	}
	id, err := comments.ParseID(c.ID)
	if err != nil {
		t.Fatal(err)
	}
	if want := feeds.URL(w.url, "blog.example", "/post", feeds.Document{Replies: id}); c.Replies != want {
		t.Errorf("the feed is said to be at %s, and is at %s", c.Replies, want)
	}
	held := w.comment("site", "held.example")
	if a := w.send(http.MethodGet, "/comment/"+held.ID+"/done?key="+held.EditKey, ""); strings.Contains(a.body, "replies-") {
		t.Errorf("a held comment has a feed: %s", a.body)
	}
}

func TestClosedPageHasNoForm(t *testing.T) {
	t.Parallel()
	w := start(t)
	w.comment()
	s := w.open(formPath)
	if err := w.service.CloseThread(t.Context(), "blog.example", "/post", true); err != nil {
		t.Fatal(err)
	}
	closed := w.send(http.MethodGet, formPath, "").want(http.StatusForbidden)
	if !strings.Contains(closed.words(), "Comments on blog.example/post are closed.") || !strings.Contains(closed.body, `href="https://blog.example/post"`) || len(closed.sheets()) > 0 {
		t.Errorf("the page: %s", closed.body)
	}
	late := w.submit(s, "body", "My words.").want(http.StatusForbidden)
	if late.form().values.Get("body") != "My words." || !strings.Contains(late.body, `href="https://blog.example/post"`) {
		t.Errorf("who was writing is told: %s", late.body)
	}
	w.post("/api/v1/comments", draft()).problem(http.StatusForbidden)
	w.open("/comment?site=blog.example&page=/other")
	if err := w.service.CloseThread(t.Context(), "blog.example", "/post", false); err != nil {
		t.Fatal(err)
	}
	w.follow(w.submit(late.form()))
}

func TestFormIsGivenOutWhileTheDatabaseIsAway(t *testing.T) {
	t.Parallel()
	w := start(t)
	w.site("blog.example")
	w.store.fail(errUnavailable)
	w.open(formPath)
}

func TestPrivacyPageIsMadeFromTheSettings(t *testing.T) {
	t.Parallel()
	w := start(t, mailing)
	site := w.site("blog.example")
	site.Settings.EditWindow, site.Settings.Retention.Held, site.Settings.Retention.Spam = 2*time.Hour, 45*24*time.Hour, 0
	site.Settings.Webhooks = []string{"https://hooks.example/secret-path?token=sentinel", "https://hooks.example/other", "https://chat.example/x"}
	site.Settings.Hub = "https://hub.example/"
	if err := w.store.PutSite(t.Context(), site); err != nil {
		t.Fatal(err)
	}
	w.clock.advance(2 * siteAge)
	one := w.send(http.MethodGet, "/privacy?site=blog.example", "").want(http.StatusOK)
	for _, want := range []string{
		"You can edit a comment for 2 hours", "is erased after 45 days", "kept until a moderator erases it", "forgotten after 7 days", "kept for 365 days",
		"told to hooks.example.", "told to chat.example.", "hub.example is told", "unless they are spam beyond doubt", "An e-mail address only if you ask",
	} {
		if !strings.Contains(one.words(), want) {
			t.Errorf("it does not say %q: %s", want, one.words())
		}
	}
	if strings.Contains(one.body, "sentinel") || strings.Contains(one.body, "secret-path") || strings.Contains(one.words(), "held.example") || strings.Count(one.words(), "hooks.example") != 1 {
		t.Errorf("it tells too much: %s", one.words())
	}
	all := w.send(http.MethodGet, "/privacy", "").want(http.StatusOK)
	for _, want := range []string{"blog.example", "held.example", "closed.example", "Every comment waits for a moderator.", "No new comments are taken."} {
		if !strings.Contains(all.words(), want) {
			t.Errorf("the page of all does not say %q: %s", want, all.words())
		}
	}
	form := w.send(http.MethodGet, formPath, "")
	if !strings.Contains(form.body, `href="/privacy?site=blog.example"`) {
		t.Errorf("the form does not lead there: %s", form.body)
	}
	silent := start(t).send(http.MethodGet, "/privacy?site=blog.example", "")
	if !strings.Contains(silent.words(), "This service sends no mail.") || !strings.Contains(silent.words(), "Nothing is passed on to anyone.") {
		t.Errorf("without mail and webhooks: %s", silent.words())
	}
}

// moderators makes a service have pages for them, which say what they got.
func moderators(c *Config) {
	c.Admin = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Seen", r.Method+" "+r.URL.Path)
		w.WriteHeader(http.StatusTeapot)
	})
}

func TestModeratorsPagesGetWhatIsTheirs(t *testing.T) {
	t.Parallel()
	w := start(t, moderators)
	below := start(t, moderators, func(c *Config) { c.Base += "/talk" })
	for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodPost, http.MethodOptions} {
		for _, path := range []string{"/admin", "/admin/", "/admin/static/admin.0123456789ab.js", "/moderate", "/moderate/x"} {
			for at, world := range map[string]*world{path: w, "/talk" + path: below} {
				a := world.send(method, at, "", "Origin", "https://blog.example").want(http.StatusTeapot)
				if a.header.Get("Seen") != method+" "+path || a.header.Get("Access-Control-Allow-Origin") != "" ||
					a.header.Get("X-Content-Type-Options") != "nosniff" || a.header.Get("Referrer-Policy") != "no-referrer" {
					t.Errorf("%s %s: %v", method, at, a.header)
				}
			}
		}
	}
	w.send(http.MethodGet, "/administration", "").want(http.StatusNotFound)
	start(t).send(http.MethodGet, "/admin/", "").want(http.StatusNotFound)
	w.send(http.MethodGet, "/moderate?by=ann&mac=sentinel", "").want(http.StatusTeapot)
	wait(t, "the log", func() bool { return strings.Contains(w.log.String(), "route=/moderate/*") })
	if log := w.log.String(); strings.Contains(log, "sentinel") || strings.Contains(log, "0123456789ab") || !strings.Contains(log, "route=/admin/*") {
		t.Errorf("log: %s", log)
	}
	if metrics := w.sendTo(w.ops, http.MethodGet, "/metrics", "").body; !strings.Contains(metrics, `route="/admin/*"`) || !strings.Contains(metrics, `code="4xx"`) {
		t.Error("the metrics do not count them")
	}
}

func TestWhatIsGoneForGoodIsSaidToBe(t *testing.T) {
	t.Parallel()
	w := start(t)
	path := "/feeds/blog.example/post/replies-" + someID + ".xml"
	w.files.put(path, goneFile{comments.NewError(comments.NotFound, "The comment has been deleted.")})
	if _, detail := w.send(http.MethodGet, path, "").problem(http.StatusGone); detail != "The comment has been deleted." {
		t.Errorf("detail %q", detail)
	}
}

func TestFollowAddressOfASiteWithAPortIsUnderstood(t *testing.T) {
	t.Parallel()
	w := start(t, mailing)
	site, err := comments.NewSite("http://[::1]:8000")
	if err != nil {
		t.Fatal(err)
	}
	site.Epoch, _ = newID(w.clock.now())
	site.Created, site.Settings.Policy = w.clock.now(), comments.PolicyOpen
	if err := w.store.PutSite(t.Context(), site); err != nil {
		t.Fatal(err)
	}
	w.clock.advance(2 * siteAge)
	s := w.subscribe("ann@reader.example", "site", site.Host)
	a := w.send(http.MethodGet, s.path, "").want(http.StatusOK)
	w.send(http.MethodPost, a.form().action, url.Values{"do": {"stop"}}.Encode(), "Content-Type", "application/x-www-form-urlencoded").want(http.StatusOK)
}

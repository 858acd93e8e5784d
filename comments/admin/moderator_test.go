package admin

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"postil/comments"
)

func TestModeratorIsAddedAndChanged(t *testing.T) {
	t.Parallel()
	w := start(t)
	const address = "zoe@mail.example"
	form := fields("name", "zoe", "role", "moderator", "sites", "blog.example", "email", address, "mail", "digest", "password", "a password of zoe's")
	w.next("root", w.as("root", "/admin/moderators", form)).has("The moderator is added.", ">zoe<", "Once an hour at most")
	zoe := w.find("zoe")
	opened, err := w.Keys.Open(comments.SealModerator, zoe.Address)
	if err != nil || opened != address || zoe.Role != comments.RoleModerator || !slices.Equal(zoe.Sites, []string{"blog.example"}) || zoe.Mail != comments.MailDigest {
		t.Errorf("stored is %+v with %q (%v)", zoe, opened, err)
	}
	r := w.request("", "/admin/queue", nil)
	r.SetBasicAuth("zoe", "a password of zoe's")
	w.send(r).want(http.StatusOK)

	w.as("root", "/admin/moderators/zoe", nil).has(address, `value="blog.example" checked`).lacks("argon2", zoe.Password)
	change := fields("role", "moderator", "sites", "blog.example", "sites", "other.example", "email", address, "mail", "each")
	w.next("root", w.as("root", "/admin/moderators/zoe", change)).has("Saved.")
	got := w.find("zoe")
	if got.Password != zoe.Password || string(got.Address) != string(zoe.Address) || len(got.Sites) != 2 || got.Mail != comments.MailEach {
		t.Errorf("stored is %+v", got)
	}
	change = fields("role", "moderator", "email", "", "mail", "off", "password", "another one of zoe's")
	w.as("root", "/admin/moderators/zoe", change).want(http.StatusSeeOther)
	if got := w.find("zoe"); got.Address != nil || len(got.Sites) != 0 || got.Password == zoe.Password {
		t.Errorf("stored is %+v", got)
	}
	w.send(r).want(http.StatusUnauthorized)
	if log := w.log.String(); strings.Contains(log, address) {
		t.Error("the log has the address")
	}
}

func TestFaultyModeratorsAreRefused(t *testing.T) {
	t.Parallel()
	w := start(t)
	good := []string{"name", "zoe", "role", "moderator", "sites", "blog.example", "email", "zoe@mail.example", "mail", "off", "password", ""}
	for _, c := range []struct{ field, value, problem string }{
		{"name", "Zoe!", "f-name-problem"}, {"name", "", "f-name-problem"}, {"role", "king", "f-role-problem"}, {"sites", "none.example", "f-sites-problem"},
		{"email", "Zoe <zoe@mail.example>", "f-email-problem"}, {"mail", "often", "f-mail-problem"}, {"password", "short", "f-password-problem"},
	} {
		form := fields(good...)
		form.Set(c.field, c.value)
		w.as("root", "/admin/moderators", form).want(http.StatusBadRequest).has(c.problem, "1 thing is to be mended", form.Get("email"))
	}
	form := fields(good...)
	form.Set("email", "")
	form.Set("mail", "each")
	w.as("root", "/admin/moderators", form).want(http.StatusBadRequest).has("needs an e-mail address")
	form = fields(good...)
	form.Set("name", "ann")
	w.as("root", "/admin/moderators", form).want(http.StatusConflict).has("is taken")
	if w.find("ann").Address != nil {
		t.Error("ann was replaced")
	}
	for i := len(must(w.Store.Moderators(t.Context()))); i < comments.MaxModerators; i++ {
		w.addModerator(comments.Moderator{Name: "m" + strings.Repeat("x", i%30) + string(rune('a'+i%26)) + string(rune('a'+i/26)), Role: comments.RoleModerator})
	}
	w.as("root", "/admin/moderators", fields(good...)).want(http.StatusConflict).has("100 moderators")
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func TestTheLastAdminStays(t *testing.T) {
	t.Parallel()
	w := start(t)
	w.as("root", "/admin/moderators/root", fields("role", "moderator", "mail", "off")).want(http.StatusConflict).has("no other admin")
	w.as("root", "/admin/moderators/root", fields("do", "remove", "sure", "yes")).want(http.StatusConflict)
	locked := comments.Moderator{Name: "locked", Role: comments.RoleAdmin, Mail: comments.MailOff, Created: w.now()}
	w.must(w.Store.PutModerator(t.Context(), locked)) // who cannot sign in is no help
	w.as("root", "/admin/moderators/root", fields("role", "moderator", "mail", "off")).want(http.StatusConflict)
	w.addModerator(comments.Moderator{Name: "second", Role: comments.RoleAdmin})
	w.as("root", "/admin/moderators/root", fields("role", "moderator", "mail", "off")).want(http.StatusSeeOther)
	w.as("root", "/admin/moderators", nil).want(http.StatusForbidden).has("for admins")
}

func TestModeratorIsRevokedAndRemoved(t *testing.T) {
	t.Parallel()
	w := start(t)
	feed := "/moderate/feed/ann/" + w.Keys.FeedToken(w.find("ann")) + ".xml"
	link := "/moderate?" + w.Keys.Link(w.find("ann"), w.held("Words"), comments.Approve, w.now().Add(day))
	w.as("", feed, nil).want(http.StatusOK)
	w.as("", link, nil).want(http.StatusOK)
	w.as("ann", "/admin/account", nil).has(w.url+feed, "blog.example")
	w.next("root", w.as("root", "/admin/moderators/ann", fields("do", "revoke"))).has("All former links are worthless now.")
	w.as("", feed, nil).want(http.StatusNotFound)
	w.as("", link, nil).want(http.StatusForbidden)
	next := "/moderate/feed/ann/" + w.Keys.FeedToken(w.find("ann")) + ".xml"
	w.as("", next, nil).want(http.StatusOK)
	w.as("ann", "/admin/account", fields("do", "revoke")).want(http.StatusSeeOther) // their own they revoke themselves
	w.as("", next, nil).want(http.StatusNotFound)

	page := w.as("root", "/admin/moderators/ann", fields("do", "remove")).want(http.StatusOK).has("Really remove ann?")
	w.as("ann", "/admin/queue", nil).want(http.StatusOK)
	w.next("root", w.as("root", "/admin/moderators/ann", page.form())).has("The moderator is removed.").lacks(">ann<")
	w.as("ann", "/admin/queue", nil).want(http.StatusUnauthorized)
}

func TestAccountIsTheModeratorsOwn(t *testing.T) {
	t.Parallel()
	w := start(t)
	form := fields("email", "ann@mail.example", "mail", "each", "password", "", "role", "admin", "sites", "other.example", "name", "root")
	w.next("ann", w.as("ann", "/admin/account", form)).has("Saved.", "ann@mail.example")
	if got := w.find("ann"); got.Role != comments.RoleModerator || !slices.Equal(got.Sites, []string{"blog.example"}) || got.Mail != comments.MailEach {
		t.Errorf("stored is %+v", got)
	}
	w.as("ann", "/admin/account", fields("mail", "each", "password", "short")).want(http.StatusBadRequest).has("f-password-problem", "f-mail-problem").lacks("short\"")
	w.as("ann", "/admin/account", fields("mail", "off", "password", "a better password")).want(http.StatusSeeOther)
	w.as("ann", "/admin/account", nil).want(http.StatusUnauthorized)
	r := w.request("", "/admin/account", nil)
	r.SetBasicAuth("ann", "a better password")
	w.send(r).want(http.StatusOK)
}

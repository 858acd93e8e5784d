package admin

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"postil/comments"
)

// link returns the address at which a moderator can act on a comment.
func (w *world) link(name string, c comments.Comment, a comments.Action) string {
	w.Helper()
	return "/moderate?" + w.Keys.Link(w.find(name), w.stored(c.ID), a, w.now().Add(comments.LinkLife))
}

// act posts the form of a link's page, which gives no referrer.
func (w *world) act(link string) answer {
	w.Helper()
	r := w.request("", link, url.Values{})
	r.Header.Set("Origin", "null")
	return w.send(r)
}

func TestLinkShowsAndThenActsOnce(t *testing.T) {
	t.Parallel()
	w := start(t)
	for action, c := range map[comments.Action]struct {
		status          comments.Status
		will, do, state string
	}{
		comments.Approve: {comments.Published, "publishes it for all readers", "Approve", "It is published."},
		comments.Hold:    {comments.Held, "until a moderator decides", "Hold", "It is held: only moderators see it."},
		comments.Reject:  {comments.Spam, "calls it spam", "Spam", "It is spam: only moderators see it."},
		comments.Remove:  {comments.Deleted, "for good", "Erase for good", "It is erased: its words are gone."},
	} {
		held := w.held("Look at *this*")
		link := w.link("ann", held, action)
		before := w.stored(held.ID)
		for range 10 {
			w.as("", link, nil).want(http.StatusOK).has("<em>this</em>", "Bob", "blog.example/post", "Links", "It is held", c.will, ">"+c.do+"</button>", "given to ann", "noindex", `content="no-referrer"`)
			r := w.request("", link, nil)
			r.Method = http.MethodHead
			w.send(r).want(http.StatusOK)
		}
		if diff := compare(before, w.stored(held.ID)); diff != "" {
			t.Fatalf("looking changed the comment:\n%s", diff)
		}
		a := w.act(link).want(http.StatusSeeOther)
		w.as("", a.header.Get("Location"), nil).want(http.StatusOK).has(c.state, "Decided by ann").lacks("<button")
		after := w.stored(held.ID)
		if after.Status != c.status || after.By != "ann" {
			t.Errorf("%s: the comment is %s by %q", action, after.Status, after.By)
		}
		w.act(link).want(http.StatusConflict).has(c.state, "has been used", "Decided by ann").lacks("<button")
		if diff := compare(after, w.stored(held.ID)); diff != "" {
			t.Errorf("%s: the second time changed the comment:\n%s", action, diff)
		}
	}
}

func TestLinkOfAnotherMomentDoesNothing(t *testing.T) {
	t.Parallel()
	w := start(t)
	c := w.held("Words")
	approve, erase := w.link("ann", c, comments.Approve), w.link("ann", c, comments.Remove)
	w.act(approve).want(http.StatusSeeOther)
	w.as("", erase, nil).want(http.StatusOK).has("It is published.", "does nothing any more").lacks("<button")
	w.act(erase).want(http.StatusConflict)
	if got := w.stored(c.ID); got.Status != comments.Published {
		t.Errorf("the comment is %s", got.Status)
	}
}

func TestFalseLinksSayWhatToDo(t *testing.T) {
	t.Parallel()
	w := start(t)
	c := w.held("Words")
	good := w.link("ann", c, comments.Approve)
	with := func(name, value string) string {
		u := must(url.Parse(good))
		q := u.Query()
		q.Set(name, value)
		return "/moderate?" + q.Encode()
	}
	foreign := w.link("eve", c, comments.Approve) // eve may not decide there
	for name, link := range map[string]string{
		"of another": with("by", "eve"), "of an admin": with("by", "root"), "of nobody": with("by", "nobody"), "for more": with("do", "erase"), "for longer": with("until", "99999999999"),
		"of another comment": with("id", w.held("Other").ID.String()), "of another state": with("as", "x"), "unsigned": with("mac", ""), "empty": "/moderate", "foreign": foreign,
	} {
		w.as("", link, nil).want(http.StatusForbidden).lacks("Words", "Bob", "<button")
		a := w.act(link).want(http.StatusForbidden)
		if name != "foreign" && !strings.Contains(a.body, "open it as the mail or feed has it") && !strings.Contains(a.body, "no moderator of this name") {
			t.Errorf("%s: it does not say what to do: %s", name, a.body)
		}
	}
	w.pass(comments.LinkLife + day)
	w.as("", good, nil).want(http.StatusForbidden).has("This link expired on", "decide on the admin page, or by a newer mail")
	w.act(good).want(http.StatusForbidden)
	if got := w.stored(c.ID); got.Status != comments.Held {
		t.Errorf("the comment is %s", got.Status)
	}
}

func TestLinkDoesNotActForAnotherSite(t *testing.T) {
	t.Parallel()
	w := start(t)
	c := w.held("Words")
	r := w.request("", w.link("ann", c, comments.Approve), url.Values{})
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	r.Header.Set("Origin", "https://evil.example")
	w.send(r).want(http.StatusForbidden).has("came from another site")
	if got := w.stored(c.ID); got.Status != comments.Held {
		t.Errorf("the comment is %s", got.Status)
	}
	// Without TLS a browser says no more than that the page gives no referrer.
	r = w.request("", w.link("ann", c, comments.Approve), url.Values{})
	r.Header.Del("Sec-Fetch-Site")
	r.Header.Set("Origin", "null")
	w.send(r).want(http.StatusSeeOther)
}

func TestLinkWorksInABrowser(t *testing.T) {
	t.Parallel()
	w := start(t)
	c := w.held("Words")
	d := w.visit(t, w.link("ann", c, comments.Approve))
	withoutScript(d)
	d.Press("button")
	d.becomes(c, comments.Published)
	d.Wait(`document.querySelector('.state').innerText.startsWith('It is published. Decided by ann')`, true)
	d.LeavesNoTrace()
	d.AsksOnly(w.url)
}

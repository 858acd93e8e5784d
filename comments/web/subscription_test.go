package web

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"postil/comments"
)

// subscriber is an author who wants answers by mail.
type subscriber struct {
	comment created
	id      comments.ID
	path    string // where the mail leads
}

// subscribe posts a comment whose author wants answers.
func (w *world) subscribe(email string, changes ...string) subscriber {
	w.t.Helper()
	d := map[string]any{"email": email, "notify": true}
	for name, value := range draft(changes...) {
		d[name] = value
	}
	a := w.post("/api/v1/comments", d)
	if a.status != http.StatusCreated && a.status != http.StatusAccepted {
		w.t.Fatalf("post: %d %s", a.status, a.body)
	}
	s := subscriber{comment: decode[created](a)}
	id, err := comments.ParseID(s.comment.ID)
	if err != nil {
		w.t.Fatal(err)
	}
	c, err := w.store.Store.Find(w.t.Context(), id)
	if err != nil {
		w.t.Fatal(err)
	}
	subs, err := w.store.Store.SubscriptionsOf(w.t.Context(), c.Site, []comments.ID{id})
	if err != nil || len(subs) != 1 {
		w.t.Fatalf("%d subscriptions, %v", len(subs), err)
	}
	s.id = subs[0].ID
	s.path = "/follow/" + url.PathEscape(c.Site) + "/" + s.id.String() + "/" + testKeys(7).FollowToken(subs[0])
	return s
}

// state is what is stored of a subscription.
func (w *world) state(s subscriber) string {
	w.t.Helper()
	sub, err := w.store.Store.Subscription(w.t.Context(), "blog.example", s.id)
	switch {
	case comments.KindOf(err) == comments.NotFound && err != nil:
		return "none"
	case err != nil:
		w.t.Fatal(err)
	case sub.Confirmed.IsZero():
		return "asked"
	}
	return "on"
}

// press posts one of the buttons of the page.
func (w *world) press(s subscriber, do string) answer {
	w.t.Helper()
	return w.send(http.MethodPost, s.path, url.Values{"do": {do}}.Encode(), "Content-Type", "application/x-www-form-urlencoded")
}

func TestWishForMailIsAnsweredWithItsState(t *testing.T) {
	t.Parallel()
	w := start(t, mailing)
	first := w.subscribe("ann@reader.example")
	if first.comment.Follow != "asked" {
		t.Errorf("answer %+v", first.comment)
	}
	w.press(first, "confirm").want(http.StatusOK)
	if second := w.subscribe("ann@reader.example"); second.comment.Follow != "on" || w.state(second) != "on" {
		t.Errorf("with a known address: %+v, %s", second.comment, w.state(second))
	}
	if field, _ := w.post("/api/v1/comments", `{"site":"blog.example","page":"/","body":"a","notify":true}`).problem(http.StatusBadRequest); field != "email" {
		t.Errorf("without an address: field %q", field)
	}
}

func TestLookingAtASubscriptionChangesNothing(t *testing.T) {
	t.Parallel()
	w := start(t, mailing)
	s := w.subscribe("ann@reader.example")
	for range 2 { // programs that read mail open all its links
		w.send(http.MethodHead, s.path, "").want(http.StatusOK)
		a := w.send(http.MethodGet, s.path, "").want(http.StatusOK)
		for _, want := range []string{"Shall answers come to you by mail?", "blog.example/post", "Well said."} {
			if !strings.Contains(a.words(), want) {
				t.Errorf("the page does not say %q: %s", want, a.words())
			}
		}
		if strings.Contains(a.body, "reader.example") || a.header.Get("X-Robots-Tag") != "noindex" || a.header.Get("Cache-Control") != "no-store" {
			t.Errorf("%v %s", a.header, a.body)
		}
		if form := a.form(); form.action != s.path {
			t.Errorf("the buttons post to %s", form.action)
		}
	}
	if got := w.state(s); got != "asked" {
		t.Errorf("it is %s now", got)
	}
}

func TestSubscriptionIsConfirmedAndEndedByItsButtons(t *testing.T) {
	t.Parallel()
	w := start(t, mailing)
	first, second, other := w.subscribe("ann@reader.example"), w.subscribe("ann@reader.example"), w.subscribe("bob@reader.example")
	for _, step := range []struct {
		on                   subscriber
		do, says             string
		first, second, other string
	}{
		{first, "confirm", "Answers will come to you by mail", "on", "on", "asked"},
		{first, "confirm", "Answers will come to you by mail", "on", "on", "asked"},
		{first, "stop", "No more mail", "none", "on", "asked"},
		{first, "stop", "No more mail", "none", "on", "asked"}, // again
		{other, "stop-all", "Nothing from blog.example is sent to you any more", "none", "on", "none"},
		{second, "stop-all", "Nothing from blog.example is sent to you any more", "none", "none", "none"},
	} {
		a := w.press(step.on, step.do).want(http.StatusOK)
		if !strings.Contains(a.words(), step.says) {
			t.Errorf("%s: %s", step.do, a.words())
		}
		if got := [3]string{w.state(first), w.state(second), w.state(other)}; got != [3]string{step.first, step.second, step.other} {
			t.Errorf("after %s: %v", step.do, got)
		}
	}
	w.send(http.MethodGet, first.path, "").want(http.StatusNotFound)
	w.press(first, "confirm").want(http.StatusNotFound)
}

// RFC 8058 §3: a mail program posts for its reader, in either form, and is
// neither asked again nor sent elsewhere.
func TestOneClickEndsMail(t *testing.T) {
	t.Parallel()
	w := start(t, mailing)
	var parts bytes.Buffer
	form := multipart.NewWriter(&parts)
	if err := form.WriteField("List-Unsubscribe", "One-Click"); err != nil {
		t.Fatal(err)
	}
	if err := form.Close(); err != nil {
		t.Fatal(err)
	}
	for media, body := range map[string]string{
		form.FormDataContentType(): parts.String(), "application/x-www-form-urlencoded": "List-Unsubscribe=One-Click",
	} {
		s := w.subscribe("ann@reader.example")
		for range 2 {
			w.send(http.MethodPost, s.path, body, "Content-Type", media).want(http.StatusOK)
			if got := w.state(s); got != "none" {
				t.Errorf("%s: it is %s", media, got)
			}
		}
	}
	s := w.subscribe("ann@reader.example")
	for media, body := range map[string]string{
		"multipart/form-data; boundary=x": "nonsense", "multipart/form-data": "", "application/x-www-form-urlencoded": "List-Unsubscribe=No",
	} {
		w.send(http.MethodPost, s.path, body, "Content-Type", media).want(http.StatusBadRequest)
	}
	if got := w.state(s); got != "asked" {
		t.Errorf("it is %s", got)
	}
}

func TestOnlyWhoGotTheMailDecides(t *testing.T) {
	t.Parallel()
	w := start(t, mailing)
	s, other := w.subscribe("ann@reader.example"), w.subscribe("bob@reader.example")
	token := s.path[strings.LastIndexByte(s.path, '/')+1:]
	mixed := other.path[:strings.LastIndexByte(other.path, '/')+1] + token
	for path, status := range map[string]int{
		mixed: 403, s.path + "A": 403, s.path[:len(s.path)-1]: 403, strings.Replace(s.path, "blog.example", "held.example", 1): 403,
		strings.Replace(s.path, s.id.String(), someID, 1): 403, strings.Replace(s.path, s.id.String(), "1", 1): 404,
		strings.Replace(s.path, "blog.example", "unknown.example", 1): 404,
	} {
		w.send(http.MethodGet, path, "").want(status)
		for _, do := range []string{"confirm", "stop", "stop-all"} {
			w.press(subscriber{path: path}, do).want(status)
		}
	}
	if w.state(s) != "asked" || w.state(other) != "asked" {
		t.Errorf("they are %s and %s", w.state(s), w.state(other))
	}
}

// The address may be another's than who gave it: nobody's words are shown
// there that a moderator has not let pass.
func TestWordsThatAreNotPublicAreNotShown(t *testing.T) {
	t.Parallel()
	w := start(t, mailing)
	s := w.subscribe("ann@reader.example", "site", "held.example")
	a := w.send(http.MethodGet, s.path, "").want(http.StatusOK)
	if strings.Contains(a.words(), "Well said") || strings.Contains(a.body, "Ann") || !strings.Contains(a.words(), "held.example/post") {
		t.Errorf("the page: %s", a.body)
	}
}

func TestFormAsksForAnAddressWhereThereIsMail(t *testing.T) {
	t.Parallel()
	silent := start(t)
	if s := silent.open(formPath); s.values.Has("email") {
		t.Errorf("without mail: %v", s.values)
	}
	silent.follow(silent.submit(silent.open(formPath), "body", "a", "email", "not an address", "notify", "yes"))

	w := start(t, mailing)
	s := w.open(formPath)
	wrong := w.submit(s, "body", "a", "notify", "yes").want(http.StatusBadRequest)
	if again := wrong.form(); again.values.Get("notify") != "yes" || !strings.Contains(wrong.words(), "E-mail is needed for answers by mail") {
		t.Errorf("without an address: %v, %s", again.values, wrong.words())
	}
	location := w.submit(wrong.form(), "body", "a", "email", "ann@reader.example", "notify", "yes").header.Get("Location")
	done := w.send(http.MethodGet, location, "").want(http.StatusOK)
	if !strings.Contains(done.words(), "A mail is on its way") || strings.Contains(done.body, "reader.example") {
		t.Errorf("done: %s", done.words())
	}
	dropped := w.follow(w.submit(w.open(formPath), "body", "b", "email", "bob@reader.example"))
	if strings.Contains(dropped.words(), "mail") {
		t.Errorf("an address without a wish: %s", dropped.words())
	}
	subs, err := w.store.SubscriptionsAt(t.Context(), "", testKeys(7).AddressIndex("ann@reader.example"))
	if err != nil || len(subs) != 1 {
		t.Fatalf("%d subscriptions, %v", len(subs), err)
	}
	if err := w.store.Confirm(t.Context(), "blog.example", subs[0].Index, time.Now()); err != nil {
		t.Fatal(err)
	}
	if again := w.send(http.MethodGet, location, ""); !strings.Contains(again.words(), "will be sent to you by mail") {
		t.Errorf("once confirmed: %s", again.words())
	}
}

// An address that is given on purpose is sealed in the database, and told
// nowhere: not in an answer, a page or the log. Nor is what opens the page
// about it.
func TestAddressIsSealedAndToldNowhere(t *testing.T) {
	t.Parallel()
	w := start(t, mailing)
	s := w.subscribe(traceEmail, "name", "Ann#"+traceSecret)
	token := s.path[strings.LastIndexByte(s.path, '/')+1:]
	answers := []answer{
		w.send(http.MethodGet, s.path, ""), w.press(s, "confirm"), w.press(s, "nonsense"),
		w.send(http.MethodGet, "/comment/"+s.comment.ID+"/done?key="+s.comment.EditKey, ""),
	}
	w.store.fail(errUnavailable)
	answers = append(answers, w.press(s, "stop"), w.post("/api/v1/comments", map[string]any{
		"site": "blog.example", "page": "/", "body": "a", "email": traceEmail, "notify": true,
	}))
	w.store.mend()
	for _, a := range answers {
		if strings.Contains(a.body, traceEmail) || strings.Contains(a.body, traceSecret) {
			t.Errorf("it is told: %d %s", a.status, a.body)
		}
	}
	for _, private := range []string{traceEmail, traceSecret, token} {
		if strings.Contains(w.log.String(), private) {
			t.Errorf("%s is in the log", private)
		}
	}
	grep(t, w.dir, []string{traceEmail, traceSecret})
	subs, err := w.store.SubscriptionsAt(t.Context(), "blog.example", testKeys(7).AddressIndex(traceEmail))
	if err != nil || len(subs) != 1 {
		t.Fatalf("%d subscriptions, %v: the search proves nothing", len(subs), err)
	}
	if email, err := testKeys(7).Open(comments.SealSubscriber, subs[0].Address); err != nil || email != traceEmail {
		t.Errorf("sealed is %q, %v", email, err)
	}
}

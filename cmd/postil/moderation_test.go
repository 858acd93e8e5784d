package main

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// publicURL is the address that the programs of these stories tell; requests
// go to where they listen.
const publicURL = "https://comments.example"

func (p *process) reach(link string) string { return p.base + strings.TrimPrefix(link, publicURL) }

// password is that of every moderator here.
const password = "correct horse battery staple"

// addModerator makes one who gets a mail for each comment that waits.
func addModerator(t *testing.T, name, email string, args ...string) {
	t.Helper()
	args = append([]string{"admin", "password", name, "--email", email, "--mail", "each"}, args...)
	if out, err := runProgram(t, password+"\n", args...); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
}

// statusOf asks the real binary.
func statusOf(t *testing.T, id string, args ...string) string {
	t.Helper()
	out, err := command(t, append([]string{"moderate", "show", id, "--json"}, args...)...).Output()
	if err != nil {
		t.Fatal(err)
	}
	var c struct {
		Status string `json:"status"`
	}
	if err := json.Unmarshal(out, &c); err != nil {
		t.Fatal(err)
	}
	return c.Status
}

// TestHeldCommentIsDecidedByMail is the way of a comment to its readers where
// someone decides: it is held, a mail tells, opening its link any number of
// times changes nothing, the button publishes, and does so once. The keys are
// replaced and the server is restarted in between.
func TestHeldCommentIsDecidedByMail(t *testing.T) {
	t.Parallel()
	sink, data := newMailSink(t, ""), []string{"--data", t.TempDir()}
	addModerator(t, "ann", "ann@mail.example", data...)
	serve := append([]string{"--site", "https://blog.example", "--policy", "hold-all", "--url", publicURL,
		"--smtp", sink.url(""), "--mail-from", "comments@blog.example"}, data...)
	p := serveProgram(t, serve...)
	a := p.post(t, "blog.example", "/post", "words that wait")
	if a.Status != "held" {
		t.Fatalf("the comment is %v", a.Status)
	}
	if _, metrics := get(t, p.ops+"/metrics"); !strings.Contains(metrics, "\npostil_comments_held 1\n") || !strings.Contains(metrics, `postil_outbox_deliveries{state="dead"} 0`) {
		t.Errorf("metrics do not tell what waits:\n%s", metrics)
	}
	m := sink.await(t, "ann@mail.example", 1)
	if !strings.Contains(m.text, "words that wait") {
		t.Errorf("the mail does not show the words:\n%s", m.text)
	}
	link := m.link(t, "do=approve")
	for range 10 {
		if status, page := get(t, p.reach(link)); status != http.StatusOK || !strings.Contains(page, "words that wait") {
			t.Fatalf("the link answers %d:\n%s", status, page)
		}
	}
	if status := statusOf(t, a.ID, data...); status != "held" {
		t.Fatalf("looking made the comment %s", status)
	}
	if out, err := runProgram(t, "", append([]string{"key", "rotate"}, data...)...); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if code := p.stop(t); code != 0 {
		t.Fatalf("serve ended with %d", code)
	}
	p = serveProgram(t, serve...)
	if out, err := runProgram(t, "", append([]string{"key", "reseal"}, data...)...); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if status, page := press(t, p, link, ""); status != http.StatusOK {
		t.Fatalf("the button answers %d:\n%s", status, page)
	}
	if _, feed := get(t, p.base+"/feeds/blog.example/post/feed.xml"); !strings.Contains(feed, "words that wait") {
		t.Errorf("the comment is not published:\n%s", feed)
	}
	if status, page := send(t, p.reach(link), nil); status != http.StatusConflict {
		t.Errorf("the button pressed again answers %d:\n%s", status, page)
	}
	history, err := runProgram(t, "", append([]string{"moderate", "show", a.ID}, data...)...)
	if err != nil || !strings.Contains(history, "decided, published, by ann") {
		t.Errorf("the history does not tell (%v):\n%s", err, history)
	}
	later := p.post(t, "blog.example", "/post", "sealed anew")
	if m := sink.await(t, "ann@mail.example", 2); !strings.Contains(m.text, "sealed anew") || later.Status != "held" {
		t.Errorf("after the rotation came:\n%s", m.text)
	}
}

// press opens a link of a mail and presses a button there, by the value of its
// name do; an empty one takes what there is.
func press(t *testing.T, p *process, link, do string) (int, string) {
	t.Helper()
	status, page := get(t, p.reach(link))
	if status != http.StatusOK {
		t.Fatalf("%s answers %d:\n%s", link, status, page)
	}
	action, fields := formOf(t, page)
	if do != "" {
		fields.Set("do", do)
	}
	base, err := url.Parse(p.reach(link))
	if err != nil {
		t.Fatal(err)
	}
	target, err := base.Parse(strings.TrimPrefix(action, publicURL))
	if err != nil {
		t.Fatal(err)
	}
	return send(t, target.String(), fields)
}

// formOf returns where the first form of a page posts, and what is filled in.
func formOf(t *testing.T, page string) (action string, fields url.Values) {
	t.Helper()
	doc, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	fields = url.Values{}
	found := false
	for n := range doc.Descendants() {
		switch {
		case n.Type != html.ElementNode:
		case n.Data == "form" && attribute(n, "method") == "post" && !found:
			found, action = true, attribute(n, "action")
		case n.Data == "input" && found && attribute(n, "type") == "hidden":
			fields.Set(attribute(n, "name"), attribute(n, "value"))
		}
	}
	if !found {
		t.Fatalf("the page has no form:\n%s", page)
	}
	return action, fields
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// send posts a form as a browser does, and follows where it leads.
func send(t *testing.T, target string, fields url.Values) (int, string) {
	t.Helper()
	resp, err := http.PostForm(target, fields)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(body)
}

// TestAnswersComeByMailUntilTheirReaderEndsIt: an address is asked first, then
// told, and ended by one click of the mail program (RFC 8058).
func TestAnswersComeByMailUntilTheirReaderEndsIt(t *testing.T) {
	t.Parallel()
	const reader = "reader@mail.example"
	sink, data := newMailSink(t, ""), []string{"--data", t.TempDir()}
	serve := append([]string{"--site", "https://blog.example", "--url", publicURL, "--smtp", sink.url(""), "--mail-from", "comments@blog.example"}, data...)
	p := serveProgram(t, serve...)
	question := p.submit(t, map[string]any{"site": "blog.example", "page": "/post", "body": "a question", "email": reader, "notify": true})
	answer := func(body string) {
		p.submit(t, map[string]any{"site": "blog.example", "page": "/post", "parent": question.ID, "body": body})
	}
	asked := sink.await(t, reader, 1)
	confirm := asked.link(t, "/follow/")
	for range 3 {
		get(t, p.reach(confirm)) // as a mail scanner does
	}
	if status, page := press(t, p, confirm, "confirm"); status != http.StatusOK {
		t.Fatalf("confirming answers %d:\n%s", status, page)
	}
	answer("the first answer")
	told := sink.await(t, reader, 2)
	if !strings.Contains(told.text, "the first answer") {
		t.Errorf("came:\n%s", told.text)
	}
	if click := told.header.Get("List-Unsubscribe-Post"); click != "List-Unsubscribe=One-Click" {
		t.Errorf("List-Unsubscribe-Post is %q", click)
	}
	leave := strings.Trim(told.header.Get("List-Unsubscribe"), "<>")
	if status, page := send(t, p.reach(leave), url.Values{"List-Unsubscribe": {"One-Click"}}); status/100 != 2 {
		t.Fatalf("the click answers %d:\n%s", status, page)
	}
	answer("nobody is told of this")
	if code := p.stop(t); code != 0 { // which sends all that there is to send
		t.Fatalf("serve ended with %d", code)
	}
	if got := sink.to(reader); len(got) != 2 {
		t.Errorf("after the end came:\n%s", got[len(got)-1].text)
	}
	if out, err := runProgram(t, "", append([]string{"outbox", "list"}, data...)...); err != nil || !strings.Contains(out, "Nothing") {
		t.Errorf("the outbox has (%v):\n%s", err, out)
	}
}

// TestStopSendsWhatIsDue posts a moment before the stop.
func TestStopSendsWhatIsDue(t *testing.T) {
	t.Parallel()
	sink, data := newMailSink(t, "the password"), []string{"--data", t.TempDir()}
	addModerator(t, "ann", "ann@mail.example", data...)
	p := serveProgram(t, append([]string{"--site", "https://blog.example", "--policy", "hold-all",
		"--smtp", sink.url("user@"), "--smtp-password-file", passwordFile(t, "the password"), "--mail-from", "comments@blog.example"}, data...)...)
	p.post(t, "blog.example", "/post", "last words")
	if code := p.stop(t); code != 0 {
		t.Fatalf("serve ended with %d", code)
	}
	if got := sink.to("ann@mail.example"); len(got) != 1 || !strings.Contains(got[0].text, "last words") {
		t.Errorf("came: %+v", got)
	}
}

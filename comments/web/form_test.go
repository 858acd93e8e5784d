package web

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"

	"postil/comments"
	"postil/static"
)

// sheet is a form as a browser without JavaScript has it.
type sheet struct {
	action string
	values url.Values
}

// sheets reads the forms of a page.
func (a answer) sheets() []sheet {
	a.t.Helper()
	if a.header.Get("Content-Type") != "text/html; charset=utf-8" {
		a.t.Fatalf("not a page: %d %s", a.status, a.body)
	}
	root, err := html.Parse(strings.NewReader(a.body))
	if err != nil {
		a.t.Fatal(err)
	}
	var all []sheet
	for n := range root.Descendants() {
		switch n.Data {
		case "form":
			all = append(all, sheet{attribute(n, "action"), url.Values{}})
		case "input":
			if attribute(n, "type") != "checkbox" || attribute(n, "checked") != "" {
				all[len(all)-1].values.Set(attribute(n, "name"), attribute(n, "value"))
			}
		case "textarea":
			all[len(all)-1].values.Set(attribute(n, "name"), text(n))
		}
	}
	return all
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func text(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
		}
	}
	return b.String()
}

// words returns the text of a page.
func (a answer) words() string {
	root, err := html.Parse(strings.NewReader(a.body))
	if err != nil {
		a.t.Fatal(err)
	}
	return strings.Join(strings.Fields(text(root)), " ")
}

func (a answer) form() sheet {
	a.t.Helper()
	all := a.sheets()
	if len(all) == 0 {
		a.t.Fatalf("no form: %d %s", a.status, a.body)
	}
	return all[0]
}

// submit posts a form as a page under Referrer-Policy no-referrer does.
func (w *world) submit(s sheet, changes ...string) answer {
	w.t.Helper()
	for i := 0; i < len(changes); i += 2 {
		s.values.Set(changes[i], changes[i+1])
	}
	return w.send(http.MethodPost, s.action, s.values.Encode(), "Content-Type", "application/x-www-form-urlencoded", "Origin", "null")
}

const formPath = "/comment?site=blog.example&page=/post"

func (w *world) open(path string) sheet {
	w.t.Helper()
	return w.send(http.MethodGet, path, "").want(http.StatusOK).form()
}

// follow loads where a post leads.
func (w *world) follow(a answer) answer {
	w.t.Helper()
	a.want(http.StatusSeeOther)
	return w.send(http.MethodGet, a.header.Get("Location"), "").want(http.StatusOK)
}

func (w *world) visible() int64 {
	w.t.Helper()
	thread, err := w.store.Thread(w.t.Context(), "blog.example", "/post")
	if err != nil {
		w.t.Fatal(err)
	}
	return thread.Visible
}

func TestCommentIsWrittenWithoutJavaScript(t *testing.T) {
	t.Parallel()
	w := start(t)
	s := w.open(formPath)
	posted := w.submit(s, "name", "Ann", "body", "Well *said*.", "do", "post")
	if location := posted.header.Get("Location"); !strings.HasPrefix(location, "/comment/") || !strings.Contains(location, "/done?key=") {
		t.Fatalf("leads to %q", location)
	}
	done := w.follow(posted)
	for _, want := range []string{"<em>said</em>", "https://blog.example/post#comment-", w.url + "/feeds/blog.example/post/thread.html", "/edit?key="} {
		if !strings.Contains(done.body, want) {
			t.Errorf("the page lacks %q: %s", want, done.body)
		}
	}
	if w.visible() != 1 {
		t.Errorf("%d comments", w.visible())
	}
}

func TestPagesThatHoldKeysAreKeptNowhereAndFramedNowhere(t *testing.T) {
	t.Parallel()
	w := start(t)
	done := w.submit(w.open(formPath), "body", "a")
	location := done.header.Get("Location")
	for _, path := range []string{formPath, location, strings.Replace(location, "/done", "/edit", 1), "/comment/1/edit", "/comment?site=none"} {
		h := w.send(http.MethodGet, path, "").header
		for field, want := range map[string]string{
			"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "X-Robots-Tag": "noindex",
			"Content-Security-Policy": "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
		} {
			if got := h.Get(field); got != want {
				t.Errorf("%.60s: %s %q, want %q", path, field, got, want)
			}
		}
	}
	if done.header.Get("Cache-Control") != "no-store" || done.header.Get("Referrer-Policy") != "no-referrer" {
		t.Errorf("the way there: %v", done.header)
	}
}

func TestDoubleClickPostsOnce(t *testing.T) {
	t.Parallel()
	w := start(t)
	s := w.open(formPath)
	first, second := w.submit(s, "body", "a"), w.submit(s, "body", "a")
	if first.header.Get("Location") != second.header.Get("Location") || w.visible() != 1 {
		t.Errorf("%q and %q, %d comments", first.header.Get("Location"), second.header.Get("Location"), w.visible())
	}
	again := w.submit(s, "body", "another").want(http.StatusConflict)
	if again.form().values.Get("body") != "another" || again.form().values.Get("token") == s.values.Get("token") {
		t.Errorf("the words are lost: %s", again.body)
	}
	if !strings.Contains(again.body, static.Text("en", "fault.posted")) || strings.Contains(again.body, ">key ") {
		t.Errorf("what is wrong is told to programs: %s", again.body)
	}
	w.follow(w.submit(again.form()))
	if w.visible() != 2 {
		t.Errorf("%d comments", w.visible())
	}
}

func TestPreviewKeepsTheFormAndStoresNothing(t *testing.T) {
	t.Parallel()
	w := start(t)
	s := w.open(formPath)
	a := w.submit(s, "name", "Ann", "website", "https://ann.example/", "body", "*a*\n\n<b>", "do", "preview").want(http.StatusOK)
	if !strings.Contains(a.body, "<em>a</em>") || w.visible() != 0 {
		t.Errorf("%d comments, %s", w.visible(), a.body)
	}
	got := a.form().values
	for name, want := range map[string]string{"name": "Ann", "website": "https://ann.example/", "body": "*a*\n\n<b>", "token": s.values.Get("token")} {
		if got.Get(name) != want {
			t.Errorf("%s is now %q, was %q", name, got.Get(name), want)
		}
	}
	w.follow(w.submit(a.form(), "do", "post"))
	if w.visible() != 1 {
		t.Errorf("%d comments", w.visible())
	}
}

func TestMistakeIsNamedAndNothingTypedIsLost(t *testing.T) {
	t.Parallel()
	w := start(t)
	for name, c := range map[string]struct {
		changes []string
		says    string
	}{
		"no words":          {[]string{"body", " "}, "is empty"},
		"no words, preview": {[]string{"body", " ", "do", "preview"}, "is empty"},
		"too many":          {[]string{"body", strings.Repeat("ü", comments.MaxBody+1)}, "at most 10000"},
		"bad website":       {[]string{"body", "a", "website", "ftp://ann.example"}, "http:// or https://"},
		"bad name":          {[]string{"body", "a", "name", strings.Repeat("n", 81)}, "at most 80"},
		"long secret":       {[]string{"body", "a", "name", "Ann#" + strings.Repeat("s", 201)}, "at most 200"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := w.open(formPath)
			s.values.Set("name", "Ann")
			a := w.submit(s, c.changes...).want(http.StatusBadRequest)
			if !strings.Contains(a.words(), c.says) {
				t.Errorf("the page does not say %q: %s", c.says, a.words())
			}
			again := a.form().values
			for _, field := range []string{"name", "website", "body", "token"} {
				if diff := cmp.Diff(s.values.Get(field), again.Get(field)); diff != "" {
					t.Errorf("%s: %s", field, diff)
				}
			}
		})
	}
}

func TestFormThatLayOpenTooLongComesBackFresh(t *testing.T) {
	t.Parallel()
	w := start(t)
	s := w.open(formPath)
	w.clock.advance(25 * time.Hour)
	a := w.submit(s, "name", "Ann", "body", "My words.").want(http.StatusBadRequest)
	fresh := a.form()
	if fresh.values.Get("body") != "My words." || fresh.values.Get("name") != "Ann" || fresh.values.Get("token") == s.values.Get("token") {
		t.Errorf("form %v", fresh.values)
	}
	w.follow(w.submit(fresh))
	if w.visible() != 1 {
		t.Errorf("%d comments", w.visible())
	}
}

func TestFormThatIsNotOursIsRefused(t *testing.T) {
	t.Parallel()
	w := start(t)
	s := w.open(formPath)
	for _, token := range []string{"", "nonsense", s.values.Get("token") + "A"} {
		w.submit(s, "token", token, "body", "a").want(http.StatusBadRequest)
	}
	body := url.Values{"body": {"a"}}.Encode()
	w.send(http.MethodPost, "/comment", body, "Content-Type", "application/x-www-form-urlencoded").want(http.StatusBadRequest)
	w.send(http.MethodPost, "/comment", body, "Content-Type", "text/plain").want(http.StatusUnsupportedMediaType)
	w.send(http.MethodPost, "/comment", "a=%zz", "Content-Type", "application/x-www-form-urlencoded").want(http.StatusBadRequest)
	w.send(http.MethodPost, "/comment", strings.Repeat("a", maxForm+1), "Content-Type", "application/x-www-form-urlencoded").want(http.StatusRequestEntityTooLarge)
	if w.visible() != 0 {
		t.Errorf("%d comments", w.visible())
	}
}

func TestLongestCommentFitsIntoAFormInEveryScript(t *testing.T) {
	t.Parallel()
	w := start(t)
	w.follow(w.submit(w.open(formPath), "body", strings.Repeat("😀", comments.MaxBody)))
}

func TestAnswerQuotesWhatItAnswers(t *testing.T) {
	t.Parallel()
	w := start(t)
	parent := w.comment("body", "It is *so* & no <other>.\n\n"+strings.Repeat("long ", 100), "name", "")
	a := w.send(http.MethodGet, formPath+"&parent="+parent.ID, "").want(http.StatusOK)
	if words := a.words(); !strings.Contains(words, "It is so & no <other>. long long") || !strings.Contains(words, "…") || !strings.Contains(words, "Anonymous") {
		t.Errorf("page: %s", words)
	}
	reply := w.follow(w.submit(a.form(), "body", "Right."))
	if w.visible() != 2 {
		t.Fatalf("%d comments: %s", w.visible(), reply.body)
	}
	for _, bad := range []string{"nonsense", "0190a000-0000-7000-8000-000000000000"} {
		page := w.send(http.MethodGet, formPath+"&parent="+bad, "").want(http.StatusBadRequest)
		if !strings.Contains(page.body, `href="https://blog.example/post"`) {
			t.Errorf("no way back: %s", page.body)
		}
	}
	w.send(http.MethodGet, "/comment?site=blog.example&page=/other&parent="+parent.ID, "").want(http.StatusBadRequest)
}

func TestAnswerToWhatIsGoneMeanwhileKeepsItsWords(t *testing.T) {
	t.Parallel()
	w := start(t)
	parent := w.comment()
	s := w.open(formPath + "&parent=" + parent.ID)
	w.bearer(http.MethodDelete, parent, parent.EditKey, "").want(http.StatusNoContent)
	a := w.submit(s, "body", "Right.").want(http.StatusBadRequest)
	if a.form().values.Get("body") != "Right." {
		t.Fatalf("the words are lost: %s", a.body)
	}
	w.follow(w.submit(a.form()))
	if w.visible() != 1 {
		t.Errorf("%d comments", w.visible())
	}
}

func TestFormIsNotOfferedWhereItCannotBePosted(t *testing.T) {
	t.Parallel()
	w := start(t)
	for query, status := range map[string]int{
		"site=closed.example&page=/": 403, "site=unknown.example&page=/": 404, "page=/": 400, "site=blog.example": 400, "site=blog.example&page=https://other.example/": 400,
	} {
		if a := w.send(http.MethodGet, "/comment?"+query, "").want(status); len(a.sheets()) != 0 {
			t.Errorf("%s: a form", query)
		}
	}
}

func TestFailureOfOursCostsNoWords(t *testing.T) {
	t.Parallel()
	w := limited(t)
	s := w.open(formPath)
	w.store.fail(&comments.Error{Kind: comments.Unavailable, Text: "Come back."})
	a := w.submit(s, "body", "My words.").want(http.StatusServiceUnavailable)
	if a.form().values.Get("body") != "My words." || a.header.Get("Retry-After") == "" || !strings.Contains(a.words(), "The service is busy. Nothing is lost: post it again in a moment.") {
		t.Errorf("%v %s", a.header, a.body)
	}
	w.store.fail(errors.New("secret inside"))
	a = w.submit(s, "body", "My words.").want(http.StatusInternalServerError)
	if a.form().values.Get("body") != "My words." || strings.Contains(a.body, "secret inside") || !strings.Contains(w.log.String(), "secret inside") {
		t.Errorf("%s\n%s", a.body, w.log)
	}
	w.store.mend()
	a = w.submit(s, "body", "My words.").want(http.StatusTooManyRequests)
	if a.form().values.Get("body") != "My words." || a.header.Get("Retry-After") != "3600" {
		t.Errorf("%v %s", a.header, a.body)
	}
}

func TestAuthorEditsAndDeletesWithoutJavaScript(t *testing.T) {
	t.Parallel()
	w := start(t)
	done := w.submit(w.open(formPath), "body", "First.").header.Get("Location")
	edit := w.open(strings.Replace(done, "/done", "/edit", 1))
	if got := edit.values.Get("body"); got != "First." {
		t.Fatalf("to edit: %q", got)
	}
	preview := w.submit(edit, "body", "*Second.*", "do", "preview").want(http.StatusOK)
	if !strings.Contains(preview.body, "<em>Second.</em>") || preview.form().values.Get("body") != "*Second.*" {
		t.Errorf("preview: %s", preview.body)
	}
	for _, do := range []string{"preview", "post"} {
		wrong := w.submit(edit, "body", " \n", "do", do).want(http.StatusBadRequest)
		if !strings.Contains(wrong.words(), "is empty") {
			t.Errorf("%s: %s", do, wrong.words())
		}
	}
	saved := w.follow(w.submit(edit, "body", "*Second.*", "do", "post"))
	if !strings.Contains(saved.body, "<em>Second.</em>") || !strings.Contains(saved.words(), "changed") {
		t.Errorf("saved: %s", saved.body)
	}
	w.clock.advance(time.Hour)
	late := w.submit(edit, "body", "Third.", "do", "post").want(http.StatusForbidden)
	removal := late.sheets()
	gone := w.follow(w.submit(removal[len(removal)-1]))
	if !strings.Contains(gone.words(), "deleted") || strings.Contains(gone.body, "Second") || w.visible() != 0 {
		t.Errorf("%d comments, %s", w.visible(), gone.body)
	}
	w.send(http.MethodGet, strings.Replace(done, "/done", "/edit", 1), "").want(http.StatusNotFound)
	w.submit(edit, "body", "Back.", "do", "post").want(http.StatusNotFound)
}

func TestPagesOfACommentOpenToItsKeyOnly(t *testing.T) {
	t.Parallel()
	w := start(t)
	mine, theirs := w.comment(), w.comment()
	for _, key := range []string{"", "nonsense", theirs.EditKey} {
		query := "?key=" + url.QueryEscape(key)
		w.send(http.MethodGet, "/comment/"+mine.ID+"/done"+query, "").want(http.StatusForbidden)
		w.send(http.MethodGet, "/comment/"+mine.ID+"/edit"+query, "").want(http.StatusForbidden)
		for _, leaf := range []string{"edit", "delete"} {
			w.submit(sheet{"/comment/" + mine.ID + "/" + leaf, url.Values{}}, "key", key, "body", "Mine.").want(http.StatusForbidden)
		}
	}
	if w.visible() != 2 {
		t.Errorf("%d comments", w.visible())
	}
	held := w.comment("site", "held.example")
	if a := w.send(http.MethodGet, "/comment/"+held.ID+"/done?key="+held.EditKey, "").want(http.StatusOK); !strings.Contains(a.words(), "awaits approval") {
		t.Errorf("held: %s", a.words())
	}
	w.submit(sheet{"/comment/" + mine.ID + "/delete?key=" + mine.EditKey, url.Values{"a": {"b"}}}).want(http.StatusSeeOther)
}

func TestPlainTextIsShortAndWithoutMarkup(t *testing.T) {
	t.Parallel()
	for source, want := range map[comments.HTML]string{
		"<p>a &amp; <em>b</em></p><p>c<br/>d</p>":                  "a & b c d",
		"<p>äöü" + comments.HTML(strings.Repeat("ä", 20)) + "</p>": "äöüäääääää…",
		"":          "",
		"<p>broken": "",
	} {
		if got := source.Excerpt(10); got != want {
			t.Errorf("%s: %q, want %q", source, got, want)
		}
	}
}

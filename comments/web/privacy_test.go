package web

import (
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"postil/comments"
)

// traces are what a reader leaves with each request; they occur nowhere else.
var traces = map[string]string{
	"X-Forwarded-For": "198.51.100.231",
	"User-Agent":      "SentinelBrowser/77.1",
	"Referer":         "https://sentinel-referrer.example/where-i-was",
	"Cookie":          "sentinel-cookie=monster",
	"Forwarded":       "for=198.51.100.232",
}

const (
	traceEmail  = "sentinel-mail@reader.example"
	traceSecret = "sentinel-secret-of-a-name"
)

// tour requests every route of the public table, well and badly, and every
// address outside it, and returns all answers.
func (w *world) tour(fields ...string) []answer {
	w.t.Helper()
	for name, value := range traces {
		fields = append(fields, name, value)
	}
	fields = append(fields, "Content-Type", "application/json")
	var all []answer
	ask := func(method, path, body string, more ...string) answer {
		w.t.Helper()
		a := w.send(method, path, body, append(more, fields...)...)
		all = append(all, a)
		return a
	}
	good := encode(w.t, draft("email", traceEmail, "name", "Ann#"+traceSecret))
	c := decode[created](ask(http.MethodPost, "/api/v1/comments", good))
	for _, body := range []string{encode(w.t, draft("email", traceEmail, "body", "")), encode(w.t, draft("email", traceEmail+"@")), "{" + traceEmail, ""} {
		ask(http.MethodPost, "/api/v1/comments", body)
	}
	s := w.open(formPath)
	s.values.Set("email", traceEmail)
	s.values.Set("name", "Ann#"+traceSecret)
	s.values.Set("body", "Words.")
	form := append([]string{"Content-Type", "application/x-www-form-urlencoded"}, fields[:len(fields)-2]...)
	posted := w.send(http.MethodPost, "/comment", s.values.Encode(), form...)
	all = append(all, posted, w.send(http.MethodGet, posted.header.Get("Location"), "", form...))
	filled := strings.NewReplacer("{id}", c.ID, "{site}", "blog.example", "{token}", "AAAAAAAAAAAAAAAAAAAAAA", "/*", "/blog.example/post/feed.xml")
	key := url.Values{"key": {c.EditKey}, "email": {traceEmail}}.Encode()
	methods := []string{http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPatch, http.MethodPut, http.MethodOptions, "BREW", http.MethodDelete}
	for _, method := range methods {
		for _, rt := range w.table() {
			path := filled.Replace(rt.pattern)
			ask(method, path+"?"+key, `{"body":"Better."}`, "Authorization", "Bearer "+c.EditKey)
			ask(method, path, "")
		}
		ask(method, "/nothing/here?"+key, "")
	}
	return all
}

// table is the route table as it is served.
func (w *world) table() []route {
	return (&server{Config: Config{Demo: &Demo{}}}).publicRoutes()
}

func TestNoTraceOfAReaderIsKeptOrSentBack(t *testing.T) {
	t.Parallel()
	w := start(t, demonstrating)
	w.files.put(feedPath, feedFile())
	answers := w.tour()
	w.store.fail(&comments.Error{Kind: comments.Unavailable, Text: "Later."})
	answers = append(answers, w.post("/api/v1/comments", draft("email", traceEmail)), w.sendTo(w.ops, http.MethodGet, "/metrics", ""))
	sentinels := []string{traceEmail, traceSecret, "198.51.100", "SentinelBrowser", "sentinel-referrer", "sentinel-cookie"}
	for _, sentinel := range sentinels {
		if strings.Contains(w.log.String(), sentinel) {
			t.Errorf("%s is in the log", sentinel)
		}
		for _, a := range answers {
			if strings.Contains(a.body, sentinel) || strings.Contains(strings.Join(headerLines(a.header), "\n"), sentinel) {
				t.Errorf("%s is in an answer: %d %v %s", sentinel, a.status, a.header, a.body)
			}
		}
	}
	for _, private := range []string{"127.0.0.1", "Better.", "key=", "Words."} {
		for line := range strings.Lines(w.log.String()) {
			if strings.Contains(line, private) {
				t.Errorf("%q is in the log: %s", private, line)
			}
		}
	}
	if !strings.Contains(w.log.String(), `route="/api/v1/comments/{id}"`) && !strings.Contains(w.log.String(), "route=/api/v1/comments/{id}") {
		t.Errorf("the log has no routes: %.500s", w.log)
	}
	grep(t, w.dir, sentinels)
}

func headerLines(h http.Header) []string {
	var lines []string
	for name, values := range h {
		lines = append(lines, name+": "+strings.Join(values, ","))
	}
	return lines
}

// grep fails when a file below dir holds one of the words.
func grep(t *testing.T, dir string, words []string) {
	t.Helper()
	files := 0
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		files++
		content, err := os.ReadFile(path)
		for _, word := range words {
			if strings.Contains(string(content), word) {
				t.Errorf("%s holds %s", d.Name(), word)
			}
		}
		return err
	})
	if err != nil || files == 0 {
		t.Errorf("searched %d files: %v", files, err)
	}
}

func TestNoAnswerSetsACookie(t *testing.T) {
	t.Parallel()
	w := start(t, demonstrating)
	w.files.put(feedPath, feedFile())
	for _, a := range w.tour("Origin", "https://blog.example") {
		if a.header["Set-Cookie"] != nil || a.header["Set-Cookie2"] != nil {
			t.Errorf("%d %v", a.status, a.header)
		}
	}
}

func TestEveryAnswerForbidsGuessingItsType(t *testing.T) {
	t.Parallel()
	w := start(t, demonstrating)
	w.files.put(feedPath, feedFile())
	for _, a := range w.tour() {
		if a.header.Get("X-Content-Type-Options") != "nosniff" || a.header.Get("Referrer-Policy") != "no-referrer" {
			t.Errorf("%d %v", a.status, a.header)
		}
		if html := strings.HasPrefix(a.header.Get("Content-Type"), "text/html"); html && a.header.Get("Content-Security-Policy") == "" {
			t.Errorf("a page without policy: %v", a.header)
		}
	}
}

func TestAccessLogHasOneLineForEachRequest(t *testing.T) {
	t.Parallel()
	w := shelved(t)
	w.send(http.MethodGet, feedPath, "")
	w.send(http.MethodGet, feedPath, "", "If-None-Match", "*")
	w.post("/api/v1/preview", members{"body": "a"})
	w.send("BREW", "/secret-place?secret=1", "")
	wait(t, "four lines in the log", func() bool { return strings.Count(w.log.String(), "msg=request ") == 4 })
	for _, want := range []string{
		"method=GET route=/feeds/* status=200 bytes=19 duration=", "method=GET route=/feeds/* status=304 bytes=0 ",
		"method=POST route=/api/v1/preview status=200 ", "method=other route=none status=405 ", " request=",
	} {
		if !strings.Contains(w.log.String(), want) {
			t.Errorf("%q is not in the log: %s", want, w.log)
		}
	}
	if strings.Contains(w.log.String(), "secret") || strings.Contains(w.log.String(), "blog.example") {
		t.Errorf("the log names addresses: %s", w.log)
	}
}

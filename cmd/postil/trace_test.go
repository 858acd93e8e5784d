package main

import (
	"bytes"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"postil/comments/storetest"
)

// sentinels are what a reader's browser tells without being asked, and an
// e-mail, in values that occur nowhere else.
var sentinels = map[string]string{
	"X-Forwarded-For": "203.0.113.77",
	"User-Agent":      "SentinelAgent/7.7",
	"Referer":         "https://sentinel-referrer.example/secret",
	"Forwarded":       "for=198.51.100.77",
	"X-Real-IP":       "192.0.2.177",
}

// What people gave for a purpose, and what must not be seen beside it.
const (
	sentinelEmail     = "sentinel.reader@mail.example"
	sentinelModerator = "sentinel.moderator@mail.example"
	sentinelSecret    = "sentinel-name-secret-55" // of a signed name
	sentinelPassword  = "sentinel-password-9911"  // of the moderator
	sentinelSMTP      = "sentinel-smtp-password-73"
)

// TestNoTraceOfReaders is promise 2: sentinels go through every endpoint of
// the real program, and then nothing it wrote holds any of them.
func TestNoTraceOfReaders(t *testing.T) {
	t.Parallel()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		searchTraces(t)
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		dsn := storetest.Postgres(t)
		searchTraces(t, "--database", dsn)
		dump, err := exec.Command("pg_dump", "--inserts", dsn).Output()
		if err != nil {
			t.Fatalf("pg_dump: %v", err)
		}
		if !bytes.Contains(dump, []byte("seen by everyone")) {
			t.Fatal("the dump does not hold the comment: the search proves nothing")
		}
		mustNotHold(t, "database dump", dump)
	})
}

func searchTraces(t *testing.T, database ...string) {
	data := t.TempDir()
	where := append([]string{"--data", data}, database...)
	sink := newMailSink(t, sentinelSMTP)
	out, err := runProgram(t, sentinelPassword+"\n", append([]string{"admin", "password", "ann", "--email", sentinelModerator}, where...)...)
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	p := serveProgram(t, append([]string{"--site", "https://blog.example", "--access-log", "--trusted-proxy", "127.0.0.0/8", "--rate", "6/1m",
		"--smtp", sink.url("user@"), "--smtp-password-file", passwordFile(t, sentinelSMTP), "--mail-from", "comments@blog.example"}, where...)...)
	for range 2 { // the second round meets rate limits and repeated keys
		visitEverything(t, p)
	}
	sink.await(t, sentinelEmail, 1)
	out += commandsSay(t, where)
	if code := p.stop(t); code != 0 {
		t.Errorf("serve ended with %d", code)
	}
	out += p.stdout.String() + p.stderr.String()
	for _, proof := range []string{"/api/v1/comments", "/admin/*", "seen by everyone"} {
		if !strings.Contains(out, proof) {
			t.Errorf("nothing tells of %s: the search proves nothing\n%s", proof, out)
		}
	}
	mustNotHold(t, "log", []byte(out))
	searchFiles(t, data)
	opensOnlyWithItsKey(t, data, database)
}

func searchFiles(t *testing.T, data string) {
	t.Helper()
	files := 0
	err := filepath.WalkDir(data, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		files++
		text, err := os.ReadFile(name)
		mustNotHold(t, name, text)
		return err
	})
	if err != nil || files < 5 {
		t.Errorf("searched %d files: %v", files, err)
	}
}

func mustNotHold(t *testing.T, where string, text []byte) {
	t.Helper()
	for header, value := range sentinels {
		if bytes.Contains(text, []byte(value)) {
			t.Errorf("%s holds the sentinel of %s", where, header)
		}
	}
	for _, secret := range []string{"sentinel.reader", "sentinel.moderator", sentinelSecret, sentinelPassword, sentinelSMTP} {
		if bytes.Contains(text, []byte(secret)) {
			t.Errorf("%s holds %s", where, secret)
		}
	}
}

var tokenField = regexp.MustCompile(`name="token"\s+value="([^"]+)"|value="([^"]+)"\s+name="token"`)

// visitEverything sends the sentinels to every address, right and wrong.
func visitEverything(t *testing.T, p *process) {
	t.Helper()
	const json, form = "application/json", "application/x-www-form-urlencoded"
	comment := `{"site":"blog.example","page":"/post","name":"Ann#` + sentinelSecret + `","email":"` + sentinelEmail + `","notify":true,"body":"seen by everyone","key":"0123456789abcdef-1"}`
	_, a, err := call(http.MethodPost, p.base+"/api/v1/comments", comment, sentinelHeaders()...)
	if err != nil {
		t.Fatal(err)
	}
	if a.ID == "" {
		t.Fatalf("the post was refused: %+v", a)
	}
	one, bearer := p.base+"/api/v1/comments/"+a.ID, []string{"Authorization", "Bearer " + a.EditKey}
	visit(t, "POST", p.base+"/api/v1/comments", json, strings.ReplaceAll(comment, "/post", "/other"))
	visit(t, "POST", p.base+"/api/v1/comments", json, `{"site":"`+sentinelEmail+`","email":"`+sentinelEmail+`"`)
	visit(t, "POST", p.base+"/api/v1/preview", json, `{"body":"x"}`)
	visit(t, "PATCH", one, json, `{"body":"seen by everyone, edited"}`, bearer...)
	visit(t, "PATCH", one, json, `{"body":1}`, bearer...)
	for _, path := range []string{"/api/v1/counts?site=blog.example&page=/post", "/feeds/blog.example/post/feed.xml",
		"/feeds/blog.example/post/thread.html", "/feeds/blog.example/post/thread.json", "/feeds/blog.example/none/feed.xml",
		"/sites/blog.example/latest.xml", "/sites/blog.example/latest.json", "/sites/blog.example/counts.json",
		"/postil.js", "/postil.css", "/openapi.json", "/", "/nowhere", "/demo/", "/livez", "/readyz"} {
		visit(t, "GET", p.base+path, "", "")
	}
	for _, path := range []string{"/livez", "/readyz", "/metrics"} {
		mustNotHold(t, path, []byte(visit(t, "GET", p.ops+path, "", "")))
	}
	page := visit(t, "GET", p.base+"/comment?site=blog.example&page=/post", "", "")
	token := ""
	if m := tokenField.FindStringSubmatch(page); m != nil {
		token = m[1] + m[2]
	}
	if token == "" {
		t.Fatalf("the form has no token:\n%s", page)
	}
	fields := url.Values{"token": {token}, "name": {"Bob#" + sentinelSecret}, "email": {sentinelEmail}, "notify": {"on"}, "body": {"seen by everyone, by form"}, "do": {"post"}}
	visit(t, "POST", p.base+"/comment", form, fields.Encode())
	fields.Set("do", "preview")
	visit(t, "POST", p.base+"/comment", form, fields.Encode())
	for _, path := range []string{"/done", "/edit"} {
		visit(t, "GET", p.base+"/comment/"+a.ID+path+"?key="+a.EditKey, "", "")
	}
	visit(t, "POST", p.base+"/comment/"+a.ID+"/edit", form, url.Values{"key": {a.EditKey}, "body": {"seen by everyone again"}}.Encode())
	visit(t, "POST", p.base+"/comment/"+a.ID+"/delete", form, url.Values{"key": {"wrong"}}.Encode())
	visit(t, "DELETE", one, "", "", "Authorization", "Bearer wrong")
	visitModeration(t, p, a.ID)
}

func sentinelHeaders() []string {
	var list []string
	for name, value := range sentinels {
		list = append(list, name, value)
	}
	return list
}

// visit sends one request with all sentinels and checks that no answer sets
// a cookie. It returns the answer's body.
func visit(t *testing.T, method, url, contentType, body string, header ...string) string {
	t.Helper()
	req, err := http.NewRequest(method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	for header = append(header, sentinelHeaders()...); len(header) > 1; header = header[2:] {
		req.Header.Set(header[0], header[1])
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if len(resp.Cookies()) > 0 {
		t.Errorf("%s %s sets a cookie", method, url)
	}
	var answer bytes.Buffer
	if _, err := answer.ReadFrom(resp.Body); err != nil {
		t.Fatal(err)
	}
	return answer.String()
}

package admin

import (
	"bytes"
	"context"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"postil/comments"
)

// answer is a response, read to its end.
type answer struct {
	testing.TB
	status int
	header http.Header
	body   string
}

// as sends a request as a moderator; with a form it is a POST as a browser
// would send it from our own page.
func (w *world) as(name, path string, form url.Values) answer {
	w.Helper()
	return w.send(w.request(name, path, form))
}

func (w *world) request(name, path string, form url.Values) *http.Request {
	w.Helper()
	method, body := http.MethodGet, io.Reader(nil)
	if form != nil {
		method, body = http.MethodPost, strings.NewReader(form.Encode())
	}
	r, err := http.NewRequestWithContext(w.Context(), method, w.url+path, body)
	w.must(err)
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Origin", w.url)
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	if name != "" {
		r.SetBasicAuth(name, password)
	}
	return r
}

func (w *world) send(r *http.Request) answer {
	w.Helper()
	res, err := http.DefaultTransport.RoundTrip(r)
	w.must(err)
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	w.must(err)
	if res.Header.Get("Set-Cookie") != "" {
		w.Errorf("%s sets a cookie", r.URL.Path)
	}
	return answer{w, res.StatusCode, res.Header, string(body)}
}

// want checks a status.
func (a answer) want(status int) answer {
	a.Helper()
	if a.status != status {
		a.Fatalf("status %d, want %d: %s", a.status, status, a.body)
	}
	return a
}

// has checks that a page holds texts.
func (a answer) has(texts ...string) answer {
	a.Helper()
	for _, text := range texts {
		if !strings.Contains(a.body, text) && !strings.Contains(html.UnescapeString(a.body), text) {
			a.Errorf("the page lacks %q:\n%s", text, a.body)
		}
	}
	return a
}

func (a answer) lacks(texts ...string) answer {
	a.Helper()
	for _, text := range texts {
		if strings.Contains(a.body, text) {
			a.Errorf("the page has %q:\n%s", text, a.body)
		}
	}
	return a
}

// next follows a redirect.
func (w *world) next(name string, a answer) answer {
	w.Helper()
	return w.as(name, a.want(http.StatusSeeOther).header.Get("Location"), nil)
}

// fields builds a form: names and values in turn.
func fields(values ...string) url.Values {
	form := url.Values{}
	for i := 0; i < len(values); i += 2 {
		form.Add(values[i], values[i+1])
	}
	return form
}

// logbook is everything that was logged.
type logbook struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *logbook) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(b)
}

func (l *logbook) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

func refOf(c comments.Comment) string { return fmt.Sprintf("%s/%s", c.Site, c.ID) }

// compare returns what differs.
func compare(before, after any) string {
	return cmp.Diff(before, after, cmp.Exporter(func(reflect.Type) bool { return true }))
}

type ctx = context.Context

func unescape(s string) string { return html.UnescapeString(s) }

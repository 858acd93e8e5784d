package notify_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"testing"

	"postil/comments"
)

// call is one that a server got.
type call struct {
	header http.Header
	body   string
}

// hook is a server for webhooks or a hub that keeps what it gets.
type hook struct {
	*httptest.Server
	mu     sync.Mutex
	calls  []call
	answer http.HandlerFunc // after the call is kept; nil: 200
}

func newHook(t testing.TB) *hook {
	h := &hook{}
	h.Server = httptest.NewServer(http.HandlerFunc(h.serve))
	t.Cleanup(h.Close)
	return h
}

func (h *hook) serve(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	h.mu.Lock()
	h.calls = append(h.calls, call{r.Header.Clone(), string(body)})
	answer := h.answer
	h.mu.Unlock()
	if answer != nil {
		answer(w, r)
	}
}

func (h *hook) answers(f http.HandlerFunc) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.answer = f
}

// got returns all calls so far.
func (h *hook) got() []call {
	h.mu.Lock()
	defer h.mu.Unlock()
	return append([]call(nil), h.calls...)
}

func (h *hook) hosted(t testing.TB) string {
	u, err := url.Parse(h.URL)
	must(t, err)
	return u.Hostname()
}

// hooked makes the site call hooks.
func (w *world) hooked(hooks ...*hook) {
	w.Helper()
	w.settings(func(s *comments.Settings) {
		s.Webhooks, s.Allow = nil, nil
		for _, h := range hooks {
			s.Webhooks, s.Allow = append(s.Webhooks, h.URL+"/hook?token=s3cret"), append(s.Allow, h.hosted(w))
		}
	})
}

func status(code int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }
}

func redirectTo(address string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, address, http.StatusTemporaryRedirect)
	}
}

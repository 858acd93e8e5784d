package static_test

import (
	"bytes"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"postil/static"
	"postil/static/browser"
)

// shelf serves every page of the readers by its name, with the sheet.
func shelf(t *testing.T) *httptest.Server {
	t.Helper()
	pages := static.Pages()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var body bytes.Buffer
		switch render, ok := pages[strings.TrimPrefix(r.URL.Path, "/")]; {
		case ok && render(&body) == nil:
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			_, _ = body.WriteTo(w)
		case r.URL.Path == "/postil.css":
			w.Header().Set("Content-Type", "text/css")
			_, _ = w.Write(static.Hashed("postil.css").File.Body)
		default:
			w.WriteHeader(http.StatusNoContent)
		}
	}))
	t.Cleanup(server.Close)
	return server
}

// The pages that work without script: thread, form, done, edit, follow,
// privacy, problem.
func TestPagesOfReadersAreAccessible(t *testing.T) {
	t.Parallel()
	server := shelf(t)
	names := slices.DeleteFunc(slices.Sorted(maps.Keys(static.Pages())), func(name string) bool { return name == "demo" }) // has the script
	for _, scheme := range []string{"light", "dark", "forced"} {
		for some := range slices.Chunk(names, 8) { // a tab has a minute
			t.Run(scheme+" "+some[0], func(t *testing.T) {
				t.Parallel()
				b := browser.NewTab(t)
				b.Colours(scheme)
				for _, name := range some {
					b.Open(server.URL + "/" + url.PathEscape(name))
					b.Wait(`getComputedStyle(document.documentElement).fontSize`, "17px") // the sheet is there
					b.Accessible(name)
				}
				b.Eval(`(document.documentElement.lang = '', 0)`)
				if found := b.Inaccessible("a broken page"); !strings.Contains(found, "html-has-lang") {
					t.Errorf("axe finds nothing wrong with a broken page: %q", found)
				}
			})
		}
	}
}

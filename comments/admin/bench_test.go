package admin

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"postil/comments"
)

const flooded = 100_000

// limit is what a page of the queue may cost the server while 100,000 comments
// are held.
const limit = 50 * time.Millisecond

// BenchmarkQueue measures GET /admin/queue, from the handler's first line to
// its last byte, while 100,000 comments are held.
func BenchmarkQueue(b *testing.B) {
	for name, open := range map[string]func(testing.TB, ...func(*Config)) *world{"sqlite": start, "postgres": startPostgres} {
		b.Run(name, func(b *testing.B) {
			w := open(b)
			w.flood("blog.example", flooded)
			w.serve("/admin/queue") // the password is known from here on
			for b.Loop() {
				w.serve("/admin/queue")
			}
			if each := b.Elapsed() / time.Duration(b.N); each > limit {
				b.Errorf("a page takes %v, more than %v", each, limit)
			}
		})
	}
}

func (w *world) serve(path string) {
	w.Helper()
	r := httptest.NewRequestWithContext(w.Context(), http.MethodGet, path, nil)
	r.SetBasicAuth("ann", password)
	res := httptest.NewRecorder()
	w.handler.ServeHTTP(res, r)
	if res.Code != http.StatusOK {
		w.Fatalf("%s answers %d", path, res.Code)
	}
}

// BenchmarkDecide measures a decision about 1,000 selected comments, from the
// form to the redirect.
func BenchmarkDecide(b *testing.B) {
	for name, open := range map[string]func(testing.TB, ...func(*Config)) *world{"sqlite": start, "postgres": startPostgres} {
		b.Run(name, func(b *testing.B) {
			w := open(b)
			w.flood("blog.example", maxSelected)
			form := fields("do", "spam")
			for _, c := range w.newest("blog.example", maxSelected) {
				form.Add("id", refOf(c))
			}
			to := map[string]string{"spam": "hold", "hold": "spam"}
			for b.Loop() {
				w.as("ann", "/admin/decide", form).want(http.StatusSeeOther)
				form.Set("do", to[form.Get("do")])
			}
			if got := w.newest("blog.example", 1)[0]; got.By != "ann" || got.Status == comments.Published {
				b.Errorf("the newest is %s by %q", got.Status, got.By)
			}
		})
	}
}

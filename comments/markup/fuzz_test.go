package markup_test

import (
	"testing"

	"postil/comments"
	"postil/comments/markup"
)

// FuzzRender renders any text as both languages: what comes out keeps every
// promise, and comes out the same when it goes in again.
func FuzzRender(f *testing.F) {
	for _, g := range append(markdownCases(), htmlCases()...) {
		f.Add(g.source, false)
		f.Add(g.source, true)
	}
	r := markup.New()
	f.Fuzz(func(t *testing.T, source string, imported bool) {
		kind := comments.Markdown
		if imported {
			kind = comments.SourceHTML
		}
		out, err := r.Render(source, kind)
		if err != nil {
			if comments.KindOf(err) != comments.Invalid {
				t.Fatalf("Render(%q, %s): %v", source, kind, err)
			}
			return
		}
		assertPromises(t, r, string(out))
	})
}

func assertPromises(t *testing.T, r *markup.Renderer, out string) {
	t.Helper()
	if err := check(out); err != nil {
		t.Errorf("%v in %q", err, out)
	}
	if len(out) > 64<<10 { // more than goes in
		return
	}
	if again, err := r.Render(out, comments.SourceHTML); err != nil || string(again) != out {
		t.Errorf("rendered again:\n%q, %v\nat first:\n%q", again, err, out)
	}
}

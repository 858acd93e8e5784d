package admin

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"postil/static/browser"
)

func TestEveryPageIsAccessible(t *testing.T) {
	t.Parallel()
	s := newScene(start(t, func(c *Config) { c.Explain = words }))
	pages := s.pages()
	delete(pages, "feed") // an Atom document has no page's roles
	names := slices.Sorted(maps.Keys(pages))
	for _, scheme := range []string{"light", "dark"} {
		for some := range slices.Chunk(names, 6) { // a tab has a minute
			t.Run(scheme+" "+some[0], func(t *testing.T) {
				t.Parallel()
				b := browser.NewTab(t, "404 (Not Found)")
				b.Do(chromedp.EmulateViewport(1280, 800))
				b.Colours(scheme)
				signIn(b, "root")
				for _, name := range some {
					b.Open(s.url + pages[name])
					if name == "queue" {
						b.Eval(`document.querySelector('#keys').showModal()`)
						b.Accessible("keys")
						b.Eval(`(document.querySelector('#keys').close(), document.querySelector('input[name=id]').click())`)
					}
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

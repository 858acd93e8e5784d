package admin

import (
	"encoding/json"
	"errors"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/chromedp"

	"postil/static/browser"
)

// axe returns the checker of accessibility that Deque publishes as axe-core,
// installed once by
//
//	npm --prefix static/admin install
//
// Where it is not installed, CI has npm fetch it and others do without.
var axe = sync.OnceValues(func() (string, error) {
	const folder, file = "../../static/admin", "node_modules/axe-core/axe.min.js"
	source, err := os.ReadFile(filepath.Join(folder, file))
	if !errors.Is(err, fs.ErrNotExist) || os.Getenv("CI") == "" {
		return string(source), err
	}
	raw, err := os.ReadFile(filepath.Join(folder, "package.json"))
	if err != nil {
		return "", err
	}
	var wanted struct{ DevDependencies map[string]string }
	if err := json.Unmarshal(raw, &wanted); err != nil {
		return "", err
	}
	dir, err := os.MkdirTemp("", "axe")
	if err != nil {
		return "", err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	npm := exec.Command("npm", "install", "--no-save", "--no-audit", "--no-fund", "--prefix", dir, "axe-core@"+wanted.DevDependencies["axe-core"])
	if out, err := npm.CombinedOutput(); err != nil {
		return "", errors.New(string(out))
	}
	source, err = os.ReadFile(filepath.Join(dir, file))
	return string(source), err
})

// accessible checks the page that a tab shows.
func accessible(b *browser.Tab, source, name string) {
	b.Helper()
	if found := inaccessible(b, source, name); found != "" {
		b.Errorf("%s: %s", name, found)
	}
}

// inaccessible returns what is wrong with the page that a tab shows.
func inaccessible(b *browser.Tab, source, name string) string {
	b.Helper()
	b.Eval(`(window.found = undefined, 0)`)
	if _, err := chromedp.Run(b.Context, chromedp.Evaluate[any](source+";0")); err != nil {
		b.Fatal(err)
	}
	b.Eval(`(axe.run().then(r => window.found = r.violations.map(v => v.id + ': ' + v.help + '\n  ' + v.nodes.map(n => n.html + ' ' + n.failureSummary).join('\n  ')).join('\n') + (r.passes.length > 10 ? '' : 'hardly anything was checked')), 0)`)
	b.Until(func() bool { return b.Eval(`typeof window.found`) == "string" }, func() string { return "axe does not come to an end on " + name })
	return b.Eval(`window.found`).(string)
}

func TestEveryPageIsAccessible(t *testing.T) {
	t.Parallel()
	source, err := axe()
	if err != nil {
		if os.Getenv("CI") == "" {
			t.Skip("no axe-core; install it with: npm --prefix static/admin install")
		}
		t.Fatal(err)
	}
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
				colours(b, scheme)
				signIn(b, "root")
				for _, name := range some {
					b.Open(s.url + pages[name])
					if name == "queue" {
						b.Eval(`document.querySelector('#keys').showModal()`)
						accessible(b, source, "keys")
						b.Eval(`(document.querySelector('#keys').close(), document.querySelector('input[name=id]').click())`)
					}
					accessible(b, source, name)
				}
				b.Eval(`(document.documentElement.lang = '', 0)`)
				if found := inaccessible(b, source, "a broken page"); !strings.Contains(found, "html-has-lang") {
					t.Errorf("axe finds nothing wrong with a broken page: %q", found)
				}
			})
		}
	}
}

package browser

import (
	"context"
	"os"
	"path/filepath"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// found makes a text of what axe finds wrong.
const found = `(axe.run().then(r => window.found = r.violations.map(v => v.id + ': ' + v.help + '\n  ' +
	v.nodes.map(n => n.html + ' ' + n.failureSummary).join('\n  ')).join('\n') + (r.passes.length > 10 ? '' : 'hardly anything was checked')), 0)`

// Accessible checks the page that the tab shows with axe-core, the checker of
// accessibility that Deque publishes.
func (b *Tab) Accessible(name string) {
	b.Helper()
	if found := b.Inaccessible(name); found != "" {
		b.Errorf("%s: %s", name, found)
	}
}

// Inaccessible returns what axe finds wrong with the page that the tab shows.
func (b *Tab) Inaccessible(name string) string {
	b.Helper()
	source, err := os.ReadFile(filepath.Join(Package(b.T, "axe-core"), "axe.min.js"))
	if err != nil {
		b.Fatal(err)
	}
	b.Eval(`(window.found = undefined, 0)`)
	if _, err := chromedp.Run(b.Context, chromedp.Evaluate[any](string(source)+";0")); err != nil {
		b.Fatal(err)
	}
	b.Eval(found)
	b.Until(func() bool { return b.Eval(`typeof window.found`) == "string" }, func() string { return "axe does not come to an end on " + name })
	return b.Eval(`window.found`).(string)
}

// Colours has the tab show pages as for people who prefer a colour scheme:
// light, dark, or forced, which is the palette of high contrast.
func (b *Tab) Colours(scheme string) {
	b.Helper()
	features := []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}
	if scheme == "forced" {
		features = []*emulation.MediaFeature{{Name: "forced-colors", Value: "active"}}
	}
	b.Do(chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: features})
		return err
	}))
}

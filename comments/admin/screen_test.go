package admin

import (
	"encoding/base64"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"postil/static/browser"
)

// call sends a command of the DevTools protocol.
func call[P, R any](b *browser.Tab, command cdp.Command[P, R], params P) R {
	b.Helper()
	result, err := chromedp.Call(b.Context, command, params)
	if err != nil {
		b.Fatal(err)
	}
	return result
}

// signIn makes a tab send a moderator's password with every request.
func signIn(b *browser.Tab, name string) {
	b.Helper()
	basic := "Basic " + base64.StdEncoding.EncodeToString([]byte(name+":"+password))
	call(b, network.SetExtraHTTPHeaders, network.SetExtraHTTPHeadersParams{Headers: network.Headers{"Authorization": basic}})
}

func colours(b *browser.Tab, scheme string) {
	b.Helper()
	call(b, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
	})
}

// screenshot writes what the tab shows into the folder that the variable
// POSTIL_SCREENSHOTS names, for people to look at.
func screenshot(b *browser.Tab, name string) {
	b.Helper()
	dir := os.Getenv("POSTIL_SCREENSHOTS")
	if dir == "" {
		return
	}
	size := b.Eval(`[innerWidth, Math.min(document.documentElement.scrollHeight, 2200)]`).([]any)
	beyond := true
	shot := call(b, page.CaptureScreenshot, page.CaptureScreenshotParams{
		CaptureBeyondViewport: &beyond, Clip: &page.Viewport{Width: size[0].(float64), Height: size[1].(float64), Scale: 1},
	})
	if err := os.WriteFile(filepath.Join(dir, name+".png"), shot.Data, 0o644); err != nil {
		b.Fatal(err)
	}
}

func TestPagesFitEveryScreenAndLeaveNoTrace(t *testing.T) {
	t.Parallel()
	s := newScene(start(t, func(c *Config) { c.Explain = words }))
	for _, c := range []struct {
		width  int64
		scheme string
		script bool
	}{
		{360, "light", true}, {360, "dark", true}, {1280, "light", true}, {1280, "dark", true}, {360, "light", false}, {1280, "dark", false},
	} {
		name := fmt.Sprintf("%d-%s", c.width, c.scheme)
		if !c.script {
			name += "-noscript"
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := browser.NewTab(t, "404 (Not Found)")
			b.Do(chromedp.EmulateViewport(c.width, 800))
			call(b, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: !c.script})
			colours(b, c.scheme)
			signIn(b, "root")
			s.look(b, name, c.width)
		})
	}
}

// look opens all pages, in a tab that is so wide.
func (s *scene) look(b *browser.Tab, name string, width int64) {
	b.Helper()
	pages := s.pages()
	for _, page := range slices.Sorted(maps.Keys(pages)) {
		b.Open(s.url + pages[page])
		b.Wait(`document.documentElement.scrollWidth <= innerWidth ? innerWidth : document.documentElement.scrollWidth + ' on `+page+`'`, float64(width))
		b.Wait(`getComputedStyle(document.documentElement).getPropertyValue('--paper') !== ''`, true)
		screenshot(b, page+"-"+name)
		b.LeavesNoTrace()
	}
	b.AsksOnly(s.url, "data:image") // the browser's own, in a field for dates
}

package main

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"html"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/chromedp/cdproto/emulation"
	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"postil/bench/setup"
)

// shot is one view of the blog.
type shot struct {
	theme  string
	page   string
	width  int64 // CSS pixels
	scheme string
}

func (s shot) name() string {
	return fmt.Sprintf("%s%s-%d-%s", s.theme, strings.ReplaceAll(s.page, "/", "-"), s.width, s.scheme)
}

// shots are all views, row by row.
func shots() (all []shot) {
	for _, theme := range names() {
		for _, scheme := range []string{"light", "dark"} {
			for _, width := range []int64{320, 768, 1280} {
				all = append(all, shot{theme, latinPage, width, scheme})
			}
		}
	}
	for _, theme := range []string{"serif", "reset"} {
		for _, width := range []int64{320, 768, 1280} {
			all = append(all, shot{theme, arabicPage, width, "light"})
		}
	}
	return all
}

const (
	highest = 6000             // CSS pixels of a page that are photographed
	within  = 60 * time.Second // for one view
)

// photograph takes all pictures and puts them on one sheet.
func photograph(ctx context.Context, blog, folder string) error {
	ctx, stop, err := setup.Chromium(ctx)
	if err != nil {
		return err
	}
	defer stop()
	var faults []error
	for _, s := range shots() {
		picture, err := s.take(ctx, blog)
		if picture == nil {
			return fmt.Errorf("%s: %w", s.name(), err)
		}
		faults = append(faults, err)
		if err := os.WriteFile(filepath.Join(folder, s.name()+".png"), picture, 0o644); err != nil {
			return err
		}
	}
	if err := lay(ctx, folder); err != nil {
		return err
	}
	fmt.Printf("%d pictures and sheet.png are in %s.\n", len(shots()), folder)
	return errors.Join(faults...)
}

// take returns a picture, and complains of one that scrolls sideways.
func (s shot) take(ctx context.Context, blog string) (picture []byte, err error) {
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	if err := size(ctx, s.width, 900, s.scheme); err != nil {
		return nil, err
	}
	if err := chromedp.Do(ctx, chromedp.Navigate(blog+"/"+s.theme+s.page)); err != nil {
		return nil, err
	}
	// The thread comes when it is near, its form when the thread's end is.
	const thread = `document.querySelector('postil-thread')`
	for _, near := range []string{
		thread + `.scrollIntoView(), !!` + thread + `.shadowRoot?.querySelector('.words')`,
		`scrollTo(0, document.body.scrollHeight), !!` + thread + `.shadowRoot.querySelector('textarea, .closed')`,
	} {
		if err := setup.UntilTrue(ctx, near); err != nil {
			return nil, fmt.Errorf("the thread is not shown: %w", err)
		}
	}
	height, err := chromedp.Run(ctx, chromedp.Evaluate[float64](`scrollTo(0, 0), document.documentElement.scrollHeight`))
	if err != nil {
		return nil, err
	}
	picture, err = capture(ctx, float64(s.width), min(height, highest))
	if err != nil {
		return nil, err
	}
	wide, err := chromedp.Run(ctx, chromedp.Evaluate[float64](`document.documentElement.scrollWidth`))
	if err == nil && wide > float64(s.width) {
		err = fmt.Errorf("%s: the page is %.0f wide", s.name(), wide)
	}
	return picture, err
}

// size makes the window so large, and its reader prefer a scheme.
func size(ctx context.Context, width, height int64, scheme string) error {
	return chromedp.Do(ctx, chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		if err := setup.Visible(ctx); err != nil {
			return err
		}
		_, err := chromedp.Call(ctx, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: width, Height: height, DeviceScaleFactor: 1})
		if err != nil {
			return err
		}
		_, err = chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
		})
		return err
	}))
}

func capture(ctx context.Context, width, height float64) (picture []byte, err error) {
	beyond := true
	err = chromedp.Do(ctx, chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		shot, err := chromedp.Call(ctx, cdppage.CaptureScreenshot, cdppage.CaptureScreenshotParams{
			Clip: &cdppage.Viewport{Width: width, Height: height, Scale: 1}, CaptureBeyondViewport: &beyond,
		})
		picture = shot.Data
		return err
	}))
	return picture, err
}

// Of the sheet, in CSS pixels.
const (
	sheetWidth = 1800
)

// lay makes the sheet: a page with all pictures, itself photographed.
func lay(ctx context.Context, folder string) error {
	var page strings.Builder
	page.WriteString(`<!DOCTYPE html><style>body{margin:12px;font:13px sans-serif;display:grid;grid-template-columns:repeat(6,1fr);gap:12px}figure{margin:0;overflow:hidden;max-height:640px;border:1px solid #999}img{width:100%;display:block}</style>`)
	for _, s := range shots() {
		picture, err := os.ReadFile(filepath.Join(folder, s.name()+".png"))
		if err != nil {
			return err
		}
		fmt.Fprintf(&page, `<figure><figcaption>%s</figcaption><img src="data:image/png;base64,%s"></figure>`, html.EscapeString(s.name()), base64.StdEncoding.EncodeToString(picture))
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write([]byte(page.String()))
	}))
	defer server.Close()
	if err := size(ctx, sheetWidth, 1000, "light"); err != nil {
		return err
	}
	if err := chromedp.Do(ctx, chromedp.Navigate(server.URL)); err != nil {
		return err
	}
	height, err := chromedp.Run(ctx, chromedp.Evaluate[float64](`document.documentElement.scrollHeight`))
	if err != nil {
		return err
	}
	sheet, err := capture(ctx, sheetWidth, height)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(folder, "sheet.png"), sheet, 0o644)
}

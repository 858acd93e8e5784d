package setup

import (
	"context"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// Chromium starts a browser, which knows nothing yet. ctx leads to it until
// stop is called.
func Chromium(parent context.Context) (ctx context.Context, stop func(), err error) {
	if err := Need("chromium", "chromium"); err != nil {
		return nil, nil, err
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath("chromium"), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-component-update", true), chromedp.WindowSize(1280, 800))
	allocator, end := chromedp.NewExecAllocator(parent, options...)
	ctx, cancel := chromedp.NewContext(allocator)
	return ctx, func() { cancel(); end() }, chromedp.Do(ctx)
}

// Visible has a tab be drawn: without it one may count as hidden, whose scripts
// are not told what is near.
func Visible(ctx context.Context) error {
	_, err := chromedp.Call(ctx, emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true})
	return err
}

// UntilTrue asks a page until an expression holds.
func UntilTrue(ctx context.Context, expression string) error {
	for tick := time.NewTicker(20 * time.Millisecond); ; <-tick.C {
		if holds, err := chromedp.Run(ctx, chromedp.Evaluate[bool](expression)); err != nil || holds {
			return err
		}
	}
}

package browser

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// Reader is a browser that runs no script of any page.
type Reader interface {
	Open(url string)
	Press(css string)       // what is there, or comes within patience
	Fill(css, text string)  // before or after what is there
	Reads(css, want string) // or comes to read it within patience
}

// NewPlainTab opens a tab of Chromium without JavaScript.
func NewPlainTab(t *testing.T, expected ...string) Reader {
	t.Helper()
	b := NewTab(t, expected...)
	b.Do(chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		_, err := chromedp.Call(ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
		return err
	}))
	return plainTab{b}
}

type plainTab struct{ *Tab }

func (b plainTab) Fill(css, text string) {
	b.Helper()
	b.again(chromedp.SendKeys(chromedp.CSS(css), text))
}

func (b plainTab) Reads(css, want string) {
	b.Helper()
	var text string
	var err error
	b.Until(func() bool {
		text, err = chromedp.Run(b.Context, chromedp.Text(chromedp.CSS(css)))
		return err == nil && strings.TrimSpace(text) == want
	}, func() string { return fmt.Sprintf("%s is %q (%v), want %q", css, text, err, want) })
}

// NewPlainFirefox starts a Firefox without JavaScript.
func NewPlainFirefox(t *testing.T) Reader {
	t.Helper()
	return plainFirefox{NewFirefox(t, `user_pref("javascript.enabled", false);`)}
}

type plainFirefox struct{ *Firefox }

// find waits for an element of the page itself.
func (f plainFirefox) find(css string) map[string]any {
	f.Helper()
	var found struct{ Value map[string]string }
	f.until("there is "+css, func() bool {
		raw, err := f.send("WebDriver:FindElement", map[string]any{"using": "css selector", "value": css})
		return err == nil && json.Unmarshal(raw, &found) == nil
	})
	return map[string]any{"id": found.Value[elementKey]}
}

func (f plainFirefox) Press(css string) {
	f.Helper()
	f.again("WebDriver:ElementClick", func() map[string]any { return f.find(css) })
}

func (f plainFirefox) Fill(css, text string) {
	f.Helper()
	f.again("WebDriver:ElementSendKeys", func() map[string]any {
		about := f.find(css)
		about["text"] = text
		return about
	})
}

func (f plainFirefox) Reads(css, want string) {
	f.Helper()
	f.until(fmt.Sprintf("%s reads %q", css, want), func() bool {
		var text struct{ Value string }
		raw, err := f.send("WebDriver:GetElementText", f.find(css))
		return err == nil && json.Unmarshal(raw, &text) == nil && strings.TrimSpace(text.Value) == want
	})
}

package static_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"postil/static"
	"postil/static/browser"
)

// tried are numbers at which plural forms change, and many more.
const tried = `[...Array(1300).keys(), 999999, 1e6, 1000001, 1000002, 2e6, 1e9]`

// The script asks the browser for a number's plural form, pages ask us: both
// must find the same text.
func TestPluralFormsAreThoseOfTheBrowser(t *testing.T) {
	t.Parallel()
	b := browser.NewTab(t)
	b.Open((&browser.Blog{}).Serve(t, newStandin(t).URL))
	tags := append(static.Languages(), "pt-PT", "pt-AO", "de-AT", "zh-Hant", "no", "nn")
	list, err := json.Marshal(tags)
	if err != nil {
		t.Fatal(err)
	}
	want := b.Eval(`Object.fromEntries(` + string(list) + `.map(tag => {
  const rules = new Intl.PluralRules(tag)
  return [tag, ` + tried + `.map(n => rules.select(n)).join(' ')]
}))`).(map[string]any)
	numbers := b.Eval(tried).([]any)
	for _, tag := range tags {
		forms := make([]string, len(numbers))
		for i, n := range numbers {
			forms[i] = static.PluralForm(tag, int64(n.(float64)))
		}
		if diff := cmp.Diff(want[tag], any(strings.Join(forms, " "))); diff != "" {
			t.Errorf("%s: %s", tag, diff)
		}
	}
}

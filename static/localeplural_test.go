package static

import (
	"strings"
	"testing"
)

// Numbers at which some language changes its form.
func TestPluralForms(t *testing.T) {
	t.Parallel()
	for lang, want := range map[string]string{
		"ja": "0 other 1 other", "en": "0 other 1 one 2 other 101 other", "fa": "0 one 1 one 2 other", "pt": "0 one 1 one 2 other 1000000 many",
		"pt-PT": "0 other 1 one 1000000 many", "pt-BR": "0 one 2000000 many", "es": "0 other 1 one 1000000 many 1000001 other",
		"ro": "0 few 1 one 2 few 19 few 20 other 101 few", "cs": "0 other 1 one 2 few 4 few 5 other 22 other",
		"pl": "0 many 1 one 2 few 5 many 12 many 21 many 22 few 101 many", "ru": "0 many 1 one 11 many 21 one 22 few 112 many",
		"hr": "0 other 1 one 3 few 11 other 12 other 101 one", "sl": "0 other 1 one 2 two 3 few 5 other 101 one 104 few",
		"lt": "0 other 1 one 2 few 10 other 11 other 19 other 21 one 22 few", "lv": "0 zero 1 one 2 other 10 zero 11 zero 21 one",
		"he": "0 other 1 one 2 two 10 other 20 other", "ar": "0 zero 1 one 2 two 3 few 10 few 11 many 99 many 100 other 102 other 103 few",
		"tlh": "1 one 2 other",
	} {
		var got []string
		for i, word := range strings.Fields(want) {
			if i%2 == 0 {
				var n int64
				for _, r := range word {
					n = n*10 + int64(r-'0')
				}
				got = append(got, word, PluralForm(lang, n))
			}
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: got %v, want %s", lang, got, want)
		}
	}
}

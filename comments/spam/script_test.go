package spam

import "testing"

func TestScripts(t *testing.T) {
	t.Parallel()
	russian, chinese := "Добрый день, спасибо за статью", "正品手表特价全球包邮质量保证"
	for _, c := range []struct {
		name, text, language string
		published, cyrillic  int
		novel                int
		proof                bool
		want                 int
	}{
		{"as all write", "Good morning, thanks for it", "en", 200, 0, 0, true, 0},
		{"accents are Latin", "Zażółć gęślą jaźń, ça va très bien", "en", 200, 0, 0, true, 0},
		{"foreign, by a program", russian, "en", 200, 0, 0, false, 100},
		{"foreign, leads somewhere", russian, "en", 200, 0, 1, true, 100},
		{"foreign, leads nowhere", russian, "en", 200, 0, 0, true, 50},
		{"another foreign one", chinese, "en", 200, 50, 1, false, 100},
		{"a rare script", russian, "en", 200, 1, 1, false, 50},
		{"not so rare", russian, "en", 200, 2, 1, false, 0},
		{"the site's language", russian, "ru", 200, 0, 1, false, 0},
		{"a new site", russian, "en", leastPublished - 1, 0, 1, false, 0},
		{"a site that has just begun", russian, "en", leastPublished, 0, 1, false, 100},
		{"one word among others", "Dostoyevsky wrote Бесы in 1872 or so", "en", 200, 0, 1, false, 0},
		{"too short to say", "Спасибо!", "en", 200, 0, 1, false, 0},
		{"no letters", "👍👍👍 12345 67890", "en", 200, 0, 1, false, 0},
	} {
		i := asked(func(i *inquiry) {
			i.script, i.novel, i.Evidence.Proof = mainScript(c.text), c.novel, c.proof
			i.Site.Settings.Language = c.language
			i.knowledge.published, i.knowledge.scripts[cyrillic] = c.published, c.cyrillic
		})
		if got := foreign(i); got != c.want {
			t.Errorf("%s: got %d points, want %d", c.name, got, c.want)
		}
	}
}

func TestLanguageScripts(t *testing.T) {
	t.Parallel()
	for tag, want := range map[string]script{
		"en": latin, "de-AT": latin, "vi": latin, "ru": cyrillic, "uk-UA": cyrillic, "sr-Latn-RS": latin, "uz-Cyrl": cyrillic,
		"el": greek, "fa": arabic, "he": hebrew, "hi": devanagari, "th": thai, "ko": hangul, "ja": han, "zh-Hant-TW": han, "ka": otherScript, "": latin,
	} {
		if got := languageScript(tag); got != want {
			t.Errorf("%q: got %d, want %d", tag, got, want)
		}
	}
}

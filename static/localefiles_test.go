package static

import (
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// sources are what asks for texts.
func sources(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, dir := range []string{".", "../feeds", "../comments", "../cmd"} {
		err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() && d.Name() == "node_modules" {
				return fs.SkipDir // a folder that is not there asks for nothing
			}
			if ext := filepath.Ext(path); !strings.HasSuffix(path, "_test.go") && (ext == ".go" || ext == ".ts" || ext == ".html") {
				source, err := os.ReadFile(path)
				all[path] = string(source)
				return err
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return all
}

// A key is used where it stands in quotes, whole or, where the rest is put
// together, up to a dot.
func TestEveryTextIsUsed(t *testing.T) {
	t.Parallel()
	var all strings.Builder
	for _, source := range sources(t) {
		all.WriteString(source)
	}
	used := all.String()
	for key := range locales()[fallback]() {
		name := strings.TrimSuffix(strings.TrimSuffix(key, ".one"), ".other")
		prefix := name[:strings.LastIndexByte(name, '.')+1]
		script, isScript := strings.CutPrefix(strings.Replace(name, "write.", "script.", 1), "script.")
		switch {
		case isScript && (strings.Contains(used, "'"+script+"'")):
		case !isScript && strings.Contains(used, `"`+name+`"`):
		case !isScript && prefix != "" && (strings.Contains(used, `"`+prefix+`"`) || strings.Contains(used, `"`+prefix+`%`)):
		default:
			t.Errorf("nothing uses %s", key)
		}
	}
}

var asked = regexp.MustCompile(`(?:static\.Text|static\.Count|\bText|\bCount|\b(?:text|count) \$?\.?[Ll]ang)[( ](?:[\w.()]+, )?\(?(?:print )?"([\w.]+)"`)

func TestEveryTextThatIsAskedForExists(t *testing.T) {
	t.Parallel()
	texts, found := locales()[fallback](), 0
	for path, source := range sources(t) {
		for _, m := range asked.FindAllStringSubmatch(source, -1) {
			found++
			key := m[1]
			_, one := texts[key]
			_, counted := texts[key+".other"]
			begun := false
			for k := range texts {
				begun = begun || strings.HasSuffix(key, ".") && strings.HasPrefix(k, key)
			}
			if !one && !counted && !begun {
				t.Errorf("%s asks for %s, which is in no locale", path, key)
			}
		}
	}
	if found < 40 { // the templates alone have more
		t.Errorf("only %d uses found: the pattern does not fit the sources any more", found)
	}
}

// moderators reports whether a text is for moderators: these are in English
// only. Readers' texts are in every language.
func moderators(key string) bool {
	return strings.HasPrefix(key, "admin.") || strings.HasPrefix(key, "link.")
}

// plurals are the forms that whole numbers take in a language, and how many of
// the numbers tried took each.
func plurals(lang string) map[string]int {
	forms := map[string]int{}
	for n := range int64(200) {
		forms[PluralForm(lang, n)]++
	}
	for n := int64(1_000_000); n < 3_000_000; n += 1_000_000 {
		forms[PluralForm(lang, n)]++
	}
	return forms
}

var pluralSuffix = regexp.MustCompile(`\.(zero|one|two|few|many|other)$`)

// wanted returns the keys that a language must have, each with its text in
// English.
func wanted(lang string) map[string]string {
	keys := map[string]string{}
	for key, text := range locales()[fallback]() {
		base, counted := strings.CutSuffix(key, ".other")
		switch {
		case moderators(key):
		case counted:
			for form := range plurals(lang) {
				keys[base+"."+form] = text
			}
		case !pluralSuffix.MatchString(key):
			keys[key] = text
		}
	}
	return keys
}

func TestThereAreThirtyLanguages(t *testing.T) {
	t.Parallel()
	for _, lang := range Languages() {
		if pluralRule(strings.ToLower(lang)) == nil && pluralRule(strings.Split(lang, "-")[0]) == nil {
			t.Errorf("%s has texts and no plural rule", lang)
		}
	}
	if n := len(Languages()); n < 30 {
		t.Errorf("there are %d", n)
	}
}

func TestEveryLanguageHasTheTextsOfEnglish(t *testing.T) {
	t.Parallel()
	for _, lang := range Languages() {
		texts, want := locales()[strings.ToLower(lang)](), wanted(lang)
		for _, key := range slices.Sorted(maps.Keys(want)) {
			if _, ok := texts[key]; !ok {
				t.Errorf("%s lacks %s", lang, key)
			}
		}
		for key := range texts {
			if _, ok := want[key]; !ok && (lang != fallback || !moderators(key)) {
				t.Errorf("%s has the key %s, which is no text for readers in English, or no plural form of the language", lang, key)
			}
		}
	}
}

var placeholders = regexp.MustCompile(`\{\w*\}`)

func TestEveryLanguageFillsTheSamePlaceholders(t *testing.T) {
	t.Parallel()
	for _, lang := range Languages() {
		texts, forms := locales()[strings.ToLower(lang)](), plurals(lang)
		for key, english := range wanted(lang) {
			want, got := placeholders.FindAllString(english, -1), placeholders.FindAllString(texts[key], -1)
			if form := pluralSuffix.FindString(key); form != "" && forms[form[1:]] == 1 && !slices.Contains(got, "{n}") {
				got = append(got, "{n}") // "one" of a language that says it of 1 alone need not show the number
			}
			slices.Sort(want)
			slices.Sort(got)
			if !slices.Equal(want, got) {
				t.Errorf("%s: %s has %v, English has %v", lang, key, got, want)
			}
		}
	}
}

// markedUp is what texts must not hold: HTML, its entities, what stands in
// braces and fills nothing, and spaces at the ends or two together.
var markedUp = regexp.MustCompile(`[<>]|&\w+;|&#|^\s|\s$|\s\s|^$`)

func TestTextsAreOneCleanLine(t *testing.T) {
	t.Parallel()
	for _, lang := range Languages() {
		for key, text := range locales()[strings.ToLower(lang)]() {
			if key == "mail.verdict" {
				text = strings.ReplaceAll(text, "  ", " ") // a table
			}
			control := strings.ContainsFunc(text, func(r rune) bool {
				written := r == '\u200c' || r == '\u200e' // Persian joins with the one; the other ends an address in a line that runs from right to left
				return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) && !written || r == utf8.RuneError || r == '\u2028' || r == '\u2029'
			})
			if control || markedUp.MatchString(text) || strings.ContainsAny(placeholders.ReplaceAllString(text, ""), "{}") {
				t.Errorf("%s: %s is %q", lang, key, text)
			}
		}
		if n := utf8.RuneCountInString(Text(lang, "digits")); n != 10 {
			t.Errorf("%s has %d digits", lang, n)
		}
	}
}

// A file that was begun as a copy of another says so by what it shares with it.
func TestTranslationsAreNotEnglish(t *testing.T) {
	t.Parallel()
	english := locales()[fallback]()
	for _, lang := range Languages() {
		var same []string
		for key, text := range locales()[strings.ToLower(lang)]() {
			if text == english[key] && len(strings.Fields(text)) > 2 && len(placeholders.FindAllString(text, -1)) < 2 {
				same = append(same, key)
			}
		}
		if lang != fallback && len(same) > 0 {
			t.Errorf("%s has English words at %v", lang, same)
		}
	}
}

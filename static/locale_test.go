package static

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

func TestTextFillsNamesAndFallsBack(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		lang, key string
		args      []any
		want      string
	}{
		{"en", "feed.entry", []any{"name", "Ann", "place", "b.example/x"}, "Ann on b.example/x"},
		{"en", "feed.entry", []any{"name", "{place}", "place", "b"}, "{place} on b"},
		{"en-GB", "entry.reply", nil, "Reply"},
		{"EN", "entry.reply", nil, "Reply"},
		{"tlh-Latn", "entry.reply", nil, "Reply"},
		{"", "entry.reply", nil, "Reply"},
		{"en", "no.such.key", nil, "no.such.key"},
	} {
		if got := Text(c.lang, c.key, c.args...); got != c.want {
			t.Errorf("%s %s: got %q, want %q", c.lang, c.key, got, c.want)
		}
	}
}

func TestCountChoosesThePluralForm(t *testing.T) {
	t.Parallel()
	for n, want := range map[int64]string{0: "0 comments", 1: "1 comment", 2: "2 comments", 11: "11 comments"} {
		if got := Count("en", "thread.count", n); got != want {
			t.Errorf("%d: got %q, want %q", n, got, want)
		}
	}
}

func TestDateIsReadable(t *testing.T) {
	t.Parallel()
	names := strings.Fields("January February March April May June July August September October November December")
	for i, name := range names {
		if got, want := Date("en", time.Date(2026, time.Month(i+1), 3, 4, 5, 59, 0, time.UTC)), "3 "+name+" 2026, 04:05 UTC"; got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	east := time.Date(2027, time.January, 1, 1, 0, 0, 0, time.FixedZone("", 2*3600))
	if got, want := Date("en", east), "31 December 2026, 23:00 UTC"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestSpanIsToldInItsLargestWholeUnit(t *testing.T) {
	t.Parallel()
	for d, want := range map[time.Duration]string{
		90 * 24 * time.Hour: "90 days", 24 * time.Hour: "1 day", 36 * time.Hour: "36 hours", 15 * time.Minute: "15 minutes",
		90 * time.Second: "90 seconds", time.Second + time.Millisecond: "1 second", 0: "0 seconds",
	} {
		if got := Span("en", d); got != want {
			t.Errorf("%v: got %q, want %q", d, got, want)
		}
	}
}

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
	for key := range locales()[fallback] {
		name := strings.TrimSuffix(strings.TrimSuffix(key, ".one"), ".other")
		prefix := name[:strings.LastIndexByte(name, '.')+1]
		script, isScript := strings.CutPrefix(strings.Replace(key, "write.", "script.", 1), "script.")
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
	texts, found := locales()[fallback], 0
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

func TestEveryLanguageHasTheSameKeysAndPlaceholders(t *testing.T) {
	t.Parallel()
	placeholder := regexp.MustCompile(`\{\w+\}`)
	english := locales()[fallback]
	for lang, texts := range locales() {
		for key, text := range texts {
			reference, ok := english[key]
			if !ok {
				reference, ok = english[key[:strings.LastIndexByte(key, '.')+1]+"other"] // other plural forms
			}
			if !ok {
				t.Errorf("%s has the key %s, which English lacks", lang, key)
			}
			for _, p := range placeholder.FindAllString(reference, -1) {
				if !strings.Contains(text, p) {
					t.Errorf("%s: %s lacks %s", lang, key, p)
				}
			}
			if strings.TrimSpace(text) != text || text == "" || strings.ContainsAny(text, "<>") {
				t.Errorf("%s: %s is %q", lang, key, text)
			}
		}
		for key := range english {
			if _, ok := texts[key]; !ok {
				t.Errorf("%s lacks %s", lang, key)
			}
		}
	}
}

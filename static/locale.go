package static

import (
	"embed"
	"encoding/json"
	"fmt"
	"path"
	"strconv"
	"strings"
	"sync"
	"time"
)

//go:embed locales/*.json
var localeFiles embed.FS

// fallback is the language that has every text.
const fallback = "en"

// locale is the texts of one language by key.
type locale map[string]string

var locales = sync.OnceValue(func() map[string]locale {
	all := map[string]locale{}
	files, err := localeFiles.ReadDir("locales")
	if err != nil {
		panic(err) // embedded above
	}
	for _, f := range files {
		raw, err := localeFiles.ReadFile("locales/" + f.Name())
		texts := locale{}
		if err == nil {
			err = json.Unmarshal(raw, &texts)
		}
		if err != nil {
			panic(fmt.Errorf("locales/%s: %w", f.Name(), err)) // no build passes its tests with it
		}
		all[strings.ToLower(strings.TrimSuffix(f.Name(), path.Ext(f.Name())))] = texts
	}
	return all
})

// Text returns a text for people in the language of a BCP 47 tag. A language
// that is not there, or lacks the key, is answered by its base ("pt" for
// "pt-BR"), then by English; a key that nothing knows, by the key.
//
// args alternate names and values: Text(lang, "feed.title", "place", "b.example/post")
// fills {place}.
func Text(lang, key string, args ...any) string {
	text := lookup(lang, key)
	if len(args) == 0 {
		return text
	}
	var out strings.Builder
	for { // in one pass: values are never searched for placeholders
		before, rest, _ := strings.Cut(text, "{")
		name, after, ok := strings.Cut(rest, "}")
		if !ok {
			return out.String() + text
		}
		out.WriteString(before)
		fmt.Fprint(&out, value(name, args))
		text = after
	}
}

// value finds what fills a placeholder; one that nothing fills stays.
func value(name string, args []any) any {
	for i := 0; i+1 < len(args); i += 2 {
		if args[i] == name {
			return args[i+1]
		}
	}
	return "{" + name + "}"
}

// Count returns a text about n things: the one under key with the suffix of
// the language's plural form (CLDR: one, other, …), its {n} filled.
func Count(lang, key string, n int64, args ...any) string {
	return Text(lang, key+"."+pluralForm(n), append([]any{"n", n}, args...)...)
}

// pluralForm is the rule of English and its likes.
func pluralForm(n int64) string {
	if n == 1 {
		return "one"
	}
	return "other"
}

func lookup(lang, key string) string {
	for tag := strings.ToLower(lang); tag != ""; {
		if text, ok := locales()[tag][key]; ok {
			return text
		}
		tag = tag[:max(0, strings.LastIndexByte(tag, '-'))]
	}
	if text, ok := locales()[fallback][key]; ok {
		return text
	}
	return key
}

// Date returns a time as people of that language write it, in UTC, to the
// minute.
func Date(lang string, t time.Time) string {
	t = t.UTC()
	month := Text(lang, "month."+strconv.Itoa(int(t.Month())))
	return Text(lang, "date", "day", t.Day(), "month", month, "year", t.Year(), "time", t.Format("15:04"))
}

// spanUnits are what durations are told in, the largest first.
var spanUnits = [...]struct {
	size time.Duration
	key  string
}{{24 * time.Hour, "span.day"}, {time.Hour, "span.hour"}, {time.Minute, "span.minute"}, {time.Second, "span.second"}}

// Span returns a duration as people say it, in the largest unit of which it is
// a whole number: 90 days, 15 minutes. Below a second it is rounded.
func Span(lang string, d time.Duration) string {
	d = d.Round(time.Second)
	for _, unit := range spanUnits {
		if d >= unit.size && d%unit.size == 0 {
			return Count(lang, unit.key, int64(d/unit.size))
		}
	}
	return Count(lang, "span.second", 0)
}

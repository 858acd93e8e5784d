package static

import (
	"embed"
	"encoding/json"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

//go:embed locales/*.json
var localeFiles embed.FS

// locale is the texts of one language by key.
type locale map[string]string

// locales are the languages that have texts, by tag in lower case. Each is read
// when it is first asked for: few programs serve more than two.
var locales = sync.OnceValue(func() map[string]func() locale {
	all := map[string]func() locale{}
	for _, tag := range Languages() {
		all[strings.ToLower(tag)] = sync.OnceValue(func() locale { return readLocale(tag) })
	}
	return all
})

func readLocale(tag string) locale {
	texts := locale{}
	raw, err := localeFiles.ReadFile("locales/" + tag + ".json")
	if err == nil {
		err = json.Unmarshal(raw, &texts)
	}
	if err != nil {
		panic(fmt.Errorf("locales/%s.json: %w", tag, err)) // no build passes its tests with it
	}
	return texts
}

// Languages returns the tags (BCP 47) of all languages that have texts, in
// the order of the alphabet.
func Languages() []string {
	files, err := localeFiles.ReadDir("locales")
	if err != nil {
		panic(err) // embedded above
	}
	tags := make([]string, len(files))
	for i, f := range files {
		tags[i] = strings.TrimSuffix(f.Name(), path.Ext(f.Name()))
	}
	slices.Sort(tags)
	return tags
}

// Text returns a text for people in the language of a BCP 47 tag. A language
// that is not there, or lacks the key, is answered by its base ("pt" for
// "pt-AO"), then by English; a key that nothing knows, by the key.
//
// args alternate names and values: Text(lang, "feed.title", "place", "b.example/post")
// fills {place}. Whole numbers are written in the language's digits.
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
		out.WriteString(value(lang, name, args))
		text = after
	}
}

// value finds what fills a placeholder; one that nothing fills stays.
func value(lang, name string, args []any) string {
	for i := 0; i+1 < len(args); i += 2 {
		if args[i] != name {
			continue
		}
		switch v := args[i+1].(type) {
		case string:
			return v
		case int:
			return digits(lang, strconv.Itoa(v))
		case int64:
			return digits(lang, strconv.FormatInt(v, 10))
		default:
			return fmt.Sprint(v)
		}
	}
	return "{" + name + "}"
}

// digits writes a number as the language does; [0-9] stand in it at first.
func digits(lang, number string) string {
	written := lookup(lang, "digits")
	if written == "0123456789" {
		return number
	}
	own := []rune(written)
	return strings.Map(func(r rune) rune {
		if i := r - '0'; i >= 0 && int(i) < len(own) {
			return own[i]
		}
		return r
	}, number)
}

// Count returns a text about n things: the one under key with the suffix of
// the language's plural form (CLDR: one, other, …), its {n} filled.
func Count(lang, key string, n int64, args ...any) string {
	return Text(lang, key+"."+PluralForm(lang, n), append([]any{"n", n}, args...)...)
}

func lookup(lang, key string) string {
	for tag := range chain(lang) {
		if texts, ok := locales()[tag]; ok {
			if text, ok := texts()[key]; ok {
				return text
			}
		}
	}
	return key
}

// Date returns a time as people of that language write it, in UTC, to the
// minute.
func Date(lang string, t time.Time) string {
	t = t.UTC()
	month := Text(lang, "month."+strconv.Itoa(int(t.Month())))
	return Text(lang, "date", "day", t.Day(), "month", month, "year", t.Year(), "time", digits(lang, t.Format("15:04")))
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

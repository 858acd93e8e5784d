package static

import (
	"iter"
	"maps"
	"slices"
	"strings"
)

// fallback is the language that has every text.
const fallback = "en"

// nearest are languages whose readers are better served by another one's texts
// than by their base's or by English: tags of before, Norwegian without its
// written form, and traditional Chinese.
var nearest = map[string]string{
	"iw": "he",
	"in": "id",
	"nn": "nb", "no": "nb",
	"zh-hant": "zh-tw", "zh-hk": "zh-tw", "zh-mo": "zh-tw",
}

// ScriptTags returns, in lower case, the tags under which the script finds its
// texts, each with the language whose texts they are. English is built in.
func ScriptTags() map[string]string {
	tags := maps.Clone(nearest)
	for _, lang := range Languages() {
		if tag := strings.ToLower(lang); tag != fallback {
			tags[tag] = tag
		}
	}
	return tags
}

// chain yields, in lower case, a tag and what stands in for it: itself without
// its last part (RFC 4647 §3.4), and at last English.
func chain(lang string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for tag := strings.ToLower(lang); tag != ""; tag = tag[:max(0, strings.LastIndexByte(tag, '-'))] {
			if !yield(tag) {
				return
			}
			if near, ok := nearest[tag]; ok && !yield(near) {
				return
			}
		}
		yield(fallback)
	}
}

// Closest returns the tag of the language whose texts people get who ask for
// lang: one of [Languages], English where there is nothing nearer.
func Closest(lang string) string {
	for tag := range chain(lang) {
		for _, known := range Languages() {
			if strings.ToLower(known) == tag {
				return known
			}
		}
	}
	return fallback
}

// Direction returns "rtl" for a language that is written from right to left,
// else nothing: the direction that documents have anyway.
func Direction(lang string) string {
	parts := strings.Split(strings.ToLower(lang), "-")
	for _, script := range parts[1:] {
		if len(script) == scriptLength && script[0] > '9' { // a variant of four begins with a digit
			return directionOf(script, "adlm", "arab", "aran", "hebr", "nkoo", "rohg", "syrc", "thaa")
		}
	}
	return directionOf(parts[0], "ar", "arc", "ckb", "dv", "fa", "he", "iw", "ks", "mzn", "nqo", "pnb", "ps", "sd", "syr", "ug", "ur", "yi")
}

// scriptLength is how many letters name a script (ISO 15924).
const scriptLength = 4

func directionOf(part string, rightToLeft ...string) string {
	if slices.Contains(rightToLeft, part) {
		return "rtl"
	}
	return ""
}

package spam

import (
	"math/bits"
	"strconv"
	"strings"
	"unicode"

	"postil/comments"
)

// manyDigits is about a telephone number.
const manyDigits = 8

// shapes tells how a comment looks, in words that a moderator understands.
// None of it counts by itself; the classifier learns what it means here.
func shapes(c *comments.Comment, tell func(string)) {
	s := survey(written(c))
	tell("links: " + band(len(addresses(c.HTML)), 0, 1, 2, 5))
	tell("website: " + yesNo(c.Author.Website != ""))
	tell("words of the name: " + band(len(strings.Fields(c.Author.Name)), 0, 1, 2, 3))
	tell("length: about " + strconv.Itoa(1<<bits.Len(uint(s.letters))/2) + " letters")
	tell("exclamation marks: " + band(s.exclamations, 0, 1, 3, 6))
	if s.letters >= leastLetters {
		tell("capitals: " + share(s.capitals, s.letters))
		tell("script: " + scriptNames[mostly(s.scripts)])
	}
	for _, one := range []struct {
		name string
		is   bool
	}{
		{"an answer", !c.Parent.IsZero()},
		{"signed", c.Author.Badge != comments.Badge{}},
		{"prices or percentages", s.money},
		{"many digits", s.digits >= manyDigits && 8*s.digits > s.letters},
		{"pictographs", s.pictures},
		{"letters of two scripts in one word", s.mixed},
		{"BBCode", strings.Contains(c.Source, "[url") || strings.Contains(c.Source, "[URL")},
		{"HTML typed as text", strings.Contains(c.Source, "<a ")},
		{"code", strings.Contains(string(c.HTML), "<code")},
		{"a quotation", strings.Contains(string(c.HTML), "<blockquote")},
		{"several paragraphs", strings.Contains(c.Source, "\n\n")},
	} {
		if one.is {
			tell(one.name)
		}
	}
}

var scriptNames = [scripts]string{
	"none for the most part", "Latin", "Cyrillic", "Greek", "Arabic", "Hebrew", "Devanagari", "Thai", "Hangul", "Han or kana", "another",
}

// surveyed is what one look at each character of a text counts.
type surveyed struct {
	scripts [scripts]int // letters of each

	letters, capitals, digits, exclamations int

	money, pictures, mixed bool
}

func survey(text string) (s surveyed) {
	word := noScript // that of the word under way
	for _, r := range text {
		is := scriptOf(r)
		s.scripts[is]++
		switch {
		case is != noScript:
			s.letters++
			if unicode.IsUpper(r) {
				s.capitals++
			}
		case '0' <= r && r <= '9':
			s.digits++
		case r == '!' || r == '！':
			s.exclamations++
		case r == '%' || unicode.Is(unicode.Sc, r):
			s.money = true
		case 0x1F000 <= r && r <= 0x1FAFF:
			s.pictures = true
		}
		if (word == latin && is == cyrillic) || (word == cyrillic && is == latin) {
			s.mixed = true
		}
		word = is
	}
	return s
}

// band names the band of a number by the upper bounds of all but the last.
func band(n int, bounds ...int) string {
	low := 0
	for _, bound := range bounds {
		if n <= bound {
			if low == bound {
				return strconv.Itoa(bound)
			}
			return strconv.Itoa(low) + " to " + strconv.Itoa(bound)
		}
		low = bound + 1
	}
	return strconv.Itoa(low) + " or more"
}

func share(part, whole int) string {
	switch {
	case 10*part < whole:
		return "few"
	case 10*part < 4*whole:
		return "some"
	default:
		return "many"
	}
}

func yesNo(is bool) string {
	if is {
		return "yes"
	}
	return "no"
}

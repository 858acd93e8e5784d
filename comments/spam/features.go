package spam

import (
	"hash/maphash"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"postil/comments"
)

const (
	maxFeatures = comments.MaxBody + 1_000 // of one comment that are looked at; ours have fewer, imported ones may not
	maxWord     = 32                       // letters and digits of a word; of longer ones only the beginning counts
)

// kind is what sort of thing a feature of a comment is. The same word in a
// name is another feature than in the text.
type kind byte

const (
	textWord kind = iota
	nameWord
	linkHost
	websiteWord
	shape // how it looks: see shapes
)

// String returns what moderators read.
func (k kind) String() string { return [...]string{"text", "name", "link", "website", "shape"}[k] }

// hashes returns the hashes of a comment's features, each once, in no
// particular order. It tells of each of them, perhaps repeatedly, unless tell
// is nil.
func hashes(seed maphash.Seed, c *comments.Comment, tell func(hash uint64, k kind, text string)) []uint64 {
	list := make([]uint64, 0, 128)
	var h maphash.Hash
	h.SetSeed(seed)
	extract(c, func(k kind, text string) {
		if len(list) >= maxFeatures {
			return
		}
		h.Reset()
		h.WriteByte(byte(k))
		h.WriteString(text)
		sum := h.Sum64()
		list = append(list, sum)
		if tell != nil {
			tell(sum, k, text)
		}
	})
	slices.Sort(list)
	return slices.Compact(list)
}

// extract tells each feature of a comment. What is in few numbers and weighs
// most comes first, so that no length of text can push it out.
func extract(c *comments.Comment, tell func(k kind, text string)) {
	shapes(c, func(text string) { tell(shape, text) })
	eachWord(strings.ToLower(c.Author.Name), func(w string) { tell(nameWord, w) })
	links := addresses(c.HTML)
	for _, address := range links[:min(len(links), maxHosts)] {
		if host := hostOf(address); host != "" {
			tell(linkHost, host)
		}
	}
	if host := hostOf(c.Author.Website); host != "" {
		tell(websiteWord, host)
		eachWord(host, func(w string) { tell(websiteWord, w) })
	}
	eachWord(strings.ToLower(written(c)), func(w string) { tell(textWord, w) })
}

// written returns what an author wrote: an imported comment without its tags.
func written(c *comments.Comment) string {
	if c.Markup != comments.SourceHTML {
		return c.Source
	}
	var b strings.Builder
	for rest := c.Source; rest != ""; {
		text, tag, _ := strings.Cut(rest, "<")
		b.WriteString(text + " ")
		_, rest, _ = strings.Cut(tag, ">")
	}
	return b.String()
}

// eachWord tells the words of a text in lower case: runs of letters and digits
// of two characters at least. Scripts that put no space between words give
// pairs of characters instead.
func eachWord(text string, tell func(string)) {
	for word := range strings.FieldsFuncSeq(text, isBreak) {
		switch runes := utf8.RuneCountInString(word); {
		case runes < 2:
		case runes < len(word) && strings.ContainsFunc(word, isDense):
			eachPair(word, tell)
		case runes > maxWord:
			tell(beginning(word))
		default:
			tell(word)
		}
	}
}

// beginning returns the first maxWord characters of a longer word.
func beginning(word string) string {
	n := 0
	for at := range word {
		if n == maxWord {
			return word[:at]
		}
		n++
	}
	return word
}

func eachPair(text string, tell func(string)) {
	before := 0 // where the rune before the last one begins
	for at, r := range text {
		if at > 0 {
			tell(text[before : at+utf8.RuneLen(r)])
		}
		before = at
	}
}

// isBreak reports what no word is made of.
func isBreak(r rune) bool {
	if r < utf8.RuneSelf {
		return (r < 'a' || 'z' < r) && (r < '0' || '9' < r) && (r < 'A' || 'Z' < r)
	}
	return r == utf8.RuneError || !unicode.IsLetter(r) && !unicode.IsMark(r) && !unicode.IsDigit(r)
}

// isDense reports scripts that put no space between words.
func isDense(r rune) bool {
	return r >= 0x0E00 && unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar)
}

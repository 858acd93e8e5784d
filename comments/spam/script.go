package spam

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"postil/comments"
)

// script is a writing system, roughly.
type script byte

const (
	noScript script = iota // too few letters to say
	latin
	cyrillic
	greek
	arabic
	hebrew
	devanagari
	thai
	hangul
	han // with kana
	otherScript
	scripts // how many there are
)

const (
	leastLetters   = 10  // below which a text has no script
	leastPublished = 20  // comments, below which nobody knows how a site's readers write
	rareReaders    = 100 // one of so many comments: a script that the site hardly has
)

// foreign speaks of a comment in a script that the site's readers do not use:
// neither its language nor any of its published comments has it. Once
// moderators have published one it is a doubt only, and then nothing. A doubt
// it also is where work was done for a comment that leads nowhere new: of such
// spam nobody would have anything.
func foreign(i *inquiry) int {
	k := i.knowledge
	if i.script == noScript || k.published < leastPublished || i.script == languageScript(i.Site.Settings.Language) {
		return 0
	}
	switch n := k.scripts[i.script]; {
	case n*rareReaders >= k.published:
		return 0
	case n > 0 || i.novel == 0 && (i.Evidence.Proof || i.Evidence.Edit):
		return comments.HoldPoints / 2
	default:
		return comments.HoldPoints
	}
}

// mainScript returns the script of more than half of a text's letters.
func mainScript(text string) script {
	var count [scripts]int
	for _, r := range text {
		count[scriptOf(r)]++
	}
	return mostly(count)
}

// mostly returns the script of more than half of the letters counted.
func mostly(count [scripts]int) script {
	letters := 0
	for _, n := range count[noScript+1:] {
		letters += n
	}
	for s, n := range count {
		if s := script(s); s != noScript && 2*n > letters && letters >= leastLetters {
			return s
		}
	}
	return noScript
}

var scriptTables = [...]struct {
	script script
	table  *unicode.RangeTable
}{
	{latin, unicode.Latin}, {cyrillic, unicode.Cyrillic}, {greek, unicode.Greek}, {arabic, unicode.Arabic},
	{hebrew, unicode.Hebrew}, {han, unicode.Han}, {han, unicode.Hiragana}, {han, unicode.Katakana},
	{hangul, unicode.Hangul}, {devanagari, unicode.Devanagari}, {thai, unicode.Thai},
}

// scriptOf returns the script of a letter; of anything else noScript.
func scriptOf(r rune) script {
	if r < utf8.RuneSelf {
		if 'a' <= r|0x20 && r|0x20 <= 'z' {
			return latin
		}
		return noScript
	}
	if !unicode.IsLetter(r) {
		return noScript
	}
	for _, t := range scriptTables {
		if unicode.Is(t.table, r) {
			return t.script
		}
	}
	return otherScript
}

// languageScript returns the script of a BCP 47 language tag; latin where
// another is not known.
func languageScript(tag string) script {
	language, rest, _ := strings.Cut(strings.ToLower(tag), "-")
	switch {
	case strings.Contains("-"+rest+"-", "-latn-"):
		return latin
	case strings.Contains("-"+rest+"-", "-cyrl-"):
		return cyrillic
	}
	switch language {
	case "ru", "uk", "be", "bg", "sr", "mk", "kk", "ky", "mn", "tg", "tt":
		return cyrillic
	case "el":
		return greek
	case "ar", "fa", "ur", "ps", "ckb":
		return arabic
	case "he", "yi":
		return hebrew
	case "hi", "mr", "ne":
		return devanagari
	case "th":
		return thai
	case "ko":
		return hangul
	case "zh", "ja", "yue":
		return han
	case "am", "bn", "hy", "ka", "km", "lo", "ml", "my", "pa", "si", "ta", "te":
		return otherScript
	default:
		return latin
	}
}

package spam

import (
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"postil/comments"
)

// wordPoints holds a comment whatever speaks for it: the site's words are what
// moderators want to see first.
const wordPoints = comments.HoldPoints - knownPoints

// wordList is a site's words, compiled.
type wordList struct {
	from     []string // the setting it was made of
	patterns []pattern
}

// pattern is an expression, and a text that is in whatever it matches, folded:
// to look for that costs a hundredth.
type pattern struct {
	*regexp.Regexp
	must string
}

// words speaks of the site's own words and patterns.
func words(i *inquiry) int {
	list := i.site.wordList(i.Site.Settings.Words)
	c := &i.Comment
	if list.match(c.Source) || list.match(c.Author.Name) || list.match(c.Author.Website) {
		return wordPoints
	}
	return 0
}

// wordList returns the compiled setting, from the last time if it is the same.
func (s *site) wordList(setting []string) *wordList {
	if known := s.words.Load(); known != nil && slices.Equal(known.from, setting) {
		return known
	}
	list := newWordList(setting)
	s.words.Store(list)
	return list
}

// newWordList compiles a setting. One that does not compile cannot have been
// stored, and says nothing.
func newWordList(setting []string) *wordList {
	list := &wordList{from: slices.Clone(setting)}
	compiled, err := comments.CompileWords(setting)
	if err != nil {
		return list
	}
	for _, re := range compiled {
		p := pattern{Regexp: re}
		if tree, err := syntax.Parse(re.String(), syntax.Perl); err == nil {
			p.must = fold(required(tree))
		}
		list.patterns = append(list.patterns, p)
	}
	return list
}

// required returns the longest text that stands in whatever an expression
// matches, in any case; or "" if there is none or that is hard to see.
func required(tree *syntax.Regexp) (longest string) {
	switch tree.Op {
	case syntax.OpLiteral:
		return string(tree.Rune)
	case syntax.OpCapture, syntax.OpPlus:
		return required(tree.Sub[0])
	case syntax.OpConcat:
		for _, part := range tree.Sub {
			if text := required(part); len(text) > len(longest) {
				longest = text
			}
		}
	}
	return longest
}

func (l *wordList) match(text string) bool {
	if len(l.patterns) == 0 || text == "" {
		return false
	}
	folded := fold(text)
	for _, p := range l.patterns {
		if strings.Contains(folded, p.must) && p.MatchString(text) {
			return true
		}
	}
	return false
}

// fold maps letters that a regular expression in any case takes for the same
// to one of them.
func fold(text string) string {
	return strings.Map(func(r rune) rune {
		if r < utf8.RuneSelf && (r < 'A' || 'Z' < r && r < 'a' || r > 'z') {
			return r
		}
		least := r
		for next := unicode.SimpleFold(r); next != r; next = unicode.SimpleFold(next) {
			least = min(least, next)
		}
		return least
	}, text)
}

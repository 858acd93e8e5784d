package spam

import (
	"strings"
	"testing"

	"postil/comments"
)

func TestWords(t *testing.T) {
	t.Parallel()
	list := []string{"casino", "best price", `/v[i1]agra/`, `/(?-i:BUY) now|order\s+today/`, "ΣΊΣΥΦΟΣ", "c++"}
	for _, c := range []struct {
		name, source, author, website string
		want                          int
	}{
		{"none of them", "I like cassoulet.", "Ann", "https://ann.example", 0},
		{"a word", "The old casino in town is a library now.", "", "", wordPoints},
		{"a word in capitals", "CASINO", "", "", wordPoints},
		{"within another word", "casinos and casinolike", "", "", 0},
		{"two words", "that is the Best Price I found", "", "", wordPoints},
		{"a pattern", "cheap v1agra here", "", "", wordPoints},
		{"a pattern within a word", "xViagrax", "", "", wordPoints},
		{"one side of a pattern", "please order   today", "", "", wordPoints},
		{"a pattern that minds the case", "buy now", "", "", 0},
		{"the same as it wants it", "BUY now", "", "", wordPoints},
		{"letters that are the same in any case", "the myth of σίσυφος", "", "", wordPoints},
		{"punctuation", "I write C++, mostly", "", "", wordPoints},
		{"in the name", "hello", "Casino", "", wordPoints},
		{"in the website", "hello", "", "https://best-casino.example/", wordPoints},
		{"several at once are held, no more", "casino best price viagra", "casino", "https://casino.example", wordPoints},
	} {
		i := asked(func(i *inquiry) {
			i.Site.Settings.Words = list
			i.Comment.Source, i.Comment.Author = c.source, comments.Author{Name: c.author, Website: c.website}
		})
		if got := words(i); got != c.want {
			t.Errorf("%s: got %d points, want %d", c.name, got, c.want)
		}
	}
}

// Looking for a required text first must never change what is found.
func TestRequiredTextsAreRequired(t *testing.T) {
	t.Parallel()
	patterns := []string{
		`/a|b/`, `/(abc)+d?/`, `/(?:abc){0,2}x/`, `/[a-c]bc/`, `/^abc$/`, `/ſtraße/`, `/k/`, `/(?-i)Kelvin/`, `/a.c(def|dxf)/`, `/()/`, "straße", "İ", "k",
	}
	texts := []string{"", "abc", "ABCD", "x", "Kelvin K ſ K", "straße STRASSE ſtraße", "abcabcx", "a\ncdef", "İ i̇", "K", "bbc"}
	list := newWordList(patterns)
	for n, p := range list.patterns {
		for _, text := range texts {
			if p.MatchString(text) && !strings.Contains(fold(text), p.must) {
				t.Errorf("%s matches %q, which does not hold %q", patterns[n], text, p.must)
			}
		}
	}
	if got := list.patterns[1].must; got != "ABC" {
		t.Errorf("required of (abc)+d? is %q", got)
	}
}

func TestWordsAreCompiledOnce(t *testing.T) {
	t.Parallel()
	s := &site{}
	first := s.wordList([]string{"a", "b"})
	if again := s.wordList([]string{"a", "b"}); again != first {
		t.Error("the same setting was compiled again")
	}
	if other := s.wordList([]string{"a", "c"}); other == first || !other.match("c") || other.match("b") {
		t.Error("another setting has not taken effect")
	}
}

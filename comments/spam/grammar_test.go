package spam_test

import (
	"math/rand/v2"
	"strings"
	"unicode/utf8"
)

// grammar makes sentences: in a rule, {slot} stands for any of the rules of
// that slot. A topic's own slots come before the language's.
type grammar map[string][]string

// rules splits what is written compactly: alternatives between bars.
func rules(compact map[string]string) grammar {
	g := grammar{}
	for slot, all := range compact {
		for one := range strings.SplitSeq(all, "|") {
			g[slot] = append(g[slot], strings.TrimSpace(one))
		}
	}
	return g
}

// with returns g with the slots of other before its own.
func (g grammar) with(other grammar) grammar {
	both := grammar{}
	for slot, list := range g {
		both[slot] = list
	}
	for slot, list := range other {
		both[slot] = list
	}
	return both
}

// make expands a slot.
func (g grammar) make(r *rand.Rand, slot string) string {
	list := g[slot]
	if len(list) == 0 {
		panic("no rule for " + slot)
	}
	text := pick(r, list)
	for {
		open := strings.IndexByte(text, '{')
		if open < 0 {
			return text
		}
		end := open + strings.IndexByte(text[open:], '}')
		text = text[:open] + g.make(r, text[open+1:end]) + text[end+1:]
	}
}

// sentences returns a paragraph of n different sentences.
func (g grammar) sentences(r *rand.Rand, slot string, n int) string {
	var list []string
	for tries := 0; len(list) < n && tries < 4*n; tries++ {
		s := g.make(r, slot)
		_, first := utf8.DecodeRuneInString(s)
		s = strings.ToUpper(s[:first]) + s[first:]
		if !strings.Contains(strings.Join(list, " "), s) {
			list = append(list, s)
		}
	}
	return strings.Join(list, " ")
}

func pick[T any](r *rand.Rand, list []T) T { return list[r.IntN(len(list))] }

// often is true in so many of a hundred cases.
func often(r *rand.Rand, percent float64) bool { return r.Float64()*100 < percent }

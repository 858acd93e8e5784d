package spam

import (
	"hash/maphash"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
)

// Whatever the hashes: texts with a word changed here and there are alike, and
// texts with half of their words in common are not.
func TestSketchesAreAlikeAsTheirTextsAre(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	for _, c := range []struct{ words, changed, least, most int }{
		{60, 0, 100, 100}, {60, 1, 99, 100}, {60, 2, 95, 100}, {40, 1, 97, 100}, {leastSimilar, 0, 100, 100}, {60, 15, 0, 1}, {200, 100, 0, 0}, {20, 20, 0, 0},
		{leastSimilar - 1, 0, 0, 0},
	} {
		alike := 0
		for n := range 1000 {
			seed := maphash.MakeSeed()
			words := make([]string, c.words)
			for at := range words {
				words[at] = "w" + strconv.Itoa(r.IntN(5000))
			}
			a := newSketch(seed, strings.Join(words, " "), c.words)
			for at := range c.changed {
				words[(n+at*c.words/c.changed)%c.words] = "other" + strconv.Itoa(at)
			}
			if b := newSketch(seed, strings.Join(words, " "), c.words); a.resembles(&b) != b.resembles(&a) {
				t.Fatal("one resembles the other, and not the other way round")
			} else if a.resembles(&b) {
				alike++
			}
		}
		if alike < 10*c.least || alike > 10*c.most {
			t.Errorf("%d of 1000 texts of %d words with %d changed are alike", alike, c.words, c.changed)
		}
	}
}

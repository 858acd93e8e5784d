package spam

import (
	"hash/maphash"
	"slices"
)

const (
	sketchSize   = 32 // hashes that stand for a text
	shingle      = 2  // words that are hashed together
	leastSimilar = 20 // words, below which only equal texts are alike
)

// sketch stands for a text: the smallest hashes of its shingles, in order
// (Broder's bottom-k). Two sketches have as large a part in common as the
// texts have of their shingles, give or take some.
type sketch struct {
	hashes [sketchSize]uint32
	size   int
}

// newSketch returns that of a text of so many words, one space between them.
func newSketch(seed maphash.Seed, text string, words int) (s sketch) {
	if words < leastSimilar {
		return s
	}
	starts := make([]int, 1, words+1)
	for at := range len(text) {
		if text[at] == ' ' {
			starts = append(starts, at+1)
		}
	}
	starts = append(starts, len(text)+1)
	var all []uint32
	for n := range len(starts) - shingle {
		all = append(all, uint32(maphash.String(seed, text[starts[n]:starts[n+shingle]-1])))
	}
	slices.Sort(all)
	s.size = copy(s.hashes[:], slices.Compact(all))
	return s
}

// resembles reports whether two texts have three quarters in common, by the
// smallest hashes of both together.
func (s *sketch) resembles(o *sketch) bool {
	if s.size == 0 || o.size == 0 {
		return false
	}
	common, all := 0, 0
	for i, j := 0, 0; all < sketchSize && (i < s.size || j < o.size); all++ {
		if all-common > sketchSize/4 {
			return false // whatever the rest is
		}
		switch {
		case j == o.size || i < s.size && s.hashes[i] < o.hashes[j]:
			i++
		case i == s.size || o.hashes[j] < s.hashes[i]:
			j++
		default:
			common, i, j = common+1, i+1, j+1
		}
	}
	return 4*common >= 3*all
}

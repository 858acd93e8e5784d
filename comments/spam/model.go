package spam

import (
	"cmp"
	"math"
	"slices"
)

const (
	maxLearned    = 5_000   // comments of a site that are learned from, the newest
	minEach       = 20      // published and spam each, below which the classifier is silent
	maxVocabulary = 1 << 16 // features of a site that are counted
	maxTelling    = 100     // features of a comment that decide, the strongest
	leastStrength = 0.1     // from 0.5, below which a feature decides nothing
	doubt         = 0.45    // how many comments' weight the assumption has that a feature means nothing
	undecided     = 0.5     // the opinion of a classifier that cannot tell
)

// counts says how many comments of each kind have a feature.
type counts struct{ ham, spam uint16 }

// model is a naive Bayes classifier over the features that comments have,
// whose words are combined by Fisher's method as Robinson proposed: unlike a
// plain product, it says that it cannot tell when much speaks for both.
type model struct {
	ham, spam int
	features  map[uint64]counts
	full      bool // nothing more is counted that is not counted already
}

// learn counts a comment's features.
func (m *model) learn(features []uint64, spam bool) { m.count(features, spam, 1) }

// unlearn takes a comment away that was learned.
func (m *model) unlearn(features []uint64, spam bool) { m.count(features, spam, -1) }

func (m *model) count(features []uint64, spam bool, by int) {
	if m.features == nil {
		m.features = map[uint64]counts{}
	}
	if spam {
		m.spam += by
	} else {
		m.ham += by
	}
	for _, f := range features {
		c, known := m.features[f]
		if !known && (by < 0 || !m.room()) {
			continue
		}
		if spam {
			c.spam = uint16(max(0, int(c.spam)+by))
		} else {
			c.ham = uint16(max(0, int(c.ham)+by))
		}
		m.features[f] = c
	}
}

// room reports whether one more feature can be counted. When there is none
// left, those go that were seen once, so that no one can fill the model with
// long texts of words that do not come again.
func (m *model) room() bool {
	if len(m.features) < maxVocabulary || m.full {
		return !m.full
	}
	for f, c := range m.features {
		if c.ham+c.spam == 1 {
			delete(m.features, f)
		}
	}
	m.full = len(m.features) > maxVocabulary/4*3
	return !m.full
}

// silent reports whether the model has seen too little to say anything.
func (m *model) silent() bool { return m.ham < minEach || m.spam < minEach }

// strength returns how likely a comment with a feature is spam, as if both
// kinds were as frequent, and drawn towards undecided the less the feature was
// seen.
func (m *model) strength(c counts) float64 {
	spam, ham := float64(c.spam)/float64(max(1, m.spam)), float64(c.ham)/float64(max(1, m.ham))
	if c == (counts{}) {
		return undecided
	}
	n := float64(c.spam) + float64(c.ham)
	return (doubt*undecided + n*spam/(spam+ham)) / (doubt + n)
}

// opinion is what a model thinks of a comment.
type opinion struct {
	spam    float64 // how much it looks like spam, from 0 to 1
	telling int     // features that this is from
}

// score returns the opinion on a comment with these features: undecided if
// the model is silent or cannot tell.
func (m *model) score(features []uint64) opinion {
	if m.silent() {
		return opinion{spam: undecided}
	}
	telling := make([]float64, 0, len(features))
	for _, f := range features {
		if p := m.strength(m.features[f]); math.Abs(p-undecided) >= leastStrength {
			telling = append(telling, p)
		}
	}
	if len(telling) > maxTelling {
		slices.SortFunc(telling, func(a, b float64) int {
			return cmp.Compare(math.Abs(b-undecided), math.Abs(a-undecided))
		})
		telling = telling[:maxTelling]
	}
	return opinion{fisher(telling), len(telling)}
}

// fisher combines probabilities: 1 minus the chance that random ones would
// speak as much for spam, against the same for ham. Of none it is undecided.
func fisher(ps []float64) float64 {
	var spam, ham float64 // logarithms of products
	for _, p := range ps {
		spam += math.Log(1 - p)
		ham += math.Log(p)
	}
	return (1 + chiSquare(-ham, len(ps)) - chiSquare(-spam, len(ps))) / 2
}

// chiSquare returns the chance that a chi-square of 2n degrees of freedom
// exceeds 2x.
func chiSquare(x float64, n int) float64 {
	term := math.Exp(-x)
	sum := term
	for i := 1; i < n; i++ {
		term *= x / float64(i)
		sum += term
	}
	return min(1, sum)
}

package spam

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// taught returns a model that has seen so many comments of each kind, with ten
// features each: some below 100 are in ham, some up to 200 in spam, and those
// from 200 on in all.
func taught(each int) *model {
	m, r := &model{}, rand.New(rand.NewPCG(1, 2))
	for range each {
		m.learn(some(r, 0), false)
		m.learn(some(r, 100), true)
	}
	return m
}

// some returns up to five features from a hundred on, and five that are in all.
func some(r *rand.Rand, from uint64) []uint64 {
	list := []uint64{200, 201, 202, 203, 204}
	for range 5 {
		list = append(list, from+r.Uint64N(100))
	}
	slices.Sort(list)
	return slices.Compact(list)
}

func TestModelTellsThemApart(t *testing.T) {
	t.Parallel()
	m, r := taught(200), rand.New(rand.NewPCG(3, 4))
	for range 100 {
		if o := m.score(some(r, 0)); o.spam > sureHam || o.telling < leastTellingHam {
			t.Errorf("good features score %v", o)
		}
		if o := m.score(some(r, 100)); o.spam < likelySpam || o.telling < leastTellingHam {
			t.Errorf("spam's features score %v", o)
		}
	}
	for name, features := range map[string][]uint64{"none": nil, "those in all": {200, 201, 202, 203, 204}, "unknown ones": {1000, 1001, 1002, 1003, 1004, 1005, 1006}} {
		if o := m.score(features); o.says(false) != saysNothing {
			t.Errorf("%s score %v", name, o)
		}
	}
	var both []uint64
	for f := range uint64(20) {
		both = append(both, f, 100+f)
	}
	if o := m.score(both); math.Abs(o.spam-undecided) > 0.2 {
		t.Errorf("as much for spam as for ham scores %v", o)
	}
}

func TestModelIsSilentUntilItHasSeenBothKinds(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		ham, spam int
		silent    bool
	}{{0, 0, true}, {minEach, minEach - 1, true}, {minEach - 1, 1000, true}, {1000, 0, true}, {minEach, minEach, false}} {
		m, r := &model{}, rand.New(rand.NewPCG(1, 2))
		for range c.ham {
			m.learn(some(r, 0), false)
		}
		for range c.spam {
			m.learn(some(r, 100), true)
		}
		if m.silent() != c.silent {
			t.Errorf("%d and %d: silent is %v", c.ham, c.spam, m.silent())
		}
		if o := m.score(some(r, 100)); c.silent && o != (opinion{spam: undecided}) {
			t.Errorf("%d and %d: got the opinion %v", c.ham, c.spam, o)
		}
	}
}

func TestModelUnlearns(t *testing.T) {
	t.Parallel()
	m, r := taught(50), rand.New(rand.NewPCG(5, 6))
	features := some(r, 100)
	want := m.score(features)
	for range 3 {
		m.learn(features, true)
	}
	if m.score(features) == want {
		t.Error("nothing was learned")
	}
	for range 3 {
		m.unlearn(features, true)
	}
	if got := m.score(features); got != want {
		t.Errorf("got %v after unlearning, want %v as before", got, want)
	}
	m.unlearn([]uint64{9999}, true) // never seen
	if _, known := m.features[9999]; known {
		t.Error("a feature was learned by unlearning it")
	}
}

// Whoever sends long texts of words that never come again takes no room from
// those that do.
func TestModelKeepsWhatComesAgain(t *testing.T) {
	t.Parallel()
	m := taught(100)
	for n := range uint64(200) {
		noise := make([]uint64, 10_000)
		for at := range noise {
			noise[at] = 1_000_000*(n+1) + uint64(at)
		}
		m.learn(noise, true)
	}
	if len(m.features) > maxVocabulary {
		t.Errorf("it counts %d features", len(m.features))
	}
	if m.features[5].ham == 0 || m.features[105].spam == 0 {
		t.Error("it has forgotten what it knew")
	}
	before := m.features[105].spam
	if m.learn([]uint64{105}, true); m.features[105].spam != before+1 {
		t.Error("it does not learn any more")
	}
}

func TestModelIsFullOfWhatComesAgain(t *testing.T) {
	t.Parallel()
	m := &model{}
	for f := range uint64(2 * maxVocabulary) {
		m.learn([]uint64{f}, true)
		m.learn([]uint64{f}, true)
	}
	if len(m.features) > maxVocabulary || !m.full {
		t.Errorf("it counts %d features, full is %v", len(m.features), m.full)
	}
}

func TestFisher(t *testing.T) {
	t.Parallel()
	repeated := func(p float64, n int) (list []float64) {
		for range n {
			list = append(list, p)
		}
		return list
	}
	for _, c := range []struct {
		ps          []float64
		least, most float64
	}{
		{nil, 0.5, 0.5}, {[]float64{0.5}, 0.5, 0.5}, {[]float64{0.9, 0.1}, 0.499, 0.501},
		{repeated(0.99, 3), 0.99, 1}, {repeated(0.01, 3), 0, 0.01},
		{repeated(0.9999, maxTelling), 0.9999, 1}, {repeated(0.0001, maxTelling), 0, 0.0001},
		{append(repeated(0.0001, 50), repeated(0.9999, 50)...), 0.49, 0.51},
		{repeated(0.9, 1), 0.85, 0.95}, // the chi-square of two degrees of freedom gives p itself
	} {
		if got := fisher(c.ps); math.IsNaN(got) || got < c.least || got > c.most {
			t.Errorf("fisher of %d times %v is %v, want %v to %v", len(c.ps), c.ps[:min(1, len(c.ps))], got, c.least, c.most)
		}
	}
}

// The values are those of a table of the chi-square distribution.
func TestChiSquare(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		x    float64
		n    int
		want float64
	}{{5.991 / 2, 1, 0.05}, {9.488 / 2, 2, 0.05}, {18.307 / 2, 5, 0.05}, {23.209 / 2, 5, 0.01}, {3.940 / 2, 5, 0.95}, {124.342 / 2, 50, 0.05}, {0, 5, 1}, {1e6, 100, 0}} {
		if got := chiSquare(c.x, c.n); math.Abs(got-c.want) > 0.0005 {
			t.Errorf("chi-square of %v with %d is %v, want %v", c.x, c.n, got, c.want)
		}
	}
}

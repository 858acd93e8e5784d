package spam

import (
	"context"
	"hash/maphash"
	"strings"

	"postil/comments"
)

// folds is into how many parts the decisions are split to examine what the
// classifier says of comments that it did not learn.
const folds = 10

// Report is how well a site's classifier does.
type Report struct {
	Ham, Spam int  // comments that moderators have decided about, as far as they count
	Silent    bool // they are too few, or too few of one kind, for the classifier to say anything

	// What it says of comments, each by a classifier that learned from the
	// nine tenths without it.
	OfHam, OfSpam Opinions

	HamWords, SpamWords []Word // those that say most; at most 20 each
}

// Opinions counts comments by what the classifier says of them.
type Opinions struct {
	Ham    int // surely none: speaks for a comment without proof of work
	Unsure int // nothing
	Likely int // spam, likely: holds it
	Sure   int // spam, surely: makes it spam if another defence speaks too
}

// Examine reads what a site's moderators have decided and returns how well
// the classifier can tell from it. The error is the store's.
func Examine(ctx context.Context, store Store, s comments.Site) (Report, error) {
	e := examination{seed: maphash.MakeSeed(), texts: map[uint64]Word{}}
	if err := eachJudged(ctx, store, s, e.take); err != nil {
		return Report{}, err
	}
	r := Report{Ham: e.all.ham, Spam: e.all.spam, Silent: e.all.silent()}
	r.HamWords, r.SpamWords = e.words()
	for fold := range folds {
		e.examine(fold, &r)
	}
	return r, nil
}

// examination holds features of all decided comments while it lasts.
type examination struct {
	seed  maphash.Seed
	all   model
	cases []example
	texts map[uint64]Word // Kind and Text of features
}

type example struct {
	features []uint64
	spam     bool
}

func (e *examination) take(c *comments.Comment) {
	features := hashes(e.seed, c, func(hash uint64, k kind, text string) {
		if _, known := e.texts[hash]; !known && len(e.texts) < maxVocabulary {
			e.texts[hash] = Word{Kind: k.String(), Text: strings.Clone(text)}
		}
	})
	e.cases = append(e.cases, example{features, c.Status == comments.Spam})
	e.all.learn(features, c.Status == comments.Spam)
}

// examine takes one fold away, asks about it, and puts it back.
func (e *examination) examine(fold int, r *Report) {
	for n := fold; n < len(e.cases); n += folds {
		e.all.unlearn(e.cases[n].features, e.cases[n].spam)
	}
	for n := fold; n < len(e.cases); n += folds {
		of := &r.OfHam
		if e.cases[n].spam {
			of = &r.OfSpam
		}
		of.count(e.all.score(e.cases[n].features).says(false))
	}
	for n := fold; n < len(e.cases); n += folds {
		e.all.learn(e.cases[n].features, e.cases[n].spam)
	}
}

func (o *Opinions) count(s says) {
	switch s {
	case saysSure:
		o.Sure++
	case saysLikely:
		o.Likely++
	case saysHam:
		o.Ham++
	default:
		o.Unsure++
	}
}

func (e *examination) words() (ham, spam []Word) {
	hams, spams := map[uint64]Word{}, map[uint64]Word{}
	for hash, text := range e.texts {
		c := e.all.features[hash]
		w := Word{Kind: text.Kind, Text: text.Text, Ham: int(c.ham), Spam: int(c.spam), Spammy: e.all.strength(c)}
		if w.Spammy < undecided {
			hams[hash] = w
		} else {
			spams[hash] = w
		}
	}
	return strongest(hams, maxWords), strongest(spams, maxWords)
}

package spam

import (
	"cmp"
	"context"
	"math"
	"slices"

	"postil/comments"
)

// maxWords is how many words an Explanation or a Report names.
const maxWords = 20

// Explanation is why the classifier thinks what it thinks of a comment.
type Explanation struct {
	Ham, Spam int     // comments that it learned from
	Silent    bool    // that is too few, or too few of one kind, to say anything
	Opinion   float64 // how much the comment looks like spam, from 0 to 1; it counts for little when Words are few
	Words     []Word  // of the comment, that say most, the strongest first; at most 20
}

// Word is something that a comment has and the classifier goes by.
type Word struct {
	Kind      string  // text, name, link, website, or shape (how the comment looks)
	Text      string  //
	Ham, Spam int     // comments with it, of those learned from
	Spammy    float64 // from 0 (only seen in good comments) to 1 (only in spam)
}

// Explain returns what the classifier goes by in judging a comment. The words
// are those of the comment itself: none are kept. It fails when the
// decisions of the site's moderators cannot be read.
func (d *Defences) Explain(ctx context.Context, c comments.Comment, s comments.Site) (Explanation, error) {
	there := d.site(s, d.Now())
	k := d.know(ctx, there)
	if k == nothing {
		var err error
		if k, err = read(ctx, d.Store, d.seed, s); err != nil {
			return Explanation{}, err
		}
	}
	m := &k.model
	words := map[uint64]Word{}
	features := hashes(d.seed, &c, func(hash uint64, kind kind, text string) {
		if seen := m.features[hash]; seen != (counts{}) {
			words[hash] = m.word(seen, kind, text)
		}
	})
	return Explanation{Ham: m.ham, Spam: m.spam, Silent: m.silent(), Opinion: m.score(features).spam, Words: strongest(words, maxWords)}, nil
}

func (m *model) word(c counts, k kind, text string) Word {
	return Word{Kind: k.String(), Text: text, Ham: int(c.ham), Spam: int(c.spam), Spammy: m.strength(c)}
}

// strongest returns those that are furthest from undecided.
func strongest(words map[uint64]Word, most int) []Word {
	var list []Word
	for _, w := range words {
		if math.Abs(w.Spammy-undecided) >= leastStrength {
			list = append(list, w)
		}
	}
	slices.SortFunc(list, func(a, b Word) int {
		return cmp.Or(
			cmp.Compare(math.Abs(b.Spammy-undecided), math.Abs(a.Spammy-undecided)),
			cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Text, b.Text))
	})
	return list[:min(len(list), most)]
}

package spam

import (
	"errors"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"postil/comments"
)

func TestExplain(t *testing.T) {
	t.Parallel()
	d := New(Config{Store: lessons(30), Now: time.Now, Log: slog.New(slog.DiscardHandler)})
	site := comments.Site{Host: "blog.example", Settings: comments.DefaultSettings()}
	e, err := d.Explain(t.Context(), comments.Comment{Source: "Cheap watches, said my father. Zebras!", Author: comments.Author{Name: "Replica"}}, site)
	if err != nil {
		t.Fatal(err)
	}
	if e.Ham != 30 || e.Spam != 30 || e.Silent {
		t.Errorf("it has learned from %d and %d, silent is %v", e.Ham, e.Spam, e.Silent)
	}
	said := map[string]Word{}
	for _, w := range e.Words {
		said[w.Kind+" "+w.Text] = w
	}
	for text, spammy := range map[string]bool{"text cheap": true, "text watches": true, "text said": false, "text father": false} {
		w, ok := said[text]
		if !ok || spammy != (w.Spammy > 0.9) || spammy != (w.Spam == 30) || spammy == (w.Ham == 30) {
			t.Errorf("of %q it says %+v", text, w)
		}
	}
	for _, text := range []string{"text zebras", "name replica", "text replica", "text order"} {
		if w, ok := said[text]; ok {
			t.Errorf("of %q, which is not known or not there, it says %+v", text, w)
		}
	}
	if !slices.IsSortedFunc(e.Words, func(a, b Word) int { return int(1000 * (distance(b) - distance(a))) }) {
		t.Errorf("the strongest do not come first: %+v", e.Words)
	}
}

func distance(w Word) float64 { return max(w.Spammy-0.5, 0.5-w.Spammy) }

func TestExplainNamesFewWords(t *testing.T) {
	t.Parallel()
	store := &desk{}
	var long strings.Builder
	for n := range 500 {
		long.WriteString("w" + strings.Repeat("x", n%30) + string(rune('a'+n%26)) + " ")
	}
	for range 30 {
		store.decide("hello there", comments.Published)
		store.decide(long.String(), comments.Spam)
	}
	d := New(Config{Store: store, Now: time.Now, Log: slog.New(slog.DiscardHandler)})
	e, err := d.Explain(t.Context(), comments.Comment{Source: long.String()}, comments.Site{Host: "blog.example"})
	if err != nil || len(e.Words) != maxWords || e.Opinion < sureSpam {
		t.Errorf("got %d words, opinion %v, %v", len(e.Words), e.Opinion, err)
	}
}

func TestExamine(t *testing.T) {
	t.Parallel()
	site := comments.Site{Host: "blog.example", Settings: comments.DefaultSettings()}
	store := lessons(100)
	store.decide("order cheap replica watches online with free worldwide shipping", comments.Published) // a mistake
	r, err := Examine(t.Context(), store, site)
	if err != nil {
		t.Fatal(err)
	}
	if r.Ham != 101 || r.Spam != 100 || r.Silent {
		t.Errorf("got %d ham, %d spam, silent %v", r.Ham, r.Spam, r.Silent)
	}
	if want := (Opinions{Ham: 100, Sure: 1}); r.OfHam != want {
		t.Errorf("of ham: got %+v, want %+v", r.OfHam, want)
	}
	if want := (Opinions{Sure: 100}); r.OfSpam != want {
		t.Errorf("of spam: got %+v, want %+v", r.OfSpam, want)
	}
	for name, c := range map[string]struct {
		list   []Word
		strong string
		spammy bool
	}{"ham": {r.HamWords, "text father", false}, "spam": {r.SpamWords, "text watches", true}} {
		found := false
		for _, w := range c.list {
			found = found || w.Kind+" "+w.Text == c.strong
			if (w.Spammy > undecided) != c.spammy {
				t.Errorf("among the words of %s is %+v", name, w)
			}
		}
		if !found || len(c.list) > maxWords {
			t.Errorf("the words of %s are %+v", name, c.list)
		}
	}
}

// A comment is judged by what others say: where each says something of its
// own nothing can be told, whatever the moderators decided.
func TestExamineAsksAboutWhatItDidNotLearn(t *testing.T) {
	t.Parallel()
	store := &desk{}
	for n := range 60 {
		own := strings.Repeat(string(rune('a'+n%26))+string(rune('a'+n/26)), 3)
		store.decide(own+"one "+own+"two "+own+"three "+own+"four "+own+"five "+own+"six "+own+"seven", []comments.Status{comments.Published, comments.Spam}[n%2])
	}
	r, err := Examine(t.Context(), store, comments.Site{Host: "blog.example"})
	if err != nil {
		t.Fatal(err)
	}
	if r.OfHam.Unsure != 30 || r.OfSpam.Unsure != 30 {
		t.Errorf("of ham %+v, of spam %+v", r.OfHam, r.OfSpam)
	}
}

func TestExamineSaysWhenItIsTooLittle(t *testing.T) {
	t.Parallel()
	r, err := Examine(t.Context(), lessons(minEach-1), comments.Site{Host: "blog.example"})
	if err != nil || !r.Silent || r.OfHam.Unsure != minEach-1 || r.OfSpam.Unsure != minEach-1 {
		t.Errorf("got %+v, %v", r, err)
	}
	empty, err := Examine(t.Context(), &desk{}, comments.Site{Host: "blog.example"})
	if err != nil || !empty.Silent || empty.Ham+empty.Spam != 0 {
		t.Errorf("got %+v, %v", empty, err)
	}
	_, err = Examine(t.Context(), &desk{failing: true}, comments.Site{Host: "blog.example"})
	if err == nil || errors.Unwrap(err) != nil {
		t.Errorf("got %v, want the store's own error", err)
	}
}

// Of very many decisions the newest count.
func TestTheNewestDecisionsAreLearned(t *testing.T) {
	t.Parallel()
	store := &desk{}
	for range 100 {
		store.decide("an old one", comments.Spam)
	}
	for range maxLearned {
		store.decide("a new one", comments.Published)
	}
	r, err := Examine(t.Context(), store, comments.Site{Host: "blog.example"})
	if err != nil || r.Ham != maxLearned || r.Spam != 0 {
		t.Errorf("learned %d ham and %d spam, %v", r.Ham, r.Spam, err)
	}
}

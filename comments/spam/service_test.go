package spam_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"postil/comments"
)

func (w *world) set(change func(*comments.Settings)) {
	w.Helper()
	change(&w.site.Settings)
	w.must(w.store.PutSite(w.Context(), w.site))
	w.clock = w.clock.Add(time.Minute)
}

func (w *world) post(body string, came comments.Evidence) comments.Comment {
	w.Helper()
	return w.send(post{Draft: comments.Draft{Site: host, Page: "/post", Name: "Ann", Body: body, Evidence: came}, sort: "test"})
}

func (w *world) expect(c comments.Comment, status comments.Status, verdicts comments.Verdicts) {
	w.Helper()
	if c.Status != status || c.Verdicts != verdicts {
		w.Errorf("%q is %s by %q, want %s by %q", c.Source, c.Status, c.Verdicts, status, verdicts)
	}
}

func TestWithoutJavaScriptACommentIsHeldNotLost(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	form := comments.Evidence{Form: true, FormAge: time.Minute, Nearby: 1}
	held := w.post("Does anybody know who built the bridge at the mill?", form)
	w.expect(held, comments.Held, "proof=100")
	w.expect(w.post("Does the road lead over it, or below?", comments.Evidence{Proof: true}), comments.Published, "")
	w.expect(w.post("The form came back at once.", comments.Evidence{Form: true}), comments.Held, "form=100 proof=100")
	w.expect(w.post("Filled in by the browser itself.", comments.Evidence{Form: true, FormAge: time.Minute, Trap: true}), comments.Spam, "trap=300 proof=100")
	w.decide(held, post{Draft: comments.Draft{Page: "/post"}})
}

func TestTheSitesWordsHoldAndRefuseNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.set(func(s *comments.Settings) { s.Words = []string{"casino", "loan", `/free\s+spins/`} })
	proof := comments.Evidence{Proof: true, Nearby: 1}
	for _, body := range []string{
		"The old casino is a library now.", "We took out a loan for the roof.", "Three free spins in the washing machine and it is dry.",
		"casino, loan, free spins: what the spam here used to be about",
	} {
		w.expect(w.post(body, proof), comments.Held, "words=130")
	}
	w.expect(w.post("Casinos and reloaning are other words.", proof), comments.Published, "")
	c := w.post("Nothing of the kind.", proof)
	if c.Status != comments.Published {
		t.Fatalf("got %s", c.Status)
	}
}

func TestAnEditIsJudgedByItsWords(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.set(func(s *comments.Settings) { s.Words = []string{"casino"} })
	r, err := w.Submit(t.Context(), comments.Draft{Site: host, Page: "/post", Body: "A harmless text.", Evidence: comments.Evidence{Proof: true}})
	w.must(err)
	c, err := w.Edit(t.Context(), r.Comment.ID, r.EditKey, "A harmless text, a bit longer.")
	w.must(err)
	w.expect(c, comments.Published, "")
	c, err = w.Edit(t.Context(), r.Comment.ID, r.EditKey, "https://a.example https://b.example https://c.example casino")
	w.must(err)
	w.expect(c, comments.Held, "links=100 words=130")
}

// What is erased is forgotten, and so is what moderators take back.
func TestAnErasedCommentIsForgotten(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var ids []comments.ID
	for n := range 25 {
		good := w.post(fmt.Sprintf("The apple tree number %d carries fruit again.", n), comments.Evidence{Proof: true})
		w.decide(good, post{Draft: comments.Draft{Page: "/post"}})
		bad := w.post(fmt.Sprintf("Order %d replica watches from quicksilver today.", n), comments.Evidence{})
		w.decide(bad, post{spam: true})
		ids = append(ids, bad.ID)
	}
	w.learn(50)
	known := func() (found bool) {
		e, err := w.defences.Explain(t.Context(), comments.Comment{Source: "quicksilver"}, w.site)
		w.must(err)
		for _, word := range e.Words {
			found = found || word.Text == "quicksilver"
		}
		return found
	}
	if !known() {
		t.Fatal("the word was not learned")
	}
	_, err := w.Erase(t.Context(), moderator, host, ids[:24])
	w.must(err)
	_, err = w.Decide(t.Context(), moderator, host, ids[24:], comments.Held)
	w.must(err)
	w.learn(25)
	if known() {
		t.Error("the word is still known")
	}
}

// Nothing but decisions of moderators is learned.
func TestOnlyDecisionsAreLearned(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	published := w.post("Published by the policy.", comments.Evidence{Proof: true})
	w.post("Held by it.", comments.Evidence{})
	w.post("Spam by it.", comments.Evidence{Trap: true})
	w.learn(0)
	w.decide(published, post{Draft: comments.Draft{Page: "/post"}}) // confirmed
	w.learn(1)
}

// The verdicts come in the order in which moderators read of them, and an
// owner's comment is published whatever they are.
func TestTheOwnerIsPublished(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	asked := w.post("Who wrote this?", comments.Evidence{Proof: true})
	c, err := w.Answer(t.Context(), "Maria", asked.ID, "I did.", comments.NewIdempotencyKey())
	w.must(err)
	names := make([]string, 0, 2)
	for _, v := range c.Verdicts.List() {
		names = append(names, v.Name)
	}
	if c.Status != comments.Published || !slices.Equal(names, []string{"proof", "owner"}) {
		t.Errorf("it is %s by %q", c.Status, c.Verdicts)
	}
}

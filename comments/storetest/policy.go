package storetest

import (
	"context"
	"errors"
	"time"

	"postil/comments"
)

func policyTests() serviceTests {
	return serviceTests{
		"policies decide by points, standings and ownership":     policyTable,
		"the defences see the comment as it will be":             policyCase,
		"what the defences said is stored, and told of":          policyVerdicts,
		"a defence that fails takes no comment":                  policyFailure,
		"an edit is judged again":                                policyEdit,
		"an edit never publishes what was held":                  policyEditHeld,
		"an edit that meets a decision does not undo it":         policyEditDecided,
		"an approval makes a badge known where first ones wait":  policyFirst,
		"an unsigned author is a stranger each time":             policyUnsigned,
		"a closed page refuses, and its owner and others are in": policyClosedPage,
	}
}

// rated gives a signed name a standing, and returns the name as it is typed.
func (d *desk) rated(standing comments.Standing) string {
	d.Helper()
	typed := "Ann#secret of " + string(standing)
	d.mu.Lock()
	d.verdicts = nil
	d.mu.Unlock()
	if standing != comments.Unknown {
		d.must(d.Rate(d.Context(), moderator, d.site.Host, d.submitAs(typed).Comment.Author.Badge, standing))
	}
	return typed
}

func (d *desk) submitAs(typed string) comments.Receipt {
	d.Helper()
	draft := d.draft("hello")
	draft.Name = typed
	return d.submit(draft)
}

func policyTable(d *desk) {
	const (
		unknown, known, trusted, blocked = comments.Unknown, comments.Known, comments.Trusted, comments.Blocked
		published, held, spam            = comments.Published, comments.Held, comments.Spam
	)
	points := [4]int{0, comments.HoldPoints - 1, comments.HoldPoints, comments.SpamPoints}
	for _, c := range []struct {
		policy   comments.Policy
		standing comments.Standing
		want     [4]comments.Status // by points
	}{
		{comments.PolicyOpen, unknown, [4]comments.Status{published, published, published, spam}},
		{comments.PolicyOpen, known, [4]comments.Status{published, published, published, spam}},
		{comments.PolicyOpen, trusted, [4]comments.Status{published, published, published, published}},
		{comments.PolicyOpen, blocked, [4]comments.Status{spam, spam, spam, spam}},
		{comments.PolicyAuto, unknown, [4]comments.Status{published, published, held, spam}},
		{comments.PolicyAuto, known, [4]comments.Status{published, published, held, spam}},
		{comments.PolicyAuto, trusted, [4]comments.Status{published, published, published, published}},
		{comments.PolicyAuto, blocked, [4]comments.Status{spam, spam, spam, spam}},
		{comments.PolicyHoldFirst, unknown, [4]comments.Status{held, held, held, spam}},
		{comments.PolicyHoldFirst, known, [4]comments.Status{published, published, held, spam}},
		{comments.PolicyHoldFirst, trusted, [4]comments.Status{published, published, published, published}},
		{comments.PolicyHoldFirst, blocked, [4]comments.Status{spam, spam, spam, spam}},
		{comments.PolicyHoldAll, unknown, [4]comments.Status{held, held, held, spam}},
		{comments.PolicyHoldAll, known, [4]comments.Status{held, held, held, spam}},
		{comments.PolicyHoldAll, trusted, [4]comments.Status{held, held, held, held}},
		{comments.PolicyHoldAll, blocked, [4]comments.Status{spam, spam, spam, spam}},
	} {
		d.policy(comments.PolicyOpen)
		typed := d.rated(c.standing)
		d.policy(c.policy)
		for i, n := range points {
			d.suspect(n)
			if got := d.submitAs(typed).Comment.Status; got != c.want[i] {
				d.Errorf("%s, %q, %d points: %s, want %s", c.policy, c.standing, n, got, c.want[i])
			}
		}
		owner := d.submitAs("Mia#" + d.Keys.OwnerKey(d.site)).Comment // who has as many points as spam
		if owner.Status != published || !owner.Author.Owner {
			d.Errorf("%s, the owner: %s, owner %v", c.policy, owner.Status, owner.Author.Owner)
		}
	}
	d.policy(comments.PolicyClosed)
	d.suspect(-1000)
	d.rejects(d.draft("hello"), comments.Forbidden, "")
}

func policyCase(d *desk) {
	typed := d.rated(comments.Trusted)
	draft := d.draft("hello")
	draft.Name, draft.Evidence = typed, comments.Evidence{Trap: true, FormAge: time.Second, Nearby: 3}
	c := d.submit(draft).Comment
	last := d.cases[len(d.cases)-1]
	c.Number, c.Status, c.Verdicts = 0, "", ""
	d.same("case", comments.Case{Site: last.Site, Comment: c, Evidence: draft.Evidence, Standing: comments.Trusted}, last)
	d.same("site", d.site.Settings, last.Site.Settings)
}

func policyVerdicts(d *desk) {
	d.suspect(120)
	c := d.submit(d.draft("hello")).Comment
	d.same("verdicts", comments.Verdicts("test=120"), d.find(c.ID).Verdicts)
	d.same("events", []comments.Event{d.event(1, c.Created, comments.Received, c, false, "")}, d.events(0))
	d.policy(comments.PolicyHoldFirst)
	d.same("verdicts with the policy's own", comments.Verdicts("test=120 first=100"), d.submit(d.draft("hello")).Comment.Verdicts)
}

func policyFailure(d *desk) {
	config := d.Config
	config.Judge = func(context.Context, comments.Case) ([]comments.Verdict, error) { return nil, errors.New("no answer") }
	service := comments.NewService(config)
	if _, err := service.Submit(d.Context(), d.draft("hello")); comments.KindOf(err) != comments.Internal || err == nil {
		d.Errorf("got error %v, want one of kind Internal", err)
	}
	d.same("head", int64(0), d.head())
}

func policyEdit(d *desk) {
	r := d.submit(d.draft("hello"))
	d.suspect(comments.HoldPoints)
	d.pass(time.Minute)
	edited, err := d.Edit(d.Context(), r.Comment.ID, r.EditKey, "bye")
	d.must(err)
	want := r.Comment
	want.Source, want.HTML, want.Edited, want.Decided = "bye", "<p>bye</p>", d.time().UTC(), d.time().UTC()
	want.Status, want.Verdicts = comments.Held, "test=100"
	d.same("edited", want, edited)
	d.same("as found", want, d.find(want.ID))
	d.same("event", d.event(2, want.Edited, comments.Edited, want, false, ""), d.events(1)[0])
	last := d.cases[len(d.cases)-1]
	d.same("evidence", comments.Evidence{Edit: true}, last.Evidence)
	d.same("words that were judged", "bye", last.Comment.Source)
}

func policyEditHeld(d *desk) {
	d.suspect(comments.HoldPoints)
	r := d.submit(d.draft("hello"))
	d.suspect(-10)
	edited, err := d.Edit(d.Context(), r.Comment.ID, r.EditKey, "bye")
	d.must(err)
	d.same("status", comments.Held, edited.Status)
	d.same("verdicts", comments.Verdicts("test=-10"), edited.Verdicts)
	d.same("when it was decided", r.Comment.Decided, edited.Decided)
}

// A moderator decides between the judging of an edit and its storage.
func policyEditDecided(d *desk) {
	r := d.submit(d.draft("hello"))
	config := d.Config
	config.Judge = func(context.Context, comments.Case) ([]comments.Verdict, error) {
		d.decide(comments.Spam, r.Comment.ID)
		return nil, nil
	}
	_, err := comments.NewService(config).Edit(d.Context(), r.Comment.ID, r.EditKey, "bye")
	d.fails(err, comments.Conflict, "")
	d.same("as found", []any{comments.Spam, "hello"}, []any{d.find(r.Comment.ID).Status, d.find(r.Comment.ID).Source})
}

func policyFirst(d *desk) {
	d.policy(comments.PolicyHoldFirst)
	first := d.submitAs("Ann#secret").Comment
	d.same("the first", comments.Held, first.Status)
	d.same("the second, before a decision", comments.Held, d.submitAs("Ann#secret").Comment.Status)
	_, err := d.Decide(d.Context(), moderator, d.site.Host, []comments.ID{first.ID}, comments.Published)
	d.must(err)
	d.same("the third, after it", comments.Published, d.submitAs("Ann#secret").Comment.Status)
	d.same("who only has the name", comments.Held, d.submitAs("Ann#another").Comment.Status)
	d.same("who has no secret", comments.Held, d.submitAs("Ann").Comment.Status)
}

func policyUnsigned(d *desk) {
	d.policy(comments.PolicyHoldFirst)
	c := d.submitAs("Ann").Comment
	_, err := d.Decide(d.Context(), moderator, d.site.Host, []comments.ID{c.ID}, comments.Published)
	d.must(err)
	d.same("after an approval", comments.Held, d.submitAs("Ann").Comment.Status)
	d.standings()
}

func policyClosedPage(d *desk) {
	first := d.submit(d.keyedDraft("hello"))
	d.must(d.Service.CloseThread(d.Context(), d.site.Host, string(page), true))
	d.same("change that readers see", d.head(), d.settled.Load())
	d.rejects(d.draft("late"), comments.Forbidden, "")
	d.same("the same post again", true, d.submit(d.keyedDraft("hello")).Repeated)
	d.same("the owner's number", int64(2), d.submitAs("Mia#"+d.Keys.OwnerKey(d.site)).Comment.Number)
	elsewhere := d.draft("elsewhere")
	elsewhere.Page = "/elsewhere"
	d.submit(elsewhere)
	_, err := d.Edit(d.Context(), first.Comment.ID, first.EditKey, "bye")
	d.must(err)
	d.must(d.Service.CloseThread(d.Context(), d.site.Host, "/post/index.html", false))
	d.submit(d.draft("in time again"))
	d.fails(d.Service.CloseThread(d.Context(), "unknown.example", string(page), true), comments.NotFound, "site")
	d.fails(d.Service.CloseThread(d.Context(), d.site.Host, "nonsense", true), comments.Invalid, "page")
}

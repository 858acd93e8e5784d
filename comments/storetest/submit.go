package storetest

import (
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"postil/comments"
)

func submitTests() serviceTests {
	return serviceTests{
		"a draft is published as a comment":                 submitPublishes,
		"a repeated post gets the same receipt":             submitRepeated,
		"a key used for another post is a conflict":         submitConflict,
		"posts without a key are all different":             submitKeyless,
		"a post by an alias is the same post":               submitAlias,
		"many posts at once are all stored, once":           submitMany,
		"the same post by many at once is one comment":      submitAtOnce,
		"one bad draft does not spoil those beside it":      submitBeside,
		"where all comments are held nothing is announced":  submitHeld,
		"where comments are closed none is taken":           submitClosed,
		"an answer needs a visible comment of its page":     submitParent,
		"a draft is checked before it is stored":            submitInvalid,
		"an unknown site takes no comments":                 submitUnknownSite,
		"a post whose words were erased does not come back": submitErased,
	}
}

func submitPublishes(d *desk) {
	draft := d.draft("  hello\r\n<b>  ")
	draft.Page, draft.Name = "https://"+d.site.Host+"/post/index.html?utm=1#top", "  Ann \t Lee "
	r := d.submit(draft)
	now := d.time().UTC()
	want := comments.Comment{
		ID: r.Comment.ID, Site: d.site.Host, Page: page, Number: 1, Status: comments.Published,
		Author: comments.Author{Name: "Ann Lee", Website: "https://ann.example/"},
		Source: "  hello\n<b>", Markup: comments.Markdown, HTML: "<p>  hello\n&lt;b&gt;</p>", Created: now, Decided: now,
		EditKey: r.EditKey.Hash(), Idempotency: r.Comment.Idempotency, Fingerprint: r.Comment.Fingerprint,
	}
	d.same("comment", want, r.Comment)
	d.same("as found", want, d.find(r.Comment.ID))
	d.same("changes", []comments.Change{d.change(1, page, 1)}, d.changes(0))
}

func (d *desk) keyedDraft(body string) comments.Draft {
	draft := d.draft(body)
	draft.Key = "0123456789abcdef"
	return draft
}

func submitRepeated(d *desk) {
	first := d.submit(d.keyedDraft("hello"))
	d.pass(time.Hour)
	again := d.submit(d.keyedDraft("hello "))
	d.same("repeated", []bool{false, true}, []bool{first.Repeated, again.Repeated})
	again.Repeated = false
	d.same("receipt", first, again)
	d.same("on the page", 1, len(d.all(page)))
}

func submitConflict(d *desk) {
	d.submit(d.keyedDraft("hello"))
	d.rejects(d.keyedDraft("something else"), comments.Conflict, "key")
	other := d.keyedDraft("hello")
	other.Page = "/elsewhere"
	d.rejects(other, comments.Conflict, "key")
}

func submitKeyless(d *desk) {
	a, b := d.submit(d.draft("hello")), d.submit(d.draft("hello"))
	if a.Comment.ID == b.Comment.ID || a.EditKey == b.EditKey {
		d.Error("two posts became one")
	}
}

func submitAlias(d *desk) {
	draft := d.keyedDraft("hello")
	draft.Page = "/old"
	first := d.submit(draft)
	d.alias("/old", page)
	again := d.submit(draft)
	d.same("comment", first.Comment.ID, again.Comment.ID)
	d.same("page", page, again.Comment.Page)
}

func submitMany(d *desk) {
	const posts = 100
	var group sync.WaitGroup
	receipts := make([]comments.Receipt, posts)
	for i := range receipts {
		group.Go(func() {
			var err error
			if receipts[i], err = d.Submit(d.soon(), d.draft(strings.Repeat("x", i+1))); err != nil {
				d.Error(err)
			}
		})
	}
	group.Wait()
	d.gapless(page, posts)
	for i, r := range receipts {
		c := d.find(r.Comment.ID)
		if len(c.Source) != i+1 || !r.EditKey.Opens(c.EditKey) {
			d.Errorf("post %d got the receipt of another", i)
		}
	}
}

func submitAtOnce(d *desk) {
	var group sync.WaitGroup
	var repeated atomic.Int64
	for range 16 {
		group.Go(func() {
			r, err := d.Submit(d.soon(), d.keyedDraft("hello"))
			if err != nil {
				d.Error(err)
			}
			if r.Repeated {
				repeated.Add(1)
			}
		})
	}
	group.Wait()
	d.same("repeated", int64(15), repeated.Load())
	d.same("on the page", 1, len(d.all(page)))
}

// The parent is erased between the check of a draft and its storage; it must
// not matter to those in the same transaction.
func submitBeside(d *desk) {
	other := d.newSite("gone-" + d.site.Host)
	d.must(d.PutSite(d.Context(), other))
	theirs := d.draft("to a site that goes")
	theirs.Site = other.Host
	d.submit(theirs) // so that the service knows it
	d.must(d.RemoveSite(d.Context(), other.Host))
	var group sync.WaitGroup
	for i := range 32 {
		group.Go(func() {
			if i%4 == 0 {
				_, err := d.Submit(d.soon(), theirs)
				if comments.KindOf(err) != comments.NotFound {
					d.Errorf("got error %v, want one of kind NotFound", err)
				}
				return
			}
			if _, err := d.Submit(d.soon(), d.draft("innocent")); err != nil {
				d.Error(err)
			}
		})
	}
	group.Wait()
	d.gapless(page, 24)
}

func submitHeld(d *desk) {
	d.policy(comments.PolicyHoldAll)
	head := d.head()
	r := d.submit(d.draft("hello"))
	d.same("status", comments.Held, r.Comment.Status)
	d.same("head", head, d.head())
}

func submitClosed(d *desk) {
	d.policy(comments.PolicyClosed)
	d.rejects(d.draft("hello"), comments.Forbidden, "")
}

func submitParent(d *desk) {
	seen := d.submit(d.draft("seen")).Comment
	elsewhere := d.draft("elsewhere")
	elsewhere.Page = "/elsewhere"
	there := d.submit(elsewhere).Comment
	held, erased := d.submit(d.draft("held")).Comment, d.submit(d.draft("erased")).Comment
	d.decide(comments.Held, held.ID)
	d.erase(erased.ID)

	answer := d.draft("answer")
	for _, parent := range []string{there.ID.String(), held.ID.String(), erased.ID.String(), d.id().String(), "nonsense"} {
		answer.Parent = parent
		d.rejects(answer, comments.Invalid, "parent")
	}
	answer.Parent = strings.ToUpper(seen.ID.String())
	got := d.submit(answer).Comment
	d.same("parent", seen.ID, got.Parent)
	d.same("number of the parent", seen.Number, got.ParentNumber)
	d.alias("/old", page)
	answer.Page, answer.Key = "/old", ""
	d.same("parent by an alias", seen.ID, d.submit(answer).Comment.Parent)
}

func submitInvalid(d *desk) {
	for field, spoil := range map[string]func(*comments.Draft){
		"body":    func(draft *comments.Draft) { draft.Body = " \n\t" },
		"name":    func(draft *comments.Draft) { draft.Name = strings.Repeat("n", comments.MaxName+1) },
		"website": func(draft *comments.Draft) { draft.Website = "javascript:alert(1)" },
		"email":   func(draft *comments.Draft) { draft.Email = "nobody" },
		"page":    func(draft *comments.Draft) { draft.Page = "https://elsewhere.example/" },
		"key":     func(draft *comments.Draft) { draft.Key = "short" },
	} {
		draft := d.draft("hello")
		spoil(&draft)
		d.rejects(draft, comments.Invalid, field)
	}
	longest := d.draft(strings.Repeat("é", comments.MaxBody))
	d.submit(longest)
	longest.Body += "é"
	d.rejects(longest, comments.Invalid, "body")
}

func submitUnknownSite(d *desk) {
	draft := d.draft("hello")
	draft.Site = "unknown.example"
	d.rejects(draft, comments.NotFound, "site")
}

func submitErased(d *desk) {
	r := d.submit(d.keyedDraft("hello"))
	_, err := d.Delete(d.Context(), r.Comment.ID, r.EditKey)
	d.must(err)
	_, err = d.Submit(d.Context(), d.keyedDraft("hello"))
	d.fails(err, comments.Conflict, "key")
	d.same("status", comments.Deleted, d.find(r.Comment.ID).Status)
}

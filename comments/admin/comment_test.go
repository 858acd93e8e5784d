package admin

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"

	"postil/comments"
)

func TestCommentPageTellsAllThereIsToKnow(t *testing.T) {
	t.Parallel()
	s := newScene(start(t, func(c *Config) { c.Explain = words }))
	page := s.as("ann", "/admin/comments/"+s.held.ID.String(), nil).want(http.StatusOK)
	page.has(
		"Comment by Aiko", "<code>fillfactor</code>", "That line should be on a poster. I have a question about `fillfactor`:",
		"<span>Links</span> <b>+120</b>", "<span>Together</span> <b>+108</b>", "From 100 points on", "Publish what looks right",
		"link: pills.example", "+93 %", "−62 %", `<rect width="62"`, "Received: held", s.held.Author.Badge.String(), "No decision yet",
		"Marie Lindqvist", "an index is a promise about order, not only", `class="face"`, "blog.example/post", s.held.ID.String(),
	)
	_, err := s.Decide(t.Context(), "ann", "blog.example", []comments.ID{s.held.ID}, comments.Published)
	s.must(err)
	s.as("ann", "/admin/comments/"+s.held.ID.String(), nil).has("Decided: published, by <b>ann</b>", "Known: a comment of it has been approved", "by ann, ")
	s.as("root", "/admin/comments/"+s.spam.ID.String(), nil).has("Decided: spam, by <b>ann</b>", "Received: spam").lacks(`id="answer"`)
}

func TestSilentOrFailingClassifierDoesNotCostThePage(t *testing.T) {
	t.Parallel()
	var fault error
	w := start(t, func(c *Config) {
		c.Explain = func(context.Context, comments.Comment, comments.Site) ([]Word, error) { return nil, fault }
	})
	path := "/admin/comments/" + w.held("Words").ID.String()
	w.as("ann", path, nil).want(http.StatusOK).has("has not learned enough")
	fault = errors.New("the disk is full")
	w.as("ann", path, nil).want(http.StatusOK).has("The classifier did not answer").lacks("the disk")
	if !strings.Contains(w.log.String(), "the disk is full") {
		t.Error("the log does not say why")
	}
}

func TestBadgeIsTrustedAndBlocked(t *testing.T) {
	t.Parallel()
	w := start(t)
	c := w.held("Signed", func(d *comments.Draft) { d.Name = "Aiko#lantern" })
	for _, do := range []string{"trusted", "blocked", "unknown"} {
		form := fields("site", "blog.example", "badge", c.Author.Badge.String(), "do", do, "back", "/admin/comments/"+c.ID.String())
		w.next("ann", w.as("ann", "/admin/badge", form)).want(http.StatusOK).has("The badge is")
		got, err := w.Store.Standing(t.Context(), "blog.example", c.Author.Badge)
		w.must(err)
		if want := strings.TrimPrefix(do, "unknown"); string(got) != want {
			t.Errorf("%s: the standing is %q", do, got)
		}
	}
	w.as("ann", "/admin/badge", fields("site", "blog.example", "badge", "nonsense", "do", "trusted")).want(http.StatusBadRequest)
}

func TestCommentIsPinned(t *testing.T) {
	t.Parallel()
	w := start(t)
	c, held := w.comment("Pin me", 0), w.held("Not me")
	path := "/admin/comments/" + c.ID.String()
	w.next("ann", w.as("ann", path+"/pin", fields("do", "pin"))).has("The comment is pinned.", "It stands before all other comments")
	if !w.stored(c.ID).Pinned {
		t.Error("the comment is not pinned")
	}
	w.next("ann", w.as("ann", path+"/pin", fields("do", "unpin"))).has("not pinned any more")
	w.as("ann", "/admin/comments/"+held.ID.String()+"/pin", fields("do", "pin")).want(http.StatusConflict)
}

func TestAnswerCarriesTheOwnersMarkAndNeverTheKey(t *testing.T) {
	t.Parallel()
	w := start(t)
	c := w.comment("A question", 0)
	path := "/admin/comments/" + c.ID.String()
	secret := w.Keys.OwnerKey(w.site("blog.example"))
	w.as("ann", path, nil).has("Answer Bob", `value="ann"`).lacks(secret)
	key := string(comments.NewIdempotencyKey())
	form := fields("name", "Ann of the blog", "body", "An *answer*", "key", key, "back", "/admin/thread?page=%2Fpost&site=blog.example")
	form.Set("do", "preview")
	w.as("ann", path+"/answer", form).want(http.StatusOK).has("<em>answer</em>", "An *answer*", "Ann of the blog", key)
	form.Set("do", "answer")
	a := w.as("ann", path+"/answer", form)
	w.next("ann", a).has("Your answer is published.", "Ann of the blog", `<span class="mark owner">owner</span>`).lacks(secret)
	if again := w.as("ann", path+"/answer", form); again.header.Get("Location") != a.header.Get("Location") {
		t.Errorf("sent again it leads to %s", again.header.Get("Location"))
	}
	list := w.newest("blog.example", 10)
	if len(list) != 2 || !list[0].Author.Owner || list[0].Author.Name != "Ann of the blog" || list[0].Parent != c.ID || list[0].Status != comments.Published {
		t.Errorf("the answer is %+v", list[0])
	}
	for _, name := range []string{"", "  ", "#", "#x", "Ann#mine", strings.Repeat("x", comments.MaxName+1)} {
		form.Set("name", name)
		form.Set("key", string(comments.NewIdempotencyKey()))
		w.as("ann", path+"/answer", form).want(http.StatusBadRequest).has("name-problem", "An *answer*").lacks(secret)
	}
	form.Set("name", "Ann")
	form.Set("body", " ")
	w.as("ann", path+"/answer", form).want(http.StatusBadRequest).has("Your answer is empty")
	if n := len(w.newest("blog.example", 10)); n != 2 {
		t.Errorf("there are %d comments", n)
	}
	held := w.held("Held")
	w.as("ann", "/admin/comments/"+held.ID.String()+"/answer", form).want(http.StatusConflict)
}

func TestThreadShowsTheConversationAndCloses(t *testing.T) {
	t.Parallel()
	s := newScene(start(t))
	page := s.as("ann", "/admin/thread?site=blog.example&page=/post/", nil).want(http.StatusOK)
	page.has("blog.example/post", "2 published comments", "depth-1", "#answer")
	at := 0
	for _, c := range []comments.Comment{s.published, s.reply, s.held, s.spam, s.long} {
		i := strings.Index(page.body, `id="comment-`+c.ID.String()+`"`)
		if i < at {
			t.Errorf("%s by %s stands at %d, before %d", c.ID, c.Author.Name, i, at)
		}
		at = i
	}
	closed := func() bool {
		thread, err := s.Store.Thread(t.Context(), "blog.example", "/post")
		s.must(err)
		return thread.Closed
	}
	form := fields("site", "blog.example", "page", "/post", "do", "close", "back", "/admin/thread?page=%2Fpost&site=blog.example")
	s.next("ann", s.as("ann", "/admin/thread", form)).has("The page takes no new comments.", "Open it")
	if !closed() {
		t.Error("the page is open")
	}
	form.Set("do", "open")
	s.next("ann", s.as("ann", "/admin/thread", form)).has("The page takes new comments.", "Close it")
	if closed() {
		t.Error("the page is closed")
	}
	s.as("ann", "/admin/thread?site=blog.example&page=/none", nil).want(http.StatusOK).has("No comments yet.")
}

func TestPersonIsForgotten(t *testing.T) {
	t.Parallel()
	w := start(t)
	sign := func(d *comments.Draft) { d.Name = "Aiko#lantern" }
	mine := []comments.Comment{w.held("My first", sign), w.comment("My second", 0, sign)}
	other := w.comment("Somebody else's", 0)
	badge := mine[0].Author.Badge.String()
	w.as("ann", "/admin/person?site=blog.example&badge="+badge, nil).want(http.StatusOK).has(badge).lacks(`name="email"`)
	page := w.as("ann", "/admin/person", fields("site", "blog.example", "badge", badge)).want(http.StatusOK)
	page.has("Really erase 2 comments of this person?", "My first", "My second", "Erase 2 comments").lacks("Somebody")
	if w.stored(mine[0].ID).Status != comments.Held {
		t.Fatal("they are erased without asking")
	}
	w.next("ann", w.as("ann", "/admin/person", page.form())).has("2 comments of this person are erased.")
	for _, c := range mine {
		if got := w.stored(c.ID); got.Status != comments.Deleted {
			t.Errorf("a comment is %s", got.Status)
		}
	}
	if w.stored(other.ID).Status != comments.Published {
		t.Error("somebody else's comment is gone")
	}
}

func TestPersonIsForgottenByAddress(t *testing.T) {
	t.Parallel()
	w := start(t)
	const address = "aiko@mail.example"
	c := w.comment("Mine", 0, func(d *comments.Draft) { d.Email, d.Notify = address, true })
	subs, err := w.Store.SubscriptionsAt(t.Context(), "blog.example", w.Keys.AddressIndex(address))
	w.must(err)
	w.as("root", "/admin/person", fields("site", "blog.example", "email", address)).has("Really erase 0 comments") // nobody has confirmed it
	w.must(w.ConfirmFollow(t.Context(), subs[0]))
	page := w.as("root", "/admin/person", fields("site", "blog.example", "email", address)).has("Really erase 1 comment of this person?", "Mine")
	w.next("root", w.as("root", "/admin/person", page.form())).has("1 comment of this person is erased.").lacks(address)
	if w.stored(c.ID).Status != comments.Deleted {
		t.Error("the comment is there")
	}
	subs, err = w.Store.SubscriptionsAt(t.Context(), "blog.example", w.Keys.AddressIndex(address))
	if err != nil || len(subs) > 0 {
		t.Errorf("%d subscriptions are left (%v)", len(subs), err)
	}
	w.as("root", "/admin/person", fields("site", "blog.example", "email", "nonsense")).want(http.StatusBadRequest).has("f-email-problem")
	w.as("root", "/admin/person", fields("site", "blog.example", "email", address, "badge", "aaaaaaaaaaaaa")).want(http.StatusBadRequest).has("give one of them")
	if strings.Contains(w.log.String(), address) {
		t.Error("the log has the address")
	}
}

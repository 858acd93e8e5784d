package notify_test

import (
	"strings"
	"testing"
	"time"

	"postil/comments"
	"postil/comments/notify"
)

// follow posts a comment whose author wants answers, and confirms if told to.
func (w *world) follow(email string, confirm bool) comments.Comment {
	w.Helper()
	r := w.post("tell me", func(d *comments.Draft) { d.Name, d.Email, d.Notify = "Fay", email, true })
	w.flush()
	if confirm && r.Follow == comments.FollowAsked {
		m := w.sink.to(email)
		sub := w.followed(linkIn(w, m[len(m)-1].text, base+"/follow/", 0))
		must(w, w.service.ConfirmFollow(w.Context(), sub))
	}
	return r.Comment
}

// followed opens SITE/ID/TOKEN.
func (w *world) followed(path string) comments.Subscription {
	w.Helper()
	part := strings.Split(path, "/")
	sub, err := w.service.Following(w.Context(), part[0], part[1], part[2])
	must(w, err)
	return sub
}

func answerTo(c comments.Comment, name string) func(*comments.Draft) {
	return func(d *comments.Draft) { d.Parent, d.Name = c.ID.String(), name }
}

func (w *world) flushLater() {
	w.Helper()
	w.flush()
	w.pass(time.Minute)
	w.flush()
}

func TestSubscribersGetAnswers(t *testing.T) {
	onEachStore(t, func(t *testing.T, store comments.Store) {
		w := newWorld(t, store)
		asked := w.follow("fay@readers.example", true)
		quiet := w.follow("shy@readers.example", false)
		w.post("an answer\n.\n..dots", answerTo(asked, "Bob"))
		w.post("another", answerTo(quiet, "Bob"))
		w.post("no answer", nil)
		w.flushLater()
		w.empty()
		if n := len(w.sink.to("shy@readers.example")); n != 1 {
			t.Errorf("who did not confirm got %d mails, want the question only", n)
		}
		all := w.sink.to("fay@readers.example")
		if len(all) != 2 {
			t.Fatalf("%d mails, want question and answer", len(all))
		}
		m := all[1]
		if m.subject != "Bob answered you on blog.example/post" || !strings.Contains(m.text, "> an answer\n> .\n> ..dots\n") || !strings.Contains(m.text, base+"/feeds/blog.example/post/thread.html") {
			t.Errorf("%s\n%s", m.subject, m.text)
		}
		way := m.header.Get("List-Unsubscribe")
		if !strings.HasPrefix(way, "<"+base+"/follow/blog.example/") || m.header.Get("List-Unsubscribe-Post") != "List-Unsubscribe=One-Click" {
			t.Errorf("header %v", m.header)
		}
		must(t, w.service.StopFollowing(t.Context(), w.followed(strings.Trim(way, "<>")[len(base+"/follow/"):]), false))
		w.post("more", answerTo(asked, "Bob"))
		w.flushLater()
		if n := len(w.sink.to("fay@readers.example")); n != 2 {
			t.Errorf("who has left got another mail")
		}
	})
}

func TestAnswersAreToldOfWhenReadersSeeThem(t *testing.T) {
	onEachStore(t, func(t *testing.T, store comments.Store) {
		w := newWorld(t, store)
		asked := w.follow("fay@readers.example", true)
		held := w.post("HOLD an answer", answerTo(asked, "Bob"))
		spam := w.post("SPAM answer", answerTo(asked, "Bob"))
		w.flushLater()
		if w.sink.count() != 1 {
			t.Fatal("a mail told of an answer that nobody can see")
		}
		w.decide(comments.Published, held.Comment.ID)
		w.flushLater()
		if w.sink.count() != 2 {
			t.Error("no mail told of the answer when it was approved")
		}
		w.decide(comments.Held, held.Comment.ID)
		w.decide(comments.Published, held.Comment.ID, spam.Comment.ID)
		w.flush()
		w.decide(comments.Spam, spam.Comment.ID)
		w.flushLater()
		w.empty()
		if w.sink.count() != 2 {
			t.Errorf("%d mails: one told of an answer twice, or of one that was taken back", w.sink.count())
		}
	})
}

func TestNobodyIsToldOfTheirOwnAnswer(t *testing.T) {
	onEachStore(t, func(t *testing.T, store comments.Store) {
		w := newWorld(t, store)
		asked := w.follow("fay@readers.example", true)
		w.post("me again", func(d *comments.Draft) {
			answerTo(asked, "Fay")(d)
			d.Email, d.Notify = "FAY@readers.example", true
		})
		w.flushLater()
		w.empty()
		w.sink.one("fay@readers.example")
	})
}

func TestTheQuestionHoldsNothingThatAnyoneTyped(t *testing.T) {
	t.Parallel()
	w := newWorld(t, newSQLite(t, t.TempDir()+"/postil.db"))
	w.post("BUYNOW", func(d *comments.Draft) {
		d.Name, d.Website, d.Page, d.Email, d.Notify = "BUYNOW", "https://BUYNOW.example/", "/BUYNOW", "victim@readers.example", true
	})
	w.post("BUYNOW SPAM", func(d *comments.Draft) { d.Email, d.Notify = "other@readers.example", true })
	w.flush()
	w.empty()
	m := w.sink.one("victim@readers.example")
	if strings.Contains(strings.ToUpper(m.raw), "BUYNOW") || m.header.Get("List-Unsubscribe") != "" {
		t.Errorf("the question is:\n%s", m.raw)
	}
	if m.subject != "Shall answers on blog.example come to you by mail?" || !strings.Contains(m.text, "do nothing and you hear no more") {
		t.Errorf("%s\n%s", m.subject, m.text)
	}
	if n := len(w.sink.to("other@readers.example")); n > 0 {
		t.Error("spam made us write to an address")
	}
	w.follow("victim@readers.example", false)
	if n := len(w.sink.to("victim@readers.example")); n != 1 {
		t.Errorf("the question was asked %d times", n)
	}
}

func TestOneClickNeedsHTTPS(t *testing.T) {
	t.Parallel()
	w := newWorld(t, newSQLite(t, t.TempDir()+"/postil.db"))
	asked := w.follow("fay@readers.example", true)
	w.courier = w.newCourier(func(c *notify.Config) { c.Base = "http://comments.example" })
	w.post("an answer", answerTo(asked, "Bob"))
	w.flushLater()
	m := w.sink.to("fay@readers.example")[1]
	if m.header.Get("List-Unsubscribe") == "" || m.header.Get("List-Unsubscribe-Post") != "" {
		t.Errorf("header %v", m.header)
	}
}

func TestNamesCannotAddHeaderFieldsOrRecipients(t *testing.T) {
	t.Parallel()
	w := newWorld(t, newSQLite(t, t.TempDir()+"/postil.db"))
	w.moderator("mod", comments.MailEach)
	const evil = "Bob\r\nBcc: all@readers.example\r\n\r\nwords"
	c := w.post("HOLD this", nil).Comment
	// Nobody can post such a name; here a store holds it nevertheless.
	_, _, err := w.store.Update(t.Context(), blog, comments.Act{At: w.time()}, []comments.ID{c.ID}, func(c *comments.Comment) error {
		c.Author.Name, c.Author.Website, c.Source = evil, evil, evil+"\r\n.\r\nMAIL FROM:<x@y.example>\r\n"
		return nil
	})
	must(t, err)
	w.flush()
	m := w.sink.one("mod@mods.example")
	if w.sink.count() != 1 || m.header.Get("Bcc") != "" || m.subject != "Waiting: Bob Bcc: all@readers.example words on blog.example/post" {
		t.Errorf("%d mails, the first:\n%s", w.sink.count(), m.raw)
	}
	for l := range strings.Lines(m.text) {
		if strings.HasPrefix(l, "Bcc") || strings.HasPrefix(l, "MAIL") {
			t.Errorf("line %q", l)
		}
	}
}

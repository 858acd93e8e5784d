package notify_test

import (
	"strings"
	"testing"
	"time"

	"postil/comments"
	"postil/comments/notify"
)

func TestModeratorsAreToldOfACommentThatWaits(t *testing.T) {
	onEachStore(t, func(t *testing.T, store comments.Store) {
		w := newWorld(t, store)
		w.moderator("admin", comments.MailEach)
		w.moderator("here", comments.MailEach, blog)
		w.moderator("elsewhere", comments.MailEach, "other.example")
		w.moderator("silent", comments.MailOff)
		r := w.post("HOLD this\n\nplease", func(d *comments.Draft) { d.Website = "https://ann.example/" })
		w.post("not this", nil)
		w.flush()
		w.empty()
		if w.sink.count() != 2 {
			t.Fatalf("%d mails, want those to admin and here", w.sink.count())
		}
		m := w.sink.one("here@mods.example")
		if m.subject != "Waiting: Ann on blog.example/post" || m.from != "comments@service.example" {
			t.Errorf("subject %q from %q", m.subject, m.from)
		}
		for _, want := range []string{"> HOLD this\n> \n> please\n", "Website: https://ann.example/", "+100  its links", base + "/admin/\n"} {
			if !strings.Contains(m.text, want) {
				t.Errorf("lacks %q:\n%s", want, m.text)
			}
		}
		if m.header.Get("Auto-Submitted") != "auto-generated" || m.header.Get("X-Postil-Uncertain") != "" || !strings.HasSuffix(m.header.Get("Message-ID"), "@service.example>") {
			t.Errorf("header %v", m.header)
		}
		for i, status := range []comments.Status{comments.Published, comments.Spam, comments.Deleted} {
			link, by, c, err := w.service.OpenLink(t.Context(), query(t, linkIn(t, m.text, base+"/moderate?", i)))
			must(t, err)
			want := map[comments.Action]comments.Status{comments.Approve: comments.Published, comments.Reject: comments.Spam, comments.Remove: comments.Deleted}[link.Action]
			if by.Name != "here" || c.ID != r.Comment.ID || !link.Fresh(c) || status != want {
				t.Errorf("link %d is for %s to %s comment %s", i, by.Name, link.Action, c.ID)
			}
		}
	})
}

func TestAnEditedCommentIsToldOfOnceWithItsNewWords(t *testing.T) {
	onEachStore(t, func(t *testing.T, store comments.Store) {
		w := newWorld(t, store)
		w.moderator("mod", comments.MailEach)
		edit := func(r comments.Receipt, body string) {
			w.pass(time.Second)
			_, err := w.service.Edit(t.Context(), r.Comment.ID, r.EditKey, body)
			must(t, err)
		}
		r := w.post("HOLD first", nil)
		edit(r, "HOLD second")
		w.flush()
		if m := w.sink.one("mod@mods.example"); !strings.Contains(m.text, "> HOLD second\n") {
			t.Errorf("text:\n%s", m.text)
		}
		edit(r, "HOLD third")
		w.flush()
		all := w.sink.to("mod@mods.example")
		if len(all) != 2 || !strings.Contains(all[1].text, "> HOLD third\n") {
			t.Errorf("%d mails", len(all))
		}
		p := w.post("published", nil)
		edit(p, "HOLD after all")
		w.flush()
		if all = w.sink.to("mod@mods.example"); len(all) != 3 || !strings.Contains(all[2].text, "> HOLD after all\n") {
			t.Errorf("%d mails", len(all))
		}
		w.empty()
	})
}

func TestAModeratorsOwnHoldIsNoNews(t *testing.T) {
	t.Parallel()
	w := newWorld(t, newSQLite(t, t.TempDir()+"/postil.db"))
	w.moderator("mod", comments.MailEach)
	r := w.post("published", nil)
	w.decide(comments.Held, r.Comment.ID)
	w.post("SPAM", nil)
	w.flush()
	w.empty()
	if w.sink.count() > 0 {
		t.Errorf("%d mails came", w.sink.count())
	}
}

func TestDigestComesOnceAnHourForAll(t *testing.T) {
	onEachStore(t, func(t *testing.T, store comments.Store) {
		w := newWorld(t, store)
		w.moderator("mod", comments.MailDigest)
		for range 23 {
			w.post("HOLD this", nil)
			w.flush()
		}
		last := w.post("HOLD the last", nil)
		w.flush()
		if d := w.only(comments.Waiting); d.Kind != comments.TellDigest || !d.Comment.IsZero() || d.Event != 0 {
			t.Errorf("waiting: %+v", d)
		}
		w.pass(time.Hour)
		w.flush()
		w.empty()
		m := w.sink.one("mod@mods.example")
		if m.subject != "24 comments wait on blog.example" || strings.Count(m.text, "Publish it:") != 20 || strings.Index(m.text, "HOLD the last") > strings.Index(m.text, "HOLD this") {
			t.Errorf("%s\n%s", m.subject, m.text)
		}
		link, _, _, err := w.service.OpenLink(t.Context(), query(t, linkIn(t, m.text, base+"/moderate?", 0)))
		must(t, err)
		if link.Comment != last.Comment.ID {
			t.Errorf("the first link is not of the newest comment")
		}
		w.pass(24 * time.Hour)
		w.flush()
		w.sink.one("mod@mods.example") // nothing new waits
	})
}

func TestFloodsGoIntoADigest(t *testing.T) {
	t.Parallel()
	w := newWorld(t, newSQLite(t, t.TempDir()+"/postil.db"))
	w.moderator("mod", comments.MailEach)
	for range notify.MaxHeldMails + 5 {
		w.post("HOLD this", nil)
	}
	w.flush()
	if w.sink.count() != notify.MaxHeldMails {
		t.Errorf("%d mails at once, want %d", w.sink.count(), notify.MaxHeldMails)
	}
	w.pass(time.Hour)
	w.flush()
	all := w.sink.to("mod@mods.example")
	if last := all[len(all)-1]; len(all) != notify.MaxHeldMails+1 || last.subject != "25 comments wait on blog.example" {
		t.Errorf("%d mails, the last: %s", len(all), last.subject)
	}
	w.post("HOLD another", nil)
	w.flush()
	if w.sink.count() != notify.MaxHeldMails+2 {
		t.Errorf("an hour later mails do not come at once again")
	}
}

func TestWhatHasBecomePointlessIsNotSent(t *testing.T) {
	for name, change := range map[string]func(w *world, r comments.Receipt){
		"decided": func(w *world, r comments.Receipt) { w.decide(comments.Published, r.Comment.ID) },
		"author erased": func(w *world, r comments.Receipt) {
			must(w, drop(w.service.Delete(w.Context(), r.Comment.ID, r.EditKey)))
		},
		"mods left": func(w *world, _ comments.Receipt) {
			must(w, w.store.RemoveModerator(w.Context(), "each"))
			must(w, w.store.RemoveModerator(w.Context(), "digest"))
		},
		"mods silent": func(w *world, _ comments.Receipt) {
			w.moderator("each", comments.MailOff)
			w.moderator("digest", comments.MailOff)
		},
		"mods elsewhere": func(w *world, _ comments.Receipt) {
			w.moderator("each", comments.MailEach, "x.example")
			w.moderator("digest", comments.MailDigest, "x.example")
		},
		"webhook removed": func(w *world, r comments.Receipt) { w.decide(comments.Spam, r.Comment.ID) },
		"site removed":    func(w *world, _ comments.Receipt) { must(w, w.store.RemoveSite(w.Context(), blog)) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, newSQLite(t, t.TempDir()+"/postil.db"))
			w.settings(func(s *comments.Settings) {
				s.Webhooks, s.Hub = []string{"http://127.0.0.1:1/hook"}, "http://127.0.0.1:1/hub"
			})
			w.moderator("each", comments.MailEach)
			w.moderator("digest", comments.MailDigest)
			r := w.post("HOLD this", nil)
			w.sink.plan("each@mods.example", defers)
			w.flush()
			if n := len(w.deliveries(comments.Waiting)); n != 3 {
				t.Fatalf("%d deliveries wait, want a mail, a digest and a call", n)
			}
			change(w, r)
			w.settings(func(s *comments.Settings) { s.Webhooks, s.Hub = nil, "" })
			w.pass(2 * time.Hour)
			w.flush()
			w.empty()
			if w.sink.count() > 0 {
				t.Errorf("%d mails came", w.sink.count())
			}
		})
	}
}

func drop(_ comments.Comment, err error) error { return err }

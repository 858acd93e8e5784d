package notify_test

import (
	"strings"
	"testing"

	"postil/comments"
)

func TestMailSpeaksTheLanguageOfItsSite(t *testing.T) {
	for _, c := range []struct{ language, question, link, answer, intro, wrote, held string }{
		{"de", "Möchtest du Antworten auf blog.example per E-Mail bekommen?", "Wenn du es warst, bestätige es hier:\n" + base, "Bob hat dir auf blog.example/post geantwortet",
			"Jemand hat auf deinen Kommentar auf blog.example/post geantwortet.\n\nBob schrieb am ", " UTC:\n\n> an answer\n", "Wartet: Anonym zu blog.example/post"},
		{"ar-EG", "هل تريد أن تصلك الردود على blog.example عبر البريد؟", "إن كنت أنت، فأكّد هنا:\n" + base, "ردّ عليك Bob في blog.example/post",
			"ردّ أحدهم على تعليقك على blog.example/post.\n\nكتب Bob في ", " UTC:\n\n> an answer\n", "في الانتظار: مجهول على blog.example/post"},
	} {
		t.Run(c.language, func(t *testing.T) {
			onEachStore(t, func(t *testing.T, store comments.Store) {
				w := newWorld(t, store)
				sites, err := store.Sites(t.Context())
				must(t, err)
				sites[0].Settings.Language = c.language
				must(t, store.PutSite(t.Context(), sites[0]))
				w.moderator("mod", comments.MailEach)
				w.post("an answer", answerTo(w.follow("fay@readers.example", true), "Bob"))
				w.post("HOLD this", func(d *comments.Draft) { d.Name = "" })
				w.flushLater()
				all := w.sink.to("fay@readers.example")
				if len(all) != 2 {
					t.Fatalf("%d mails, want question and answer", len(all))
				}
				if q := all[0]; q.subject != c.question || !strings.Contains(q.text, c.link) || q.header.Get("Content-Language") != c.language {
					t.Errorf("the question: %q in %s\n%s", q.subject, q.header.Get("Content-Language"), q.text)
				}
				if a := all[1]; a.subject != c.answer || !strings.HasPrefix(a.text, c.intro) || !strings.Contains(a.text, c.wrote) {
					t.Errorf("the answer: %q\n%s", a.subject, a.text)
				}
				if m := w.sink.one("mod@mods.example"); m.subject != c.held {
					t.Errorf("to the moderator: %q\n%s", m.subject, m.text)
				}
			})
		})
	}
}

package web

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

// speaks gives blog.example another language.
func (w *world) speaks(language string) {
	w.t.Helper()
	site := w.site("blog.example")
	site.Settings.Language = language
	if err := w.store.PutSite(w.t.Context(), site); err != nil {
		w.t.Fatal(err)
	}
	w.clock.advance(2 * siteAge)
}

// Every page that readers meet on their way speaks the site's language.
func TestPagesSpeakTheLanguageOfTheirSite(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		language, html                      string
		form, reply, done, edit, gone, kept string
	}{
		{"de-AT", `<html lang="de-AT">`, "Kommentar schreiben", "Ann antworten", "Dein Kommentar ist veröffentlicht", "Änderungen speichern", "Dein Kommentar ist gelöscht", "Du kannst einen Kommentar 15 Minuten lang bearbeiten"},
		{"ar", `<html lang="ar" dir="rtl">`, "اكتب تعليقًا", "الرد على Ann", "نُشر تعليقك", "احفظ التعديلات", "حُذف تعليقك", "يمكنك تعديل التعليق لمدة 15 دقيقة"},
		{"tlh", `<html lang="tlh">`, "Write a comment", "Reply to Ann", "Your comment is published", "Save changes", "Your comment is deleted", "You can edit a comment for 15 minutes"},
	} {
		w := start(t)
		w.speaks(c.language)
		says := func(a answer, words string) {
			t.Helper()
			if a.want(http.StatusOK); !strings.Contains(a.body, c.html) || !strings.Contains(a.words(), words) {
				t.Errorf("%s: lacks %s or %s:\n%s", c.language, c.html, words, a.body)
			}
		}
		says(w.send(http.MethodGet, formPath, ""), c.form)
		says(w.send(http.MethodGet, formPath+"&parent="+w.comment("name", "Ann").ID, ""), c.reply)
		done := w.follow(w.submit(w.open(formPath), "body", "Words."))
		says(done, c.done)
		own := w.comment()
		says(w.send(http.MethodGet, "/comment/"+own.ID+"/edit?key="+own.EditKey, ""), c.edit)
		says(w.send(http.MethodGet, "/privacy?site=blog.example", ""), c.kept)
		edit := w.send(http.MethodGet, "/comment/"+own.ID+"/edit?key="+own.EditKey, "")
		says(w.follow(w.submit(edit.sheets()[1])), c.gone)
	}
}

func TestMistakesAreNamedInTheLanguageOfTheSite(t *testing.T) {
	t.Parallel()
	w := start(t, mailing)
	w.speaks("de")
	own := w.comment()
	edit := w.open("/comment/" + own.ID + "/edit?key=" + own.EditKey)
	for _, c := range []struct {
		answer answer
		want   string
	}{
		{w.submit(w.open(formPath), "body", " "), "Kommentar ist leer; schreib mindestens ein Zeichen"},
		{w.submit(edit, "body", strings.Repeat("a", 10001)), "Kommentar hat 10001 Zeichen; höchstens 10000 sind möglich"},
		{w.submit(w.open(formPath), "body", "a", "name", strings.Repeat("ü", 300)), "Name hat 300 Zeichen; höchstens 80 sind möglich"},
		{w.submit(w.open(formPath), "body", "a", "website", "ftp://ann.example"), "Website ist keine Adresse, die mit http:// oder https:// beginnt"},
		{w.submit(w.open(formPath), "body", "a", "email", "ann"), "E-Mail ist keine E-Mail-Adresse von höchstens 254 Bytes"},
		{w.submit(w.open(formPath), "body", "a", "notify", "yes"), "E-Mail wird für Antworten per E-Mail gebraucht"},
		{w.submit(w.open(formPath), "body", "[a]: https://ann.example/"), "Kommentar zeigt am Ende nichts; schreib etwas Text"},
	} {
		if !strings.Contains(c.answer.want(http.StatusBadRequest).words(), c.want) {
			t.Errorf("lacks %q: %s", c.want, c.answer.words())
		}
	}
	parent := w.comment()
	reply := w.open(formPath + "&parent=" + parent.ID)
	w.bearer(http.MethodDelete, parent, parent.EditKey, "")
	orphan := w.submit(reply, "body", "a")
	if alert := "Der Kommentar, auf den du antwortest, ist auf dieser Seite nicht mehr zu sehen."; !strings.Contains(orphan.words(), alert) || strings.Contains(orphan.words(), "parent") {
		t.Errorf("lacks %q: %s", alert, orphan.words())
	}
	late := w.open(formPath)
	w.clock.advance(25 * time.Hour)
	if a := w.submit(late, "body", "a").want(http.StatusBadRequest); !strings.Contains(a.words(), "Dieses Formular war länger als einen Tag offen.") {
		t.Errorf("after a day: %s", a.words())
	}
	if _, detail := w.post("/api/v1/comments", draft("body", " ")).problem(http.StatusBadRequest); detail != "body is empty; write at least one character" {
		t.Errorf("programs are told %q", detail)
	}
}

package web

import (
	"net/http"
	"strings"
	"testing"
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

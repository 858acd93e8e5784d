package feeds

import (
	"encoding/json"
	"strings"
	"testing"

	"postil/comments"
)

// inLanguage returns every document of a site in a language, by file name.
func inLanguage(t *testing.T, language string) map[string]string {
	t.Helper()
	site := fixtureSite()
	site.Settings.Language, site.Settings.Archive = language, 10
	thread := fixtureThread()
	d := newDocument(site, comments.Thread{Site: site.Host, Page: "/post", Last: 38, Visible: 34}, 0, thread)
	files := map[string]string{}
	for _, form := range formsOf(site, 0) {
		f, err := testRenderer().form(d, form, true, day)
		if err != nil {
			t.Fatal(err)
		}
		files["thread"+extensions[form]] = string(f.Body)
	}
	replies, err := testRenderer().replies(site, false, &thread[0], thread[1:2])
	if err != nil {
		t.Fatal(err)
	}
	latest, err := testRenderer().latestAtom(site, thread[1:4])
	if err != nil {
		t.Fatal(err)
	}
	files["replies.xml"], files["latest.xml"] = string(replies), string(latest)
	return files
}

// has complains of what a file lacks.
func has(t *testing.T, files map[string]string, name string, wants ...string) {
	t.Helper()
	for _, want := range wants {
		if !strings.Contains(files[name], want) {
			t.Errorf("%s lacks %s:\n%s", name, want, files[name])
		}
	}
}

func TestDocumentsSpeakTheLanguageOfTheirSite(t *testing.T) {
	t.Parallel()
	files := inLanguage(t, "de")
	has(t, files, "thread.html", `<html lang="de">`, "<title>Kommentare zu blog.example/post</title>", ">Kommentar schreiben</a>", "34 Kommentare", ">22. November 2026, 14:25 UTC</time>", ">bearbeitet</span>", ">Anonym</h2>", "Dieser Kommentar wurde entfernt.")
	has(t, files, "thread.xml", ` xml:lang="de"`, "<title>Kommentare zu blog.example/post</title>", "<h:title>Kommentare zu blog.example/post</h:title>", "<title>Author 21 zu blog.example/post</title>", ">22. November 2026, 14:25 UTC</h:time>", "<name>Anonym</name>", ">Antworten</h:a>", ">Ältere Kommentare</h:a>")
	has(t, files, "replies.xml", "<title>Antworten an Author 21 zu blog.example/post</title>")
	has(t, files, "latest.xml", "<title>Neueste Kommentare auf blog.example</title>")
	for name, body := range files {
		if strings.Contains(body, "dir=") {
			t.Errorf("%s says what every document does anyway: %s", name, body)
		}
	}
	var f struct{ Language, Title string }
	if err := json.Unmarshal([]byte(files["thread.json"]), &f); err != nil || f.Language != "de" || f.Title != "Kommentare zu blog.example/post" {
		t.Errorf("%+v, %v", f, err)
	}
}

func TestDocumentsRunFromRightToLeft(t *testing.T) {
	t.Parallel()
	files := inLanguage(t, "ar")
	has(t, files, "thread.html", `<html lang="ar" dir="rtl">`, "34 تعليقًا", ">22 نوفمبر 2026، 14:25 UTC</time>", ">معدَّل</span>", ">رد</a>")
	has(t, files, "thread.xml", ` xml:lang="ar"`, `<h:title dir="rtl">التعليقات على blog.example/post</h:title>`, "<name>مجهول</name>")
	for _, name := range []string{"thread.xml", "replies.xml", "latest.xml"} {
		entries, turned := strings.Count(files[name], "<content "), strings.Count(files[name], ` dir="rtl">`)
		if entries == 0 || turned != entries+1 {
			t.Errorf("%s: %d comments and a title, of which %d run from right to left:\n%s", name, entries, turned, files[name])
		}
	}
}

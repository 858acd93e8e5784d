package static_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"postil/static"
	"postil/static/browser"
)

// texts returns the requests for texts up to now.
func (s *standin) texts() []string {
	return slices.DeleteFunc(s.all(), func(r string) bool { return !strings.HasSuffix(r, ".json") })
}

func TestThreadSpeaksTheLanguageAroundItOrElseOfItsFeed(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		element, feed string
		speaks        string
		asked         string // file of texts
	}{
		"element":         {`<postil-thread lang="de" %s>`, "fr", "de", "de"},
		"ancestor":        {`<div lang="pt-BR"><postil-thread %s>`, "fr", "pt-BR", "pt-br"},
		"region":          {`<div lang="de-AT"><postil-thread %s>`, "", "de", "de"},
		"feed":            {`<div lang=""><postil-thread %s>`, "nl", "nl", "nl"},
		"underscore":      {`<div lang="pt_BR"><postil-thread %s>`, "", "pt-BR", "pt-br"},
		"underscores":     {`<div lang="zh_Hant_TW"><postil-thread %s>`, "", "zh-TW", "zh-hant"},
		"English":         {`<div lang="en-GB"><postil-thread %s>`, "fr", "en", ""},
		"another tag":     {`<div lang="no"><postil-thread %s>`, "", "nb", "no"},
		"another Chinese": {`<div lang="zh-Hant"><postil-thread %s>`, "", "zh-TW", "zh-hant"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStandin(t, &remark{name: "Ann", html: "<p>1</p>", created: time.Now().Add(-50 * time.Hour)})
			s.lang = c.feed
			b := browser.NewTab(t)
			b.Open((&browser.Blog{Element: fmt.Sprintf(c.element, `site="blog.example" page="/post"`)}).Serve(t, s.URL))
			b.Text(".heading", static.Text(c.speaks, "script.title"))
			b.Text(".reply", static.Text(c.speaks, "script.reply"))
			b.Text(".post", static.Text(c.speaks, "write.post"))
			b.Wait(fmt.Sprintf(`root.querySelector('time').innerText === new Intl.RelativeTimeFormat(%q, { numeric: 'auto' }).format(-2, 'day')`, c.speaks), true)
			if c.feed != "" {
				b.Wait(`root.querySelector('.words').lang`, c.feed)
			}
			want := []string{}
			if c.asked != "" {
				want = []string{"GET /postil." + c.asked + ".json"}
			}
			if got := s.texts(); !slices.Equal(got, want) {
				t.Errorf("asked for %q, want %q", got, want)
			}
		})
	}
}

// What the script asks for and what stands there must be, under every tag, what
// pages speak.
func TestScriptAndPagesSpeakTheSameLanguageUnderEveryTag(t *testing.T) {
	t.Parallel()
	files := map[string][]byte{}
	for _, a := range static.Assets() {
		files["GET "+a.Path] = a.File.Body
	}
	tags := []string{"zh-Hans-MO", "zh-SG", "zh-Hant-MO", "pt-MO", "de-AT"}
	for tag := range static.ScriptTags() {
		tags = append(tags, tag, strings.ToUpper(tag)+"-1996")
	}
	s := newStandin(t)
	b := browser.NewTab(t)
	b.Open((&browser.Blog{Element: `<postil-thread lang="en" site="blog.example" page="/post"></postil-thread>`}).Serve(t, s.URL))
	b.Text(".heading", "Comments")
	for i, tag := range tags {
		b.Eval(fmt.Sprintf(`(document.querySelector('postil-thread').lang = %q, 0)`, tag))
		b.Until(func() bool { return len(s.texts()) > i }, func() string { return "no texts were asked for in " + tag })
		assertTexts(t, tag, files[s.texts()[i]])
	}
}

// assertTexts compares a file of texts, those of reading and those of writing,
// with what pages say in a language.
func assertTexts(t *testing.T, lang string, file []byte) {
	t.Helper()
	var texts [2]map[string]string
	if err := json.Unmarshal(file, &texts); err != nil {
		t.Errorf("%s: the script asks for what is not there: %v", lang, err)
	}
	for i, prefix := range []string{"script.", "write."} {
		for key, text := range texts[i] {
			if want := static.Text(lang, prefix+key); text != want {
				t.Errorf("%s: the script says %q, pages say %q", lang, text, want)
				return
			}
		}
	}
}

// Texts come beside the feed, not after it.
func TestTextsDoNotWaitForTheFeed(t *testing.T) {
	t.Parallel()
	s := newStandin(t, &remark{name: "Ann", html: "<p>1</p>"})
	s.slow = make(chan struct{})
	b := browser.NewTab(t)
	b.Open((&browser.Blog{Element: `<postil-thread lang="de" site="blog.example" page="/post"></postil-thread>`}).Serve(t, s.URL))
	b.Until(func() bool { return len(s.texts()) == 1 }, func() string { return "no texts were asked for" })
	close(s.slow)
	b.Wait(shown, "1")
}

func TestLanguageWithoutTextsIsEnglish(t *testing.T) {
	t.Parallel()
	s := newStandin(t, &remark{name: "Ann", html: "<p>1</p>"})
	b := browser.NewTab(t, "404 (Not Found)")
	b.Open((&browser.Blog{Element: `<postil-thread lang="tlh" site="blog.example" page="/post"></postil-thread>`}).Serve(t, s.URL))
	b.Text(".heading", "Comments")
	b.Wait(`root.querySelector('section').lang`, "en")
	// A language that comes later is spoken by the elements that are there.
	b.Eval(`(document.querySelector('postil-thread').lang = 'de', 0)`)
	b.Text(".heading", static.Text("de", "script.title"))
}

func TestTwoLanguagesOnOnePageDoNotMix(t *testing.T) {
	t.Parallel()
	s := newStandin(t, &remark{name: "Ann", html: "<p>1</p>"})
	b := browser.NewTab(t)
	b.Open((&browser.Blog{Element: `<postil-thread lang="de" site="blog.example" page="/a"></postil-thread>
<postil-thread lang="fr" site="blog.example" page="/b"></postil-thread><postil-thread lang="en" site="blog.example" page="/c"></postil-thread>`}).Serve(t, s.URL))
	for _, key := range []string{".heading script.title", ".post write.post"} {
		css, text, _ := strings.Cut(key, " ")
		b.Wait(fmt.Sprintf(`[...document.querySelectorAll('postil-thread')].map(e => e.shadowRoot.querySelector(%q)?.innerText).join()`, css),
			static.Text("de", text)+","+static.Text("fr", text)+","+static.Text("en", text))
	}
}

// A comment runs as its words do, whatever code stands before them; and the
// cells of tables do not break short words where there is little room.
func TestCodeSaysNothingOfAComment(t *testing.T) {
	t.Parallel()
	s := newStandin(t, &remark{name: "سارة", html: "<pre><code>make test</code></pre><p>يعمل عندي.</p><table><tbody><tr><td>incomprehensibilities</td><td>incomprehensibilities</td><td>Short</td></tr></tbody></table>"})
	b := browser.NewTab(t)
	b.Open((&browser.Blog{Element: `<postil-thread site="blog.example" page="/post"></postil-thread>`}).Serve(t, s.URL))
	b.Wait(`getComputedStyle(root.querySelector('.words p')).direction`, "rtl")
	b.Wait(`getComputedStyle(root.querySelector('pre')).direction`, "ltr")
	b.Eval(`(document.body.style.width = '250px', 0)`)
	b.Wait(`(table => table.scrollWidth <= table.clientWidth)(root.querySelector('table'))`, true)
	b.Wait(`(cell => { const words = document.createRange(); words.selectNodeContents(cell); return words.getClientRects().length === 1 })(root.querySelector('td:last-child'))`, true)
}

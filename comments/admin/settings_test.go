package admin

import (
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"

	"postil/comments"
)

// full has every setting set to something that is not the default.
func full() comments.Settings {
	return comments.Settings{
		Origins: []string{"https://blog.example", "http://localhost:1313"}, Policy: comments.PolicyHoldFirst, EditWindow: 90 * time.Minute,
		KeepQuery: []string{"id", "lang"}, Language: "pt-BR", Archive: 250, CloseAfter: 400 * day, MaxLinks: 5,
		Words:     []string{"casino", "/v[i1]agra/", "two words"},
		Retention: comments.Retention{Held: 10 * day, Spam: 36 * time.Hour, Unconfirmed: 3 * day, Audit: 0},
		Webhooks:  []string{"https://hooks.example/a?b=c", "http://10.0.0.7:9000/x"}, Hub: "https://hub.example/", Allow: []string{"10.0.0.7"},
		OwnerSerial: 3, LearnSince: time.Date(2026, 1, 2, 3, 4, 5, 6000, time.UTC), Fragment: true,
	}
}

// typedIn returns the form of a page as a browser would send it back unchanged.
func typedIn(settings comments.Settings) (form map[string][]string) {
	form = map[string][]string{"was": {version(settings)}, "do": {"save"}}
	for _, group := range settingsBy() {
		for _, one := range group {
			form[one.name] = []string{strings.ReplaceAll(one.show(settings), "\n", "\r\n")} // as browsers send lines
		}
	}
	return form
}

// Every field of Settings is in the form: what is added there must be here.
func TestFormHasEverySettingAndLosesNone(t *testing.T) {
	t.Parallel()
	w := start(t, func(c *Config) {
		c.WebhookSecret = func(site, address string) string { return "secret of " + site + " for " + address }
	})
	all := reflect.TypeFor[comments.Settings]()
	want := full()
	for i := range all.NumField() {
		if reflect.ValueOf(want).Field(i).IsZero() {
			t.Errorf("the test does not set %s", all.Field(i).Name)
		}
	}
	site := w.site("blog.example")
	before := site.Settings
	before.OwnerSerial, before.LearnSince = want.OwnerSerial, want.LearnSince
	site.Settings = before
	w.must(w.Store.PutSite(t.Context(), site))
	form := typedIn(want)
	form["was"] = []string{version(before)}
	w.next("root", w.as("root", "/admin/sites/blog.example", form)).has("Saved.", "secret of blog.example for https://hooks.example/a?b=c", w.Keys.OwnerKey(comments.Site{
		Host: site.Host, Epoch: site.Epoch, Settings: want,
	}))
	if diff := compare(want, w.site("blog.example").Settings); diff != "" {
		t.Errorf("what was typed is not what is stored (-typed +stored):\n%s", diff)
	}
	w.as("root", "/admin/sites/blog.example", typedIn(want)).want(http.StatusSeeOther)
	if diff := compare(want, w.site("blog.example").Settings); diff != "" {
		t.Errorf("saving without a change changes (-before +after):\n%s", diff)
	}
}

func TestFaultsAreToldAtTheirFieldsAllAtOnce(t *testing.T) {
	t.Parallel()
	w := start(t)
	before := w.site("blog.example").Settings
	form := typedIn(before)
	bad := map[string]string{
		"policy": "odd", "max_links": "many", "words": "fine\n/[/", "edit_window": "soon", "close_after": "-1d", "retention.held": "1h", "retention.spam": "9999999d",
		"origins": "https://blog.example\nnonsense", "keep_query": "a b", "language": "?", "archive": "5", "webhooks": "ftp://x", "hub": "x", "learn_since": "yesterday",
	}
	for name, value := range bad {
		form[name] = []string{value}
	}
	page := w.as("root", "/admin/sites/blog.example", form).want(http.StatusBadRequest).has("14 things are to be mended")
	for name, value := range bad {
		page.has(`id="f-` + name + `-problem"`)
		if name != "policy" {
			page.has(value)
		}
	}
	if diff := compare(before, w.site("blog.example").Settings); diff != "" {
		t.Errorf("something was stored:\n%s", diff)
	}
}

func TestSettingsThatOthersChangedAreNotUndone(t *testing.T) {
	t.Parallel()
	w := start(t)
	mine, theirs := typedIn(w.site("blog.example").Settings), typedIn(w.site("blog.example").Settings)
	mine["max_links"], theirs["language"] = []string{"7"}, []string{"de"}
	w.as("root", "/admin/sites/blog.example", theirs).want(http.StatusSeeOther)
	page := w.as("root", "/admin/sites/blog.example", mine).want(http.StatusConflict).has("changed by somebody else", `value="7"`)
	if got := w.site("blog.example").Settings; got.Language != "de" || got.MaxLinks == 7 {
		t.Errorf("stored is %+v", got)
	}
	_, was, _ := strings.Cut(page.body, `name="was" value="`)
	mine["was"] = []string{was[:16]}
	w.as("root", "/admin/sites/blog.example", mine).want(http.StatusSeeOther)
	if got := w.site("blog.example").Settings; got.Language != "en" || got.MaxLinks != 7 {
		t.Errorf("saved again, stored is %+v", got)
	}
}

func TestOwnerKeyIsMadeAnewAndLearningForgotten(t *testing.T) {
	t.Parallel()
	w := start(t)
	key := w.Keys.OwnerKey(w.site("blog.example"))
	w.as("root", "/admin/sites/blog.example", nil).has(key)
	was := func() string { return version(w.site("blog.example").Settings) }
	w.next("root", w.as("root", "/admin/sites/blog.example", fields("do", "owner-key", "was", was()))).has("The owner key is a new one.").lacks(key)
	w.next("root", w.as("root", "/admin/sites/blog.example", fields("do", "unlearn", "was", was()))).has("The classifier has forgotten.")
	got := w.site("blog.example").Settings
	if got.OwnerSerial != 1 || got.LearnSince.IsZero() || got.Policy != comments.PolicyAuto || len(got.Origins) != 1 {
		t.Errorf("stored is %+v", got)
	}
	w.as("root", "/admin/sites/blog.example", fields("do", "owner-key", "was", "old")).want(http.StatusConflict)
	w.as("root", "/admin/sites", nil).has("blog.example", "other.example", "Publish what looks right")
}

func TestSpansAreReadAsTheyAreWritten(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]time.Duration{
		"0": 0, "": 0, "15m": 15 * time.Minute, "90d": 90 * day, "1h30m": 90 * time.Minute, " 2D 3h ": 51 * time.Hour, "45s": 45 * time.Second, "36500d": 36500 * day,
	} {
		got, ok := parseSpan(text)
		if !ok || got != want {
			t.Errorf("%q is read as %v, %v", text, got, ok)
		}
		if again, ok := parseSpan(formatSpan(want)); !ok || again != want {
			t.Errorf("%v is written as %q, which is read as %v", want, formatSpan(want), again)
		}
	}
	for _, text := range []string{"x", "15", "-1d", "1.5h", "m", "1w", "99999999999d", "999999999d", "1d1", "80000d"} {
		if got, ok := parseSpan(text); ok {
			t.Errorf("%q is read as %v", text, got)
		}
	}
}

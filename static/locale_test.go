package static

import (
	"strings"
	"testing"
	"time"
)

func TestTextFillsNamesAndFallsBack(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		lang, key string
		args      []any
		want      string
	}{
		{"en", "feed.entry", []any{"name", "Ann", "place", "b.example/x"}, "Ann on b.example/x"},
		{"en", "feed.entry", []any{"name", "{place}", "place", "b"}, "{place} on b"},
		{"en-GB", "entry.reply", nil, "Reply"},
		{"EN", "entry.reply", nil, "Reply"},
		{"de-AT", "entry.reply", nil, "Antworten"},
		{"PT-br", "entry.reply", nil, "Responder"},
		{"zh-Hant-HK", "thread.none", nil, Text("zh-TW", "thread.none")},
		{"nn", "entry.reply", nil, Text("nb", "entry.reply")},
		{"de", "admin.search", nil, Text("en", "admin.search")},
		{"tlh-Latn", "entry.reply", nil, "Reply"},
		{"", "entry.reply", nil, "Reply"},
		{"en", "no.such.key", nil, "no.such.key"},
	} {
		if got := Text(c.lang, c.key, c.args...); got != c.want {
			t.Errorf("%s %s: got %q, want %q", c.lang, c.key, got, c.want)
		}
	}
}

func TestCountChoosesThePluralForm(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		lang string
		n    int64
		want string
	}{
		{"en", 0, "0 comments"}, {"en", 1, "1 comment"}, {"en", 2, "2 comments"}, {"en", 11, "11 comments"},
		{"tlh", 1, "1 comment"}, {"ru", 21, "21 комментарий"}, {"ru", 3, "3 комментария"}, {"ru", 12, "12 комментариев"},
		{"ar", 2, "تعليقان"}, {"ar-EG", 11, "11 تعليقًا"}, {"fa", 12, "۱۲ دیدگاه"}, {"pt-PT", 0, "0 comentários"},
		{"fr", 1_000_000, "1000000 de commentaires"},
	} {
		if got := Count(c.lang, "thread.count", c.n); got != c.want {
			t.Errorf("%s, %d: got %q, want %q", c.lang, c.n, got, c.want)
		}
	}
}

func TestDateIsReadable(t *testing.T) {
	t.Parallel()
	names := strings.Fields("January February March April May June July August September October November December")
	for i, name := range names {
		if got, want := Date("en", time.Date(2026, time.Month(i+1), 3, 4, 5, 59, 0, time.UTC)), "3 "+name+" 2026, 04:05 UTC"; got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	east := time.Date(2027, time.January, 1, 1, 0, 0, 0, time.FixedZone("", 2*3600))
	if got, want := Date("en", east), "31 December 2026, 23:00 UTC"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// Languages with an order, a case or digits of their own.
func TestDateIsWrittenAsInItsLanguage(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, time.November, 2, 4, 5, 0, 0, time.UTC)
	for lang, want := range map[string]string{
		"de": "2. November 2026, 04:05 UTC", "pl": "2 listopada 2026, 04:05 UTC", "ja": "2026年11月2日 04:05（UTC）", "fa": "۲ نوامبر ۲۰۲۶، ۰۴:۰۵ UTC",
		"hu": "2026. november 2., 04:05 UTC", "ar": "2 نوفمبر 2026، 04:05 UTC", "tlh": "2 November 2026, 04:05 UTC",
	} {
		if got := Date(lang, at); got != want {
			t.Errorf("%s: got %q, want %q", lang, got, want)
		}
	}
}

func TestSpanIsToldInItsLargestWholeUnit(t *testing.T) {
	t.Parallel()
	for d, want := range map[time.Duration]string{
		90 * 24 * time.Hour: "90 days", 24 * time.Hour: "1 day", 36 * time.Hour: "36 hours", 15 * time.Minute: "15 minutes",
		90 * time.Second: "90 seconds", time.Second + time.Millisecond: "1 second", 0: "0 seconds",
	} {
		if got := Span("en", d); got != want {
			t.Errorf("%v: got %q, want %q", d, got, want)
		}
	}
}

func TestClosestLanguage(t *testing.T) {
	t.Parallel()
	for lang, want := range map[string]string{
		"de": "de", "de-CH-1996": "de", "pt-br": "pt-BR", "pt-AO": "pt", "zh-Hant": "zh-TW", "zh-Hans-SG": "zh", "zh-HK": "zh-TW", "no": "nb", "iw-IL": "he", "in": "id",
		"tlh": "en", "": "en",
	} {
		if got := Closest(lang); got != want {
			t.Errorf("%s: got %s, want %s", lang, got, want)
		}
	}
}

func TestDirection(t *testing.T) {
	t.Parallel()
	for lang, want := range map[string]string{
		"ar": "rtl", "HE-il": "rtl", "fa": "rtl", "ur-PK": "rtl", "en": "", "de-1996": "", "": "", "az-Arab": "rtl", "pa-Arab-PK": "rtl", "he-Latn": "", "ku": "",
	} {
		if got := Direction(lang); got != want {
			t.Errorf("%s: got %q, want %q", lang, got, want)
		}
	}
}

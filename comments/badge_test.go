package comments

import (
	"errors"
	"regexp"
	"strings"
	"testing"
)

func TestASignedNameIsCutAtItsFirstMark(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string][2]string{
		"Ann":              {"Ann", ""},
		"Ann#secret":       {"Ann", "secret"},
		" Ann # secret  ":  {"Ann", "secret"},
		"Ann#one#two":      {"Ann", "one#two"},
		"Ann#":             {"Ann#", ""},
		"Ann# ":            {"Ann# ", ""},
		"#secret":          {"#secret", ""},
		" #secret":         {" #secret", ""},
		"C# fan":           {"C", "fan"},
		"":                 {"", ""},
		"Zoë Ö#pässwörd ☃": {"Zoë Ö", "pässwörd ☃"},
	} {
		if name, secret := splitName(typed); name != want[0] || secret != want[1] {
			t.Errorf("%q: got %q and %q, want %q", typed, name, secret, want)
		}
	}
}

func TestSecretsOfNamesAreChecked(t *testing.T) {
	t.Parallel()
	for typed, ok := range map[string]bool{
		"Ann#" + strings.Repeat("s", MaxNameSecret): true, "Ann#" + strings.Repeat("s", MaxNameSecret+1): false,
		strings.Repeat("ü", MaxName) + "#s": true, strings.Repeat("ü", MaxName+1) + "#s": false,
		"Ann#a\x00b": false, "Ann#a\xffb": false, "A\u202enn#s": false,
		"": true, "\u3164#s": false, "\u200b\u00a0\u2800": false, "\u115f\ufe0f": false, "\u200bAnn": true, "नि\u200dमा": true, "🙂": true,
	} {
		err := validateName(typed)
		if (err == nil) != ok {
			t.Errorf("%.20q…: %v", typed, err)
		}
		if e, is := errors.AsType[*Error](err); is && (e.Field != "name" || strings.Contains(e.Text, "sss")) {
			t.Errorf("%.20q…: error %q at %q", typed, e.Text, e.Field)
		}
	}
}

// TestABadgeIsOneOfSiteNameAndSecret changes one thing at a time.
func TestABadgeIsOneOfSiteNameAndSecret(t *testing.T) {
	t.Parallel()
	k, site := ring(t, newest, oldest), Site{Host: "blog.example"}
	base := k.badge(site, "Ann", "secret")
	if base == (Badge{}) || k.badge(site, "ann", "secret") != base || ring(t, oldest).badge(site, "Ann", "secret") != base {
		t.Error("the same name and secret give another badge")
	}
	seen := map[Badge]bool{
		base: true, k.badge(Site{Host: "b.example"}, "Ann", "secret"): true, k.badge(site, "Bea", "secret"): true,
		k.badge(site, "Ann", "Secret"): true, ring(t, newest).badge(site, "Ann", "secret"): true,
	}
	if len(seen) != 5 {
		t.Errorf("only %d of 5 badges differ", len(seen))
	}
	if k.badge(site, "Ann", "") != (Badge{}) {
		t.Error("a name without a secret has a badge")
	}
}

func TestBadgesCanBeReadBack(t *testing.T) {
	t.Parallel()
	b := Badge{0, 1, 2, 0xff, 4, 5, 6, 7}
	text := b.String()
	if !regexp.MustCompile(`^[a-km-np-z2-9]{13}$`).MatchString(text) {
		t.Errorf("a badge reads %q", text)
	}
	for _, s := range []string{text, " " + strings.ToUpper(text) + "\n"} {
		if got, err := ParseBadge(s); err != nil || got != b {
			t.Errorf("%q: got %v, %v", s, got, err)
		}
	}
	for _, s := range []string{"", text[:12], text + "a", strings.Repeat("!", 13), text[:12] + "1"} {
		_, err := ParseBadge(s)
		if e, ok := errors.AsType[*Error](err); !ok || e.Kind != Invalid || e.Field != "badge" {
			t.Errorf("%q: got error %v", s, err)
		}
	}
	if (Badge{}).String() != "" {
		t.Error("no badge has a text")
	}
}

// TestTheOwnerKeyIsOneOfItsSite changes one thing at a time.
func TestTheOwnerKeyIsOneOfItsSite(t *testing.T) {
	t.Parallel()
	k, site := ring(t, newest, oldest), Site{Host: "blog.example", Epoch: ID{1}}
	base := k.OwnerKey(site)
	if !strings.HasPrefix(base, "owner-") || len(base) < 30 || ring(t, oldest).OwnerKey(site) != base {
		t.Errorf("owner key %q", base)
	}
	host, epoch, serial := site, site, site
	host.Host, epoch.Epoch, serial.Settings.OwnerSerial = "b.example", ID{2}, 1
	seen := map[string]bool{base: true, k.OwnerKey(host): true, k.OwnerKey(epoch): true, k.OwnerKey(serial): true, ring(t, newest).OwnerKey(site): true}
	if len(seen) != 5 {
		t.Errorf("only %d of 5 owner keys differ", len(seen))
	}
	if err := validateName("Ann#" + base); err != nil {
		t.Error(err)
	}
}

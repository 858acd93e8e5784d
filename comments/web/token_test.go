package web

import (
	"encoding/base64"
	"strings"
	"testing"
	"time"

	"postil/comments"
)

func TestTokenHoldsItsSubjectForADay(t *testing.T) {
	t.Parallel()
	tokens := tokens{secret: testSecret()}
	now := time.Date(2026, 11, 22, 14, 0, 0, 0, time.UTC)
	about := subject{"blog.example", "/post?p=1", "0190a000-0000-7000-8000-000000000000"}
	text := tokens.seal(about, now)
	for after, expired := range map[time.Duration]bool{
		0: false, 23 * time.Hour: false, 25 * time.Hour: true, -30 * time.Second: false, -time.Hour: true,
	} {
		got, old, err := tokens.open(text, now.Add(after))
		if err != nil || got != about || old != expired {
			t.Errorf("after %v: %+v, expired %v, %v", after, got, old, err)
		}
	}
}

func TestForgedTokenIsRefused(t *testing.T) {
	t.Parallel()
	now := time.Now()
	ours := tokens{secret: testSecret()}
	theirs := tokens{secret: []byte(strings.Repeat("x", minSecret))}
	good := ours.seal(subject{"blog.example", "/", ""}, now)
	raw, _ := base64.RawURLEncoding.DecodeString(good)
	for i := range raw {
		raw[i] ^= 1
		if _, _, err := ours.open(base64.RawURLEncoding.EncodeToString(raw), now); comments.KindOf(err) != comments.Invalid {
			t.Errorf("byte %d changed: %v", i, err)
		}
		raw[i] ^= 1
	}
	for _, text := range []string{"", "a", "%", good[:20], good + "A", strings.Repeat("A", maxToken+1), theirs.seal(subject{"blog.example", "/", ""}, now)} {
		if _, _, err := ours.open(text, now); comments.KindOf(err) != comments.Invalid {
			t.Errorf("%.40q: %v", text, err)
		}
	}
}

func FuzzOpenToken(f *testing.F) {
	tokens := tokens{secret: testSecret()}
	now := time.Unix(1_800_000_000, 0)
	good := tokens.seal(subject{"blog.example", "/", ""}, now)
	f.Add(good)
	f.Add("AAAA")
	f.Fuzz(func(t *testing.T, text string) {
		if _, _, err := tokens.open(text, now); err == nil && text != good {
			t.Fatalf("%q was taken", text)
		}
	})
}

package web

import (
	"bytes"
	"encoding/base64"
	"strings"
	"testing"
	"time"

	"postil/comments"
)

func TestTokenHoldsItsSubjectForADay(t *testing.T) {
	t.Parallel()
	tokens := tokens{keys: testKeys(7)}
	now := time.Unix(1_800_000_000, 0)
	about := subject{"blog.example", "/post?p=1", "0190a000-0000-7000-8000-000000000000", "0123456789abcdef", now}
	text := tokens.seal(about)
	for after, expired := range map[time.Duration]bool{
		0: false, 23 * time.Hour: false, 25 * time.Hour: true, -30 * time.Second: false, -time.Hour: true,
	} {
		got, old, err := tokens.open(text, now.Add(after))
		if err != nil || got != about || old != expired {
			t.Errorf("after %v: %+v, expired %v, %v", after, got, old, err)
		}
		if age := got.age(now.Add(after)); age != max(0, after) {
			t.Errorf("after %v it is %v old", after, age)
		}
	}
}

func TestForgedTokenIsRefused(t *testing.T) {
	t.Parallel()
	now := time.Now()
	ours, theirs := tokens{keys: testKeys(7)}, tokens{keys: testKeys(8)}
	about := subject{site: "blog.example", page: "/", key: "0123456789abcdef", given: now}
	good := ours.seal(about)
	raw, _ := base64.RawURLEncoding.DecodeString(good)
	for i := range raw {
		raw[i] ^= 1
		if _, _, err := ours.open(base64.RawURLEncoding.EncodeToString(raw), now); comments.KindOf(err) != comments.Invalid {
			t.Errorf("byte %d changed: %v", i, err)
		}
		raw[i] ^= 1
	}
	for _, text := range []string{"", "a", "%", good[:20], good + "A", strings.Repeat("A", maxToken+1), theirs.seal(about)} {
		if _, _, err := ours.open(text, now); comments.KindOf(err) != comments.Invalid {
			t.Errorf("%.40q: %v", text, err)
		}
	}
}

func TestTokenOutlivesTheChangeOfKeys(t *testing.T) {
	t.Parallel()
	older, newer := bytes.Repeat([]byte{7}, comments.MinKey), bytes.Repeat([]byte{8}, comments.MinKey)
	ring, err := comments.NewKeyring(newer, older)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	about := subject{site: "blog.example", page: "/", key: "0123456789abcdef", given: time.Unix(now.Unix(), 0)}
	if got, _, err := (tokens{keys: ring}).open(tokens{keys: testKeys(7)}.seal(about), now); err != nil || got != about {
		t.Errorf("%+v, %v", got, err)
	}
}

func FuzzOpenToken(f *testing.F) {
	tokens := tokens{keys: testKeys(7)}
	now := time.Unix(1_800_000_000, 0)
	good := tokens.seal(subject{site: "blog.example", page: "/", key: "0123456789abcdef", given: now})
	f.Add(good)
	f.Add("AAAA")
	f.Fuzz(func(t *testing.T, text string) {
		if _, _, err := tokens.open(text, now); err == nil && text != good {
			t.Fatalf("%q was taken", text)
		}
	})
}

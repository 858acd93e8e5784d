package admin

import (
	"strings"
	"testing"

	"postil/comments"
)

func TestPasswordIsHashedAsOWASPSays(t *testing.T) {
	t.Parallel()
	a, b := hashed(), mustHash(t, password)
	if a == b {
		t.Error("two hashes of a password are the same: they have no salt of their own")
	}
	for _, text := range []string{a, b} {
		if !strings.HasPrefix(text, "$argon2id$v=19$m=19456,t=2,p=1$") {
			t.Errorf("%q is not what RFC 9106 and OWASP ask for", text)
		}
		h, ok := parseHash(text)
		if !ok || h.String() != text {
			t.Errorf("%q is read as %q", text, h)
		}
		if !h.matches(password) || h.matches(password+" ") {
			t.Errorf("%q belongs to another password", text)
		}
	}
}

func mustHash(t *testing.T, password string) string {
	t.Helper()
	h, err := HashPassword(password)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func TestPasswordsOfOddLengthOrSignsAreRefused(t *testing.T) {
	t.Parallel()
	for _, bad := range []string{"", "short", strings.Repeat("ä", MinPassword-1), strings.Repeat("x", MaxPassword+1), "new\nline in it!", "\xff\xfe\xff\xfe\xff\xfe\xff\xfe\xff\xfe\xff\xfe"} {
		_, err := HashPassword(bad)
		if comments.KindOf(err) != comments.Invalid || bad != "" && strings.Contains(err.Error(), bad) {
			t.Errorf("%q: got %v", bad, err)
		}
	}
	if h, ok := parseHash(mustHash(t, strings.Repeat("ä", MinPassword))); !ok || !h.matches(strings.Repeat("ä", MinPassword)) {
		t.Error("the shortest password does not match")
	}
}

// A damaged hash must neither let anyone in nor take the machine's memory.
func TestDamagedHashesAreNone(t *testing.T) {
	t.Parallel()
	good := hashed()
	for _, bad := range []string{
		"", "x", strings.Replace(good, "argon2id", "argon2i", 1), strings.Replace(good, "v=19", "v=16", 1),
		strings.Replace(good, "m=19456", "m=99999999", 1), strings.Replace(good, "t=2", "t=0", 1), strings.Replace(good, "t=2", "t=99", 1),
		strings.Replace(good, "p=1", "p=0", 1), good + "!", good[:strings.LastIndexByte(good, '$')+1], good + "$",
	} {
		if _, ok := parseHash(bad); ok {
			t.Errorf("%q is read as a hash", bad)
		}
	}
}

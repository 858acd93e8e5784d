package comments

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestAnEditKeyOpensItsOwnHashOnly(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var key EditKey
		copy(key[:], rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "bytes"))
		back, err := ParseEditKey(key.String())
		if err != nil || back != key || len(key.String()) != 22 || strings.Trim(key.String(), "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") != "" {
			t.Fatalf("%v came back as %v from %q, %v", key, back, key.String(), err)
		}
		other := key
		other[rapid.IntRange(0, 15).Draw(t, "at")] ^= 1 << rapid.IntRange(0, 7).Draw(t, "bit")
		if !key.Opens(key.Hash()) || other.Opens(key.Hash()) {
			t.Fatalf("%v opens wrongly", key)
		}
	})
	if (EditKey{}).Opens(Hash{}) {
		t.Error("a comment without edit key was opened")
	}
}

func TestWhatIsNoEditKeyIsForbidden(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"", "x", strings.Repeat("A", 21), strings.Repeat("A", 23), strings.Repeat("A", 21) + "!", strings.Repeat("A", 22) + "==", strings.Repeat("+", 22)} {
		if key, err := ParseEditKey(s); KindOf(err) != Forbidden || key != (EditKey{}) {
			t.Errorf("%q: got %v, %v", s, key, err)
		}
	}
}

func TestIdempotencyKeysAreCheckedAtTheirEdges(t *testing.T) {
	t.Parallel()
	for key, ok := range map[string]bool{
		strings.Repeat("k", 15): false, strings.Repeat("k", 16): true, strings.Repeat("k", 128): true, strings.Repeat("k", 129): false,
		"019a9f3e-7c00-7abc-8def-0123456789ab": true, `!"#$%&'()*+,-./:;<=>?@[]^_{|}~`: true,
		"with a space inside": false, "with a newline\nin it": false, "sixteen-and-tail\n": false, "ünicode-is-not-ascii": false, "": false,
	} {
		err := IdempotencyKey(key).Validate()
		if (err == nil) != ok {
			t.Errorf("%q: %v", key, err)
		}
		if e, is := err.(*Error); is && e.Field != "key" {
			t.Errorf("%q: error at field %q", key, e.Field)
		}
	}
	a, b := NewIdempotencyKey(), NewIdempotencyKey()
	if a == b || a.Validate() != nil {
		t.Errorf("new keys %q and %q", a, b)
	}
}

// TestDerivedKeysDependOnAllTheyShould changes one thing at a time.
func TestDerivedKeysDependOnAllTheyShould(t *testing.T) {
	t.Parallel()
	const key, site = IdempotencyKey("0123456789abcdef"), "blog.example"
	keys, other := ring(t, "0123456789abcdef0123456789abcdef"), ring(t, "x123456789abcdef0123456789abcdef")
	again := IdempotencyKey(string(key))
	if again.hash(site) != key.hash(site) || again.editKey(keys, site) != key.editKey(keys, site) {
		t.Error("the same post gets different keys")
	}
	hashes := map[Hash]bool{key.hash(site): true, key.hash("b.example"): true, (key + "x").hash(site): true, key.editKey(keys, site).Hash(): true}
	derived := map[EditKey]bool{
		key.editKey(keys, site): true, key.editKey(keys, "b.example"): true, (key + "x").editKey(keys, site): true,
		key.editKey(other, site): true,
	}
	if len(hashes) != 4 || len(derived) != 4 {
		t.Errorf("only %d hashes and %d edit keys differ", len(hashes), len(derived))
	}
}

package comments

import (
	"bytes"
	"errors"
	"strings"
	"testing"
)

// Keys of tests, in the order of their age.
const (
	oldest = "oldest-key-oldest-key-oldest-key-"
	middle = "middle-key-middle-key-middle-key-"
	newest = "newest-key-newest-key-newest-key-"
)

// ring returns a ring of keys, the newest first.
func ring(t *testing.T, keys ...string) Keyring {
	t.Helper()
	raw := make([][]byte, len(keys))
	for i, k := range keys {
		raw[i] = []byte(k)
	}
	k, err := NewKeyring(raw...)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func seal(t *testing.T, k Keyring, purpose, text string) []byte {
	t.Helper()
	sealed, err := k.Seal(purpose, text)
	if err != nil {
		t.Fatal(err)
	}
	return sealed
}

func TestARingNeedsKeysThatAreLongEnough(t *testing.T) {
	t.Parallel()
	for _, keys := range [][][]byte{nil, {nil}, {make([]byte, MinKey-1)}, {make([]byte, MinKey), make([]byte, MinKey-1)}} {
		if _, err := NewKeyring(keys...); err == nil {
			t.Errorf("keys of %d bytes make a ring", len(keys))
		}
	}
	ring(t, strings.Repeat("k", MinKey))
}

func TestWhatIsSealedOpensWithTheKeyThatIsKept(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"me@blog.example", "", strings.Repeat("ü", 1000)} {
		sealed := seal(t, ring(t, middle, oldest), SealSubscriber, text)
		for name, k := range map[string]Keyring{"the same": ring(t, middle, oldest), "a new key": ring(t, newest, middle, oldest), "the oldest gone": ring(t, newest, middle)} {
			if got, err := k.Open(SealSubscriber, sealed); err != nil || got != text {
				t.Errorf("%s: got %q, %v, want %q", name, got, err, text)
			}
		}
		if _, err := ring(t, newest, oldest).Open(SealSubscriber, sealed); !errors.Is(err, ErrSealed) {
			t.Errorf("without its key: got error %v, want %v", err, ErrSealed)
		}
	}
}

func TestWhatIsSealedOpensUnderItsPurposeAlone(t *testing.T) {
	t.Parallel()
	k := ring(t, newest)
	sealed := seal(t, k, SealSubscriber, "me@blog.example")
	if _, err := k.Open(SealModerator, sealed); !errors.Is(err, ErrSealed) {
		t.Errorf("got error %v, want %v", err, ErrSealed)
	}
	if k.Current(SealModerator, sealed) {
		t.Error("it is current for another purpose")
	}
}

func TestASealThatIsDamagedDoesNotOpen(t *testing.T) {
	t.Parallel()
	k := ring(t, newest, oldest)
	sealed := seal(t, k, SealSubscriber, "me@blog.example")
	for i := range sealed {
		damaged := bytes.Clone(sealed)
		damaged[i] ^= 1
		if got, err := k.Open(SealSubscriber, damaged); !errors.Is(err, ErrSealed) {
			t.Errorf("with byte %d changed: got %q, %v", i, got, err)
		}
		if got, err := k.Open(SealSubscriber, sealed[:i]); !errors.Is(err, ErrSealed) {
			t.Errorf("with %d bytes: got %q, %v", i, got, err)
		}
	}
}

func TestSealsOfTheSameTextDiffer(t *testing.T) {
	t.Parallel()
	k := ring(t, newest)
	a, b := seal(t, k, SealSubscriber, "me@blog.example"), seal(t, k, SealSubscriber, "me@blog.example")
	if bytes.Equal(a, b) {
		t.Error("who sees two seals sees that the texts are the same")
	}
	if bytes.Contains(a, []byte("blog")) {
		t.Error("the text can be read")
	}
}

func TestASealIsCurrentUntilThereIsANewKey(t *testing.T) {
	t.Parallel()
	sealed := seal(t, ring(t, middle, oldest), SealSubscriber, "me@blog.example")
	if !ring(t, middle).Current(SealSubscriber, sealed) {
		t.Error("it is not current with its key as the newest")
	}
	for _, k := range []Keyring{ring(t, newest, middle), ring(t, newest), ring(t, oldest, middle)} {
		if k.Current(SealSubscriber, sealed) {
			t.Error("it is current with another key as the newest")
		}
	}
	if ring(t, middle).Current(SealSubscriber, sealed[:keyTag-1]) {
		t.Error("a fragment is current")
	}
}

func TestSignaturesHoldWithFormerKeys(t *testing.T) {
	t.Parallel()
	mac := ring(t, middle, oldest).Sign("link", "blog.example", "1")
	for name, c := range map[string]struct {
		keys    Keyring
		mac     []byte
		purpose string
		parts   []string
		want    bool
	}{
		"as signed":        {ring(t, middle), mac, "link", []string{"blog.example", "1"}, true},
		"with a new key":   {ring(t, newest, middle), mac, "link", []string{"blog.example", "1"}, true},
		"its beginning":    {ring(t, middle), mac[:16], "link", []string{"blog.example", "1"}, true},
		"without its key":  {ring(t, newest, oldest), mac, "link", []string{"blog.example", "1"}, false},
		"another purpose":  {ring(t, middle), mac, "feed", []string{"blog.example", "1"}, false},
		"other parts":      {ring(t, middle), mac, "link", []string{"blog.example", "2"}, false},
		"parts cut anew":   {ring(t, middle), mac, "link", []string{"blog.exampl", "e1"}, false},
		"parts joined":     {ring(t, middle), mac, "link", []string{"blog.example1"}, false},
		"fewer parts":      {ring(t, middle), mac, "link", []string{"blog.example"}, false},
		"too short":        {ring(t, middle), mac[:15], "link", []string{"blog.example", "1"}, false},
		"none":             {ring(t, middle), nil, "link", []string{"blog.example", "1"}, false},
		"longer than made": {ring(t, middle), append(bytes.Clone(mac), 0), "link", []string{"blog.example", "1"}, false},
		"of another end":   {ring(t, middle), append(bytes.Clone(mac[:31]), mac[31]^1), "link", []string{"blog.example", "1"}, false},
	} {
		if got := c.keys.Signed(c.mac, c.purpose, c.parts...); got != c.want {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

func TestWhatLastsOutlivesNewKeys(t *testing.T) {
	t.Parallel()
	first := ring(t, oldest).Lasting("badge", "blog.example", "ann")
	if got := ring(t, newest, middle, oldest).Lasting("badge", "blog.example", "ann"); !bytes.Equal(got, first) {
		t.Error("it changed with a new key")
	}
	if got := ring(t, newest, middle).Lasting("badge", "blog.example", "ann"); bytes.Equal(got, first) {
		t.Error("it does not depend on the oldest key")
	}
	if got := ring(t, oldest).Sign("badge", "blog.example", "ann"); !bytes.Equal(got, first) {
		t.Error("with one key it is another signature")
	}
}

func TestAnAddressIsFoundInAnyCase(t *testing.T) {
	t.Parallel()
	k := ring(t, newest)
	if k.AddressIndex("Me@Blog.Example") != k.AddressIndex("me@blog.example") {
		t.Error("the case of an address matters")
	}
	if k.AddressIndex("me@blog.example") == k.AddressIndex("you@blog.example") || k.AddressIndex("me@blog.example") == ring(t, oldest).AddressIndex("me@blog.example") {
		t.Error("two addresses, or keys, have the same index")
	}
}

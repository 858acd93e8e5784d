package comments_test

import (
	"encoding/json"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"postil/comments"
)

func TestIDsSurviveTheRoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var id comments.ID
		copy(id[:], rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "bytes"))
		text := id.String()
		for _, form := range []string{text, strings.ToUpper(text)} {
			if back, err := comments.ParseID(form); err != nil || back != id {
				t.Fatalf("%v: %q came back as %v, %v", id, form, back, err)
			}
		}
		b, err := json.Marshal(id)
		if err != nil {
			t.Fatal(err)
		}
		back := comments.ID{1}
		if err := json.Unmarshal(b, &back); err != nil || back != id {
			t.Fatalf("%s came back as %v, %v", b, back, err)
		}
	})
}

func TestIDsSortAsTheirText(t *testing.T) {
	t.Parallel()
	a, b := comments.ID{0x01, 0x9a}, comments.ID{0x01, 0xa0}
	if a.String() >= b.String() {
		t.Errorf("%v does not stand before %v", a, b)
	}
}

func TestTheZeroIDIsTheEmptyString(t *testing.T) {
	t.Parallel()
	b, err := json.Marshal(comments.ID{})
	if err != nil || string(b) != `""` || !(comments.ID{}).IsZero() || (comments.ID{15: 1}).IsZero() {
		t.Errorf("got %s, %v", b, err)
	}
}

func TestWhatIsNoIDIsRefused(t *testing.T) {
	t.Parallel()
	const id = "019a9f3e-7c00-7abc-8def-0123456789ab"
	if _, err := comments.ParseID(id); err != nil {
		t.Fatal(err)
	}
	for _, s := range []string{
		"", id[:35], id + "0", "{" + id[1:35] + "}", strings.ReplaceAll(id, "-", ""), strings.Replace(id, "0", "g", 1),
		strings.Replace(id, "-", "0", 1), "019a9f3e7-c00-7abc-8def-0123456789ab", id[:35] + "é", " " + id[:35], strings.Replace(id, "0", "\x00", 1),
	} {
		if got, err := comments.ParseID(s); err == nil || !got.IsZero() {
			t.Errorf("%q: got %v, %v", s, got, err)
		}
	}
	back := comments.ID{1}
	if err := back.UnmarshalText([]byte("x")); err == nil || !back.IsZero() {
		t.Errorf("a bad text left %v, %v", back, err)
	}
}

package static

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"
)

// No template escapes what is in an entry: whatever a value holds, it comes
// back as it was, and makes no element of its own.
func TestEntriesEscapeEveryValue(t *testing.T) {
	t.Parallel()
	hostile := func(field string) string { return field + `"'><script>&amp;</` }
	full := ThreadEntry{
		Lang: "en", Anchor: hostile("anchor"), Was: hostile("was"), Name: hostile("name"), Badge: hostile("badge"), Website: hostile("https://"),
		ReplyURL: hostile("reply"), ParentURL: hostile("parent"), Owner: true, Pinned: true, Edited: true, Created: noon, HTML: markup("<p>Words</p>"),
	}
	nested, gone := full, ThreadEntry{Lang: "en", Anchor: full.Anchor, Was: full.Was, Gone: true}
	nested.Nested = true
	everywhere := []string{full.Anchor, full.Was, full.Name, full.Website, full.ReplyURL, full.ParentURL, "Signed name, badge " + full.Badge}
	for name, c := range map[string]struct {
		entry ThreadEntry
		want  []string
	}{"full": {full, everywhere}, "nested": {nested, everywhere}, "gone": {gone, []string{gone.Anchor, gone.Was}}} {
		values := valuesIn(t, RenderEntry(c.entry).XHTML())
		for _, want := range c.want {
			if !values[want] {
				t.Errorf("%s lacks %s; it has %v", name, want, values)
			}
		}
	}
}

// valuesIn returns the values of all attributes and all character data.
func valuesIn(t *testing.T, entry string) map[string]bool {
	t.Helper()
	values := map[string]bool{}
	d := xml.NewDecoder(strings.NewReader(entry))
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return values
		}
		if err != nil {
			t.Fatalf("%v in %s", err, entry)
		}
		switch token := token.(type) {
		case xml.CharData:
			values[string(token)] = true
		case xml.StartElement:
			if token.Name.Local == "script" {
				t.Errorf("a script in %s", entry)
			}
			for _, a := range token.Attr {
				values[a.Value] = true
			}
		}
	}
}

func TestWebsitesAreLinkedOnTheWebOnly(t *testing.T) {
	t.Parallel()
	for address, linked := range map[string]bool{
		"https://a.example/": true, "HTTP://a.example": true,
		"": false, "javascript:alert(1)": false, " https://a.example": false, "https": false, "//a.example": false, "data:text/html,https:": false,
	} {
		entry := RenderEntry(ThreadEntry{Lang: "en", Name: "Ann", Website: address}).XHTML()
		if got := strings.Contains(entry, "nofollow"); got != linked {
			t.Errorf("%q is linked: %v", address, got)
		}
	}
}

package static

import (
	"bytes"
	"strings"
	"testing"
	"time"
)

// A page of one direction may include comments of the other.
func TestFragmentSaysItsDirection(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	if err := RenderFragment(&b, ThreadPage{Page: Page{Lang: "ar"}, Place: "a.example"}); err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(b.String(), `<section class="postil" lang="ar" dir="rtl"`) {
		t.Errorf("%s", b.String())
	}
}

// A fragment is a part of somebody else's page: one element, whose headings
// leave h1 to the page.
func TestFragmentIsOneHarmlessElement(t *testing.T) {
	t.Parallel()
	entry := ThreadEntry{Anchor: "comment-1", Name: `"><script>alert(1)</script>`, Website: "javascript:alert(1)", Nested: true, Created: time.Unix(0, 0), HTML: markup("<p>One</p>")}
	for name, p := range map[string]ThreadPage{
		"full":   {Place: `"><script>`, FormURL: "/comment?a&b", FeedURL: "/feed.xml", Older: "/thread-1.html", Total: 1, Entries: made(entry)},
		"empty":  {Place: "a.example", FormURL: "/comment", FeedURL: "/feed.xml"},
		"closed": {Place: "a.example", FeedURL: "/feed.xml", Closed: true},
	} {
		p.Lang = "en"
		var b bytes.Buffer
		if err := RenderFragment(&b, p); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		body := b.String()
		wellFormed(t, name, body)
		if !strings.HasPrefix(body, `<section class="postil" lang="en" dir="ltr"`) || !strings.HasSuffix(body, "</section>\n") {
			t.Errorf("%s is more than one element:\n%s", name, body)
		}
		for _, bad := range []string{"<script", "<style", " style=", "javascript:", "<h1", "%!", "<no value>"} {
			if strings.Contains(body, bad) {
				t.Errorf("%s holds %s:\n%s", name, bad, body)
			}
		}
		if written := strings.Contains(body, `class="compose"`); written == p.Closed {
			t.Errorf("%s: link to the form: %v", name, written)
		}
	}
}

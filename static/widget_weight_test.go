package static_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"postil/static"
	"postil/static/browser"
)

// maxWriting is what all that is fetched for writing a comment may weigh on
// its way, in bytes.
const maxWriting = 5000

// From the form's coming near to the post: the form, its style and texts, and
// what does the work of a challenge.
func TestWritingWeighsLittle(t *testing.T) {
	t.Parallel()
	s := newStandin(t)
	for i := range 60 {
		s.add(&remark{name: "Ann", html: fmt.Sprintf("<p>%d</p>", i+1)})
	}
	b := browser.NewTab(t)
	url := (&browser.Blog{}).Serve(t, s.URL)
	b.Open(url)
	b.Wait(`root?.querySelector('.compose')?.innerText`, "Write a comment")
	read := b.Asked()
	b.Eval(`root.querySelector('.compose').scrollIntoView()`)
	b.Write("[name=body]", "just kidding") // j and k lead to comments, but not here
	b.Click(".post")
	b.Until(func() bool { return len(s.stored()) == 61 }, func() string { return "the comment has not come" })
	if !s.stored()[60].proved {
		t.Error("no work was done")
	}
	fetched, posted := b.Asked()[len(read):], s.URL+"/api/v1/comments"
	before := slices.DeleteFunc(fetched[:slices.Index(fetched, posted)], func(address string) bool { return strings.Contains(address, "/api/") })
	sum := 0
	for _, address := range before {
		n := weight(strings.TrimPrefix(address, s.URL))
		if sum += n; n == 0 {
			t.Errorf("%s is fetched for writing", address)
		}
	}
	t.Logf("%d bytes in %v", sum, before)
	if len(before) == 0 || sum > maxWriting {
		t.Errorf("%d files of %d bytes, more than %d", len(before), sum, maxWriting)
	}
}

// weight returns how many bytes a built file takes with brotli; 0 if it is none.
func weight(path string) int {
	path, _, _ = strings.Cut(path, "#")
	for _, a := range static.Assets() {
		if a.Path == path {
			return len(a.File.Brotli)
		}
	}
	return 0
}

package feeds

import (
	"crypto/sha256"
	"fmt"
	"time"

	"postil/comments"
)

// day is when all fixtures happen.
var day = time.Date(2026, 11, 22, 14, 3, 0, 0, time.UTC)

// numbered returns the same id at every run.
func numbered(n int64) comments.ID {
	sum := sha256.Sum256(fmt.Append(nil, "fixture", n))
	id := comments.ID(sum[:16])
	id[6], id[8] = id[6]&15|0x70, id[8]&63|128
	return id
}

func fixtureSite() comments.Site {
	s := comments.Site{Host: "blog.example", Created: day.Add(-48 * time.Hour), Settings: comments.DefaultSettings()}
	s.Settings.Origins, s.Settings.Policy = []string{"https://blog.example"}, comments.PolicyOpen
	return s
}

// fixtureComment returns published comment n, answering parent unless that is 0.
func fixtureComment(n, parent int64) comments.Comment {
	c := comments.Comment{
		ID: numbered(n), Site: "blog.example", Page: "/post", Number: n, Status: comments.Published,
		Author:  comments.Author{Name: fmt.Sprintf("Author %d", n), Website: "https://ann.example/"},
		HTML:    comments.HTML(fmt.Sprintf("<p>Words <em>of</em> comment %d &amp; more.</p>\n", n)),
		Created: day.Add(time.Duration(n) * time.Minute), Decided: day.Add(time.Duration(n) * time.Minute),
	}
	if parent > 0 {
		c.Parent, c.ParentNumber = numbered(parent), parent
	}
	return c
}

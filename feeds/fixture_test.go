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

// fixtureThread has one of everything: answers four deep, an edited and an
// anonymous comment, one of the owner's, a signed one, a pinned one, imported ones, answers to
// comments in an archive, and comments that are gone, with and without answers.
func fixtureThread() []comments.Comment {
	all := []comments.Comment{
		fixtureComment(21, 0), fixtureComment(22, 21), fixtureComment(23, 22), fixtureComment(24, 23),
		fixtureComment(25, 7), fixtureComment(26, 0), fixtureComment(27, 26), fixtureComment(28, 0), fixtureComment(29, 21),
	}
	all[1].Edited = all[1].Created.Add(time.Minute + 250*time.Millisecond)
	all[2].Author = comments.Author{}
	all[3].Author.Name = `Zoë <"&'> O'Neil`
	all[3].HTML = "<p>A <a href=\"https://x.example/?a=1&amp;b=2\" rel=\"nofollow ugc noopener\">link</a>.</p>\n<pre><code class=\"language-go\">a &lt; b\n</code></pre>\n"
	all[3].Author.Badge, all[1].Author.Badge = comments.Badge{1, 2, 3, 4, 5, 6, 7, 8}, comments.Badge{8, 7, 6, 5, 4, 3, 2, 1}
	all[1].Author.Owner, all[4].Pinned, all[8].Pinned = true, true, true
	all[3].Verdicts, all[3].By = "links=100", "mod"
	all[0].Origin, all[2].Origin = comments.Origin{Source: "wordpress", ID: "7"}, comments.Origin{Source: "isso", ID: `9"<`}
	all[5].Origin, all[8].Origin = comments.Origin{Source: "disqus", ID: "12"}, all[0].Origin
	all[8].Origin.Source = "disqus" // the same name from elsewhere: the first keeps it
	erase(&all[5], comments.Deleted)
	erase(&all[7], comments.Deleted)
	return all
}

// erase does to a fixture what the domain does.
func erase(c *comments.Comment, status comments.Status) {
	c.Author, c.HTML, c.Status = comments.Author{}, "", status
	c.Decided = c.Created.Add(time.Hour)
}

// fixtureDocuments returns a current document with archives behind it, an
// archive, and an empty thread.
func fixtureDocuments() map[string]*document {
	site := fixtureSite()
	site.Settings.Archive, site.Settings.Fragment = 10, true
	closed := site
	closed.Settings.Policy = comments.PolicyClosed
	thread := comments.Thread{Site: site.Host, Page: "/2026/caf%C3%A9", Last: 38, Visible: 34}
	return map[string]*document{
		"current": newDocument(site, thread, 0, fixtureThread()),
		"archive": newDocument(closed, thread, 2, fixtureThread()[:5]),
		"empty":   newDocument(site, comments.Thread{Site: site.Host, Page: "/"}, 0, nil),
	}
}

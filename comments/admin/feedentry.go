package admin

import (
	"encoding/xml"
	"net/url"

	"postil/comments"
	"postil/static"
)

const (
	atomNS  = "http://www.w3.org/2005/Atom"
	xhtmlNS = "http://www.w3.org/1999/xhtml"
)

// atomFeed is an atom:feed (RFC 4287), with XHTML among it that only browsers
// read.
type atomFeed struct {
	XMLName xml.Name    `xml:"feed"`
	NS      string      `xml:"xmlns,attr"`
	XHTML   string      `xml:"xmlns:h,attr"`
	Lang    string      `xml:"xml:lang,attr"`
	ID      string      `xml:"id"`
	Title   string      `xml:"title"`
	Updated string      `xml:"updated"`
	Links   []atomLink  `xml:"link"`
	Head    string      `xml:",innerxml"`
	Entries []atomEntry `xml:"entry"`
}

type atomLink struct {
	Rel  string `xml:"rel,attr"`
	Type string `xml:"type,attr"`
	Href string `xml:"href,attr"`
}

type atomEntry struct {
	ID        string       `xml:"id"`
	Title     string       `xml:"title"`
	Author    string       `xml:"author>name"`
	Published string       `xml:"published"`
	Updated   string       `xml:"updated"`
	Links     []atomLink   `xml:"link"`
	Depth     atomCategory `xml:"category"`
	Body      string       `xml:",innerxml"` // the content, and before it what is for browsers
}

// atomCategory is by what the style sheet knows how deep a comment stands.
type atomCategory struct {
	Term string `xml:"term,attr"`
}

func (s *server) feedHead(lang string, m comments.Moderator) *atomFeed {
	base, _ := url.Parse(s.Base) // New has checked it
	title := static.Text(lang, "admin.feed.title", "name", m.Name)
	queue := s.Base + "/admin/queue"
	return &atomFeed{
		NS: atomNS, XHTML: xhtmlNS, Lang: lang, Title: title, ID: tag(base.Host, m.Created, "queue:"+m.Name),
		Links: []atomLink{
			{"self", "application/atom+xml", s.Base + s.feedPath(m)},
			{"alternate", "text/html", queue},
		},
		Head: "\n" + `<h:title>` + escape(title) + `</h:title>
<h:meta name="viewport" content="width=device-width, initial-scale=1"/>
<h:header class="head"><h:h1>` + escape(title) + `</h:h1>
<h:p>` + escape(static.Text(lang, "admin.feed.lead")) + `</h:p>
<h:p class="nav"><h:a class="compose" href="` + escape(queue) + `">` + escape(static.Text(lang, "admin.feed.queue")) + `</h:a></h:p></h:header>`,
	}
}

// feedEntry is a held comment with links that decide about it.
func (s *server) feedEntry(lang string, m comments.Moderator, c found) atomEntry {
	name, where := nameOf(lang, c.Comment), place(c.site, c.Page)
	e := atomEntry{
		ID: tag(c.site.Host, c.site.Created, "held:"+c.ID.String()), Author: name,
		Title:     static.Text(lang, "feed.entry", "name", name, "place", where),
		Published: timestamp(c.Created), Updated: timestamp(c.Updated()),
		Links: []atomLink{{"alternate", "text/html", s.Base + "/admin/comments/" + c.ID.String()}},
		Depth: atomCategory{"depth-0"},
	}
	e.Body = "\n" + `<h:header class="by"><h:h2>` + escape(name) + `</h:h2>
<h:time class="when" datetime="` + timestamp(c.Created) + `">` + escape(static.Date(lang, c.Created)) + `</h:time></h:header>
<content type="xhtml"><div xmlns="` + xhtmlNS + `"><p>` + escape(where) + s.verdictLine(lang, c.Comment) + `</p>
<blockquote>` + c.HTML.XHTML() + `</blockquote>
<p>` + s.feedLinks(lang, m, c.Comment) + `</p></div></content>`
	return e
}

// verdictLine says what the defences have against a comment.
func (s *server) verdictLine(lang string, c comments.Comment) (line string) {
	for _, one := range verdicts(lang, c.Verdicts) {
		line += " · " + escape(one.Text+" "+one.Points)
	}
	return line
}

func (s *server) feedLinks(lang string, m comments.Moderator, c comments.Comment) (links string) {
	for i, a := range []comments.Action{comments.Approve, comments.Reject, comments.Remove} {
		if i > 0 {
			links += " · "
		}
		href := s.Base + "/moderate?" + s.Service.Keys.Link(m, c, a, s.expiry())
		links += `<a href="` + escape(href) + `">` + escape(static.Text(lang, "link.do."+string(a))) + `</a>`
	}
	return links
}

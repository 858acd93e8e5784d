package migrate

import (
	"bufio"
	"encoding/xml"
	"io"
	"strconv"
	"strings"
	"time"

	"postil/comments"
)

// xmlText writes XML whose shape is known, and escapes what is not. It keeps
// the first error.
type xmlText struct {
	w   *bufio.Writer
	err error
}

func newXMLText(w io.Writer) *xmlText { return &xmlText{w: bufio.NewWriter(w)} }

func (x *xmlText) raw(parts ...string) {
	for _, p := range parts {
		if _, err := x.w.WriteString(p); x.err == nil {
			x.err = err
		}
	}
}

func (x *xmlText) escaped(text string) {
	if err := xml.EscapeText(x.w, []byte(text)); x.err == nil {
		x.err = err
	}
}

func (x *xmlText) element(name, text string) {
	x.raw("<", name, ">")
	x.escaped(text)
	x.raw("</", name, ">\n")
}

func (x *xmlText) cdata(name, text string) {
	x.raw("<", name, "><![CDATA[", strings.ReplaceAll(text, "]]>", "]]]]><![CDATA[>"), "]]></", name, ">\n")
}

func (x *xmlText) finish() error {
	if x.err != nil {
		return x.err
	}
	return x.w.Flush()
}

// wxrExport writes what Disqus takes in. Comments are numbered: those of a
// page by its place in the file and their own Number, so that parents need not
// be remembered.
type wxrExport struct {
	w       *xmlText
	pages   int
	hidden  int64 // comments of the page without a Number
	started bool  // an item is open
}

func (x *wxrExport) begin() error { return nil }

func (x *wxrExport) site(s comments.Site) error {
	x.w.raw(xml.Header, `<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dsq="http://www.disqus.com/" `,
		`xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:wp="http://wordpress.org/export/1.0/">`, "\n<channel>\n")
	x.w.element("title", s.Host)
	x.w.element("link", s.Settings.Origins[0])
	return x.w.err
}

func (x *wxrExport) thread(s comments.Site, t comments.ArchivedThread) error {
	x.endItem()
	x.pages++
	x.hidden, x.started = 0, true
	page, _ := t.Page.Path()
	x.w.raw("<item>\n")
	x.w.element("title", page)
	x.w.element("link", s.Link(t.Page))
	x.w.raw("<content:encoded><![CDATA[]]></content:encoded>\n")
	x.w.element("dsq:thread_identifier", string(t.Page))
	x.w.element("wp:comment_status", map[bool]string{true: "closed", false: "open"}[t.Closed])
	return x.w.err
}

func (x *wxrExport) endItem() {
	if x.started {
		x.w.raw("</item>\n")
	}
	x.started = false
}

// wxrHidden is above all Numbers.
const wxrHidden = 900_000_000

func (x *wxrExport) id(number int64) string {
	return strconv.FormatInt(int64(x.pages)*1_000_000_000+number, 10)
}

func (x *wxrExport) comment(_ comments.Site, _ comments.ArchivedThread, c *comments.Imported) error {
	approved := map[comments.Status]string{comments.Published: "1", comments.Held: "0", comments.Spam: "spam", comments.Deleted: "trash"}[c.Status]
	number, parent := c.Number, "0"
	if number == 0 {
		x.hidden++
		number = wxrHidden + x.hidden
	}
	if c.ParentNumber > 0 {
		parent = x.id(c.ParentNumber)
	}
	x.w.raw("<wp:comment>\n")
	x.w.element("wp:comment_id", x.id(number))
	x.w.cdata("wp:comment_author", c.Author.Name)
	x.w.raw("<wp:comment_author_email></wp:comment_author_email>\n")
	x.w.element("wp:comment_author_url", c.Author.Website)
	x.w.raw("<wp:comment_author_IP></wp:comment_author_IP>\n")
	x.w.element("wp:comment_date_gmt", c.Created.Format(time.DateTime))
	x.w.cdata("wp:comment_content", unbroken(c.HTML.XHTML()))
	x.w.element("wp:comment_approved", approved)
	x.w.element("wp:comment_parent", parent)
	x.w.raw("</wp:comment>\n")
	return x.w.err
}

func (x *wxrExport) end() error {
	x.endItem()
	x.w.raw("</channel>\n</rss>\n")
	return x.w.finish()
}

// atomExport writes all that is published as one feed (RFC 4287), with
// answers as RFC 4685 has them.
type atomExport struct {
	w      *xmlText
	newest time.Time
}

func (x *atomExport) begin() error { return nil }

func tag(s comments.Site, specific string) string {
	return "tag:" + s.Host + "," + s.Created.UTC().Format(time.DateOnly) + ":" + specific
}

func (x *atomExport) site(s comments.Site) error {
	x.w.raw(xml.Header, `<feed xmlns="http://www.w3.org/2005/Atom" xmlns:thr="http://purl.org/syndication/thread/1.0">`, "\n")
	x.w.element("id", tag(s, "export"))
	x.w.element("title", s.Host)
	x.newest = s.Created
	x.w.raw(`<link rel="alternate" href="`)
	x.w.escaped(s.Settings.Origins[0])
	x.w.raw("\"/>\n")
	return x.w.err
}

func (x *atomExport) thread(comments.Site, comments.ArchivedThread) error { return nil }

func (x *atomExport) comment(s comments.Site, t comments.ArchivedThread, c *comments.Imported) error {
	if c.Status != comments.Published {
		return nil
	}
	if c.Updated().After(x.newest) {
		x.newest = c.Updated()
	}
	name := c.Author.Name
	if name == "" {
		name = "–" // RFC 4287 §3.2.1 wants one
	}
	x.w.raw("<entry>\n")
	x.w.element("id", tag(s, "comment:"+c.ID.String()))
	x.w.element("title", name)
	x.w.raw("<author>")
	x.w.element("name", name)
	if c.Author.Website != "" {
		x.w.element("uri", c.Author.Website)
	}
	x.w.raw("</author>\n")
	x.w.element("published", c.Created.Format(time.RFC3339Nano))
	x.w.element("updated", c.Updated().Format(time.RFC3339Nano))
	x.w.raw(`<link rel="alternate" type="text/html" href="`)
	x.w.escaped(s.Link(t.Page) + "#comment-" + c.ID.String())
	x.w.raw("\"/>\n")
	if !c.Parent.IsZero() {
		x.w.raw(`<thr:in-reply-to ref="`)
		x.w.escaped(tag(s, "comment:"+c.Parent.String()))
		x.w.raw("\"/>\n")
	}
	x.w.raw(`<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">`, c.HTML.XHTML(), "</div></content>\n</entry>\n")
	return x.w.err
}

// end tells when the feed changed last, which nobody knows before; RFC 4287
// §4.1.1 leaves the order free.
func (x *atomExport) end() error {
	x.w.element("updated", x.newest.UTC().Format(time.RFC3339Nano))
	x.w.raw("</feed>\n")
	return x.w.finish()
}

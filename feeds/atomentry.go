package feeds

import (
	"encoding/xml"
	"strconv"

	gorilla "github.com/gorilla/feeds"

	"postil/comments"
	"postil/static"
)

// atomEntry is an atom:entry with what gorilla's lacks.
type atomEntry struct {
	gorilla.AtomEntry
	InReplyTo  *inReplyTo
	Total      int // answers; 0 is not told
	Categories []category
	Body       markup // atom:content, and around it what is for browsers
}

// deletedEntry is a tombstone (RFC 6721 §3): readers that kept the comment are
// to forget it.
type deletedEntry struct {
	XMLName xml.Name `xml:"at:deleted-entry"`
	Ref     string   `xml:"ref,attr"`
	When    string   `xml:"when,attr"`
}

// inReplyTo is RFC 4685 §3.
type inReplyTo struct{ Ref, Href, Type string }

type category struct{ Term, Scheme string }

// markup writes an entry as it stands in a feed.
func (x *atomEntry) markup() markup {
	parts := append(make([]markup, 0, 12),
		element("title", nil, text(x.Title)),
		element("updated", nil, text(x.Updated)),
		element("id", nil, text(x.Id)),
		element("published", nil, text(x.Published)))
	for _, l := range x.Links {
		parts = append(parts, emptyElement("link", attribute{"href", l.Href}, attribute{"rel", l.Rel}, attribute{"type", l.Type}))
	}
	parts = append(parts, person(x.Author))
	if r := x.InReplyTo; r != nil {
		parts = append(parts, emptyElement("thr:in-reply-to", attribute{"ref", r.Ref}, attribute{"href", r.Href}, attribute{"type", r.Type}))
	}
	if x.Total > 0 {
		parts = append(parts, element("thr:total", nil, markup(strconv.Itoa(x.Total))))
	}
	for _, c := range x.Categories {
		parts = append(parts, emptyElement("category", attribute{"term", c.Term}, attribute{"scheme", c.Scheme}))
	}
	return join(" <entry>\n  ", parts, "\n  ", "\n"+x.Body+"\n </entry>")
}

// person writes an atom:author.
func person(a *gorilla.AtomAuthor) markup {
	var uri markup
	if a.Uri != "" {
		uri = element("uri", nil, text(a.Uri))
	}
	return join("<author>\n   ", []markup{element("name", nil, text(a.Name)), uri}, "\n   ", "\n  </author>")
}

// atomEntry renders one comment of a thread.
func (r renderer) atomEntry(d *document, e *entry) *atomEntry {
	x := newAtomEntry(d.site, d.tags, &e.Comment)
	x.InReplyTo, x.Total = d.inReplyTo(e), e.answers
	x.Categories = append(x.Categories, category{"depth-" + strconv.Itoa(e.depth), d.tags.named("depth")})
	if e.gone() {
		d.vacate(x, e)
		return x
	}
	x.Categories = append(x.Categories, marks(d.tags, &e.Comment)...)
	lang := d.site.Settings.Language
	var earlier, acts markup
	if href := d.parentURL(r.base, Atom, e); href != "" {
		earlier = xhtml("p", "answers", hyperlink(href, "", static.Text(lang, "entry.earlier")))
	}
	if !d.closed {
		reply := hyperlink(formURL(r.base, d.site, d.page, e.ID), "reply", static.Text(lang, "entry.reply"))
		acts = xhtml("footer", "acts", reply)
	}
	words := content(d.site, &e.Comment, markup(e.HTML.XHTML()))
	x.Body = lines(xhtml("header", "by", formerly(e), byline(d.site, &e.Comment)), earlier, words, acts)
	return x
}

// formerly is where links to the comment's old place lead.
func formerly(e *entry) markup {
	if e.was == "" {
		return ""
	}
	return element("h:span", []attribute{{"class", "was"}, {"id", e.was}})
}

// marks says to programs what marks say to people; the badge in full.
func marks(tags tagger, c *comments.Comment) (list []category) {
	for _, m := range [...]struct {
		name string
		set  bool
	}{{"owner", c.Author.Owner}, {"pinned", c.Pinned}, {"edited", !c.Edited.IsZero()}} {
		if m.set {
			list = append(list, category{m.name, tags.named("mark")})
		}
	}
	if badge := c.Author.Badge.String(); badge != "" {
		list = append(list, category{badge, tags.named("badge")})
	}
	return list
}

// vacate leaves of an entry the place that its answers need. Readers that know
// no tombstones, which is most of them, forget the words by it.
func (d *document) vacate(x *atomEntry, e *entry) {
	lang := d.site.Settings.Language
	x.Title = static.Text(lang, "entry.gone")
	x.Author = &gorilla.AtomAuthor{AtomPerson: gorilla.AtomPerson{Name: static.Text(lang, "anonymous")}}
	x.Categories = append(x.Categories, category{"gone", d.tags.named("mark")})
	x.Body = lines(formerly(e), content(d.site, &e.Comment, "<p><em>"+text(x.Title)+"</em></p>"))
}

// newAtomEntry renders what a comment is in any feed, without its body.
func newAtomEntry(site comments.Site, tags tagger, c *comments.Comment) *atomEntry {
	author := name(site, c)
	link := site.Link(c.Page) + "#" + anchor(c.ID)
	return &atomEntry{AtomEntry: gorilla.AtomEntry{
		Id:        tags.comment(c.ID),
		Title:     static.Text(site.Settings.Language, "feed.entry", "place", place(site, c.Page), "name", author),
		Author:    &gorilla.AtomAuthor{AtomPerson: gorilla.AtomPerson{Name: author, Uri: c.Author.Website}},
		Published: timestamp(c.Created),
		Updated:   timestamp(c.Updated()),
		Links:     []gorilla.AtomLink{{Rel: "alternate", Type: "text/html", Href: link}},
	}}
}

// content is a text construct of type xhtml (RFC 4287 §4.1.3).
func content(site comments.Site, c *comments.Comment, words markup) markup {
	div := []attribute{{"xmlns", xhtmlNS}, {"id", anchor(c.ID)}, {"dir", static.Direction(site.Settings.Language)}}
	return element("content", []attribute{{"type", "xhtml"}}, element("div", div, words))
}

// byline says who and when, to people.
func byline(site comments.Site, c *comments.Comment) markup {
	lang := site.Settings.Language
	time := element("h:time", []attribute{{"datetime", timestamp(c.Created)}}, text(static.Date(lang, c.Created)))
	when := element("h:a", []attribute{{"class", "when"}, {"href", "#" + anchor(c.ID)}}, time)
	var badge, owner, pinned, edited markup
	who := text(name(site, c))
	if full := c.Author.Badge.String(); full != "" {
		who = markup(static.Identicon(full)) + " " + who
		title := []attribute{{"class", "badge"}, {"title", static.Text(lang, "entry.badge", "badge", full)}}
		badge = element("h:span", title, text(static.ShortBadge(full)))
	}
	if c.Author.Owner {
		owner = xhtml("span", "mark owner", text(static.Text(lang, "entry.owner")))
	}
	if c.Pinned {
		pinned = xhtml("span", "mark", text(static.Text(lang, "entry.pinned")))
	}
	if !c.Edited.IsZero() {
		edited = xhtml("span", "mark", text(static.Text(lang, "entry.edited")))
	}
	return lines(xhtml("h2", "", who), badge, when, owner, pinned, edited)
}

// inReplyTo names the parent, for entries that answer one.
func (d *document) inReplyTo(e *entry) *inReplyTo {
	if !e.answer {
		return nil
	}
	return &inReplyTo{
		Ref:  d.tags.comment(e.Parent),
		Href: d.site.Link(d.page) + "#" + anchor(e.Parent),
		Type: "text/html",
	}
}

func tombstone(tags tagger, c *comments.Comment) deletedEntry {
	return deletedEntry{Ref: tags.comment(c.ID), When: timestamp(c.Updated())}
}

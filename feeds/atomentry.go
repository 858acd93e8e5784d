package feeds

import (
	"encoding/xml"
	"strconv"

	gorilla "github.com/gorilla/feeds"

	"postil/comments"
	"postil/static"
)

// atomEntry is what programs read of an atom:entry, with what gorilla's lacks.
type atomEntry struct {
	gorilla.AtomEntry
	InReplyTo  *inReplyTo
	Total      int // answers; 0 is not told
	Categories []category
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

// atomEntry renders one comment of a thread.
func (r renderer) atomEntry(d *document, e *entry) markup {
	x := newAtomEntry(d.site, d.tags, &e.Comment)
	x.InReplyTo, x.Total = d.inReplyTo(e), e.answers
	x.Categories = append(x.Categories, category{"depth-" + strconv.Itoa(e.depth), d.tags.named("depth")})
	if e.gone() {
		return d.vacant(x, e)
	}
	x.Categories = append(x.Categories, marks(d.tags, &e.Comment)...)
	w := x.begin(len(e.HTML))
	w.header(d.site, &e.Comment, formerly(e), "")
	if href := d.parentURL(r.base, Atom, e); href != "" {
		w.start("h:p", attribute{"class", "answers"})
		w.link(href, "", static.Text(d.site.Settings.Language, "entry.earlier"))
		w.end("h:p")
		w.add("\n")
	}
	w.content(d.site, &e.Comment, markup(e.HTML.XHTML()))
	if !d.closed {
		w.acts(r.base, d.site, &e.Comment, d.page)
	}
	return w.endEntry()
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

// vacant leaves of an entry the place that its answers need. Readers that know
// no tombstones, which is most of them, forget the words by it.
func (d *document) vacant(x *atomEntry, e *entry) markup {
	lang := d.site.Settings.Language
	x.Title = static.Text(lang, "entry.gone")
	x.Author = &gorilla.AtomAuthor{AtomPerson: gorilla.AtomPerson{Name: static.Text(lang, "anonymous")}}
	x.Categories = append(x.Categories, category{"gone", d.tags.named("mark")})
	w := x.begin(0)
	if was := formerly(e); was != "" {
		w.add(was, "\n")
	}
	w.content(d.site, &e.Comment, "<p><em>"+text(x.Title)+"</em></p>")
	return w.endEntry()
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

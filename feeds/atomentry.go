package feeds

import (
	"fmt"

	gorilla "github.com/gorilla/feeds"

	"postil/comments"
	"postil/static"
)

// atomItem renders one comment, or the place of one that is gone.
func (r renderer) atomItem(d *document, e *entry) any {
	if e.gone() {
		return d.place(e)
	}
	x := r.atomEntry(d.site, &e.Comment)
	x.InReplyTo, x.Total = d.inReplyTo(e), e.answers
	x.Categories = append(x.Categories, depthMark(d.site, e.depth))
	if !e.Edited.IsZero() {
		x.Categories = append(x.Categories, category{"edited", tag(d.site, "mark")})
	}
	if href := d.parentURL(r.base, Atom, e); href != "" {
		earlier := xhtml("p", "answers", "", anchorTo(href, "", static.Text(d.site.Settings.Language, "entry.earlier")))
		x.Earlier = &earlier
	}
	if !closed(d.site) {
		reply := static.Text(d.site.Settings.Language, "entry.reply")
		acts := xhtml("footer", "acts", "", anchorTo(formURL(r.base, d.site, d.page, e.ID), "reply", reply))
		x.Acts = &acts
	}
	return x
}

// atomEntry renders what a comment looks like in any feed.
func (r renderer) atomEntry(site comments.Site, c *comments.Comment) *atomEntry {
	author, lang := name(site, c), site.Settings.Language
	link := site.Link(c.Page) + "#" + anchor(c.ID)
	x := &atomEntry{AtomEntry: gorilla.AtomEntry{
		Id:        commentTag(site, c.ID),
		Title:     static.Text(lang, "feed.entry", "place", place(site, c.Page), "name", author),
		Author:    &gorilla.AtomAuthor{AtomPerson: gorilla.AtomPerson{Name: author, Uri: c.Author.Website}},
		Published: timestamp(c.Created),
		Updated:   timestamp(c.Updated()),
		Links:     []gorilla.AtomLink{{Rel: "alternate", Type: "text/html", Href: link}},
	}}
	x.By = byline(lang, author, c)
	x.Content = &atomContent{Type: "xhtml"}
	x.Content.Div.Xmlns, x.Content.Div.ID, x.Content.Div.HTML = xhtmlNS, anchor(c.ID), c.HTML.XHTML()
	return x
}

// byline says who and when, to people.
func byline(lang, author string, c *comments.Comment) element {
	when := anchorTo("#"+anchor(c.ID), "when", "")
	when.Children = []element{xhtml("time", "", static.Date(lang, c.Created)).with("datetime", timestamp(c.Created))}
	by := xhtml("header", "by", "", xhtml("h2", "", author), when)
	if !c.Edited.IsZero() {
		by.Children = append(by.Children, xhtml("span", "mark", static.Text(lang, "entry.edited")))
	}
	return by
}

// inReplyTo names the parent, for entries that answer one.
func (d *document) inReplyTo(e *entry) *inReplyTo {
	if !e.answer {
		return nil
	}
	return &inReplyTo{
		Ref:  commentTag(d.site, e.Parent),
		Href: d.site.Link(d.page) + "#" + anchor(e.Parent),
		Type: "text/html",
	}
}

func depthMark(site comments.Site, depth int) category {
	return category{fmt.Sprintf("depth-%d", depth), tag(site, "depth")}
}

// place renders a removed comment that has answers, where it stood.
func (d *document) place(e *entry) *deletedEntry {
	x := tombstone(d.site, &e.Comment)
	x.InReplyTo = d.inReplyTo(e)
	x.Categories = []category{depthMark(d.site, e.depth)}
	text := static.Text(d.site.Settings.Language, "entry.gone")
	gone := xhtml("p", fmt.Sprintf("gone depth-%d", e.depth), text).with("id", anchor(e.ID))
	x.Gone = &gone
	return x
}

func tombstone(site comments.Site, c *comments.Comment) *deletedEntry {
	return &deletedEntry{Ref: commentTag(site, c.ID), When: timestamp(c.Updated())}
}

// atomHeader is the visible head of a thread: where it belongs, and where to
// write and read on.
func (r renderer) atomHeader(d *document) element {
	lang := d.site.Settings.Language
	title := xhtml("h1", "", static.Text(lang, "thread.on")+" ", anchorTo(d.site.Link(d.page), "", place(d.site, d.page)))
	nav := xhtml("p", "nav", "")
	if !closed(d.site) {
		write := anchorTo(formURL(r.base, d.site, d.page, comments.ID{}), "compose", static.Text(lang, "thread.write"))
		nav.Children = append(nav.Children, write)
	}
	nav.Children = append(nav.Children, r.olderLink(d)...)
	if d.archive > 0 {
		newest := anchorTo(d.url(r.base, Atom, 0), "current", static.Text(lang, "thread.newest"))
		nav.Children = append(nav.Children, newest)
	}
	return xhtml("header", "head", "", title, nav)
}

// atomFooter leads on to what has just been read to its end.
func (r renderer) atomFooter(d *document) element {
	lang := d.site.Settings.Language
	foot := xhtml("footer", "foot", "", r.olderLink(d)...)
	foot.Children = append(foot.Children,
		anchorTo(d.site.Link(d.page), "page", static.Text(lang, "thread.page")),
		anchorTo(d.url(r.base, HTML, d.archive), "html", static.Text(lang, "thread.html")))
	return foot
}

// olderLink returns the link to the next older document, if there is one.
func (r renderer) olderLink(d *document) []element {
	href := d.olderURL(r.base, Atom)
	if href == "" {
		return nil
	}
	return []element{anchorTo(href, "older", static.Text(d.site.Settings.Language, "thread.older"))}
}

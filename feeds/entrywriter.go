package feeds

import (
	"strconv"

	"postil/comments"
	"postil/static"
)

// begin begins an entry with all that programs read but its content, which is
// so many bytes long.
func (x *atomEntry) begin(size int) *markupWriter {
	w := &markupWriter{}
	w.Grow(size + entrySize)
	w.add(" <entry>")
	w.line("title", x.Title)
	w.line("updated", x.Updated)
	w.line("id", x.Id)
	w.line("published", x.Published)
	for _, l := range x.Links {
		w.line("link", "", attribute{"href", l.Href}, attribute{"rel", l.Rel}, attribute{"type", l.Type})
	}
	w.add("\n  <author>\n   ")
	w.leaf("name", x.Author.Name)
	if x.Author.Uri != "" {
		w.add("\n   ")
		w.leaf("uri", x.Author.Uri)
	}
	w.add("\n  </author>")
	if to := x.InReplyTo; to != nil {
		w.line("thr:in-reply-to", "", attribute{"ref", to.Ref}, attribute{"href", to.Href}, attribute{"type", to.Type})
	}
	if x.Total > 0 {
		w.line("thr:total", strconv.Itoa(x.Total))
	}
	for _, c := range x.Categories {
		w.line("category", "", attribute{"term", c.Term}, attribute{"scheme", c.Scheme})
	}
	w.add("\n")
	return w
}

// line writes a child of an entry.
func (w *markupWriter) line(name markup, words string, attributes ...attribute) {
	w.add("\n  ")
	w.leaf(name, words, attributes...)
}

func (w *markupWriter) endEntry() markup {
	w.add("\n </entry>")
	return markup(w.String())
}

// content is a text construct of type xhtml (RFC 4287 §4.1.3).
func (w *markupWriter) content(site comments.Site, c *comments.Comment, words markup) {
	w.start("content", attribute{"type", "xhtml"})
	w.start("div", attribute{"xmlns", xhtmlNS}, attribute{"id", anchor(c.ID)}, attribute{"dir", static.Direction(site.Settings.Language)})
	w.add(words)
	w.end("div")
	w.end("content")
}

// header introduces the words to people: byline, and what stands before and
// after it.
func (w *markupWriter) header(site comments.Site, c *comments.Comment, before, after markup) {
	w.start("h:header", attribute{"class", "by"})
	w.add(before)
	w.byline(site, c)
	w.add(after)
	w.end("h:header")
	w.add("\n")
}

// byline says who and when, to people.
func (w *markupWriter) byline(site comments.Site, c *comments.Comment) {
	lang, badge := site.Settings.Language, c.Author.Badge.String()
	w.start("h:h2")
	if badge != "" {
		w.add(markup(static.Identicon(badge)), " ")
	}
	w.add(text(name(site, c)))
	w.end("h:h2")
	if badge != "" {
		w.add("\n")
		w.leaf("h:span", static.ShortBadge(badge), attribute{"class", "badge"}, attribute{"title", static.Text(lang, "entry.badge", "badge", badge)})
	}
	w.add("\n")
	w.start("h:a", attribute{"class", "when"}, attribute{"href", "#" + anchor(c.ID)})
	w.leaf("h:time", static.Date(lang, c.Created), attribute{"datetime", timestamp(c.Created)})
	w.end("h:a")
	w.mark(c.Author.Owner, "mark owner", lang, "entry.owner")
	w.mark(c.Pinned, "mark", lang, "entry.pinned")
	w.mark(!c.Edited.IsZero(), "mark", lang, "entry.edited")
}

func (w *markupWriter) mark(is bool, class, lang, key string) {
	if is {
		w.add("\n")
		w.leaf("h:span", static.Text(lang, key), attribute{"class", class})
	}
}

// acts leads to where the comment is answered.
func (w *markupWriter) acts(base string, site comments.Site, c *comments.Comment, page comments.Page) {
	w.add("\n")
	w.start("h:footer", attribute{"class", "acts"})
	w.link(formURL(base, site, page, c.ID), "reply", static.Text(site.Settings.Language, "entry.reply"))
	w.end("h:footer")
}

package feeds

import (
	"encoding/xml"
	"strconv"
	"strings"

	"postil/comments"
	"postil/static"
)

// entryWriter writes an atom:entry. A page has a hundred of them: made of
// elements one inside the other, or by encoding/xml, they would take several
// times as long.
type entryWriter struct{ strings.Builder }

// add writes what is markup already.
func (w *entryWriter) add(parts ...markup) {
	for _, p := range parts {
		w.WriteString(string(p))
	}
}

// text writes character data or the value of an attribute, as the function of
// that name makes it.
func (w *entryWriter) text(s string) {
	if plain(s) {
		w.WriteString(s)
		return
	}
	_ = xml.EscapeText(w, []byte(s)) // a strings.Builder takes everything
}

// start begins an element. Attributes without a value are left out.
func (w *entryWriter) start(name markup, attributes ...attribute) {
	w.add("<", name)
	for _, a := range attributes {
		if a.value != "" {
			w.add(" ", markup(a.name), `="`)
			w.text(a.value)
			w.add(`"`)
		}
	}
	w.add(">")
}

func (w *entryWriter) end(name markup) { w.add("</", name, ">") }

// leaf writes an element that holds text.
func (w *entryWriter) leaf(name markup, words string, attributes ...attribute) {
	w.start(name, attributes...)
	w.text(words)
	w.end(name)
}

// link writes a link for people.
func (w *entryWriter) link(href, class, words string) {
	w.leaf("h:a", words, attribute{"class", class}, attribute{"href", href})
}

// begin begins an entry with all that programs read but its content, which is
// so many bytes long.
func (x *atomEntry) begin(size int) *entryWriter {
	w := &entryWriter{}
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
func (w *entryWriter) line(name markup, words string, attributes ...attribute) {
	w.add("\n  ")
	w.leaf(name, words, attributes...)
}

func (w *entryWriter) endEntry() markup {
	w.add("\n </entry>")
	return markup(w.String())
}

// formerly is where links to the comment's old place lead.
func (w *entryWriter) formerly(e *entry) {
	if e.was != "" {
		w.add(element("h:span", []attribute{{"class", "was"}, {"id", e.was}}))
	}
}

// content is a text construct of type xhtml (RFC 4287 §4.1.3).
func (w *entryWriter) content(site comments.Site, c *comments.Comment, words markup) {
	w.start("content", attribute{"type", "xhtml"})
	w.start("div", attribute{"xmlns", xhtmlNS}, attribute{"id", anchor(c.ID)}, attribute{"dir", static.Direction(site.Settings.Language)})
	w.add(words)
	w.end("div")
	w.end("content")
}

// byline says who and when, to people.
func (w *entryWriter) byline(site comments.Site, c *comments.Comment) {
	lang, badge := site.Settings.Language, c.Author.Badge.String()
	w.start("h:h2")
	if badge != "" {
		w.add(markup(static.Identicon(badge)), " ")
	}
	w.text(name(site, c))
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

func (w *entryWriter) mark(is bool, class, lang, key string) {
	if is {
		w.add("\n")
		w.leaf("h:span", static.Text(lang, key), attribute{"class", class})
	}
}

// acts leads to where the comment is answered.
func (w *entryWriter) acts(base string, site comments.Site, c *comments.Comment, page comments.Page) {
	w.add("\n")
	w.start("h:footer", attribute{"class", "acts"})
	w.link(formURL(base, site, page, c.ID), "reply", static.Text(site.Settings.Language, "entry.reply"))
	w.end("h:footer")
}

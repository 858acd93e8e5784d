package feeds

import (
	"bytes"
	"io"
	"strings"

	"postil/comments"
	"postil/static"
)

// html renders a document of a thread as a page that needs no script.
func (r renderer) html(d *document) ([]byte, error) {
	return r.page(d, HTML, static.RenderThread)
}

// fragment renders the same as a part of a page. Whoever includes it may read
// it as a template of its own, as Caddy does: it has no brace that could begin
// an action there.
func (r renderer) fragment(d *document) ([]byte, error) {
	made, err := r.page(d, Fragment, static.RenderFragment)
	return bytes.ReplaceAll(made, []byte("{"), []byte("&#123;")), err
}

// page renders HTML or a Fragment.
func (r renderer) page(d *document, form Form, render func(io.Writer, static.ThreadPage) error) ([]byte, error) {
	lang := d.site.Settings.Language
	p := static.ThreadPage{
		Page: static.Page{
			Lang:       lang,
			Title:      static.Text(lang, "feed.title", "place", place(d.site, d.page)),
			Stylesheet: r.stylesheet,
		},
		Place:   place(d.site, d.page),
		PageURL: d.site.Link(d.page),
		FormURL: formURL(r.base, d.site, d.page, comments.ID{}),
		FeedURL: d.url(r.base, Atom, d.archive),
		Older:   d.olderURL(r.base, HTML),
		Total:   d.total,
		Closed:  d.closed,
	}
	if d.archive > 0 {
		p.Current = d.url(r.base, HTML, 0)
	}
	entries := r.htmlEntries(d, form)
	p.Entries = piece(entries)
	var b bytes.Buffer
	b.Grow(len(entries) + entrySize)
	err := render(&b, p)
	return b.Bytes(), err
}

// htmlEntries renders the entries for HTML or a Fragment.
func (r renderer) htmlEntries(d *document, form Form) string {
	var entries strings.Builder
	entries.Grow(len(d.shown) * entrySize)
	for i := range d.shown {
		entries.WriteString(string(r.pieces.get(d, form, &d.shown[i], d.parentURL(r.base, HTML, &d.shown[i]), func() markup {
			x := r.htmlEntry(d, &d.shown[i])
			x.Nested = form == Fragment
			return markup(static.RenderEntry(x).XHTML())
		})))
	}
	return entries.String()
}

func (r renderer) htmlEntry(d *document, e *entry) static.ThreadEntry {
	x := static.ThreadEntry{Lang: d.site.Settings.Language, Anchor: anchor(e.ID), Was: e.was, Depth: e.depth, Gone: e.gone(), ParentURL: d.parentURL(r.base, HTML, e)}
	if x.Gone {
		return x
	}
	x.Name, x.Website = name(d.site, &e.Comment), e.Author.Website
	x.Badge, x.Owner, x.Pinned = e.Author.Badge.String(), e.Author.Owner, e.Pinned
	x.Created, x.Edited = e.Created, !e.Edited.IsZero()
	x.HTML = e.HTML
	if !d.closed {
		x.ReplyURL = formURL(r.base, d.site, d.page, e.ID)
	}
	return x
}

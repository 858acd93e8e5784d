package feeds

import (
	gorilla "github.com/gorilla/feeds"

	"postil/comments"
	"postil/static"
)

// repliesLimit is how many answers, the newest, the feed of one comment holds.
const repliesLimit = 50

// Gone says that the comment which a document is about was erased. To those
// who do not ask further it is a *comments.Error of kind NotFound.
type Gone struct{ error }

// Unwrap returns the *comments.Error.
func (g *Gone) Unwrap() error { return g.error }

// Gone tells those who answer requests that there will never be such a file
// again (RFC 9110 §15.5.11).
func (g *Gone) Gone() bool { return true }

// fosters returns an error unless the answers to a comment have a feed on a
// page: it must be published there.
func fosters(c *comments.Comment, site comments.Site, page comments.Page) error {
	switch {
	case c.Site != site.Host || c.Page != page:
		return notFound()
	case c.Status == comments.Deleted && c.Number > 0:
		return &Gone{comments.NewError(comments.NotFound, "The comment that this feed was about has been deleted.")}
	case c.Status != comments.Published:
		return notFound()
	}
	return nil
}

// replies renders the published answers to one comment as an Atom feed, the
// newest first.
func (r renderer) replies(site comments.Site, closed bool, parent *comments.Comment, answers []comments.Comment) ([]byte, error) {
	lang, tags := site.Settings.Language, newTagger(site)
	here := site.Link(parent.Page) + "#" + anchor(parent.ID)
	f := r.newFeed(site, static.Text(lang, "replies.title", "name", name(site, parent), "place", place(site, parent.Page)))
	f.Id = tags.named("replies:" + parent.ID.String())
	f.Links = []gorilla.AtomLink{
		{Rel: "self", Type: atomType, Href: URL(r.base, site.Host, parent.Page, Document{Replies: parent.ID})},
		{Rel: "alternate", Type: "text/html", Href: here},
	}
	f.Head += string(lines(r.repliesHeader(site, closed, parent, here), r.repliesFooter(site, parent.Page)))
	updated := parent.Created
	for _, c := range answers {
		entry := r.repliesEntry(site, closed, tags, c, &inReplyTo{tags.comment(parent.ID), here, "text/html"})
		f.Entries += "\n" + string(entry)
		updated = later(updated, c.Updated())
	}
	f.Updated = timestamp(updated)
	return encodeAtom(f, r.stylesheet)
}

func (r renderer) repliesHeader(site comments.Site, closed bool, parent *comments.Comment, here string) markup {
	lang := site.Settings.Language
	title := xhtml("h1", "", text(static.Text(lang, "replies.to")+" "), hyperlink(here, "", name(site, parent)))
	write := xhtml("span", "closed", text(static.Text(lang, "thread.closed")))
	if !closed {
		write = hyperlink(formURL(r.base, site, parent.Page, parent.ID), "compose", static.Text(lang, "entry.reply"))
	}
	return xhtml("header", "head", lines(title, xhtml("p", "nav", write)))
}

func (r renderer) repliesFooter(site comments.Site, page comments.Page) markup {
	lang := site.Settings.Language
	return xhtml("footer", "foot", lines(
		hyperlink(site.Link(page), "page", static.Text(lang, "thread.page")),
		hyperlink(URL(r.base, site.Host, page, Document{Form: HTML}), "html", static.Text(lang, "thread.html")),
	))
}

func (r renderer) repliesEntry(site comments.Site, closed bool, tags tagger, answer comments.Comment, to *inReplyTo) markup {
	c := &answer
	c.Pinned = false // it is so among the comments of its page
	x := newAtomEntry(site, tags, c)
	x.InReplyTo = to
	x.Categories = append(x.Categories, category{"depth-0", tags.named("depth")})
	x.Categories = append(x.Categories, marks(tags, c)...)
	w := x.begin(len(c.HTML))
	w.header(site, c, "", "")
	w.content(site, c, markup(c.HTML.XHTML()))
	if !closed {
		w.acts(r.base, site, c, c.Page)
	}
	return w.endEntry()
}

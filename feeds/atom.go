package feeds

import (
	"bytes"
	"encoding/xml"
	"strings"
	"time"

	gorilla "github.com/gorilla/feeds"

	"postil/comments"
	"postil/static"
)

// Namespaces of the feed. Their prefixes stand literally in the tags below,
// as encoding/xml cannot choose prefixes.
const (
	atomNS      = "http://www.w3.org/2005/Atom"
	threadNS    = "http://purl.org/syndication/thread/1.0"  // RFC 4685
	historyNS   = "http://purl.org/syndication/history/1.0" // RFC 5005
	tombstoneNS = "http://purl.org/atompub/tombstones/1.0"  // RFC 6721
	xhtmlNS     = "http://www.w3.org/1999/xhtml"
	atomType    = "application/atom+xml"
)

// atomFeed is an atom:feed with what gorilla's lacks. Fields of the embedded
// struct that are set again here are shadowed.
type atomFeed struct {
	XMLName xml.Name `xml:"feed"`
	gorilla.AtomFeed
	ThreadNS    string             `xml:"xmlns:thr,attr"`
	HistoryNS   string             `xml:"xmlns:fh,attr"`
	TombstoneNS string             `xml:"xmlns:at,attr"`
	XHTMLNS     string             `xml:"xmlns:h,attr"`
	Language    string             `xml:"xml:lang,attr"`
	Links       []gorilla.AtomLink `xml:"link"`
	Archive     *struct{}          `xml:"fh:archive"`
	Generator   generator          `xml:"generator"`
	Head        string             `xml:",innerxml"` // markup for browsers; RFC 4287 §4.1.1 has entries come last
	Deleted     []deletedEntry     `xml:"at:deleted-entry"`
	Entries     string             `xml:",innerxml"` // of atomEntry, encoded one by one
}

// FeedXml makes a feed usable with gorilla's writers.
func (f *atomFeed) FeedXml() any { return f }

type generator struct {
	URI     string `xml:"uri,attr"`
	Version string `xml:"version,attr,omitempty"`
	Name    string `xml:",chardata"`
}

// atom renders a document of a thread as an Atom feed.
func (r renderer) atom(d *document) ([]byte, error) {
	f := r.newFeed(d.site, static.Text(d.site.Settings.Language, "feed.title", "place", place(d.site, d.page)))
	f.Id, f.Updated = d.tags.thread(d.page), timestamp(d.updated())
	f.Links = r.atomLinks(d)
	if d.archive > 0 {
		f.Archive = &struct{}{}
	}
	f.Head += string(lines(r.atomHeader(d), r.atomFooter(d)))
	var entries strings.Builder
	entries.Grow(len(d.shown) * entrySize)
	for i := range d.shown {
		entries.WriteByte('\n')
		entries.WriteString(string(r.pieces.get(d, Atom, &d.shown[i], d.parentURL(r.base, Atom, &d.shown[i]), func() markup {
			return r.atomEntry(d, &d.shown[i])
		})))
		if d.shown[i].gone() {
			f.Deleted = append(f.Deleted, tombstone(d.tags, &d.shown[i].Comment))
		}
	}
	for i := range d.gone {
		f.Deleted = append(f.Deleted, tombstone(d.tags, &d.gone[i]))
	}
	f.Entries = entries.String()
	return encodeAtom(f, r.stylesheet)
}

// newFeed returns a feed with what all feeds of a site have in common.
func (r renderer) newFeed(site comments.Site, title string) *atomFeed {
	direction := []attribute{{"dir", static.Direction(site.Settings.Language)}} // by which the style sheet turns the page
	viewport := []attribute{{"name", "viewport"}, {"content", "width=device-width, initial-scale=1"}}
	return &atomFeed{
		AtomFeed: gorilla.AtomFeed{Xmlns: atomNS, Title: title},
		ThreadNS: threadNS, HistoryNS: historyNS, TombstoneNS: tombstoneNS, XHTMLNS: xhtmlNS,
		Language:  site.Settings.Language,
		Generator: generator{URI: r.base + "/", Version: r.generator, Name: "Postil"},
		Head:      "\n" + string(lines(element("h:title", direction, text(title)), element("h:meta", viewport))),
	}
}

func (r renderer) atomLinks(d *document) []gorilla.AtomLink {
	links := []gorilla.AtomLink{
		{Rel: "self", Type: atomType, Href: d.url(r.base, Atom, d.archive)},
		{Rel: "alternate", Type: "text/html", Href: d.site.Link(d.page)},
	}
	if d.archive > 0 {
		links = append(links, gorilla.AtomLink{Rel: "current", Type: atomType, Href: d.url(r.base, Atom, 0)})
	}
	if older := d.olderURL(r.base, Atom); older != "" {
		links = append(links, gorilla.AtomLink{Rel: "prev-archive", Type: atomType, Href: older})
	}
	return links
}

// atomHeader is the visible head of a thread: where it belongs, and where to
// write and read on.
func (r renderer) atomHeader(d *document) markup {
	lang := d.site.Settings.Language
	title := xhtml("h1", "", text(static.Text(lang, "thread.on")+" "), hyperlink(d.site.Link(d.page), "", place(d.site, d.page)))
	var newest markup
	write := xhtml("span", "closed", text(static.Text(lang, "thread.closed")))
	if !d.closed {
		write = hyperlink(formURL(r.base, d.site, d.page, comments.ID{}), "compose", static.Text(lang, "thread.write"))
	}
	if d.archive > 0 {
		newest = hyperlink(d.url(r.base, Atom, 0), "current", static.Text(lang, "thread.newest"))
	}
	return xhtml("header", "head", lines(title, xhtml("p", "nav", lines(write, r.olderLink(d), newest))))
}

// atomFooter leads on to what has just been read to its end. It stands before
// the entries all the same, and the style sheet moves it behind them.
func (r renderer) atomFooter(d *document) markup {
	lang := d.site.Settings.Language
	return xhtml("footer", "foot", lines(
		r.olderLink(d),
		hyperlink(d.site.Link(d.page), "page", static.Text(lang, "thread.page")),
		hyperlink(d.url(r.base, HTML, d.archive), "html", static.Text(lang, "thread.html")),
	))
}

// olderLink returns the link to the next older document, or nothing.
func (r renderer) olderLink(d *document) markup {
	href := d.olderURL(r.base, Atom)
	if href == "" {
		return ""
	}
	return hyperlink(href, "older", static.Text(d.site.Settings.Language, "thread.older"))
}

// entrySize is what an entry takes, roughly, in bytes.
const entrySize = 1500

// encodeAtom writes what stands before the root by itself: gorilla's writers
// know no processing instruction.
func encodeAtom(f *atomFeed, stylesheet string) ([]byte, error) {
	var b bytes.Buffer
	b.Grow(len(f.Entries) + len(f.Head) + entrySize)
	b.WriteString(xml.Header + `<?xml-stylesheet type="text/css" href="` + string(text(stylesheet)) + "\"?>\n")
	e := xml.NewEncoder(&b)
	e.Indent("", " ")
	if err := e.Encode(f.FeedXml()); err != nil {
		return nil, err
	}
	b.WriteByte('\n')
	return b.Bytes(), nil
}

// timestamp is RFC 3339 in UTC; to the microsecond, so that every edit moves
// atom:updated.
func timestamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.999999Z07:00") }

package feeds

import (
	"bytes"
	"encoding/xml"
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
// structs that are set again here are shadowed.
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
	Head        []element          `xml:"head"`
	Items       []any              `xml:"item"` // atomEntry and deletedEntry
	Foot        element            `xml:"foot"`
}

// FeedXml makes a feed usable with gorilla's writers.
func (f *atomFeed) FeedXml() any { return f }

type generator struct {
	URI     string `xml:"uri,attr"`
	Version string `xml:"version,attr,omitempty"`
	Name    string `xml:",chardata"`
}

type atomEntry struct {
	XMLName xml.Name `xml:"entry"`
	gorilla.AtomEntry
	InReplyTo  *inReplyTo   `xml:"thr:in-reply-to"`
	Total      int          `xml:"thr:total,omitempty"`
	Categories []category   `xml:"category"`
	By         element      `xml:"by"`
	Earlier    *element     `xml:"earlier"`
	Content    *atomContent `xml:"content"`
	Acts       *element     `xml:"acts"`
}

// deletedEntry is a tombstone (RFC 6721 §3): readers that kept the comment are
// to forget it.
type deletedEntry struct {
	XMLName    xml.Name   `xml:"at:deleted-entry"`
	Ref        string     `xml:"ref,attr"`
	When       string     `xml:"when,attr"`
	InReplyTo  *inReplyTo `xml:"thr:in-reply-to"`
	Categories []category `xml:"category"`
	Gone       *element   `xml:"gone"`
}

// inReplyTo is RFC 4685 §3.
type inReplyTo struct {
	Ref  string `xml:"ref,attr"`
	Href string `xml:"href,attr"`
	Type string `xml:"type,attr"`
}

type category struct {
	Term   string `xml:"term,attr"`
	Scheme string `xml:"scheme,attr"`
}

// atomContent is a text construct of type xhtml (RFC 4287 §4.1.3).
type atomContent struct {
	XMLName xml.Name `xml:"content"`
	Type    string   `xml:"type,attr"`
	Div     struct {
		Xmlns string `xml:"xmlns,attr"`
		ID    string `xml:"id,attr"`
		HTML  string `xml:",innerxml"` // of type comments.HTML: well-formed
	} `xml:"div"`
}

// atom renders a document of a thread as an Atom feed.
func (r renderer) atom(d *document) ([]byte, error) {
	f := r.newFeed(d.site, static.Text(d.site.Settings.Language, "feed.title", "place", place(d.site, d.page)))
	f.Id, f.Updated = threadTag(d.site, d.page), timestamp(d.updated())
	f.Links = r.atomLinks(d)
	if d.archive > 0 {
		f.Archive = &struct{}{}
	}
	f.Head = append(f.Head, r.atomHeader(d))
	for i := range d.shown {
		f.Items = append(f.Items, r.atomItem(d, &d.shown[i]))
	}
	for i := range d.gone {
		f.Items = append(f.Items, tombstone(d.site, &d.gone[i]))
	}
	f.Foot = r.atomFooter(d)
	return encodeAtom(f, r.stylesheet)
}

// newFeed returns a feed with what all feeds of a site have in common.
func (r renderer) newFeed(site comments.Site, title string) *atomFeed {
	return &atomFeed{
		AtomFeed: gorilla.AtomFeed{Xmlns: atomNS, Title: title},
		ThreadNS: threadNS, HistoryNS: historyNS, TombstoneNS: tombstoneNS, XHTMLNS: xhtmlNS,
		Language:  site.Settings.Language,
		Generator: generator{URI: r.base + "/", Version: r.generator, Name: "Postil"},
		Head: []element{
			xhtml("title", "", title),
			xhtml("meta", "", "").with("name", "viewport").with("content", "width=device-width, initial-scale=1"),
		},
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

// encodeAtom writes what stands before the root by itself: gorilla's writers
// know no processing instruction.
func encodeAtom(f *atomFeed, stylesheet string) ([]byte, error) {
	var b bytes.Buffer
	b.WriteString(xml.Header)
	b.WriteString(`<?xml-stylesheet type="text/css" href="`)
	if err := xml.EscapeText(&b, []byte(stylesheet)); err != nil {
		return nil, err
	}
	b.WriteString("\"?>\n")
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

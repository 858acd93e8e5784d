package feeds

import (
	"bytes"
	"encoding/json"
	"time"

	gorilla "github.com/gorilla/feeds"

	"postil/comments"
	"postil/static"
)

const jsonFeedVersion = "https://jsonfeed.org/version/1.1"

// jsonFeed is a JSON Feed 1.1 with what gorilla's lacks: items that are there
// even when there are none, as the specification wants, and our extension.
type jsonFeed struct {
	gorilla.JSONFeed
	Items  []jsonItem  `json:"items"`
	Postil *jsonThread `json:"_postil,omitempty"`
}

type jsonItem struct {
	gorilla.JSONItem
	Postil *jsonEntry `json:"_postil,omitempty"`
}

// jsonThread is our extension of a feed.
type jsonThread struct {
	About   string        `json:"about"`
	Total   int64         `json:"total"`            // comments on the whole page; in an archive, in it
	Closed  bool          `json:"closed,omitempty"` // no new comments are accepted
	Deleted []jsonDeleted `json:"deleted,omitempty"`
}

// jsonDeleted tells readers what to forget, as RFC 6721 does in Atom.
type jsonDeleted struct {
	ID   string    `json:"id"`
	When time.Time `json:"when"`
}

// jsonEntry is our extension of an item.
type jsonEntry struct {
	Parent string `json:"parent,omitempty"` // id of the comment it answers
	Depth  int    `json:"depth"`            // 0…9
	Edited bool   `json:"edited,omitempty"`
	Owner  bool   `json:"owner,omitempty"`  // the blog's owner wrote it
	Pinned bool   `json:"pinned,omitempty"` // it stands before its neighbours
	Badge  string `json:"badge,omitempty"`  // of a signed name: the same for the same author
	Number int64  `json:"number"`           // its place in the order of publication
}

// json renders a document of a thread as a JSON Feed.
func (r renderer) json(d *document) ([]byte, error) {
	f := r.newJSONFeed(d.site, static.Text(d.site.Settings.Language, "feed.title", "place", place(d.site, d.page)))
	f.HomePageUrl = d.site.Link(d.page)
	f.FeedUrl = d.url(r.base, JSON, d.archive)
	f.NextUrl = d.olderURL(r.base, JSON)
	f.Postil = &jsonThread{About: r.base + "/openapi.json", Total: d.total, Closed: d.closed}
	f.Items = make([]jsonItem, 0, len(d.shown))
	for i := range d.shown {
		f.add(d, &d.shown[i])
	}
	for i := range d.gone {
		f.forget(d.tags, &d.gone[i])
	}
	return encodeJSON(f)
}

func (r renderer) newJSONFeed(site comments.Site, title string) *jsonFeed {
	return &jsonFeed{
		JSONFeed: gorilla.JSONFeed{Version: jsonFeedVersion, Title: title, Language: site.Settings.Language},
		Items:    []jsonItem{},
	}
}

// add appends a comment of a thread.
func (f *jsonFeed) add(d *document, e *entry) {
	if e.gone() {
		f.forget(d.tags, &e.Comment)
		return
	}
	item := newJSONItem(d.site, d.tags, &e.Comment)
	item.Postil = &jsonEntry{
		Depth: e.depth, Edited: !e.Edited.IsZero(), Owner: e.Author.Owner, Pinned: e.Pinned, Badge: e.Author.Badge.String(), Number: e.Number,
	}
	if e.answer {
		item.Postil.Parent = d.tags.comment(e.Parent)
	}
	f.Items = append(f.Items, item)
}

func (f *jsonFeed) forget(tags tagger, c *comments.Comment) {
	f.Postil.Deleted = append(f.Postil.Deleted, jsonDeleted{tags.comment(c.ID), c.Updated().UTC()})
}

func newJSONItem(site comments.Site, tags tagger, c *comments.Comment) jsonItem {
	published, modified := c.Created.UTC(), c.Updated().UTC()
	return jsonItem{JSONItem: gorilla.JSONItem{
		Id:            tags.comment(c.ID),
		Url:           site.Link(c.Page) + "#" + anchor(c.ID),
		ContentHTML:   c.HTML.XHTML(),
		PublishedDate: &published,
		ModifiedDate:  &modified,
		Authors:       []*gorilla.JSONAuthor{{Name: name(site, c), Url: c.Author.Website}},
	}}
}

func encodeJSON(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false) // it is served as JSON with nosniff, never inside a page
	err := e.Encode(v)
	return b.Bytes(), err
}

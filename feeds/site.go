package feeds

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strconv"

	gorilla "github.com/gorilla/feeds"

	"postil/comments"
	"postil/static"
)

// latestLimit is how many comments the site-wide feeds hold.
const latestLimit = 50

// Files of each site.
const (
	latestAtomName = "latest.xml"
	latestJSONName = "latest.json"
	countsName     = "counts.json"
)

var siteFiles = [...]string{latestAtomName, latestJSONName, countsName}

// SitePath returns where one of latest.xml, latest.json and counts.json
// stands, relative to the output directory.
func SitePath(host, name string) string { return siteDir(sitesTree, host) + "/" + name }

// latestAtom renders the newest comments of a site, newest first.
func (r renderer) latestAtom(site comments.Site, newest []comments.Comment) ([]byte, error) {
	f := r.newFeed(site, static.Text(site.Settings.Language, "site.title", "site", site.Host))
	tags := newTagger(site)
	f.Id = tags.named("latest")
	f.Links = []gorilla.AtomLink{
		{Rel: "self", Type: atomType, Href: urlOf(r.base, SitePath(site.Host, latestAtomName))},
		{Rel: "alternate", Type: "text/html", Href: site.Link("/")},
	}
	foot := xhtml("footer", "foot", hyperlink(site.Link("/"), "page", site.Host))
	f.Head += string(lines(xhtml("header", "head", xhtml("h1", "", text(f.Title))), foot))
	updated := site.Created
	for i := range newest {
		c := newest[i]
		c.Pinned = false // it is so among the comments of its page
		f.Entries += "\n" + string(latestEntry(site, tags, &c))
		updated = later(updated, newest[i].Updated())
	}
	f.Updated = timestamp(updated)
	return encodeAtom(f, r.stylesheet)
}

// latestEntry says in its head which page a comment is on.
func latestEntry(site comments.Site, tags tagger, c *comments.Comment) markup {
	x := newAtomEntry(site, tags, c)
	x.Categories = marks(tags, c)
	w := x.begin(len(c.HTML))
	w.header(site, c, "", hyperlink(site.Link(c.Page)+"#"+anchor(c.ID), "place", place(site, c.Page)))
	w.content(site, c, markup(c.HTML.XHTML()))
	return w.endEntry()
}

// latestJSON renders the same as a JSON Feed.
func (r renderer) latestJSON(site comments.Site, newest []comments.Comment) ([]byte, error) {
	f := r.newJSONFeed(site, static.Text(site.Settings.Language, "site.title", "site", site.Host))
	f.HomePageUrl = site.Link("/")
	f.FeedUrl = urlOf(r.base, SitePath(site.Host, latestJSONName))
	for i := range newest {
		f.Items = append(f.Items, newJSONItem(site, newTagger(site), &newest[i]))
	}
	return encodeJSON(f)
}

// renderCounts renders how many published comments each page has, by page.
func renderCounts(counts map[comments.Page]int64) ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, page := range slices.Sorted(maps.Keys(counts)) {
		if i > 0 {
			b.WriteByte(',')
		}
		key, err := json.Marshal(string(page))
		if err != nil {
			return nil, err
		}
		b.WriteByte('\n')
		b.Write(key)
		b.WriteByte(':')
		b.WriteString(strconv.FormatInt(counts[page], 10))
	}
	b.WriteString("}\n")
	return b.Bytes(), nil
}

package feeds

import (
	"path"
	"time"

	"postil/comments"
	"postil/static"
	"postil/static/csp"
)

// document is one document of a thread, before it takes a form.
type document struct {
	site    comments.Site
	tags    tagger
	page    comments.Page
	layout  layout
	archive int64 // 0: the current one
	closed  bool  // no links to forms are made
	total   int64 // comments published on the whole page; an archive counts its own, or it would not be immutable
	shown   []entry
	gone    []comments.Comment
}

// newDocument arranges the comments of one document, read by their Numbers.
func newDocument(site comments.Site, thread comments.Thread, archive int64, all []comments.Comment) *document {
	d := &document{
		site: site, tags: newTagger(site), page: thread.Page, archive: archive, total: thread.Visible,
		layout: layoutOf(site, thread.Last),
		closed: thread.Closed || closed(site),
	}
	d.shown, d.gone = arrange(all)
	if archive == 0 {
		return d
	}
	d.total = 0
	for i := range d.shown {
		if !d.shown[i].gone() {
			d.total++
		}
	}
	return d
}

// updated is the time of the newest change that the document shows, so that
// nothing unpublished moves it.
func (d *document) updated() time.Time {
	newest := d.site.Created
	for i := range d.shown {
		newest = later(newest, d.shown[i].Updated())
	}
	for i := range d.gone {
		newest = later(newest, d.gone[i].Updated())
	}
	return newest
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// url returns the address of one of the page's documents.
func (d *document) url(base string, form Form, archive int64) string {
	return URL(base, d.site.Host, d.page, Document{Form: form, Archive: archive})
}

// olderURL returns the next older document, or "".
func (d *document) olderURL(base string, form Form) string {
	if k := d.layout.older(d.archive); k > 0 {
		return d.url(base, form, k)
	}
	return ""
}

// parentURL returns the place of a comment's parent if that stands in another
// document, or "".
func (d *document) parentURL(base string, form Form, e *entry) string {
	if e.outside == 0 {
		return ""
	}
	return d.url(base, form, d.layout.archiveOf(e.outside)) + "#" + anchor(e.Parent)
}

// closed reports whether a site takes no new comments.
func closed(site comments.Site) bool { return site.Settings.Policy == comments.PolicyClosed }

// name is what stands for the author.
func name(site comments.Site, c *comments.Comment) string {
	if c.Author.Name == "" {
		return static.Text(site.Settings.Language, "anonymous")
	}
	return c.Author.Name
}

// renderer turns documents into files. What it makes depends on its fields and
// the document alone.
type renderer struct {
	base       string // public address of the service
	basePath   string // path of that address, without trailing slash
	generator  string // the program's version
	stylesheet string // root-relative
	pieces     *pieces
	bare       bool // files are told nothing that only a server needs
}

// once returns a renderer that keeps nothing of what it makes.
func (r renderer) once() renderer {
	r.pieces = nil
	return r
}

// forDisk returns one whose files are only to be written.
func (r renderer) forDisk() renderer {
	r.pieces, r.bare = nil, true
	return r
}

// form renders one form of a document.
func (r renderer) form(d *document, form Form, twins bool, now time.Time) (*static.File, error) {
	render := [...]func(*document) ([]byte, error){Atom: r.atom, HTML: r.html, JSON: r.json, Fragment: r.fragment}[form]
	body, err := render(d)
	if err != nil {
		return nil, err
	}
	if r.bare {
		return static.NewBareFile(body), nil
	}
	return newFile(Document{Form: form, Archive: d.archive}.Name(), d.site.Settings.Origins, body, twins, now), nil
}

// newFile makes the file that stands under a name.
func newFile(name string, origins []string, body []byte, twins bool, now time.Time) *static.File {
	make := static.NewPlainFile
	if twins {
		make = static.NewFile
	}
	f := make(body, mediaType(name), now)
	f.Policy = policy(name, origins)
	return f
}

// mediaType returns what a file is served as. Feeds are application/xml, since
// browsers do not show application/atom+xml.
func mediaType(name string) string {
	switch path.Ext(name) {
	case ".xml":
		return "application/xml; charset=utf-8"
	case ".html":
		return "text/html; charset=utf-8"
	case ".json":
		if path.Base(name) == countsName {
			return "application/json"
		}
		return "application/feed+json"
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	default:
		return "application/octet-stream"
	}
}

// policy returns the Content-Security-Policy of a document; other files need
// none.
func policy(name string, origins []string) string {
	switch path.Ext(name) {
	case ".xml":
		return csp.Feed().String()
	case ".html":
		return csp.Thread(origins).String()
	default:
		return ""
	}
}

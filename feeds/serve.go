package feeds

import (
	"context"
	"strings"

	"postil/comments"
	"postil/static"
)

// Moved says that a document stands elsewhere: the path was written in another
// form than the one its files have, or its page has become another's alias.
type Moved struct {
	To string // where to: an absolute path with the base's, percent-encoded
}

func (m *Moved) Error() string { return "moved to " + m.To }

// Location returns To, for those who answer requests.
func (m *Moved) Location() string { return m.To }

// File returns the file at a path below the service's base address: rooted and
// percent-decoded, as in net/url.URL.Path. Files that are there are served
// without the database. A document that is not there is rendered and written
// if its page has comments; if not, the empty thread is returned and nothing
// is written. An error is a *Moved, a *Gone, or a *comments.Error.
func (p *Publisher) File(ctx context.Context, urlPath string) (*static.File, error) {
	path := strings.TrimPrefix(urlPath, "/")
	if f := p.assets[path]; f != nil {
		return f, nil
	}
	if f := p.Dir.Cached(path); f != nil {
		return f, nil
	}
	r, ok := parse(path)
	if ok && r.owns(path) || formerAsset(path) {
		f, err := p.Dir.Get(path, p.origins(r.host))
		if err == nil {
			return f, nil
		}
		if !missing(err) {
			return nil, &comments.Error{Kind: comments.Unavailable, Text: "The file cannot be read now.", Cause: err}
		}
	}
	if !ok {
		return nil, notFound()
	}
	return p.onRequest(ctx, r, path)
}

func notFound() error { return comments.NewError(comments.NotFound, "There is no such file.") }

// formerAsset reports whether a path may be that of a built file of an earlier
// version, which blogs still name.
func formerAsset(path string) bool {
	name, ok := strings.CutPrefix(path, "static/")
	return ok && safe(name)
}

// origins returns who may frame a site's threads. Before the database was
// reached it is what the cursor remembers.
func (p *Publisher) origins(host string) []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	if s := p.sites[host]; s != nil {
		return s.site.Settings.Origins
	}
	return p.former.Sites[host].Origins
}

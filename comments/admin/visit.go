package admin

import (
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"

	"postil/comments"
)

// maxForm is how many bytes a posted form may have: enough for maxSelected
// comments, and for the settings of a site with their percent-encoding.
const maxForm = 1 << 20

// maxButton is how many bytes a form of somebody unknown may have: it is a
// button.
const maxButton = 4 << 10

// visit is one request and its answer.
type visit struct {
	w       http.ResponseWriter
	r       *http.Request
	id      string             // under which a fault is logged
	who     comments.Moderator // zero where a route is for anyone
	lang    string
	form    url.Values      // of a POST that has been read
	started bool            // the answer has begun
	known   []comments.Site // of the store, once it has been asked
}

func (v *visit) header() http.Header { return v.w.Header() }

// query returns a trimmed parameter of the address.
func (v *visit) query(name string) string { return strings.TrimSpace(v.r.URL.Query().Get(name)) }

// typed returns a trimmed field of the form.
func (v *visit) typed(name string) string { return strings.TrimSpace(v.form.Get(name)) }

// read reads the form that was posted.
func (v *visit) read() error {
	media, _, err := mime.ParseMediaType(v.r.Header.Get("Content-Type"))
	if err != nil || media != "application/x-www-form-urlencoded" {
		return &refusal{status: http.StatusUnsupportedMediaType, text: "media"}
	}
	limit := int64(maxForm)
	if v.who.Name == "" {
		limit = maxButton
	}
	body, err := io.ReadAll(http.MaxBytesReader(v.w, v.r.Body, limit))
	if _, large := errors.AsType[*http.MaxBytesError](err); large {
		return comments.NewError(comments.TooLarge, "The form is larger than %d bytes; select fewer comments.", limit)
	}
	if err != nil {
		return comments.NewError(comments.Invalid, "The form ended before its time; send it again.")
	}
	if v.form, err = url.ParseQuery(string(body)); err != nil {
		return comments.NewError(comments.Invalid, "The form is not well-formed.")
	}
	return nil
}

// errNoSite is said of sites that are not there and, so that it tells nothing,
// of those that are others'.
func errNoSite() error {
	return &comments.Error{Kind: comments.NotFound, Field: "site", Text: "is none of those that you may decide about"}
}

// site returns a site that the moderator may decide about.
func (s *server) site(v *visit, host string) (comments.Site, error) {
	if !v.who.May(host) {
		return comments.Site{}, errNoSite()
	}
	sites, err := s.sites(v)
	if err != nil {
		return comments.Site{}, err
	}
	for _, site := range sites {
		if site.Host == host {
			return site, nil
		}
	}
	return comments.Site{}, errNoSite()
}

// sites returns all sites that the moderator may decide about, as they are
// when the visit first asks.
func (s *server) sites(v *visit) (own []comments.Site, err error) {
	if v.known == nil {
		if v.known, err = s.Service.Store.Sites(v.r.Context()); err != nil {
			return nil, err
		}
	}
	for _, site := range v.known {
		if v.who.May(site.Host) {
			own = append(own, site)
		}
	}
	return own, nil
}

// comment returns the comment that an address names, and its site.
func (s *server) comment(v *visit) (comments.Comment, comments.Site, error) {
	missing := comments.NewError(comments.NotFound, "There is no such comment on the sites that you may decide about.")
	id, err := comments.ParseID(v.r.PathValue("id"))
	if err != nil {
		return comments.Comment{}, comments.Site{}, missing
	}
	c, err := s.Service.Store.Find(v.r.Context(), id)
	if comments.KindOf(err) == comments.NotFound || err == nil && !v.who.May(c.Site) {
		return comments.Comment{}, comments.Site{}, missing
	}
	if err != nil {
		return comments.Comment{}, comments.Site{}, err
	}
	site, err := s.site(v, c.Site)
	return c, site, err
}

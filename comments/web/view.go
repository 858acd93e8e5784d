package web

import (
	"bytes"
	"io"
	"net/http"
	"net/url"

	"postil/comments"
	"postil/static"
	"postil/static/csp"
)

// defaultLanguage is that of pages that belong to no site.
const defaultLanguage = "en"

// view is what every page needs.
func (s *server) view(lang, title string) static.Page {
	return static.Page{Lang: lang, Title: title, Stylesheet: s.path + "/postil.css"}
}

// writePage answers with a page of our own. It may hold a key, a token or a
// reader's words, so it is neither kept nor listed nor framed.
func writePage(w *response, status int, policy csp.Policy, render func(io.Writer) error) error {
	var body bytes.Buffer
	if err := render(&body); err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set(csp.Header, policy.String())
	h.Set("X-Frame-Options", "DENY") // for browsers without frame-ancestors
	h.Set("X-Robots-Tag", "noindex")
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write(body.Bytes()) // a reader who went away is no fault
	return nil
}

// see sends the browser to a page of ours after a form was posted, so that
// loading again posts nothing again. The address is relative: what the
// browser called us is what the page's form-action allows.
func (s *server) see(w *response, path string) {
	w.Header().Set("Cache-Control", "no-store")
	redirect(w, http.StatusSeeOther, s.path+path)
}

// redirect answers without a body: http.Redirect writes a page around the
// address, which may hold a key.
func redirect(w *response, status int, location string) {
	w.Header().Set("Location", location)
	w.WriteHeader(status)
}

// ownPath is the address of one of the pages about a comment, with the key.
func ownPath(id comments.ID, leaf string, key comments.EditKey) string {
	return "/comment/" + id.String() + "/" + leaf + "?" + url.Values{"key": {key.String()}}.Encode()
}

// anchor is the fragment of a comment in every document that shows it.
func anchor(id comments.ID) string { return "#comment-" + id.String() }

// place is a page as people write it.
func place(site comments.Site, page comments.Page) string {
	path, query := page.Path()
	if query != "" {
		path += "?" + query
	}
	return site.Host + path
}

// nameOf is what an author is called on pages.
func nameOf(c comments.Comment, lang string) string {
	if c.Author.Name == "" {
		return static.Text(lang, "anonymous")
	}
	return c.Author.Name
}

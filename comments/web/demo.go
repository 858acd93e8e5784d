package web

import (
	"io"
	"net/http"

	"postil/comments"
	"postil/static"
	"postil/static/csp"
)

// Demo is the demonstration page at /demo/, shown to this machine only: who
// can open it can comment on its site.
type Demo struct {
	Site     string        // host of the site that takes the comments
	Page     comments.Page // the page that they belong to
	DiskPath string        // where its feed is written, to be looked at; may be empty
}

// redirectDemo is GET /demo.
func (s *server) redirectDemo(w *response, _ *http.Request) error {
	redirect(w, http.StatusPermanentRedirect, s.path+"/demo/")
	return nil
}

// showDemo is GET /demo/.
func (s *server) showDemo(w *response, r *http.Request) error {
	if !s.clients.local(r) {
		return comments.NewError(comments.Forbidden, "The demonstration is shown to this machine only.")
	}
	script := static.Hashed("postil.js")
	view := static.DemoPage{
		Page:      s.view(defaultLanguage, static.Text(defaultLanguage, "demo.title")),
		Script:    s.Base + script.Path,
		Integrity: script.Integrity,
		ThreadURL: s.ThreadURL(s.Demo.Site, s.Demo.Page),
		FeedURL:   s.FeedURL(s.Demo.Site, s.Demo.Page),
		FormURL:   s.formURL(s.Demo.Site, s.Demo.Page),
		DiskPath:  s.Demo.DiskPath,
		Site:      s.Demo.Site,
		Path:      string(s.Demo.Page),
	}
	return writePage(w, http.StatusOK, csp.Demo(s.Base), func(out io.Writer) error { return static.RenderDemo(out, view) })
}

package admin

import (
	"io"
	"net/http"

	"postil/comments"
	"postil/static"
)

// showLink is GET /moderate: what a link is about, and a button that does what
// the link allows. However often it is asked for, it changes nothing: mail
// scanners follow links.
func (s *server) showLink(v *visit) error {
	v.header().Set("Referrer-Policy", "no-referrer") // the address is a capability
	link, m, c, err := s.Service.OpenLink(v.r.Context(), v.r.URL.Query())
	if err != nil {
		return err
	}
	view, err := s.linkView(v, m, c)
	if err != nil {
		return err
	}
	if link.Fresh(c) {
		view.Action = s.path + "/moderate?" + v.r.URL.RawQuery
		view.Text, view.Button = static.Text(v.lang, "link.will."+string(link.Action)), static.Text(v.lang, "link.do."+string(link.Action))
		view.Grave = link.Action == comments.Remove
	} else {
		view.Text = static.Text(v.lang, "link.over")
	}
	return v.write(http.StatusOK, func(out io.Writer) error { return static.RenderAdminLink(out, view) })
}

// linkView shows the comment of a link.
func (s *server) linkView(v *visit, m comments.Moderator, c comments.Comment) (static.AdminLinkPage, error) {
	site, err := s.Service.Site(v.r.Context(), c.Site)
	if err != nil {
		return static.AdminLinkPage{}, err
	}
	view := static.AdminLinkPage{
		AdminPage: s.page(v, "", static.Text(v.lang, "link.title", "place", place(site, c.Page))),
		Comment:   s.card(v.lang, site, c), State: stateText(v.lang, c),
		Quote: static.Text(v.lang, "link.given", "name", m.Name), BackURL: s.commentURL(c.ID),
	}
	view.Comment.Long = false
	return view, nil
}

// stateText says what a comment is now, and who decided.
func stateText(lang string, c comments.Comment) string {
	status := static.Text(lang, "link.is."+string(c.Status))
	if c.By == "" {
		return status
	}
	return status + " " + static.Text(lang, "link.by", "name", c.By, "date", static.Date(lang, c.Decided))
}

// actByLink is POST /moderate: does what the link allows, once.
func (s *server) actByLink(v *visit) error {
	v.header().Set("Referrer-Policy", "no-referrer")
	q := v.r.URL.Query()
	_, err := s.Service.ActByLink(v.r.Context(), q)
	if err == nil {
		v.redirect(s.path + "/moderate?" + q.Encode())
		return nil
	}
	if comments.KindOf(err) != comments.Conflict {
		return err
	}
	_, m, c, openErr := s.Service.OpenLink(v.r.Context(), q)
	if openErr != nil {
		return openErr
	}
	view, viewErr := s.linkView(v, m, c)
	if viewErr != nil {
		return viewErr
	}
	view.Text = static.Text(v.lang, "link.over")
	return v.write(http.StatusConflict, func(out io.Writer) error { return static.RenderAdminLink(out, view) })
}

package admin

import (
	"cmp"
	"io"
	"net/http"
	"strconv"

	"postil/comments"
	"postil/static"
)

// logSize is how many events one page shows.
const logSize = 100

// showLog is GET /admin/log: what happened on a site, and who decided it.
func (s *server) showLog(v *visit) error {
	view := static.AdminLogPage{AdminPage: s.page(v, "log", static.Text(v.lang, "admin.title.log")), Search: s.address("log")}
	sites, err := s.sites(v)
	if err == nil && len(sites) > 0 {
		err = s.fillLog(v, &view, sites)
	}
	if err != nil {
		return err
	}
	return v.write(http.StatusOK, func(out io.Writer) error { return static.RenderAdminLog(out, view) })
}

// fillLog puts the events of one site into the page.
func (s *server) fillLog(v *visit, view *static.AdminLogPage, sites []comments.Site) error {
	site, err := s.site(v, cmp.Or(v.query("site"), sites[0].Host))
	if err != nil {
		return err
	}
	if len(sites) > 1 {
		view.Fields = []static.AdminField{siteField(v.lang, site.Host, sites, false)}
	}
	before, err := strconv.ParseInt("0"+v.query("before"), 10, 64)
	if err != nil {
		return comments.FieldError("before", "is not the number of an event")
	}
	events, err := s.Service.Store.Trail(v.r.Context(), site.Host, comments.ID{}, before, logSize+1)
	if err != nil {
		return err
	}
	if len(events) > logSize {
		events = events[:logSize]
		view.Older = s.address("log", "site", site.Host, "before", strconv.FormatInt(events[logSize-1].Number, 10))
	}
	if before > 0 {
		view.Newest = s.address("log", "site", site.Host)
	}
	for _, e := range events {
		view.Events = append(view.Events, static.AdminEvent{
			At: e.At, Text: eventText(v.lang, e), By: e.By, URL: s.commentURL(e.Comment), Comment: e.Comment.String()[28:],
		})
	}
	return nil
}

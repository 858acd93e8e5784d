package admin

import (
	"io"
	"net/http"

	"postil/comments"
	"postil/static"
)

// queueCount is up to which number comments are counted where it is told how
// many there are: more would take longer than the page itself.
const queueCount = 1000

// showQueue is GET /admin/queue: the comments that wait for a decision.
func (s *server) showQueue(v *visit) error {
	q, err := s.newSearch(v)
	q.status, q.page, q.badge = "", "", ""
	q.filter.Statuses, q.filter.Badge = []comments.Status{comments.Held}, comments.Badge{}
	return s.showList(v, q, err, true)
}

// showComments is GET /admin/comments: all comments, by any search.
func (s *server) showComments(v *visit) error {
	q, err := s.newSearch(v)
	return s.showList(v, q, err, false)
}

// showList shows what a search finds. One with a fault comes back with it.
func (s *server) showList(v *visit, q search, fault error, queue bool) error {
	if fault != nil && comments.KindOf(fault) != comments.Invalid {
		return fault
	}
	view, err := s.listView(v, q, queue)
	if err != nil {
		return err
	}
	list, more, err := []found(nil), false, fault
	if err == nil {
		list, more, err = s.run(v.r.Context(), q)
	}
	status := http.StatusOK
	if comments.KindOf(err) == comments.Invalid {
		f := v.faultOf(err)
		status, view.Alert, view.Empty = f.status, f.sentence(v.lang), ""
		mark(view.Fields, f)
	} else if err != nil {
		return err
	}
	for _, c := range list {
		view.Entries = append(view.Entries, s.card(v.lang, c.site, c.Comment))
	}
	if more {
		view.Older = s.path + withQuery(v.r.URL.Path, q.values(list[len(list)-1].ID.String()))
	}
	return v.write(status, func(out io.Writer) error { return static.RenderAdminList(out, view) })
}

// listView is a list before it is known what is in it.
func (s *server) listView(v *visit, q search, queue bool) (view static.AdminListPage, err error) {
	name := "comments"
	if queue {
		name = "queue"
	}
	view = static.AdminListPage{
		AdminPage: s.page(v, name, static.Text(v.lang, "admin.title."+name)),
		Search:    s.address(name), Action: s.address("decide"), Back: s.here(v), Acts: listActs(v.lang, queue),
		Empty: static.Text(v.lang, "admin.empty."+name),
	}
	if !queue {
		view.PersonURL = s.address("person", "site", q.site)
	}
	if !q.before.IsZero() {
		view.Newest = s.path + withQuery(v.r.URL.Path, q.values(""))
	}
	sites, err := s.sites(v)
	if err != nil {
		return view, err
	}
	view.Fields = q.fields(v.lang, sites, queue)
	view.Lead, err = s.lead(v, q, queue)
	return view, err
}

// lead says how many comments wait on the sites that are looked at.
func (s *server) lead(v *visit, q search, queue bool) (string, error) {
	if !queue || q.text != "" {
		return "", nil
	}
	n, over, err := s.tally(v, q.sites, comments.Held, queueCount)
	if err != nil || n == 0 {
		return "", err
	}
	return static.Count(v.lang, "admin.waiting", n, "count", counted(n, over)), nil
}

// mark puts a fault at its field.
func mark(fields []static.AdminField, f fault) {
	for i := range fields {
		if fields[i].Name == f.field {
			fields[i].Problem = f.text
		}
	}
}

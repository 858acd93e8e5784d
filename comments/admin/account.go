package admin

import (
	"io"
	"net/http"
	"strings"

	"postil/comments"
	"postil/static"
)

// showAccount is GET /admin/account: what is the moderator's own.
func (s *server) showAccount(v *visit) error {
	form, err := s.moderatorForm(v, v.who, ownAccount)
	if err != nil {
		return err
	}
	return s.writeAccount(v, http.StatusOK, form, "")
}

func (s *server) writeAccount(v *visit, status int, form []static.AdminField, alert string) error {
	feed := s.Base + s.feedPath(v.who)
	sites := strings.Join(v.who.Sites, ", ")
	if v.who.Role == comments.RoleAdmin {
		sites = static.Text(v.lang, "admin.search.sites")
	}
	view := static.AdminFormPage{
		AdminPage: s.page(v, "account", v.who.Name), Action: s.address("account"), Button: static.Text(v.lang, "admin.save"),
		Lead:   static.Text(v.lang, "admin.account.lead"),
		Groups: []static.AdminGroup{{Fields: form}},
		Facts: []static.AdminFact{
			{Name: static.Text(v.lang, "admin.field.role"), Text: static.Text(v.lang, "admin.role."+string(v.who.Role))},
			{Name: static.Text(v.lang, "admin.field.sites"), Text: sites},
			{Name: static.Text(v.lang, "admin.fact.queue"), Text: feed, URL: feed},
		},
		Others: []static.AdminStep{s.step(v.lang, s.address("account"), "revoke")},
	}
	view.Alert = alert
	return v.write(status, func(out io.Writer) error { return static.RenderAdminForm(out, view) })
}

// changeAccount is POST /admin/account.
func (s *server) changeAccount(v *visit) error {
	m := v.who
	if v.typed("do") == "revoke" {
		return s.revoke(v, m, s.address("account"))
	}
	form, err := s.moderatorForm(v, m, ownAccount)
	if err != nil {
		return err
	}
	faults, err := s.readModerator(v, &m, form, ownAccount)
	if err != nil {
		return err
	}
	if faults > 0 {
		return s.writeAccount(v, http.StatusBadRequest, form, static.Count(v.lang, "admin.faults", int64(faults)))
	}
	if err := s.Service.Store.PutModerator(v.r.Context(), m); err != nil {
		return err
	}
	v.redirect(s.address("account", "done", "saved"))
	return nil
}

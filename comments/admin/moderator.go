package admin

import (
	"io"
	"net/http"
	"strings"

	"postil/comments"
	"postil/static"
)

// showModerators is GET /admin/moderators.
func (s *server) showModerators(v *visit) error {
	form, err := s.moderatorForm(v, comments.Moderator{Role: comments.RoleModerator, Mail: comments.MailOff}, newModerator)
	if err != nil {
		return err
	}
	return s.writeModerators(v, http.StatusOK, form, "")
}

// writeModerators lists the moderators, above the form for another one.
func (s *server) writeModerators(v *visit, status int, form []static.AdminField, alert string) error {
	all, err := s.Service.Store.Moderators(v.r.Context())
	if err != nil {
		return err
	}
	view := static.AdminModeratorsPage{
		AdminPage: s.page(v, "moderators", static.Text(v.lang, "admin.title.moderators")), Action: s.address("moderators"),
		Group: static.AdminGroup{Title: static.Text(v.lang, "admin.moderator.add"), Fields: form},
	}
	view.Alert = alert
	for _, m := range all {
		sites := strings.Join(m.Sites, ", ")
		if m.Role == comments.RoleAdmin {
			sites = static.Text(v.lang, "admin.search.sites")
		}
		view.Moderators = append(view.Moderators, static.AdminModerator{
			Name: m.Name, URL: s.moderatorURL(m.Name), Sites: sites, SignsIn: m.Password != "", Self: m.Name == v.who.Name,
			Role: static.Text(v.lang, "admin.role."+string(m.Role)), Mail: static.Text(v.lang, "admin.mail."+string(m.Mail)),
		})
	}
	return v.write(status, func(out io.Writer) error { return static.RenderAdminModerators(out, view) })
}

func (s *server) moderatorURL(name string) string { return s.address("moderators/" + name) }

// addModerator is POST /admin/moderators.
func (s *server) addModerator(v *visit) error {
	m := comments.NewModerator(v.typed("name"), s.Now())
	m.Role = comments.RoleModerator
	form, err := s.moderatorForm(v, m, newModerator)
	if err != nil {
		return err
	}
	faults, err := s.readModerator(v, &m, form, newModerator)
	if err != nil {
		return err
	}
	if faults > 0 {
		return s.writeModerators(v, http.StatusBadRequest, form, static.Count(v.lang, "admin.faults", int64(faults)))
	}
	if err := s.mayAdd(v, m.Name); err != nil {
		f := v.faultOf(err)
		mark(form, f)
		return s.writeModerators(v, f.status, form, f.sentence(v.lang))
	}
	if err := s.Service.Store.PutModerator(v.r.Context(), m); err != nil {
		return err
	}
	v.redirect(s.address("moderators", "done", "added"))
	return nil
}

func (s *server) mayAdd(v *visit, name string) error {
	all, err := s.Service.Store.Moderators(v.r.Context())
	if err != nil {
		return err
	}
	if len(all) >= comments.MaxModerators {
		return comments.NewError(comments.Conflict, "There are %d moderators, the most there can be; remove one first.", len(all))
	}
	for _, m := range all {
		if m.Name == name {
			return &comments.Error{Kind: comments.Conflict, Field: "name", Text: "is taken; choose another, or change the moderator who has it"}
		}
	}
	return nil
}

// moderator returns the one that an address names.
func (s *server) moderator(v *visit) (comments.Moderator, error) {
	m, err := s.gate.find(v.r.Context(), v.r.PathValue("name"))
	if err == nil && m.Name == "" {
		err = comments.NewError(comments.NotFound, "There is no moderator of this name.")
	}
	return m, err
}

// showModerator is GET /admin/moderators/NAME.
func (s *server) showModerator(v *visit) error {
	m, err := s.moderator(v)
	if err != nil {
		return err
	}
	form, err := s.moderatorForm(v, m, changedModerator)
	if err != nil {
		return err
	}
	return s.writeModerator(v, http.StatusOK, m, form, "")
}

func (s *server) writeModerator(v *visit, status int, m comments.Moderator, form []static.AdminField, alert string) error {
	view := static.AdminFormPage{
		AdminPage: s.page(v, "moderators", m.Name), Action: s.moderatorURL(m.Name), Button: static.Text(v.lang, "admin.save"),
		Groups: []static.AdminGroup{{Fields: form}},
	}
	view.Alert = alert
	view.Others = []static.AdminStep{s.step(v.lang, view.Action, "revoke"), s.step(v.lang, view.Action, "remove")}
	return v.write(status, func(out io.Writer) error { return static.RenderAdminForm(out, view) })
}

// step is something that a button of its own does.
func (s *server) step(lang, action, do string) static.AdminStep {
	return static.AdminStep{
		Title: static.Text(lang, "admin.step.title."+do), Text: static.Text(lang, "admin.step.text."+do),
		Button: static.Text(lang, "admin.step.button."+do), Action: action, Do: do, Grave: true,
	}
}

// changeModerator is POST /admin/moderators/NAME: saves, revokes or removes.
func (s *server) changeModerator(v *visit) error {
	m, err := s.moderator(v)
	if err != nil {
		return err
	}
	switch v.typed("do") {
	case "revoke":
		return s.revoke(v, m, s.moderatorURL(m.Name))
	case "remove":
		return s.removeModerator(v, m)
	}
	form, err := s.moderatorForm(v, m, changedModerator)
	if err != nil {
		return err
	}
	faults, err := s.readModerator(v, &m, form, changedModerator)
	if err == nil && faults == 0 && m.Role != comments.RoleAdmin {
		err = s.keepAdmin(v, m.Name)
	}
	if e := v.faultOf(err); err != nil && e.status == http.StatusConflict {
		mark(form, e)
		return s.writeModerator(v, e.status, m, form, e.sentence(v.lang))
	}
	if err != nil {
		return err
	}
	if faults > 0 {
		return s.writeModerator(v, http.StatusBadRequest, m, form, static.Count(v.lang, "admin.faults", int64(faults)))
	}
	if err := s.Service.Store.PutModerator(v.r.Context(), m); err != nil {
		return err
	}
	v.redirect(s.moderatorURL(m.Name) + "?done=saved")
	return nil
}

// keepAdmin refuses to go on without the last admin who can sign in: after
// that nobody could manage anything from here.
func (s *server) keepAdmin(v *visit, without string) error {
	all, err := s.Service.Store.Moderators(v.r.Context())
	if err != nil {
		return err
	}
	for _, m := range all {
		if m.Name != without && m.Role == comments.RoleAdmin && m.Password != "" {
			return nil
		}
	}
	return &comments.Error{Kind: comments.Conflict, Field: "role", Text: "has to stay: there is no other admin who can sign in"}
}

// revoke makes all links and the feed address of a moderator worthless.
func (s *server) revoke(v *visit, m comments.Moderator, back string) error {
	m.Serial++
	if err := s.Service.Store.PutModerator(v.r.Context(), m); err != nil {
		return err
	}
	v.redirect(back + "?done=revoked")
	return nil
}

func (s *server) removeModerator(v *visit, m comments.Moderator) error {
	if err := s.keepAdmin(v, m.Name); err != nil {
		return err
	}
	if v.typed("sure") != "yes" {
		view := static.AdminConfirmPage{
			AdminPage: s.page(v, "moderators", static.Text(v.lang, "admin.remove.title", "name", m.Name)),
			Text:      static.Text(v.lang, "admin.remove.text"), Action: s.moderatorURL(m.Name), BackURL: s.moderatorURL(m.Name),
			Hidden: []static.AdminHidden{{Name: "do", Value: "remove"}, {Name: "sure", Value: "yes"}},
			Button: static.Text(v.lang, "admin.remove.button", "name", m.Name),
		}
		return v.write(http.StatusOK, func(out io.Writer) error { return static.RenderAdminConfirm(out, view) })
	}
	if err := s.Service.Store.RemoveModerator(v.r.Context(), m.Name); err != nil {
		return err
	}
	v.redirect(s.address("moderators", "done", "removed"))
	return nil
}

package admin

import (
	"io"
	"net/http"
	"strconv"

	"postil/comments"
	"postil/static"
)

// showPerson is GET /admin/person: asks whose comments are to be erased.
func (s *server) showPerson(v *visit) error {
	return s.writePerson(v, http.StatusOK, v.query("site"), v.query("badge"), "", fault{})
}

// writePerson shows the form. E-mail addresses are for admins: whoever can ask
// by them learns which comments belong to whom.
func (s *server) writePerson(v *visit, status int, host, badge, email string, f fault) error {
	sites, err := s.sites(v)
	if err != nil {
		return err
	}
	if host != "" {
		if _, err := s.site(v, host); err != nil {
			return err
		}
	}
	view := static.AdminPersonPage{
		AdminPage: s.page(v, "comments", static.Text(v.lang, "admin.title.person")), Action: s.address("person"),
		Fields: []static.AdminField{
			siteField(v.lang, host, sites, false),
			{Name: "badge", Kind: "text", Value: badge, Label: static.Text(v.lang, "admin.person.badge"), Hint: static.Text(v.lang, "admin.person.badge.hint")},
		},
	}
	if v.who.Role == comments.RoleAdmin {
		view.Fields = append(view.Fields, static.AdminField{
			Name: "email", Kind: "email", Value: email, Label: static.Text(v.lang, "admin.person.email"), Hint: static.Text(v.lang, "admin.person.email.hint"),
		})
	}
	mark(view.Fields, f)
	if f.text != "" {
		view.Alert = f.sentence(v.lang)
	}
	return v.write(status, func(out io.Writer) error { return static.RenderAdminPerson(out, view) })
}

// person is somebody on one site, by what is known of them.
type person struct {
	site  comments.Site
	badge comments.Badge
	email string
}

func (s *server) person(v *visit) (p person, err error) {
	if p.site, err = s.site(v, v.typed("site")); err != nil {
		return p, err
	}
	if p.email = v.typed("email"); p.email != "" && v.who.Role != comments.RoleAdmin {
		return p, &refusal{status: http.StatusForbidden, text: "admins"}
	}
	raw := v.typed("badge")
	if raw != "" && p.email != "" {
		return p, comments.FieldError("email", "and badge are both filled in; give one of them")
	}
	if raw != "" {
		p.badge, err = comments.ParseBadge(raw)
	}
	return p, err
}

// forgetPerson is POST /admin/person: shows what would be erased or, when that
// was seen, erases it.
func (s *server) forgetPerson(v *visit) error {
	p, err := s.person(v)
	if err == nil && v.typed("sure") == "yes" {
		n, err := s.Service.Forget(v.r.Context(), v.who.Name, p.site.Host, p.badge, p.email)
		if err != nil {
			return err
		}
		s.seeDone(v, "/admin/person", "forgotten", "n", strconv.Itoa(n))
		return nil
	}
	var list []comments.Comment
	if err == nil {
		list, err = s.Service.By(v.r.Context(), p.site.Host, p.badge, p.email)
	}
	if comments.KindOf(err) == comments.Invalid {
		return s.writePerson(v, http.StatusBadRequest, v.typed("site"), v.typed("badge"), v.typed("email"), v.faultOf(err))
	}
	if err != nil {
		return err
	}
	return s.confirmForget(v, p, list)
}

// confirmForget shows what one person has written, before it is erased.
func (s *server) confirmForget(v *visit, p person, list []comments.Comment) error {
	count := 0
	view := static.AdminConfirmPage{
		Action: s.address("person"), BackURL: s.address("person"),
		Hidden: []static.AdminHidden{{Name: "site", Value: p.site.Host}, {Name: "badge", Value: p.badge.String()}, {Name: "email", Value: p.email}, {Name: "sure", Value: "yes"}},
	}
	for _, c := range list {
		if c.Status == comments.Deleted {
			continue
		}
		if count++; count <= maxQuoted {
			view.Quotes = append(view.Quotes, s.quote(v.lang, p.site, c))
		}
	}
	view.AdminPage = s.page(v, "comments", static.Count(v.lang, "admin.forget.title", int64(count)))
	view.Text = static.Text(v.lang, "admin.forget.text", "site", p.site.Host)
	view.Button = static.Count(v.lang, "admin.erase.button", int64(count))
	view.More = moreText(v.lang, count-len(view.Quotes))
	return v.write(http.StatusOK, func(out io.Writer) error { return static.RenderAdminConfirm(out, view) })
}

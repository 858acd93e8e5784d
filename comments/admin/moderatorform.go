package admin

import (
	"net/mail"
	"slices"

	"postil/comments"
	"postil/static"
)

// occasion is what a form about a moderator is for.
type occasion int

const (
	newModerator     occasion = iota
	changedModerator          // by an admin
	ownAccount                // by the moderator
)

// moderatorForm is a moderator as fields.
func (s *server) moderatorForm(v *visit, m comments.Moderator, o occasion) (fields []static.AdminField, err error) {
	field := func(name, kind, value string) *static.AdminField {
		fields = append(fields, static.AdminField{Name: name, Kind: kind, Value: value, Label: static.Text(v.lang, "admin.field."+name)})
		return &fields[len(fields)-1]
	}
	if o == newModerator {
		name := field("name", "text", m.Name)
		name.Required, name.Hint = true, static.Text(v.lang, "admin.hint.name")
	}
	if o != ownAccount {
		role := field("role", "radio", string(m.Role))
		for _, r := range []comments.Role{comments.RoleModerator, comments.RoleAdmin} {
			role.Options = append(role.Options, static.AdminOption{
				Value: string(r), Label: static.Text(v.lang, "admin.role."+string(r)), Hint: static.Text(v.lang, "admin.role.hint."+string(r)), Chosen: r == m.Role,
			})
		}
		sites := field("sites", "checks", "")
		if sites.Options, err = s.siteOptions(v, m); err != nil {
			return nil, err
		}
	}
	email := field("email", "email", s.email(m))
	email.Hint, email.Autocomplete = static.Text(v.lang, "admin.hint.email"), "off"
	modes := field("mail", "radio", string(m.Mail))
	for _, mode := range mailModes() {
		modes.Options = append(modes.Options, static.AdminOption{
			Value: string(mode), Label: static.Text(v.lang, "admin.mail."+string(mode)), Chosen: mode == m.Mail,
		})
	}
	password := field("password", "password", "")
	password.Autocomplete, password.Hint = "new-password", static.Text(v.lang, "admin.hint.password", "n", MinPassword)
	password.Hint += " " + static.Text(v.lang, "admin.hint.password."+[...]string{"new", "changed", "own"}[o])
	return fields, nil
}

func mailModes() []comments.MailMode {
	return []comments.MailMode{comments.MailOff, comments.MailEach, comments.MailDigest}
}

// siteOptions are all sites, and those of the moderator that are no more.
func (s *server) siteOptions(v *visit, m comments.Moderator) (options []static.AdminOption, err error) {
	sites, err := s.sites(v)
	if err != nil {
		return nil, err
	}
	var hosts []string
	for _, site := range sites {
		hosts = append(hosts, site.Host)
	}
	for _, host := range m.Sites {
		if !slices.Contains(hosts, host) {
			hosts = append(hosts, host)
		}
	}
	for _, host := range hosts {
		options = append(options, static.AdminOption{Value: host, Label: host, Chosen: slices.Contains(m.Sites, host)})
	}
	return options, nil
}

// email opens the address of a moderator; one that was sealed with a key that
// is not here any more is shown as none.
func (s *server) email(m comments.Moderator) string {
	if m.Address == nil {
		return ""
	}
	address, err := s.Service.Keys.Open(comments.SealModerator, m.Address)
	if err != nil {
		return ""
	}
	return address
}

// readModerator reads a form into a moderator, puts what is wrong at its
// field, and returns how much that is.
func (s *server) readModerator(v *visit, m *comments.Moderator, form []static.AdminField, o occasion) (faults int, err error) {
	if o != ownAccount {
		m.Role, m.Sites = comments.Role(v.typed("role")), nil
		if m.Role != comments.RoleAdmin {
			m.Sites = v.form["sites"]
		}
	}
	m.Mail = comments.MailMode(v.typed("mail"))
	refill(form, v)
	for _, err := range []error{s.readEmail(v, m), readPassword(v, m), s.checkSites(v, *m), m.Validate()} {
		if err == nil {
			continue
		}
		f := v.faultOf(err)
		if !hasField(form, f.field) {
			return faults, err
		}
		mark(form, f)
		faults++
	}
	return faults, nil
}

func hasField(form []static.AdminField, name string) bool {
	return slices.ContainsFunc(form, func(f static.AdminField) bool { return f.Name == name })
}

// readPassword hashes a password, if one was typed.
func readPassword(v *visit, m *comments.Moderator) error {
	password := v.form.Get("password")
	if password == "" {
		return nil
	}
	hashed, err := HashPassword(password)
	if err == nil {
		m.Password = hashed
	}
	return err
}

// checkSites refuses sites that are neither here nor the moderator's already.
func (s *server) checkSites(v *visit, m comments.Moderator) error {
	before, err := s.gate.find(v.r.Context(), m.Name)
	if err != nil {
		return err
	}
	options, err := s.siteOptions(v, before)
	if err != nil {
		return err
	}
	for _, host := range m.Sites {
		if !slices.ContainsFunc(options, func(o static.AdminOption) bool { return o.Value == host }) && !slices.Contains(before.Sites, host) {
			return comments.FieldError("sites", "%q is not served here", host)
		}
	}
	return nil
}

// readEmail seals an address that differs from the one that is stored.
func (s *server) readEmail(v *visit, m *comments.Moderator) (err error) {
	typed := v.typed("email")
	if typed == s.email(*m) {
		return nil // also where the stored one cannot be opened now
	}
	if typed == "" {
		m.Address = nil
		return nil
	}
	parsed, err := mail.ParseAddress(typed)
	if err != nil || parsed.Address != typed || len(typed) > comments.MaxEmail {
		return comments.FieldError("email", "is not an e-mail address of at most %d bytes", comments.MaxEmail)
	}
	m.Address, err = s.Service.Keys.Seal(comments.SealModerator, typed)
	return err
}

// refill puts what was typed into the fields, so that nothing is lost; but no
// password, which pages do not repeat.
func refill(form []static.AdminField, v *visit) {
	for i := range form {
		f := &form[i]
		for j := range f.Options {
			f.Options[j].Chosen = slices.Contains(v.form[f.Name], f.Options[j].Value)
		}
		if f.Kind == "text" || f.Kind == "email" {
			f.Value = v.form.Get(f.Name)
		}
	}
}

package comments

import (
	"errors"
	"strings"
	"testing"
)

func TestModeratorsAreChecked(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		set   func(*Moderator)
		field string // empty: valid
	}{
		"an admin":             {func(m *Moderator) { m.Role = RoleAdmin }, ""},
		"a name of one":        {func(m *Moderator) { m.Name = "m" }, ""},
		"the longest name":     {func(m *Moderator) { m.Name = strings.Repeat("m", 40) }, ""},
		"too long a name":      {func(m *Moderator) { m.Name = strings.Repeat("m", 41) }, "name"},
		"no name":              {func(m *Moderator) { m.Name = "" }, "name"},
		"capitals":             {func(m *Moderator) { m.Name = "Mia" }, "name"},
		"a colon":              {func(m *Moderator) { m.Name = "m:a" }, "name"},
		"a hyphen at the end":  {func(m *Moderator) { m.Name = "mia-" }, "name"},
		"dots and hyphens":     {func(m *Moderator) { m.Name = "mia.b-c2" }, ""},
		"no role":              {func(m *Moderator) { m.Role = "" }, "role"},
		"no mail mode":         {func(m *Moderator) { m.Mail = "" }, "mail"},
		"mail to nowhere":      {func(m *Moderator) { m.Mail = MailEach }, "mail"},
		"mail to somewhere":    {func(m *Moderator) { m.Mail, m.Address = MailDigest, []byte{1} }, ""},
		"a line in the middle": {func(m *Moderator) { m.Name = "mia\nben" }, "name"},
	} {
		m := Moderator{Name: "mia", Role: RoleModerator, Mail: MailOff}
		c.set(&m)
		err := m.Validate()
		if e, ok := errors.AsType[*Error](err); (err == nil) != (c.field == "") || ok && e.Field != c.field {
			t.Errorf("%s: %v, want an error at %q", name, err, c.field)
		}
	}
}

func TestModeratorsDecideAboutTheirSites(t *testing.T) {
	t.Parallel()
	m := Moderator{Name: "mia", Role: RoleModerator, Sites: []string{"a.example", "b.example"}}
	if !m.May("a.example") || !m.May("b.example") || m.May("c.example") || m.May("") {
		t.Error("a moderator may decide elsewhere, or not at home")
	}
	if !(Moderator{Role: RoleAdmin}).May("c.example") || (Moderator{Role: RoleModerator}).May("c.example") {
		t.Error("only an admin may decide everywhere")
	}
}

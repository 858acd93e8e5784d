package admin

import (
	"errors"
	"strconv"
	"strings"
	"time"

	"postil/comments"
	"postil/static"
)

// setting is one of a site's settings as a field of a form. Its name is that
// by which Settings.Validate calls it.
type setting struct {
	name, kind string
	show       func(comments.Settings) string
	read       func(*comments.Settings, string) error
}

// settingsBy are all settings, in groups of those that belong together.
func settingsBy() map[string][]setting {
	return map[string][]setting{
		"decide": {
			{"policy", "radio", func(s comments.Settings) string { return string(s.Policy) }, func(s *comments.Settings, raw string) error {
				s.Policy = comments.Policy(raw)
				return nil
			}},
			lines("words", func(s *comments.Settings) *[]string { return &s.Words }),
			number("max_links", func(s *comments.Settings) *int { return &s.MaxLinks }),
			date("learn_since", func(s *comments.Settings) *time.Time { return &s.LearnSince }),
		},
		"write": {
			duration("edit_window", func(s *comments.Settings) *time.Duration { return &s.EditWindow }),
			duration("close_after", func(s *comments.Settings) *time.Duration { return &s.CloseAfter }),
		},
		"keep": {
			duration("retention.held", func(s *comments.Settings) *time.Duration { return &s.Retention.Held }),
			duration("retention.spam", func(s *comments.Settings) *time.Duration { return &s.Retention.Spam }),
			duration("retention.unconfirmed", func(s *comments.Settings) *time.Duration { return &s.Retention.Unconfirmed }),
			duration("retention.audit", func(s *comments.Settings) *time.Duration { return &s.Retention.Audit }),
		},
		"blog": {
			{"origins", "lines", func(s comments.Settings) string { return strings.Join(s.Origins, "\n") }, readOrigins},
			lines("keep_query", func(s *comments.Settings) *[]string { return &s.KeepQuery }),
			text("language", func(s *comments.Settings) *string { return &s.Language }),
			number("archive", func(s *comments.Settings) *int { return &s.Archive }),
			check("fragment", func(s *comments.Settings) *bool { return &s.Fragment }),
		},
		"tell": {
			lines("webhooks", func(s *comments.Settings) *[]string { return &s.Webhooks }),
			text("hub", func(s *comments.Settings) *string { return &s.Hub }),
			lines("allow", func(s *comments.Settings) *[]string { return &s.Allow }),
		},
	}
}

// groupOrder is how the groups follow each other.
func groupOrder() []string { return []string{"decide", "write", "keep", "blog", "tell"} }

func text(name string, at func(*comments.Settings) *string) setting {
	return setting{name, "text", func(s comments.Settings) string { return *at(&s) }, func(s *comments.Settings, raw string) error {
		*at(s) = strings.TrimSpace(raw)
		return nil
	}}
}

func number(name string, at func(*comments.Settings) *int) setting {
	return setting{name, "number", func(s comments.Settings) string { return strconv.Itoa(*at(&s)) }, func(s *comments.Settings, raw string) error {
		n, err := strconv.Atoi(strings.TrimSpace(raw))
		if err != nil {
			return comments.FieldError(name, "%q is not a whole number", raw)
		}
		*at(s) = n
		return nil
	}}
}

// checked is what a browser sends for a box that is checked.
const checked = "yes"

func check(name string, at func(*comments.Settings) *bool) setting {
	show := func(s comments.Settings) string {
		if *at(&s) {
			return checked
		}
		return ""
	}
	return setting{name, "checks", show, func(s *comments.Settings, raw string) error {
		*at(s) = raw == checked
		return nil
	}}
}

func lines(name string, at func(*comments.Settings) *[]string) setting {
	return setting{name, "lines", func(s comments.Settings) string { return strings.Join(*at(&s), "\n") }, func(s *comments.Settings, raw string) error {
		*at(s) = splitLines(raw)
		return nil
	}}
}

func splitLines(raw string) (list []string) {
	for line := range strings.Lines(raw) {
		if line = strings.TrimSpace(line); line != "" {
			list = append(list, line)
		}
	}
	return list
}

func readOrigins(s *comments.Settings, raw string) error {
	s.Origins = nil
	for _, line := range splitLines(raw) {
		origin, _, err := comments.ParseOrigin(line)
		if e, ok := errors.AsType[*comments.Error](err); ok {
			return comments.FieldError("origins", "%s", e.Text)
		}
		s.Origins = append(s.Origins, origin)
	}
	return nil
}

func duration(name string, at func(*comments.Settings) *time.Duration) setting {
	show := func(s comments.Settings) string { return formatSpan(*at(&s)) }
	return setting{name, "text", show, func(s *comments.Settings, raw string) error {
		if raw == show(*s) {
			return nil // it keeps what is shorter than a second
		}
		d, ok := parseSpan(raw)
		if !ok {
			return comments.FieldError(name, "%q is not a length of time; write it like 15m, 12h, 90d or 1h30m", raw)
		}
		*at(s) = d
		return nil
	}}
}

// date shows a time by its day. What is not changed keeps its hour.
func date(name string, at func(*comments.Settings) *time.Time) setting {
	show := func(s comments.Settings) string {
		if at(&s).IsZero() {
			return ""
		}
		return at(&s).UTC().Format(time.DateOnly)
	}
	return setting{name, "date", show, func(s *comments.Settings, raw string) (err error) {
		switch raw = strings.TrimSpace(raw); raw {
		case show(*s):
		case "":
			*at(s) = time.Time{}
		default:
			if *at(s), err = time.Parse(time.DateOnly, raw); err != nil {
				return comments.FieldError(name, "%q is not a date; write it like 2026-11-22", raw)
			}
		}
		return nil
	}}
}

// settingFields shows settings as fields, by name.
func settingFields(lang string, s comments.Settings) map[string]static.AdminField {
	fields := map[string]static.AdminField{}
	for _, group := range settingsBy() {
		for _, one := range group {
			fields[one.name] = one.field(lang, one.show(s))
		}
	}
	return fields
}

func (one setting) field(lang, value string) static.AdminField {
	key := strings.ReplaceAll(one.name, ".", "_")
	f := static.AdminField{
		Name: one.name, Kind: one.kind, Value: value, Label: static.Text(lang, "admin.field."+key), Hint: static.Text(lang, "admin.hint."+key),
	}
	if one.kind == "checks" {
		f.Options = []static.AdminOption{{Value: checked, Label: static.Text(lang, "admin.check."+key), Chosen: value == checked}}
	}
	if one.name == "policy" {
		for _, p := range comments.Policies() {
			f.Options = append(f.Options, static.AdminOption{
				Value: string(p), Label: static.Text(lang, "admin.policy."+string(p)), Hint: static.Text(lang, "admin.policy.hint."+string(p)), Chosen: string(p) == value,
			})
		}
	}
	return f
}

func settingGroups(lang string, fields map[string]static.AdminField) (groups []static.AdminGroup) {
	for _, name := range groupOrder() {
		group := static.AdminGroup{Title: static.Text(lang, "admin.group."+name)}
		for _, one := range settingsBy()[name] {
			group.Fields = append(group.Fields, fields[one.name])
		}
		groups = append(groups, group)
	}
	return groups
}

// readSettings reads a form over the settings as they are. It returns the
// fields with what was typed and what is wrong with it, and how many are. The
// error is of something that is no field.
func readSettings(v *visit, stored comments.Settings) (read comments.Settings, fields map[string]static.AdminField, faults int, err error) {
	read, fields = stored, settingFields(v.lang, stored)
	refuse := func(err error) bool {
		f := v.faultOf(err)
		field, known := fields[f.field]
		if known && field.Problem == "" {
			field.Problem = f.text
			fields[f.field] = field
			faults++
		}
		return known
	}
	all := map[string]setting{}
	for _, group := range settingsBy() {
		for _, one := range group {
			all[one.name] = one
			fields[one.name] = one.field(v.lang, v.form.Get(one.name))
			if err := one.read(&read, v.form.Get(one.name)); err != nil {
				refuse(err)
			}
		}
	}
	// Validate tells the first fault. With the stored value in its place it
	// tells the next.
	for range all {
		err := read.Validate()
		if err == nil {
			break
		}
		if !refuse(err) {
			return read, fields, faults, err
		}
		one := all[v.faultOf(err).field]
		_ = one.read(&read, one.show(stored)) // reads what it has written
	}
	return read, fields, faults, nil
}

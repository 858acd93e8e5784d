package comments

import (
	"regexp"
	"slices"
	"time"
)

// Role is what a moderator may do.
type Role string

const (
	RoleAdmin     Role = "admin"     // everything, on every site
	RoleModerator Role = "moderator" // decide about comments of some sites
)

// MailMode is how a moderator is told of comments that wait.
type MailMode string

const (
	MailOff    MailMode = "off"
	MailEach   MailMode = "each"   // at once, one mail for each comment
	MailDigest MailMode = "digest" // one mail an hour at most, for all of a site
)

// MaxModerators bounds how many there are.
const MaxModerators = 100

// Moderator is somebody who decides. Its secrets are hashed or sealed.
type Moderator struct {
	Name     string   // 1 to 40 lower-case letters, digits, dots, hyphens
	Password string   // argon2id in PHC form; empty: cannot log in
	Role     Role     //
	Sites    []string // hosts that a RoleModerator may decide about; nil for an admin
	Address  []byte   // e-mail, sealed for purpose "moderator"; nil: none
	Mail     MailMode //
	Serial   int64    // raised to make all links and feed addresses given out before worthless
	Created  time.Time
}

var moderatorPattern = regexp.MustCompile(`^[a-z0-9]([a-z0-9.-]{0,38}[a-z0-9])?$`)

// NewModerator returns a moderator without password, role and sites. Its
// Serial is one that no former moderator of the name had, so that links made
// for that one stay worthless.
func NewModerator(name string, now time.Time) Moderator {
	return Moderator{Name: name, Mail: MailOff, Serial: now.UnixMicro(), Created: now.UTC().Truncate(time.Microsecond)}
}

// Validate reports the first field that breaks a rule.
func (m Moderator) Validate() error {
	switch {
	case !moderatorPattern.MatchString(m.Name):
		return FieldError("name", "%q needs 1 to 40 lower-case letters, digits, dots and hyphens", m.Name)
	case m.Role != RoleAdmin && m.Role != RoleModerator:
		return FieldError("role", "%q is neither admin nor moderator", m.Role)
	case m.Mail != MailOff && m.Mail != MailEach && m.Mail != MailDigest:
		return FieldError("mail", "%q is none of off, each, digest", m.Mail)
	case m.Mail != MailOff && m.Address == nil:
		return FieldError("mail", "%q needs an e-mail address", m.Mail)
	}
	return nil
}

// May reports whether m may decide about comments of a site.
func (m Moderator) May(site string) bool {
	return m.Role == RoleAdmin || slices.Contains(m.Sites, site)
}

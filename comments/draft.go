package comments

import (
	"crypto/sha256"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Limits of what a reader may send. Lengths of text are in characters
// (Unicode code points), of addresses in bytes.
const (
	MaxRequest = 64 << 10 // bytes of one request body
	MaxBody    = 10_000   // characters of a comment
	MaxName    = 80       // characters
	MaxWebsite = 300      // bytes
	MaxEmail   = 254      // bytes (RFC 5321 §4.5.3.1.3)
)

// Draft is a comment as a reader sent it: nothing in it is trusted.
type Draft struct {
	Site    string
	Page    string
	Parent  string // id of the comment it answers, or empty
	Name    string // or name#secret, which signs it
	Website string
	Email   string // dropped, unless Notify asks for answers by mail
	Notify  bool
	Body    string // Markdown
	Key     IdempotencyKey

	Evidence Evidence // of the way it came, for the defences
}

// normalise trims what people and browsers add without meaning it.
func (d Draft) normalise() Draft {
	d.Site = strings.ToLower(strings.TrimSpace(d.Site))
	d.Name = strings.Join(strings.Fields(d.Name), " ")
	d.Website = strings.TrimSpace(d.Website)
	d.Email = strings.TrimSpace(d.Email)
	d.Body = normaliseBody(d.Body)
	return d
}

// lineEnds makes those of all systems one.
var lineEnds = strings.NewReplacer("\r\n", "\n", "\r", "\n")

func normaliseBody(body string) string {
	body = lineEnds.Replace(body)
	return strings.TrimRightFunc(strings.TrimLeft(body, "\n"), unicode.IsSpace)
}

// validate reports the first field that breaks a rule; site, page and parent
// are checked against the store elsewhere.
func (d Draft) validate() error {
	if err := validateBody(d.Body); err != nil {
		return err
	}
	if err := validateName(d.Name); err != nil {
		return err
	}
	if err := validateWebsite(d.Website); err != nil {
		return err
	}
	if err := validateEmail(d.Email); err != nil {
		return err
	}
	if d.Notify && d.Email == "" {
		return FieldError("email", "is needed for answers by mail; give an address, or follow the answers by their feed").Told("fault.unaddressed")
	}
	return d.Key.Validate()
}

func validateBody(body string) error {
	switch n := utf8.RuneCountInString(body); {
	case strings.TrimSpace(body) == "":
		return FieldError("body", "is empty; write at least one character").Told("fault.empty")
	case n > MaxBody:
		return FieldError("body", "has %d characters; at most %d are accepted", n, MaxBody).Told("fault.long", "n", n, "max", MaxBody)
	}
	return validateText("body", body, "\n\t")
}

// validateText refuses what cannot stand in XML 1.0 (§2.2) and what hides
// text from its reader, instead of storing something else than was written.
func validateText(field, s, allowed string) error {
	if !utf8.ValidString(s) {
		return FieldError(field, "is not valid UTF-8")
	}
	for i, r := range s {
		if isUnfit(r) && !strings.ContainsRune(allowed, r) {
			return FieldError(field, "holds the control character U+%04X at byte %d; remove it", r, i)
		}
	}
	return nil
}

// isUnfit reports the characters that XML 1.0 forbids or discourages (§2.2),
// and its white space.
func isUnfit(r rune) bool { return unicode.IsControl(r) || r == 0xFFFE || r == 0xFFFF }

func validateName(typed string) error {
	name, secret := splitName(typed)
	if len(secret) > MaxNameSecret {
		return FieldError("name", "has a secret of %d bytes after its #; at most %d are accepted", len(secret), MaxNameSecret)
	}
	if err := validateText("name", secret, ""); err != nil {
		return err
	}
	if name != "" && !strings.ContainsFunc(name, isShown) {
		return FieldError("name", "shows nothing; write one that can be read, or leave it empty")
	}
	return validateShownName(name)
}

// isShown reports whether a character leaves a trace of itself: spaces do not,
// nor what Unicode says is ignored where it cannot be displayed, nor an empty
// cell of Braille.
func isShown(r rune) bool {
	return r != 0x2800 && !unicode.IsSpace(r) && !unicode.In(r, unicode.Cf, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
}

// validateShownName holds for a name without its secret.
func validateShownName(name string) error {
	if n := utf8.RuneCountInString(name); n > MaxName {
		return FieldError("name", "has %d characters; at most %d are accepted", n, MaxName).Told("fault.long", "n", n, "max", MaxName)
	}
	if strings.ContainsFunc(name, isBidi) {
		return FieldError("name", "holds an invisible direction mark; remove it")
	}
	return validateText("name", name, "")
}

// isBidi reports explicit directional formatting (Unicode UAX #9), with which
// a name could reorder the text around it.
func isBidi(r rune) bool { return 0x202A <= r && r <= 0x202E || 0x2066 <= r && r <= 0x2069 }

func validateWebsite(website string) error {
	if website == "" {
		return nil
	}
	if len(website) > MaxWebsite {
		return FieldError("website", "has %d bytes; at most %d are accepted", len(website), MaxWebsite)
	}
	if err := validateText("website", website, ""); err != nil {
		return err
	}
	u, err := url.Parse(website)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Hostname() == "" || u.User != nil ||
		strings.ContainsAny(website, " \"<>\\^`{|}") {
		return FieldError("website", "is not an address that starts with http:// or https://").Told("fault.website")
	}
	return nil
}

func validateEmail(email string) error {
	if email == "" {
		return nil
	}
	at := strings.LastIndexByte(email, '@')
	if len(email) > MaxEmail || at < 1 || at == len(email)-1 || strings.ContainsAny(email, " \t\n<>\"(),:;[]\\") {
		return FieldError("email", "is not an e-mail address of at most %d bytes", MaxEmail).Told("fault.email", "max", MaxEmail)
	}
	return validateText("email", email, "")
}

// fingerprint sums up everything that makes a repeated post the same post. The
// secret of a signed name is in it by its badge only, so that nobody can try
// secrets on what is stored.
func (d Draft) fingerprint(page Page, a Author) Hash {
	return sha256.Sum256([]byte(strings.Join([]string{d.Site, string(page), d.Parent, a.Name, a.Badge.String(), d.Website, d.Body}, "\x00")))
}

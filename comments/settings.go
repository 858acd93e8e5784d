package comments

import (
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"regexp/syntax"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Limits of a site's settings.
const (
	MaxOrigins    = 16                         // allowed origins of one site
	MaxKeepQuery  = 16                         // query parameters that name pages
	MaxEditWindow = 30 * 24 * time.Hour        // how long authors may edit
	MaxArchive    = 1000                       // comments in one archive document
	MinArchive    = 10                         //
	MaxLinks      = 100                        // links of a comment that may be allowed
	MaxWords      = 500                        // words and patterns of one site
	MaxWord       = 200                        // bytes of one of them
	MaxWebhooks   = 8                          // of one site
	MaxAddress    = 500                        // bytes of the address of a webhook or hub
	MaxCloseAfter = 100 * 365 * 24 * time.Hour // age at which a thread may close
	MinRetention  = 24 * time.Hour             // of anything that retention removes
	MaxRetention  = 100 * 365 * 24 * time.Hour
)

// Policy says what becomes of a new comment.
type Policy string

const (
	PolicyOpen      Policy = "open"       // published at once, unless it is spam beyond doubt
	PolicyAuto      Policy = "auto"       // published if it looks right, otherwise held
	PolicyHoldFirst Policy = "hold-first" // like auto, but an author is held until a comment of the same signed name was approved
	PolicyHoldAll   Policy = "hold-all"   // held until a moderator approves it
	PolicyClosed    Policy = "closed"     // refused
)

// Policies lists the valid values, for messages and help.
func Policies() []Policy {
	return []Policy{PolicyOpen, PolicyAuto, PolicyHoldFirst, PolicyHoldAll, PolicyClosed}
}

// Retention says how long things are kept that nobody needs any more; zero
// keeps them for ever. Durations are nanoseconds in JSON.
type Retention struct {
	Held        time.Duration `json:"held,omitempty"`        // comments that no one has decided about
	Spam        time.Duration `json:"spam,omitempty"`        //
	Unconfirmed time.Duration `json:"unconfirmed,omitempty"` // wishes for mail whose address nobody confirmed
	Audit       time.Duration `json:"audit,omitempty"`       // who decided what
}

// Settings are what the operator may change about a site.
type Settings struct {
	Origins     []string      `json:"origins"`                // scheme://host[:port]; the first is where links lead
	Policy      Policy        `json:"policy"`                 //
	EditWindow  time.Duration `json:"edit_window"`            // how long authors may edit; nanoseconds in JSON
	KeepQuery   []string      `json:"keep_query,omitempty"`   // query parameters that tell pages apart
	Language    string        `json:"language"`               // BCP 47 tag of its pages
	Archive     int           `json:"archive"`                // comments per archive document (RFC 5005), N in the documentation
	CloseAfter  time.Duration `json:"close_after,omitempty"`  // age of a page's first comment at which the page closes; 0: never
	MaxLinks    int           `json:"max_links"`              // links that a comment may have without a verdict
	Words       []string      `json:"words,omitempty"`        // what moderators want to see first: plain words, or /regular expressions/
	Retention   Retention     `json:"retention"`              //
	Webhooks    []string      `json:"webhooks,omitempty"`     // addresses that are told what happens
	Hub         string        `json:"hub,omitempty"`          // WebSub hub that is told when feeds change
	Allow       []string      `json:"allow,omitempty"`        // hosts of webhooks and hub that may be in a private network
	OwnerSerial int           `json:"owner_serial,omitempty"` // raised to make the owner key another one
	LearnSince  time.Time     `json:"learn_since,omitzero"`   // decisions before it teach the classifier nothing
	Fragment    bool          `json:"fragment,omitempty"`     // threads exist as fragments of HTML too, for pages that include them
}

func (s Settings) ownerSerial() string { return strconv.Itoa(s.OwnerSerial) }

// DefaultSettings returns what a new site starts with, but for its origins.
func DefaultSettings() Settings {
	const day = 24 * time.Hour
	return Settings{
		Policy: PolicyAuto, EditWindow: 15 * time.Minute, Language: "en", Archive: 100, MaxLinks: 2,
		Retention: Retention{Held: 90 * day, Spam: 30 * day, Unconfirmed: 7 * day, Audit: 365 * day},
	}
}

var (
	// languagePattern is the well-formed tag of BCP 47 (RFC 5646 §2.1) as browsers
	// accept it for dates and numbers: without extended languages.
	languagePattern = regexp.MustCompile(`(?i)^([a-z]{2,3}|[a-z]{5,8})(-[a-z]{4})?(-([a-z]{2}|[0-9]{3}))?(-([a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*(-[0-9a-wy-z](-[a-z0-9]{2,8})+)*(-x(-[a-z0-9]{1,8})+)?$`)
	queryPattern    = regexp.MustCompile(`^[A-Za-z0-9_.-]{1,40}$`)
)

// Validate reports the first setting that breaks a rule.
func (s Settings) Validate() error {
	switch {
	case len(s.Origins) == 0 || len(s.Origins) > MaxOrigins:
		return FieldError("origins", "needs 1 to %d origins", MaxOrigins)
	case !slices.Contains(Policies(), s.Policy):
		return FieldError("policy", "%q is none of %v", s.Policy, Policies())
	case s.EditWindow < 0 || s.EditWindow > MaxEditWindow:
		return FieldError("edit_window", "needs a duration from 0 to %v", MaxEditWindow)
	case len(s.KeepQuery) > MaxKeepQuery || slices.ContainsFunc(s.KeepQuery, func(q string) bool { return !queryPattern.MatchString(q) }):
		return FieldError("keep_query", "needs at most %d names of query parameters", MaxKeepQuery)
	case !languagePattern.MatchString(s.Language):
		return FieldError("language", "%q is not a language tag such as en or pt-BR", s.Language)
	case s.Archive < MinArchive || s.Archive > MaxArchive:
		return FieldError("archive", "needs %d to %d comments per archive", MinArchive, MaxArchive)
	case s.MaxLinks < 0 || s.MaxLinks > MaxLinks:
		return FieldError("max_links", "needs a number from 0 to %d", MaxLinks)
	case s.CloseAfter < 0 || s.CloseAfter > MaxCloseAfter:
		return FieldError("close_after", "needs a duration from 0 (never) to %v", MaxCloseAfter)
	}
	for _, o := range s.Origins {
		if normal, _, err := ParseOrigin(o); err != nil || normal != o {
			return FieldError("origins", "%q is not an origin; write it as https://blog.example", o)
		}
	}
	if err := s.Retention.validate(); err != nil {
		return err
	}
	if _, err := CompileWords(s.Words); err != nil {
		return err
	}
	return s.validateTargets()
}

func (r Retention) validate() error {
	for _, one := range []struct {
		name string
		age  time.Duration
	}{{"held", r.Held}, {"spam", r.Spam}, {"unconfirmed", r.Unconfirmed}, {"audit", r.Audit}} {
		if one.age != 0 && (one.age < MinRetention || one.age > MaxRetention) {
			return FieldError("retention."+one.name, "needs 0 (for ever) or a duration from %v to %v", MinRetention, MaxRetention)
		}
	}
	return nil
}

func (s Settings) validateTargets() error {
	if len(s.Webhooks) > MaxWebhooks {
		return FieldError("webhooks", "has %d addresses; at most %d are accepted", len(s.Webhooks), MaxWebhooks)
	}
	for _, hook := range s.Webhooks {
		if !isTarget(hook) {
			return FieldError("webhooks", "%q is not an http or https address of at most %d bytes", hook, MaxAddress)
		}
	}
	if s.Hub != "" && !isTarget(s.Hub) {
		return FieldError("hub", "%q is not an http or https address of at most %d bytes", s.Hub, MaxAddress)
	}
	return nil
}

func isTarget(raw string) bool {
	u, err := url.Parse(raw)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Hostname() != "" && u.User == nil && u.Fragment == "" && len(raw) <= MaxAddress
}

// CompileWords makes one regular expression (RE2, in any case) of each word or
// pattern. A plain word matches where no letter or digit touches it; a pattern
// stands between slashes. The error names the place of the first that is bad.
func CompileWords(words []string) ([]*regexp.Regexp, error) {
	if len(words) > MaxWords {
		return nil, FieldError("words", "has %d entries; at most %d are accepted", len(words), MaxWords)
	}
	compiled := make([]*regexp.Regexp, len(words))
	for i, w := range words {
		source := `(?:^|[^\pL\pN])` + regexp.QuoteMeta(w) + `(?:$|[^\pL\pN])`
		if len(w) > 2 && strings.HasPrefix(w, "/") && strings.HasSuffix(w, "/") {
			source = w[1 : len(w)-1]
		}
		if strings.TrimSpace(w) == "" || len(w) > MaxWord || !utf8.ValidString(w) {
			return nil, FieldError("words", "entry %d needs 1 to %d bytes of text", i+1, MaxWord)
		}
		var err error
		if compiled[i], err = regexp.Compile(`(?is)` + source); err != nil {
			return nil, FieldError("words", "entry %d, %s: %s", i+1, w, wordFault(w, err))
		}
	}
	return compiled, nil
}

// wordFault says what is wrong with a pattern and where: at which of its
// characters, counted from 1, the part begins that cannot be read.
func wordFault(pattern string, err error) string {
	fault, ok := errors.AsType[*syntax.Error](err)
	if !ok {
		return err.Error()
	}
	at := max(0, strings.Index(pattern, fault.Expr))
	return fmt.Sprintf("%s: %q at character %d", fault.Code, fault.Expr, utf8.RuneCountInString(pattern[:at])+1)
}

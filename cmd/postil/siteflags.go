package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"postil/comments"
	"postil/static"
)

// siteFlags are the settings; a nil one stays as it is.
type siteFlags struct {
	Policy     *string        `help:"What becomes of new comments: open (published unless surely spam), auto (published if they look right, otherwise held), hold-first (like auto, but an author is held until one comment of the same signed name was approved), hold-all (wait for a moderator), closed (refused)." noenv:""`
	Origin     []string       `help:"Addresses from which the blog is read, the first being where links lead. Replaces the list." placeholder:"URL" noenv:""`
	EditWindow *time.Duration `help:"How long authors may edit: 15m, 24h; at most 720h. Deleting is never too late." placeholder:"DURATION" noenv:""`
	KeepQuery  []string       `help:"Query parameters that tell pages apart, such as p. Replaces the list." placeholder:"NAME" noenv:""`
	Language   *string        `help:"Language of what readers see, as a tag (BCP 47) such as en or pt-BR. There are texts in ${languages}; in any other language English ones are used." placeholder:"TAG" noenv:""`
	Archive    *int           `help:"Comments per archive document of a long thread." placeholder:"N" noenv:""`
	Fragment   *bool          `help:"Publish each thread as fragment.html too, for web servers and site builders that put it into the page (deploy/blogs); --no-fragment ends it." negatable:"" noenv:""`
	moderationFlags
}

// moderationFlags are the settings that say what is let in, kept and told.
type moderationFlags struct {
	CloseAfter      *span    `help:"Age of a page's first comment at which the page takes no more: 90d; 0 = never." placeholder:"TIME" noenv:""`
	MaxLinks        *int     `help:"Links that a comment may have before that counts against it." placeholder:"N" noenv:""`
	Word            []string `help:"Word that counts against a comment, or a /regular expression/ (RE2). Repeat it for more; replaces the list, and --word= empties it." placeholder:"WORD" sep:"none" noenv:""`
	KeepHeld        *span    `help:"How long held comments wait before they are erased; 0 = for ever." placeholder:"TIME" noenv:""`
	KeepSpam        *span    `help:"How long spam is kept before it is erased; 0 = for ever." placeholder:"TIME" noenv:""`
	KeepUnconfirmed *span    `help:"How long an e-mail address is kept that nobody confirmed; 0 = for ever." placeholder:"TIME" noenv:""`
	KeepAudit       *span    `help:"How long the log of who decided what is kept; 0 = for ever." placeholder:"TIME" noenv:""`
	Webhook         []string `help:"Address that is told of every comment and decision. Repeat it for more; replaces the list, and --webhook= empties it." placeholder:"URL" sep:"none" noenv:""`
	Hub             *string  `help:"WebSub hub that is told when feeds change; --hub= for none." placeholder:"URL" noenv:""`
	Allow           []string `help:"Hosts of webhooks and hub that may be in a private network. Replaces the list, and --allow= empties it." placeholder:"HOST" noenv:""`
	NewOwnerKey     bool     `help:"Make the owner key another one; comments that have the owner's mark keep it." noenv:""`
}

// note says what readers get in place of texts in a language that has none.
func (f *siteFlags) note(out io.Writer) {
	if f.Language == nil {
		return
	}
	base, _, _ := strings.Cut(strings.ToLower(*f.Language), "-")
	if static.Closest(*f.Language) == "en" && base != "en" {
		fmt.Fprintf(out, "There are no texts in %s: what readers see is marked as %s, with English texts.\n", *f.Language, *f.Language)
	}
}

// apply changes settings as the flags say; a fault names its flag.
func (f *siteFlags) apply(s *comments.Settings) error {
	assign(&s.Policy, f.Policy, func(p string) comments.Policy { return comments.Policy(p) })
	assign(&s.EditWindow, f.EditWindow, same)
	assign(&s.Language, f.Language, same)
	assign(&s.Archive, f.Archive, same)
	assign(&s.Fragment, f.Fragment, same)
	if f.Origin != nil {
		s.Origins = nil
		for _, raw := range f.Origin {
			origin, _, err := comments.ParseOrigin(raw)
			if err != nil {
				return usageError{err}
			}
			s.Origins = append(s.Origins, origin)
		}
	}
	replace(&s.KeepQuery, f.KeepQuery)
	f.moderationFlags.apply(s)
	if err := s.Validate(); err != nil {
		return usageError{err}
	}
	return nil
}

func (f *moderationFlags) apply(s *comments.Settings) {
	duration := func(d span) time.Duration { return time.Duration(d) }
	assign(&s.CloseAfter, f.CloseAfter, duration)
	assign(&s.Retention.Held, f.KeepHeld, duration)
	assign(&s.Retention.Spam, f.KeepSpam, duration)
	assign(&s.Retention.Unconfirmed, f.KeepUnconfirmed, duration)
	assign(&s.Retention.Audit, f.KeepAudit, duration)
	assign(&s.MaxLinks, f.MaxLinks, same)
	assign(&s.Hub, f.Hub, same)
	replace(&s.Words, f.Word)
	replace(&s.Webhooks, f.Webhook)
	replace(&s.Allow, f.Allow)
	if f.NewOwnerKey {
		s.OwnerSerial++
	}
}

// assign sets a setting from a flag that was given.
func assign[S, F any](setting *S, flag *F, convert func(F) S) {
	if flag != nil {
		*setting = convert(*flag)
	}
}

func same[T any](v T) T { return v }

// replace sets a list from a flag that was given; one empty entry empties it.
func replace(setting *[]string, flag []string) {
	if flag == nil {
		return
	}
	*setting = slices.DeleteFunc(slices.Clone(flag), func(s string) bool { return s == "" })
	if len(*setting) == 0 {
		*setting = nil
	}
}

// rows are all settings by the flags that change them.
func rows(s comments.Settings) [][2]string {
	keep := s.Retention
	return [][2]string{
		{"policy", string(s.Policy)},
		{"origin", strings.Join(s.Origins, " ")},
		{"edit-window", s.EditWindow.String()},
		{"keep-query", strings.Join(s.KeepQuery, ",")},
		{"language", s.Language},
		{"archive", fmt.Sprint(s.Archive)},
		{"fragment", map[bool]string{true: "yes", false: "no"}[s.Fragment]},
		{"close-after", orWord(s.CloseAfter, "never")},
		{"max-links", fmt.Sprint(s.MaxLinks)},
		{"word", strings.Join(s.Words, "\n")},
		{"keep-held", orWord(keep.Held, "for ever")},
		{"keep-spam", orWord(keep.Spam, "for ever")},
		{"keep-unconfirmed", orWord(keep.Unconfirmed, "for ever")},
		{"keep-audit", orWord(keep.Audit, "for ever")},
		{"webhook", strings.Join(s.Webhooks, "\n")},
		{"hub", s.Hub},
		{"allow", strings.Join(s.Allow, ",")},
	}
}

func orWord(d time.Duration, zero string) string {
	if d == 0 {
		return zero
	}
	return span(d).String()
}

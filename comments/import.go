package comments

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Record is a comment of another system.
type Record struct {
	Origin  Origin // both parts are required
	Parent  string // Origin.ID of the comment it answers, of the same Source; or empty
	Page    Page
	Author  Author
	Email   string // of the author, to be kept sealed; empty: none, or not to be kept
	Source  string
	Markup  Markup
	Status  Status
	Created time.Time
	Edited  time.Time // or zero
	Pinned  bool
	Votes   int64 // for it less against it
}

// tidy makes the texts of a record fit where drafts would be refused: other
// systems had other limits, and their comments are better changed than lost.
// Control characters could be stored in neither PostgreSQL nor XML.
func (r Record) tidy() Record {
	r.Source = strings.Map(func(c rune) rune {
		if c != '\n' && c != '\t' && isUnfit(c) {
			return utf8.RuneError
		}
		return c
	}, normaliseBody(r.Source))
	name := strings.Map(func(c rune) rune {
		if isUnfit(c) && !unicode.IsSpace(c) || isBidi(c) {
			return -1
		}
		return c
	}, r.Author.Name)
	runes := []rune(strings.Join(strings.Fields(name), " "))
	r.Author.Name = strings.TrimSpace(string(runes[:min(len(runes), MaxName)]))
	if !strings.ContainsFunc(r.Author.Name, isShown) {
		r.Author.Name = ""
	}
	r.Author.Website = strings.TrimSpace(r.Author.Website)
	if validateWebsite(r.Author.Website) != nil {
		r.Author.Website = ""
	}
	return r
}

// edited is when the author edited it, or zero for what cannot be that.
func (r Record) edited() time.Time {
	if !r.Edited.After(r.Created) || r.Status == Deleted {
		return time.Time{}
	}
	return r.Edited.UTC().Truncate(time.Microsecond)
}

// check returns the record's page in canonical form, or what is wrong with
// the parts that the importer answers for.
func (r Record) check(site Site) (Page, error) {
	if err := validateOrigin(r.Origin); err != nil {
		return "", err
	}
	switch {
	case r.Origin.Source == "" || r.Origin.ID == "":
		return "", FieldError("origin", "of an imported comment is missing")
	case r.Status != Published && r.Status != Held && r.Status != Spam && r.Status != Deleted:
		return "", FieldError("status", "%q of comment %q is none of published, held, spam, deleted", r.Status, r.Origin.ID)
	case r.Created.Unix() <= 0:
		return "", FieldError("created", "of comment %q is missing", r.Origin.ID)
	}
	return site.Page(string(r.Page))
}

package comments

import (
	"context"
	"fmt"
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
	Source  string
	Markup  Markup
	Status  Status
	Created time.Time
}

// Import stores records of one site in their order: parents before their
// answers. Records that are already there are left alone. It returns how many
// were added; either all of a call's records are stored or none is.
func (s *Service) Import(ctx context.Context, host string, records []Record) (added int, err error) {
	site, err := s.Site(ctx, host)
	if err != nil {
		return 0, err
	}
	known, err := s.knownParents(ctx, host, records)
	if err != nil {
		return 0, err
	}
	batch := make([]Comment, len(records))
	for i, r := range records {
		if batch[i], err = s.fromRecord(site, r, known); err != nil {
			return 0, fmt.Errorf("comment %q of %s: %w", r.Origin.ID, r.Origin.Source, err)
		}
	}
	results, err := s.Store.Add(ctx, batch)
	for _, r := range results {
		if !r.Existing {
			added++
		}
	}
	s.Changed()
	return added, err
}

// knownParents returns the ids of parents that earlier imports brought.
func (s *Service) knownParents(ctx context.Context, host string, records []Record) (map[Origin]ID, error) {
	wanted := map[string][]string{}
	for _, r := range records {
		wanted[r.Origin.Source] = append(wanted[r.Origin.Source], r.Origin.ID)
		if r.Parent != "" {
			wanted[r.Origin.Source] = append(wanted[r.Origin.Source], r.Parent)
		}
	}
	known := map[Origin]ID{}
	for source, ids := range wanted {
		found, err := s.Store.Imported(ctx, host, source, ids)
		if err != nil {
			return nil, err
		}
		for id, comment := range found {
			known[Origin{source, id}] = comment
		}
	}
	return known, nil
}

// fromRecord checks and renders one record, and notes its id for its answers.
func (s *Service) fromRecord(site Site, r Record, known map[Origin]ID) (Comment, error) {
	r = r.tidy()
	page, err := r.check(site)
	if err != nil {
		return Comment{}, err
	}
	parent, ok := known[Origin{r.Origin.Source, r.Parent}]
	if r.Parent != "" && !ok {
		return Comment{}, FieldError("parent", "%q of comment %q was not imported before it", r.Parent, r.Origin.ID)
	}
	html, err := s.Render(r.Source, r.Markup)
	if err != nil {
		return Comment{}, err
	}
	id, ok := known[r.Origin]
	if !ok {
		if id, err = s.NewID(r.Created); err != nil {
			return Comment{}, err
		}
		known[r.Origin] = id
	}
	created := r.Created.UTC().Truncate(time.Microsecond)
	c := Comment{
		ID: id, Site: site.Host, Page: page, Parent: parent, Status: r.Status, Author: r.Author,
		Source: r.Source, Markup: r.Markup, HTML: html, Created: created, Decided: created, Origin: r.Origin,
	}
	if c.Status == Deleted { // kept for its answers' sake
		c.erase(created)
	}
	return c, nil
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
	r.Author.Website = strings.TrimSpace(r.Author.Website)
	if validateWebsite(r.Author.Website) != nil {
		r.Author.Website = ""
	}
	return r
}

// check returns the record's page in canonical form, or what is wrong with
// the parts that the importer answers for.
func (r Record) check(site Site) (Page, error) {
	switch {
	case r.Origin.Source == "" || r.Origin.ID == "":
		return "", FieldError("origin", "of an imported comment is missing")
	case validateText("origin", r.Origin.Source+r.Origin.ID, "") != nil:
		return "", FieldError("origin", "%q holds control characters", r.Origin.ID)
	case r.Status != Published && r.Status != Held && r.Status != Spam && r.Status != Deleted:
		return "", FieldError("status", "%q of comment %q is none of published, held, spam, deleted", r.Status, r.Origin.ID)
	case r.Created.Unix() <= 0:
		return "", FieldError("created", "of comment %q is missing", r.Origin.ID)
	}
	return site.Page(string(r.Page))
}

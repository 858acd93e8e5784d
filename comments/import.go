package comments

import (
	"context"
	"time"
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
			return 0, err
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
	if r.Origin.Source == "" || r.Origin.ID == "" {
		return Comment{}, FieldError("origin", "of an imported comment is missing")
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
	return Comment{
		ID: id, Site: site.Host, Page: r.Page, Parent: parent, Status: r.Status, Author: r.Author,
		Source: r.Source, Markup: r.Markup, HTML: html, Created: created, Decided: created, Origin: r.Origin,
	}, nil
}

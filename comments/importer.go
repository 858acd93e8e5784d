package comments

import (
	"context"
	"time"
)

// Importer brings the comments of other systems into the sites of a Service,
// run by run, and takes them back.
type Importer struct{ *Service }

// Prepared is a record that has been checked and rendered, ready to be stored.
type Prepared struct {
	comment Imported
	parent  Origin // unless the comment is Exact, which knows its Parent
}

// Origin returns that of the record.
func (p *Prepared) Origin() Origin { return p.comment.Origin }

// Prepare checks a record of a site, makes its texts fit, and renders it. What
// it cannot make fit is an Invalid error: "body" for words that exceed a
// limit, "source" for such that show nothing, "page", "created", "status" or "origin" for what the reader of its
// format answers for. It is safe for concurrent use.
func (im Importer) Prepare(site Site, r Record) (Prepared, error) {
	r = r.tidy()
	page, err := r.check(site)
	if err != nil {
		return Prepared{}, err
	}
	p := Prepared{parent: Origin{r.Origin.Source, r.Parent}}
	created := r.Created.UTC().Truncate(time.Microsecond)
	p.comment.Comment = Comment{
		Site: site.Host, Page: page, Status: r.Status, Author: r.Author, Source: r.Source, Markup: r.Markup,
		Created: created, Edited: r.edited(), Decided: created, Pinned: r.Pinned && r.Status == Published, Origin: r.Origin,
	}
	p.comment.Votes = r.Votes
	if r.Status == Deleted { // kept for its answers' sake
		p.comment.erase(created, "")
		p.comment.Votes = 0
		return p, nil
	}
	if p.comment.HTML, err = im.Render(r.Source, r.Markup); err != nil {
		return Prepared{}, err
	}
	if p.comment.HTML == "" {
		return Prepared{}, FieldError("source", "shows nothing once rendered")
	}
	if r.Email != "" && validateEmail(r.Email) == nil {
		p.comment.Address, err = im.Keys.Seal(SealImported, r.Email)
	}
	return p, err
}

// PrepareExact checks a comment of Postil's own export and renders it anew,
// for what stands in a file is not known to be safe. All else stays as it is.
func (im Importer) PrepareExact(site Site, c Comment, votes int64) (Prepared, error) {
	r := Record{Origin: Origin{"postil", c.ID.String()}, Page: c.Page, Status: c.Status, Created: c.Created}
	page, err := r.check(site)
	switch {
	case err != nil:
		return Prepared{}, err
	case c.ID.IsZero():
		return Prepared{}, FieldError("id", "of a comment is missing")
	case c.Number < 0 || c.Status == Published && c.Number == 0:
		return Prepared{}, FieldError("number", "of comment %s is missing", c.ID)
	case c.Number > MaxNumber:
		return Prepared{}, FieldError("number", "%d of comment %s is above %d", c.Number, c.ID, MaxNumber)
	case c.Markup != Markdown && c.Markup != SourceHTML:
		return Prepared{}, FieldError("markup", "%q of comment %s is neither %s nor %s", c.Markup, c.ID, Markdown, SourceHTML)
	case c.Decided.IsZero():
		return Prepared{}, FieldError("decided", "of comment %s is missing", c.ID)
	}
	if err := validateKept(&c); err != nil {
		return Prepared{}, err
	}
	c.Site, c.Page, c.HTML, c.ParentNumber = site.Host, page, "", 0
	if c.Status == Deleted {
		decided, by := c.Decided, c.By
		c.erase(decided, by)
		return Prepared{comment: Imported{Comment: c, Exact: true}}, nil
	}
	if err := validateStored(&c); err != nil {
		return Prepared{}, err
	}
	if c.HTML, err = im.Render(c.Source, c.Markup); err != nil {
		return Prepared{}, err
	}
	return Prepared{comment: Imported{Comment: c, Votes: votes, Exact: true}}, nil
}

// MaxNumber is the highest Number that an import may bring: archives are made
// for all below it, whether there are comments or not.
const MaxNumber = 10_000_000

// validateKept holds what stays of a comment whatever becomes of its words, so
// that no store refuses it.
func validateKept(c *Comment) error {
	if (c.Origin.Source == "") != (c.Origin.ID == "") {
		return FieldError("origin", "of comment %s is incomplete; it takes both origin and origin_id", c.ID)
	}
	if err := validateOrigin(c.Origin); err != nil {
		return err
	}
	if err := validateText("by", c.By, ""); err != nil {
		return err
	}
	return validateText("verdicts", string(c.Verdicts), "")
}

// validateStored holds what drafts are held to, but for lengths, which imports
// from other systems may have exceeded.
func validateStored(c *Comment) error {
	if err := validateText("body", c.Source, "\n\t"); err != nil {
		return err
	}
	if err := validateShownName(c.Author.Name); err != nil {
		return err
	}
	return validateWebsite(c.Author.Website)
}

// Load stores prepared records of one site in their order, parents before
// answers, in one transaction. Records that are already there are left alone.
// A parent that is not there, or elsewhere, is none, as what it returns tells.
func (im Importer) Load(ctx context.Context, site string, run ID, batch []Prepared) ([]Loaded, error) {
	known, err := im.knownOrigins(ctx, site, batch)
	if err != nil {
		return nil, err
	}
	loads, lost := make([]Imported, len(batch)), make([]bool, len(batch))
	for i, p := range batch {
		c := p.comment
		if !c.Exact {
			c.Parent = known[p.parent]
			lost[i] = p.parent.ID != "" && c.Parent.IsZero()
			id, ok := known[c.Origin]
			if !ok {
				at := c.Created
				if c.Status == Held { // it begins to wait now: by its own time retention would remove it at once
					at = im.now()
				}
				if id, err = im.NewID(at); err != nil {
					return nil, err
				}
				known[c.Origin] = id
			}
			c.ID = id
		}
		loads[i] = c
	}
	loaded, err := im.Store.Load(ctx, site, run, loads)
	im.Changed()
	for i := range loaded {
		loaded[i].Uprooted = loaded[i].Uprooted || lost[i] && loaded[i].State == LoadedNow
	}
	return loaded, err
}

// knownOrigins returns the ids of parents that were stored before.
func (im Importer) knownOrigins(ctx context.Context, site string, batch []Prepared) (map[Origin]ID, error) {
	wanted := map[string][]string{}
	for _, p := range batch {
		if p.parent.ID != "" && !p.comment.Exact {
			wanted[p.parent.Source] = append(wanted[p.parent.Source], p.parent.ID)
		}
	}
	known := map[Origin]ID{}
	for source, ids := range wanted {
		found, err := im.Store.Imported(ctx, site, source, ids)
		if err != nil {
			return nil, err
		}
		for id, comment := range found {
			known[Origin{source, id}] = comment
		}
	}
	return known, nil
}

// unloadStep is how many comments one transaction of [Importer.Undo] removes.
const unloadStep = 500

// Undo takes back what a run brought and nothing that others wrote since, and
// returns once readers see that it is gone. Called again it goes on where it
// was interrupted; progress may be nil.
func (im Importer) Undo(ctx context.Context, site string, run ID, progress func(Unloaded)) (sum Unloaded, err error) {
	for {
		step, err := im.Store.Unload(ctx, site, run, im.now(), unloadStep)
		im.Changed()
		sum.Removed, sum.Kept = sum.Removed+step.Removed, sum.Kept+step.Kept
		if err != nil {
			return sum, err
		}
		if progress != nil {
			progress(sum)
		}
		if !step.More {
			break
		}
	}
	sites, err := im.Store.Sites(ctx)
	if err != nil {
		return sum, err
	}
	for _, s := range sites {
		if s.Host == site {
			return sum, im.settle(ctx, site, s.Head)
		}
	}
	return sum, nil // it was removed meanwhile
}

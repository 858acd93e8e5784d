package comments

import (
	"context"
	"time"
)

// Service is the one door to the comments: the API, the forms, the commands
// and the importers all enter here. Make one with [NewService].
type Service struct {
	Config
	sites   *siteCache
	commits committer
}

// Config is what a Service is made of. All fields are required.
type Config struct {
	Store  Store
	Render func(source string, markup Markup) (HTML, error)
	Now    func() time.Time
	NewID  func(time.Time) (ID, error) // a version 7 UUID of that time
	Secret []byte                      // at least 32 random bytes, the same at every start

	// Changed is called after each commit that readers may see, and may be
	// called when there was none; it must not block.
	Changed func()
	// Settle returns once the published files of a site show its change of
	// that number and nothing older.
	Settle func(ctx context.Context, site string, change int64) error
}

// NewService returns a Service that is ready for use.
func NewService(c Config) *Service {
	return &Service{Config: c, sites: newSiteCache(c.Store, c.Now), commits: committer{add: c.Store.Add}}
}

// Receipt is what the author of a new comment gets.
type Receipt struct {
	Comment  Comment
	EditKey  EditKey
	Repeated bool // the same post had been received before
}

// Site returns a site by its host; what it says may be a second old.
func (s *Service) Site(ctx context.Context, host string) (Site, error) {
	return s.sites.lookup(ctx, host)
}

// KnowsOrigin reports whether scripts from an origin may post to any site at
// all, for answering them before their site is known; [Site.Allows] decides
// afterwards. It knows what [Service.Site] knows, and before that nothing.
func (s *Service) KnowsOrigin(ctx context.Context, origin string) bool {
	known, err := s.sites.current(ctx)
	return err == nil && known.origins[origin]
}

// Submit checks, renders and stores a draft. The comment is durable when it
// returns. A draft repeated with its Key returns the first one's receipt.
func (s *Service) Submit(ctx context.Context, d Draft) (Receipt, error) {
	d = d.normalise()
	if d.Key == "" {
		d.Key = NewIdempotencyKey()
	}
	if err := d.validate(); err != nil {
		return Receipt{}, err
	}
	site, err := s.Site(ctx, d.Site)
	if err != nil {
		return Receipt{}, err
	}
	c, err := s.compose(ctx, site, d)
	if err != nil {
		return Receipt{}, err
	}
	added, err := s.commits.submit(ctx, c)
	if err != nil {
		return Receipt{}, err
	}
	return s.receipt(added, d, c)
}

// compose turns a valid draft into the comment to be stored.
func (s *Service) compose(ctx context.Context, site Site, d Draft) (Comment, error) {
	page, err := site.Page(d.Page)
	if err != nil {
		return Comment{}, err
	}
	status, err := firstStatus(site)
	if err != nil {
		return Comment{}, err
	}
	parent, err := s.parent(ctx, site, page, d.Parent)
	if err != nil {
		return Comment{}, err
	}
	html, err := s.Render(d.Body, Markdown)
	if err != nil {
		return Comment{}, err
	}
	now := s.now()
	id, err := s.NewID(now)
	return Comment{
		ID: id, Site: site.Host, Page: page, Parent: parent, Status: status,
		Author: Author{Name: d.Name, Website: d.Website},
		Source: d.Body, Markup: Markdown, HTML: html, Created: now, Decided: now,
		EditKey:     d.Key.editKey(s.Secret, site.Host).Hash(),
		Idempotency: d.Key.hash(site.Host), Fingerprint: d.fingerprint(page),
	}, err
}

func firstStatus(site Site) (Status, error) {
	switch site.Settings.Policy {
	case PolicyOpen:
		return Published, nil
	case PolicyHoldAll:
		return Held, nil
	default:
		return "", NewError(Forbidden, "Comments on %s are closed.", site.Host)
	}
}

// parent finds the comment to be answered, which readers must be able to see
// on the same page.
func (s *Service) parent(ctx context.Context, site Site, page Page, raw string) (ID, error) {
	if raw == "" {
		return ID{}, nil
	}
	id, err := ParseID(raw)
	if err != nil {
		return ID{}, FieldError("parent", "is not the id of a comment")
	}
	thread, err := s.Store.Thread(ctx, site.Host, page)
	if err != nil {
		return ID{}, err
	}
	parent, err := s.Store.Find(ctx, id)
	if err != nil && KindOf(err) != NotFound {
		return ID{}, err
	}
	if err != nil || parent.Site != site.Host || parent.Page != thread.Page || parent.Status != Published {
		return ID{}, FieldError("parent", "is no visible comment of this page; reload the page and answer again")
	}
	return id, nil
}

func (s *Service) receipt(added Added, d Draft, sent Comment) (Receipt, error) {
	c := added.Comment
	if added.Existing && c.Fingerprint != sent.Fingerprint {
		return Receipt{}, &Error{Kind: Conflict, Field: "key", Text: "was used for another comment; choose a new one for each comment"}
	}
	if c.Number > 0 && !added.Existing {
		s.Changed()
	}
	return Receipt{Comment: c, EditKey: d.Key.editKey(s.Secret, c.Site), Repeated: added.Existing}, nil
}

// Preview renders a body as Submit would, and stores nothing.
func (s *Service) Preview(body string) (HTML, error) {
	body = normaliseBody(body)
	if err := validateBody(body); err != nil {
		return "", err
	}
	return s.Render(body, Markdown)
}

// now is the time as both databases keep it.
func (s *Service) now() time.Time { return s.Now().UTC().Truncate(time.Microsecond) }

package comments

import (
	"context"
	"crypto/subtle"
	"time"
)

// Service is the one door to the comments: the API, the forms, the commands
// and the importers all enter here. Make one with [NewService].
type Service struct {
	Config
	sites   *siteCache
	commits committer
}

// Config is what a Service is made of. All fields but Revised are required.
type Config struct {
	Store  Store
	Render func(source string, markup Markup) (HTML, error)
	Now    func() time.Time
	NewID  func(time.Time) (ID, error) // a version 7 UUID of that time
	Keys   Keyring

	// Judge asks the defences about a comment. What it costs adds to each
	// submission.
	Judge func(context.Context, Case) ([]Verdict, error)

	// Changed is called after each commit that readers may see or somebody is
	// to be told of, and may be called when there was none; it must not block.
	Changed func()
	// Revised is called after each change of comments that were there already,
	// for those who learn from what was decided about them; it must not block.
	Revised func()
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
	Follow   FollowState
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
	r, err := s.receipt(added, d, c)
	if err == nil && d.Notify && r.Comment.Status != Deleted {
		r.Follow, err = s.follow(ctx, r.Comment, d.Email)
	}
	return r, err
}

// compose turns a valid draft into the comment to be stored.
func (s *Service) compose(ctx context.Context, site Site, d Draft) (Comment, error) {
	page, err := site.Page(d.Page)
	if err != nil {
		return Comment{}, err
	}
	if site.Settings.Policy == PolicyClosed {
		return Comment{}, NewError(Forbidden, "Comments on %s are closed.", site.Host).Told("thread.closed")
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
	if err != nil {
		return Comment{}, err
	}
	author := s.author(site, d)
	c := Comment{
		ID: id, Site: site.Host, Page: page, Parent: parent, Author: author,
		Source: d.Body, Markup: Markdown, HTML: html, Created: now, Decided: now,
		EditKey:     d.Key.editKey(s.Keys, site.Host).Hash(),
		Idempotency: d.Key.hash(site.Host), Fingerprint: d.fingerprint(page, author),
	}
	return c, s.judge(ctx, site, &c, d.Evidence)
}

// author is who a draft says it is from, with what its signature proves.
func (s *Service) author(site Site, d Draft) Author {
	name, secret := splitName(d.Name)
	owner := subtle.ConstantTimeCompare([]byte(secret), []byte(s.Keys.OwnerKey(site))) == 1
	return Author{Name: name, Website: d.Website, Badge: s.Keys.badge(site, name, secret), Owner: owner}
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
		return ID{}, FieldError("parent", "is no visible comment of this page; reload the page and answer again").Told("fault.parent")
	}
	return id, nil
}

func (s *Service) receipt(added Added, d Draft, sent Comment) (Receipt, error) {
	c := added.Comment
	if added.Existing && c.Fingerprint != sent.Fingerprint {
		return Receipt{}, &Error{Kind: Conflict, Field: "key", Text: "was used for another comment; choose a new one for each comment"}
	}
	if !added.Existing {
		s.Changed()
	}
	return Receipt{Comment: c, EditKey: d.Key.editKey(s.Keys, c.Site), Repeated: added.Existing}, nil
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

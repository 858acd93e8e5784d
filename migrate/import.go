package migrate

import (
	"context"
	"errors"
	"io"

	"postil/comments"
)

// Stage is how far an import is.
type Stage string

const (
	Reading Stage = "reading"
	Sorting Stage = "sorting"
	Storing Stage = "storing"
)

// progressEvery is how many rows pass between two reports of progress.
const progressEvery = 1000

// Progress tells how far an import is. Total is 0 while nobody knows.
type Progress struct {
	Stage       Stage
	Done, Total int64
}

// Plan is an import that is to be made.
type Plan struct {
	Importer  comments.Importer
	Host      string // of the site; empty with Postil's own export: the first in the file
	Input     *Input
	Mapping   Mapping
	Source    string      // Origin.Source of the comments; empty: that of the format
	KeepEmail bool        // sealed; else addresses are dropped
	Lenient   bool        // damaged rows are left out, instead of ending the import
	DryRun    bool        // nothing is stored
	Resume    comments.ID // of a run to go on with; zero: a new one
	Scratch   string      // a private folder for temporary files
	Rows      io.Writer   // gets the fate of every row as JSON; or nil
	Progress  func(Progress)

	site    comments.Site
	isNew   bool // the site is in the file, and not yet in the store
	batchOf int  // rows; 0: batchRows. For tests, which must not wait for large ones
	notices []string
}

func (p *Plan) source() string {
	if p.Source != "" {
		return p.Source
	}
	return p.Input.Format.Source
}

func (p *Plan) exact() bool { return p.Input.Format.Name == postilName }

// Import brings the rows of an export into a site. Nothing is stored before
// all of it has been read. When Import ends early, because of an error or ctx,
// the run in its report is underway: [comments.Importer.Undo] takes back what
// it stored, and a Plan with Resume completes it.
func Import(ctx context.Context, p Plan) (Report, error) {
	r := Report{Format: p.Input.Format.Name, File: p.Input.Name(), DryRun: p.DryRun, Skipped: map[Reason]int64{}}
	m, err := p.begin(ctx)
	if err != nil {
		return r, err
	}
	s, err := openStage(p.Scratch)
	if err != nil {
		return r, err
	}
	r, err = p.run(ctx, s, m, r)
	return r, errors.Join(err, s.close())
}

func (p *Plan) run(ctx context.Context, s *stage, m *mapper, r Report) (Report, error) {
	if err := s.fill(ctx, p, m); err != nil {
		return r, err
	}
	if p.site.Host == "" {
		return r, errors.New("the file tells of no site")
	}
	r.Site, r.Notices = p.Host, p.notices
	p.tell(Sorting, 0, s.rows)
	if err := s.resolve(ctx); err != nil {
		return r, err
	}
	if err := s.outside(ctx, p); err != nil {
		return r, err
	}
	if err := s.order(ctx); err != nil {
		return r, err
	}
	run, err := p.openRun(ctx)
	if err != nil {
		return r, err
	}
	r.Run, r.KeptAddress = run.ID, p.KeepEmail
	reached, storing := p.store(ctx, s, run)
	if storing != nil {
		return p.interrupted(s, r, reached, storing)
	}
	if err := p.account(s, &r); err != nil || p.DryRun {
		return r, err
	}
	return r, p.closeRun(ctx, run, r)
}

// interrupted accounts for what was stored before an error. Where that is not
// to be had either, because of a full disk perhaps, the first error counts.
func (p *Plan) interrupted(s *stage, r Report, reached int64, storing error) (Report, error) {
	if err := s.exec(`UPDATE links SET keep = 0, reason = ? WHERE seq IN (SELECT seq FROM ordered WHERE at > ?)`, string(NotFinished), reached); err != nil {
		return r, storing
	}
	counted := r
	if err := p.account(s, &counted); err != nil {
		return r, storing
	}
	return counted, storing
}

// account sums up what became of all rows, and lists them if asked to.
func (p *Plan) account(s *stage, r *Report) error {
	if err := s.sum(r); err != nil || p.Rows == nil {
		return err
	}
	return s.writeRows(p.Rows, *r)
}

func (p *Plan) tell(stage Stage, done, total int64) {
	if p.Progress != nil {
		p.Progress(Progress{stage, done, total})
	}
}

// begin finds the site. Only Postil's own export can bring one along.
func (p *Plan) begin(ctx context.Context) (*mapper, error) {
	sites, err := p.Importer.Store.Sites(ctx)
	if err != nil {
		return nil, err
	}
	for _, s := range sites {
		if s.Host == p.Host {
			p.site = s
			return newMapper(s, p.Mapping), nil
		}
	}
	if !p.exact() {
		return nil, comments.FieldError("site", "%q is not served here; add it with: postil site add https://%s", p.Host, p.Host)
	}
	return newMapper(comments.Site{}, p.Mapping), nil
}

// learn takes the site from the file where it is not in the store.
func (p *Plan) learn(site *comments.Site, m *mapper) error {
	if p.Host == "" {
		p.Host = site.Host
	}
	if p.Host != site.Host || p.site.Host != "" {
		return nil
	}
	parsed, err := comments.NewSite("https://" + site.Host)
	if err != nil || parsed.Host != site.Host {
		return comments.FieldError("site", "%q is no host", site.Host)
	}
	if err := site.Settings.Validate(); err != nil {
		return err
	}
	if site.Epoch.IsZero() || site.Created.IsZero() {
		return comments.FieldError("site", "%s has no epoch or no time of its making", site.Host)
	}
	p.site, p.isNew = *site, true
	*m = *newMapper(*site, p.Mapping)
	return nil
}

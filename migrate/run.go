package migrate

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"time"

	"postil/comments"
)

// options is what a run must be resumed with.
type options struct {
	Mapping   Mapping `json:"mapping"`
	Source    string  `json:"source,omitempty"`
	KeepEmail bool    `json:"keep_email,omitempty"`
	Lenient   bool    `json:"lenient,omitempty"`
}

func (p *Plan) options() (string, error) {
	text, err := json.Marshal(options{p.Mapping, p.Source, p.KeepEmail, p.Lenient})
	return string(text), err
}

// openRun notes that an import begins, before it stores anything.
func (p *Plan) openRun(ctx context.Context) (comments.Run, error) {
	options, err := p.options()
	if err != nil {
		return comments.Run{}, err
	}
	now := p.Importer.Now().UTC().Truncate(time.Microsecond)
	run := comments.Run{
		Site: p.Host, Format: p.Input.Format.Name, File: p.Input.Name(), Digest: p.Input.Digest(),
		Options: options, State: comments.RunUnderway, Began: now,
	}
	if p.DryRun {
		return run, nil
	}
	if p.isNew {
		if err := p.Importer.Store.PutSite(ctx, p.site); err != nil {
			return run, err
		}
	}
	runs, err := p.Importer.Store.Runs(ctx, p.Host)
	if err != nil {
		return run, err
	}
	for _, old := range runs {
		switch {
		case old.ID == p.Resume:
			return old, p.mayResume(old, run)
		case p.Resume.IsZero() && old.Digest == run.Digest && old.State == comments.RunUnderway:
			return run, comments.NewError(comments.Conflict, "An import of this file has begun and not ended; unless it still runs, complete it with --resume %s, or take it back with --undo %s.", old.ID, old.ID)
		}
	}
	if !p.Resume.IsZero() {
		return run, comments.NewError(comments.NotFound, "There is no import %s into %s.", p.Resume, p.Host)
	}
	if run.ID, err = p.Importer.NewID(now); err != nil {
		return run, err
	}
	return run, p.Importer.Store.PutRun(ctx, run)
}

func (p *Plan) mayResume(old, now comments.Run) error {
	switch {
	case old.State != comments.RunUnderway:
		return comments.NewError(comments.Conflict, "The import %s is %s; there is nothing to resume.", old.ID, old.State)
	case old.Digest != now.Digest || old.Format != now.Format:
		return comments.NewError(comments.Conflict, "This is not the file that the import %s began with.", old.ID)
	case old.Options != now.Options:
		return comments.NewError(comments.Conflict, "The import %s was begun with another %s; give the flags that it began with.", old.ID, differing(old.Options, now.Options))
	}
	return nil
}

// underway makes sure that nobody has taken the run back meanwhile.
func (p *Plan) underway(ctx context.Context, run comments.Run) error {
	runs, err := p.Importer.Store.Runs(ctx, p.Host)
	if err != nil {
		return err
	}
	for _, r := range runs {
		if r.ID == run.ID && r.State != comments.RunUnderway {
			return comments.NewError(comments.Conflict, "The import %s has become %s meanwhile.", run.ID, r.State)
		}
	}
	return nil
}

func (p *Plan) closeRun(ctx context.Context, run comments.Run, r Report) error {
	if err := p.underway(ctx, run); err != nil {
		return err
	}
	text, err := json.Marshal(r)
	if err != nil {
		return err
	}
	run.State, run.Report, run.Ended = comments.RunDone, string(text), p.Importer.Now().UTC().Truncate(time.Microsecond)
	if err := p.Importer.Store.PutRun(ctx, run); err != nil {
		return fmt.Errorf("all is stored, but not noted as done; --resume %s mends it: %w", run.ID, err)
	}
	return nil
}

// differing names the flags in which the options of two runs differ.
func differing(a, b string) string {
	var was, is options
	if json.Unmarshal([]byte(a), &was) != nil || json.Unmarshal([]byte(b), &is) != nil {
		return "release of postil"
	}
	var flags []string
	for _, f := range []struct {
		name    string
		was, is any
	}{
		{"--host", was.Mapping.Hosts, is.Mapping.Hosts}, {"--keep-query", was.Mapping.Keep, is.Mapping.Keep}, {"--map", was.Mapping.Rules, is.Mapping.Rules},
		{"--source", was.Source, is.Source}, {"--keep-email", was.KeepEmail, is.KeepEmail}, {"--lenient", was.Lenient, is.Lenient},
	} {
		if !reflect.DeepEqual(f.was, f.is) {
			flags = append(flags, f.name)
		}
	}
	return strings.Join(flags, ", ")
}

package migrate

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"postil/comments"
)

// exportStep is how many threads, or comments, are read at once.
const exportStep = 200

// Export is what is to be taken out. Each comment is written as it is when it
// is read: what changes meanwhile may be in the file or not.
type Export struct {
	Sites    []comments.Site
	Since    time.Time // comments that have not changed since are left out; zero: none
	Imports  comments.Imports
	Scratch  string // a private folder for temporary files
	Progress func(done int64)
}

// Exported counts what was written.
type Exported struct {
	Threads, Comments int64
}

// ExportFormats returns the names of the formats that [Export.Write] knows.
func ExportFormats() []string { return []string{"atom", "csv", "disqus-wxr", "isso", postilName} }

// exporter writes one format.
type exporter interface {
	begin() error
	site(comments.Site) error
	thread(comments.Site, comments.ArchivedThread) error
	comment(comments.Site, comments.ArchivedThread, *comments.Imported) error
	end() error
}

func (x *Export) exporter(format string, w io.Writer) (exporter, error) {
	switch format {
	case postilName:
		return newPostilExport(w, x.Since), nil
	case "disqus-wxr":
		return &wxrExport{w: newXMLText(w)}, nil
	case "isso":
		return &issoExport{w: w, scratch: x.Scratch}, nil
	case "csv":
		return newCSVExport(w), nil
	case "atom":
		return &atomExport{w: newXMLText(w)}, nil
	}
	return nil, fmt.Errorf("there is no export format %q; choose one of %s", format, strings.Join(ExportFormats(), ", "))
}

// Write writes all of the sites in a format.
func (x *Export) Write(ctx context.Context, format string, w io.Writer) (done Exported, err error) {
	e, err := x.exporter(format, w)
	if err != nil {
		return done, err
	}
	if len(x.Sites) > 1 && slices.Contains([]string{"disqus-wxr", "isso", "atom"}, format) {
		return done, fmt.Errorf("the format %s holds one site; name it with --site", format)
	}
	if err := e.begin(); err != nil {
		return done, err
	}
	for _, site := range x.Sites {
		if err := e.site(site); err != nil {
			return done, err
		}
		if err := x.threads(ctx, e, site, &done); err != nil {
			return done, err
		}
	}
	return done, e.end()
}

func (x *Export) threads(ctx context.Context, e exporter, site comments.Site, done *Exported) error {
	for after := comments.Page(""); ; {
		some, err := x.Imports.ArchivedThreads(ctx, site.Host, after, exportStep)
		if err != nil || len(some) == 0 {
			return err
		}
		for _, t := range some {
			if err := x.thread(ctx, e, site, t, done); err != nil {
				return err
			}
		}
		after = some[len(some)-1].Page
	}
}

func (x *Export) thread(ctx context.Context, e exporter, site comments.Site, t comments.ArchivedThread, done *Exported) error {
	if err := e.thread(site, t); err != nil {
		return err
	}
	done.Threads++
	for after := (comments.ID{}); ; {
		some, err := x.Imports.Archived(ctx, site.Host, t.Page, after, exportStep)
		if err != nil || len(some) == 0 {
			return err
		}
		for i := range some {
			if some[i].Updated().Before(x.Since) {
				continue
			}
			if err := e.comment(site, t, &some[i]); err != nil {
				return err
			}
			done.Comments++
		}
		if x.Progress != nil {
			x.Progress(done.Comments)
		}
		after = some[len(some)-1].ID
	}
}

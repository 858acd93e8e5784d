package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"postil/comments"
	"postil/migrate"
)

type importCmd struct {
	Format string   `arg:"" optional:"" help:"Where the comments come from: auto, or one of the formats above."`
	File   []string `arg:"" optional:"" help:"The export; several are parts of one. A dash reads standard input."`

	Site      string            `help:"Blog that the comments belong to, as \"postil site list\" shows it. Postil's own export names it itself." placeholder:"HOST" noenv:""`
	DryRun    bool              `help:"Read and check everything, print what would happen, and store nothing." noenv:""`
	Report    string            `help:"Write the fate of every row to a file, as JSON." placeholder:"FILE" noenv:""`
	Map       string            `help:"CSV of old and new addresses, one pair a line. A * in the old one stands for any text, and in the new one for what that was. An empty new one leaves the thread out." placeholder:"FILE" noenv:""`
	Host      map[string]string `help:"Former hosts of the blog, and what they are now; * is any." placeholder:"OLD=NEW" noenv:""`
	KeepQuery []string          `help:"Query parameters that tell pages apart, such as p. The site keeps them from then on." placeholder:"NAME" noenv:""`
	KeepEmail bool              `help:"Keep authors' e-mail addresses, sealed with the secret key. Without it they are dropped." noenv:""`
	Lenient   bool              `help:"Leave out what cannot be read, instead of storing nothing." noenv:""`
	Source    string            `help:"Name under which the comments' old ids are known. Give another one for a second system of the same kind." placeholder:"NAME" noenv:""`
	Resume    string            `help:"Go on with an import that was interrupted." placeholder:"ID" noenv:"" xor:"run"`
	Undo      string            `help:"Take back what an import brought. What others wrote since stays; where they answer a comment, its place is kept." placeholder:"ID" noenv:"" xor:"run"`
	Runs      bool              `help:"List the imports into the site." noenv:"" xor:"run"`
}

// Help says what stands where.
func (importCmd) Help() string {
	return `Begin with --dry-run: it prints what will become of every row, and its numbers always add up. Nothing is stored before the whole export has been read, importing the same file again adds nothing, and nothing is ever fetched from the network.` + "\n\nFormats: " + formatList() + "."
}

func formatList() string {
	var list []string
	for _, f := range migrate.Formats() {
		list = append(list, f.Name+" ("+f.Describe+")")
	}
	return strings.Join(list, ", ")
}

func (c *importCmd) Run(ctx context.Context, std *stdio, flags *storeFlags) error {
	if err := c.check(); err != nil {
		return usageError{err}
	}
	store, err := flags.open(ctx)
	if err != nil {
		return err
	}
	defer store.Close()
	d, err := newDesk(flags, store)
	if err != nil {
		return err
	}
	im := comments.Importer{Service: d.service}
	if c.Site != "" {
		site, err := findSite(ctx, store, c.Site)
		if err != nil && !(c.Format == "postil" || c.Format == migrate.Auto) {
			return err
		}
		if err == nil {
			c.Site = site.Host
		}
	}
	switch {
	case c.Runs:
		return c.list(ctx, std, store)
	case c.Undo != "":
		return c.undo(ctx, std, im)
	}
	return c.load(ctx, std, flags, im)
}

func (c *importCmd) check() error {
	listing := c.Undo != "" || c.Runs
	switch {
	case listing && c.Site == "":
		return errors.New("--site: name the blog")
	case listing && c.Format != "":
		return errors.New("--undo and --runs take no file")
	case listing:
		return nil
	case c.Format == "":
		return errors.New("name the format and the file, as in: postil import auto FILE --site blog.example --dry-run")
	case len(c.File) == 0:
		return fmt.Errorf("name the file, as in: postil import %s FILE --site blog.example --dry-run", c.Format)
	case c.Format != migrate.Auto && !slices.Contains(migrate.FormatNames(), c.Format):
		return fmt.Errorf("there is no format %q; choose auto or one of %s", c.Format, strings.Join(migrate.FormatNames(), ", "))
	case slices.Contains(c.File, "-") && len(c.File) > 1:
		return errors.New("standard input cannot be one of several parts")
	}
	if info, err := os.Stat(c.Report); err == nil && info.IsDir() {
		return fmt.Errorf("--report: %s is a folder; name a file", c.Report)
	}
	return nil
}

// fits refuses flags that would do nothing.
func (c *importCmd) fits(format string) error {
	switch {
	case format != "postil" && c.Site == "":
		return errors.New("--site: name the blog that the comments belong to")
	case format == "postil" && (c.Map != "" || len(c.Host) > 0 || len(c.KeepQuery) > 0 || c.KeepEmail || c.Source != ""):
		return errors.New("an export of Postil comes back as it is; leave --map, --host, --keep-query, --keep-email and --source out")
	}
	return nil
}

// mapping puts the flags about pages together.
func (c *importCmd) mapping() (m migrate.Mapping, err error) {
	m.Hosts, m.Keep = c.Host, c.KeepQuery
	if c.Map == "" {
		return m, nil
	}
	f, err := os.Open(c.Map)
	if err != nil {
		return m, fmt.Errorf("--map: %w", err)
	}
	defer f.Close()
	if m.Rules, err = migrate.ReadRules(f); err != nil {
		err = fmt.Errorf("--map: %w", err)
	}
	return m, err
}

func (c *importCmd) load(ctx context.Context, std *stdio, flags *storeFlags, im comments.Importer) error {
	scratch, err := newScratch(flags)
	if err != nil {
		return err
	}
	defer scratch.remove()
	in, err := migrate.Open(ctx, c.Format, c.File, std.in, scratch.path, c.Lenient)
	if err != nil {
		return err
	}
	defer in.Close()
	if c.Format == migrate.Auto {
		fmt.Fprintf(std.err, "%s is %s.\n", in.Name(), in.Format.Describe)
	}
	if err := c.fits(in.Format.Name); err != nil {
		return usageError{err}
	}
	plan, err := c.plan(im, in, scratch.path)
	if err != nil {
		return usageError{err}
	}
	forget, err := c.keepQuery(ctx, im.Store)
	if err != nil {
		return err
	}
	defer collectLess()()
	report, err := c.reported(ctx, std, plan)
	if err != nil && report.Run.IsZero() {
		err = errors.Join(err, forget())
	}
	if err != nil {
		return c.explain(err, report)
	}
	printImport(std.out, report)
	if c.DryRun || report.Imported+report.Places == 0 {
		return nil
	}
	return publishImport(ctx, std, flags, im.Store)
}

func (c *importCmd) plan(im comments.Importer, in *migrate.Input, scratch string) (p migrate.Plan, err error) {
	p = migrate.Plan{
		Importer: im, Host: c.Site, Input: in, Source: c.Source, KeepEmail: c.KeepEmail, Lenient: c.Lenient, DryRun: c.DryRun, Scratch: scratch,
	}
	if p.Mapping, err = c.mapping(); err != nil {
		return p, err
	}
	if c.Resume != "" {
		if p.Resume, err = comments.ParseID(c.Resume); err != nil {
			err = fmt.Errorf("--resume: %w", err)
		}
	}
	return p, err
}

// reported imports, and leaves a file with the fate of every row if asked to.
func (c *importCmd) reported(ctx context.Context, std *stdio, p migrate.Plan) (migrate.Report, error) {
	show, finish := importProgress(std)
	p.Progress = show
	if c.Report == "" {
		report, err := migrate.Import(ctx, p)
		finish()
		return report, err
	}
	f, err := os.CreateTemp(filepath.Dir(c.Report), ".report-*")
	if err != nil {
		return migrate.Report{}, fmt.Errorf("--report: %w", err)
	}
	defer os.Remove(f.Name())
	p.Rows = f
	report, err := migrate.Import(ctx, p)
	finish()
	if closed := f.Close(); closed != nil {
		return report, errors.Join(err, fmt.Errorf("--report: %w", closed))
	}
	if report.Rows == 0 && err != nil {
		return report, err // it ended before there were any rows
	}
	return report, errors.Join(err, os.Rename(f.Name(), c.Report))
}

// explain says how to go on after an import that ended early.
func (c *importCmd) explain(err error, r migrate.Report) error {
	if errors.Is(err, context.Canceled) {
		err = errors.New("stopped")
	}
	if _, damaged := errors.AsType[*migrate.Damage](err); damaged && r.Run.IsZero() {
		return fmt.Errorf("%w\nNothing was stored; --lenient leaves out what cannot be read, and imports the rest", err)
	}
	if r.Run.IsZero() {
		return fmt.Errorf("%w\nNothing was stored", err)
	}
	stored := fmt.Sprintf("Stored %d of %d rows.", r.Imported+r.Places, r.Rows)
	if r.Rows == 0 {
		stored = "Nobody could count how many rows are stored."
	}
	return fmt.Errorf("%w\n%s Complete it with --resume %s and the same file and flags, or take it back with: postil import --site %s --undo %s",
		err, stored, r.Run, r.Site, r.Run)
}

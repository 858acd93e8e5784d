package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"text/tabwriter"
	"time"

	"github.com/schollz/progressbar/v3"

	"postil/comments"
	"postil/migrate"
)

// printImport prints the reconciliation: rows in, and what became of them.
func printImport(out io.Writer, r migrate.Report) {
	verb := "imported"
	if r.DryRun {
		verb = "would be imported"
	}
	w := tabwriter.NewWriter(out, 0, 0, 1, ' ', tabwriter.AlignRight)
	line := func(n int64, what string) { fmt.Fprintf(w, "%d\t%s\n", n, " "+what) }
	line(r.Rows, "rows in "+r.File)
	line(r.Imported, verb+heldOf(r))
	line(r.There, "already there")
	if r.Places > 0 {
		line(r.Places, "kept as places without words, because others answer them")
	}
	reasons := slices.SortedFunc(maps.Keys(r.Skipped), func(a, b migrate.Reason) int {
		return cmp.Or(cmp.Compare(r.Skipped[b], r.Skipped[a]), cmp.Compare(a, b))
	})
	for _, reason := range reasons {
		line(r.Skipped[reason], "skipped: "+string(reason))
	}
	_ = w.Flush()
	fmt.Fprintf(out, "\n%s on %s of %s (%d merged), %s closed, %s mended.\n", many(r.Threads, "thread"), many(r.Pages, "page"), r.Site,
		r.Merged, many(r.Closed, "page"), many(r.Mended, "parent"))
	if !r.Oldest.IsZero() {
		fmt.Fprintf(out, "From %s to %s.\n", r.Oldest.Format(time.DateOnly), r.Newest.Format(time.DateOnly))
	}
	printAddresses(out, r)
	if r.Skipped[migrate.OtherSite] > 0 {
		fmt.Fprintln(out, "The file holds other sites too; import each with its own --site.")
	}
	for _, n := range r.Notices {
		fmt.Fprintln(out, n)
	}
	if len(r.TopPages) > 0 {
		fmt.Fprintln(out, "\nPages with most comments:")
		for _, p := range r.TopPages {
			fmt.Fprintf(out, "%7d  %s\n", p.Comments, p.Page)
		}
	}
	if r.DryRun {
		fmt.Fprintln(out, "\nNothing is stored yet; run it again without --dry-run to do it.")
	} else if r.Imported+r.Places > 0 {
		fmt.Fprintf(out, "\nThis was import %s; take it back with: postil import --site %s --undo %s\n", r.Run, r.Site, r.Run)
	}
}

func many(n int64, noun string) string { return count(int(n), noun) }

func heldOf(r migrate.Report) string {
	if r.Held == 0 {
		return ""
	}
	return fmt.Sprintf(", %d of them held for a moderator", r.Held)
}

func printAddresses(out io.Writer, r migrate.Report) {
	switch {
	case r.Addresses > 0 && r.KeptAddress:
		fmt.Fprintf(out, "%s kept, sealed. Network addresses are dropped.\n", are(int(r.Addresses), "e-mail address"))
	case r.Addresses > 0:
		fmt.Fprintf(out, "%s and all network addresses are dropped; --keep-email keeps the former, sealed.\n", many(r.Addresses, "e-mail address"))
	}
}

func printRuns(out io.Writer, site string, runs []comments.Run) error {
	if len(runs) == 0 {
		_, err := fmt.Fprintf(out, "Nothing was imported into %s yet.\n", site)
		return err
	}
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "IMPORT\tSTATE\tBEGAN\tFORMAT\tIMPORTED\tROWS\tFILE")
	for _, r := range runs {
		var report migrate.Report
		imported, rows := "?", "?"
		if r.Report != "" && json.Unmarshal([]byte(r.Report), &report) == nil {
			imported, rows = fmt.Sprint(report.Imported), fmt.Sprint(report.Rows)
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", r.ID, r.State, r.Began.Format(time.DateTime), r.Format, imported, rows, r.File)
	}
	return w.Flush()
}

// plainEvery is how often progress is told where there is no terminal.
const plainEvery = 10 * time.Second

// importProgress shows a bar for each stage on a terminal, and now and then a
// line elsewhere.
func importProgress(std *stdio) (show func(migrate.Progress), finish func()) {
	if !isTerminal(std.err) {
		last := time.Now()
		return func(p migrate.Progress) {
			if time.Since(last) >= plainEvery {
				last = time.Now()
				fmt.Fprintf(std.err, "%s: %d%s rows\n", p.Stage, p.Done, ofTotal(p.Total))
			}
		}, func() {}
	}
	var bar *progressbar.ProgressBar
	var stage migrate.Stage
	show = func(p migrate.Progress) {
		if p.Stage != stage || bar == nil {
			if bar != nil {
				_ = bar.Finish()
			}
			stage, bar = p.Stage, newBar(std.err, string(p.Stage), p.Total)
		}
		_ = bar.Set64(p.Done) // a bar that cannot be drawn is no failure
	}
	return show, func() {
		if bar != nil {
			_ = bar.Finish()
		}
	}
}

func ofTotal(total int64) string {
	if total == 0 {
		return ""
	}
	return fmt.Sprintf(" of %d", total)
}

func newBar(w io.Writer, what string, total int64) *progressbar.ProgressBar {
	if total == 0 {
		total = -1 // unknown
	}
	return progressbar.NewOptions64(total, progressbar.OptionSetWriter(w), progressbar.OptionSetDescription(what), progressbar.OptionShowCount(),
		progressbar.OptionShowIts(), progressbar.OptionSetItsString("rows"), progressbar.OptionSetPredictTime(true),
		progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionClearOnFinish())
}

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"postil/comments"
	"postil/comments/spam"
)

type classifyCmd struct {
	Host   string `arg:"" name:"site" help:"Name of the site."`
	Forget bool   `help:"Start anew: decisions up to now teach nothing any more." noenv:""`
	Yes    bool   `help:"Really start anew." noenv:""`
	JSON   bool   `help:"Print one JSON object." name:"json"`
}

// Help says what the table means.
func (classifyCmd) Help() string {
	return `The classifier learns from each comment that a moderator has published or called spam; nothing is kept of it but the decisions themselves. The table says how often it was right about comments that it had not learned: each tenth is judged by what the other nine teach. "Likely" spam is held; "sure" is spam if another defence speaks against the comment too.`
}

func (c *classifyCmd) Run(ctx context.Context, std *stdio, flags *storeFlags) error {
	return onSite(ctx, flags, c.Host, func(store comments.Store, site comments.Site) error {
		report, err := spam.Examine(ctx, store, site)
		if err != nil {
			return err
		}
		switch {
		case c.Forget:
			return c.forget(ctx, std, store, site, report)
		case c.JSON:
			return json.NewEncoder(std.out).Encode(reportInJSON(site, report))
		default:
			return printReport(std.out, site, report)
		}
	})
}

func (c *classifyCmd) forget(ctx context.Context, std *stdio, store comments.Store, site comments.Site, r spam.Report) error {
	decisions := count(r.Ham+r.Spam, "decision")
	if !c.Yes {
		fmt.Fprintf(std.out, "Would forget what %s on %s taught; the comments stay as they are. Nothing is forgotten yet; add --yes to do it.\n", decisions, site.Host)
		return nil
	}
	site.Settings.LearnSince = time.Now().UTC().Truncate(time.Microsecond)
	if err := store.PutSite(ctx, site); err != nil {
		return err
	}
	fmt.Fprintf(std.out, "The classifier of %s has forgotten %s and learns anew.\n", site.Host, decisions)
	return nil
}

func printReport(out io.Writer, site comments.Site, r spam.Report) error {
	fmt.Fprintf(out, "%s has learned from %s: %d good and %d spam.\n", site.Host, count(r.Ham+r.Spam, "decision"), r.Ham, r.Spam)
	if r.Silent {
		fmt.Fprintln(out, "That is too few, or too few of one kind: it says nothing yet. Each decision on the queue teaches it.")
		return nil
	}
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "\nit says of comments\tgood\tnothing\tlikely spam\tsure spam\t")
	for _, row := range []struct {
		name string
		says spam.Opinions
	}{{"that were good", r.OfHam}, {"that were spam", r.OfSpam}} {
		fmt.Fprintf(w, "%s\t%d\t%d\t%d\t%d\t\n", row.name, row.says.Ham, row.says.Unsure, row.says.Likely, row.says.Sure)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	printWords(out, "Speaks most for spam:", r.SpamWords)
	printWords(out, "Speaks most against it:", r.HamWords)
	return nil
}

// reportInJSON has the words of the table.
func reportInJSON(site comments.Site, r spam.Report) any {
	opinions := func(o spam.Opinions) map[string]int {
		return map[string]int{"good": o.Ham, "nothing": o.Unsure, "likely": o.Likely, "sure": o.Sure}
	}
	words := func(list []spam.Word) []any {
		rows := make([]any, len(list))
		for i, w := range list {
			rows[i] = map[string]any{"kind": w.Kind, "text": w.Text, "good": w.Ham, "spam": w.Spam, "spammy": w.Spammy}
		}
		return rows
	}
	return map[string]any{
		"site": site.Host, "good": r.Ham, "spam": r.Spam, "silent": r.Silent,
		"of_good": opinions(r.OfHam), "of_spam": opinions(r.OfSpam),
		"good_words": words(r.HamWords), "spam_words": words(r.SpamWords),
	}
}

func printWords(out io.Writer, title string, words []spam.Word) {
	fmt.Fprintf(out, "\n%s\n", title)
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, word := range words {
		fmt.Fprintf(w, "  %.2f\t%s\t%q\t%d good\t%d spam\n", word.Spammy, word.Kind, word.Text, word.Ham, word.Spam)
	}
	w.Flush()
}

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"text/tabwriter"
	"time"

	"postil/comments"
	"postil/comments/spam"
)

// maxTrail is how many lines of a comment's history are shown.
const maxTrail = 100

type moderateShowCmd struct {
	ID   string `arg:"" help:"Id of the comment."`
	JSON bool   `help:"Print JSON." name:"json"`
}

// shown is all that is known of one comment.
type shown struct {
	comment  comments.Comment
	standing comments.Standing
	trail    []comments.Event // newest first
	reasons  spam.Explanation // the classifier's
}

func (c *moderateShowCmd) Run(ctx context.Context, std *stdio, flags *storeFlags) error {
	store, err := flags.open(ctx)
	if err != nil {
		return err
	}
	defer store.Close()
	found, err := findAll(ctx, store, []string{c.ID})
	if err != nil {
		return err
	}
	s := shown{comment: found[0]}
	if s.trail, err = store.Trail(ctx, s.comment.Site, s.comment.ID, 0, maxTrail); err != nil {
		return err
	}
	if err := s.judge(ctx, std, store); err != nil {
		return err
	}
	if c.JSON {
		return s.printJSON(std)
	}
	return s.print(std)
}

// judge finds out what is thought of the comment now.
func (s *shown) judge(ctx context.Context, std *stdio, store comments.Store) (err error) {
	c := &s.comment
	if c.Author.Badge != (comments.Badge{}) {
		if s.standing, err = store.Standing(ctx, c.Site, c.Author.Badge); err != nil {
			return err
		}
	}
	if c.Status == comments.Deleted {
		return nil
	}
	site, err := findSite(ctx, store, c.Site)
	if err != nil {
		return err
	}
	defences := spam.New(spam.Config{Store: store, Now: time.Now, Log: slog.New(slog.NewTextHandler(std.err, nil))})
	s.reasons, err = defences.Explain(ctx, *c, site)
	return err
}

func (s *shown) print(std *stdio) error {
	c := &s.comment
	printHeading(std, c)
	fmt.Fprintf(std.out, "    %s\n\n", indent(c.Source))
	w := tabwriter.NewWriter(std.out, 0, 0, 2, ' ', 0)
	if c.Author.Website != "" {
		fmt.Fprintf(w, "Website\t%s\n", c.Author.Website)
	}
	if !c.Parent.IsZero() {
		fmt.Fprintf(w, "Answers\t%s\n", c.Parent)
	}
	if s.standing != comments.Unknown {
		fmt.Fprintf(w, "Author\t%s\n", s.standing)
	}
	for _, v := range c.Verdicts.List() {
		fmt.Fprintf(w, "Verdict\t%+d\t%s\n", v.Points, v.Name)
	}
	if r := s.reasons; !r.Silent {
		fmt.Fprintf(w, "Classifier\t%.2f\tof 1 for being spam, from %d good comments and %d of spam\n", r.Opinion, r.Ham, r.Spam)
		for _, word := range r.Words {
			fmt.Fprintf(w, "\t%.2f\t%s %q\n", word.Spammy, word.Kind, word.Text)
		}
	}
	for i := len(s.trail) - 1; i >= 0; i-- {
		fmt.Fprintf(w, "%s\t%s\n", s.trail[i].At.Format(time.DateTime), happened(s.trail[i]))
	}
	return w.Flush()
}

// happened is one line of the history.
func happened(e comments.Event) string {
	by := "the policy or the author"
	if e.By != "" {
		by = e.By
	}
	return fmt.Sprintf("%s, %s, by %s", e.Kind, e.Status, by)
}

// eventJSON is one line of the log of a site.
type eventJSON struct {
	At      time.Time          `json:"at"`
	Kind    comments.EventKind `json:"kind"`
	Comment comments.ID        `json:"comment,omitzero"`
	Status  comments.Status    `json:"status"`
	By      string             `json:"by,omitempty"`
}

func (s *shown) printJSON(std *stdio) error {
	history := make([]eventJSON, 0, len(s.trail))
	for i := len(s.trail) - 1; i >= 0; i-- {
		e := s.trail[i]
		history = append(history, eventJSON{At: e.At, Kind: e.Kind, Status: e.Status, By: e.By})
	}
	return json.NewEncoder(std.out).Encode(struct {
		commentJSON
		Standing comments.Standing `json:"standing,omitempty"`
		History  []eventJSON       `json:"history"`
	}{inJSON(&s.comment), s.standing, history})
}

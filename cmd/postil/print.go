package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"postil/comments"
)

// excerptLength is how much of a comment a list shows, in characters.
const excerptLength = 72

// commentJSON is a comment as commands print it, one object a line.
type commentJSON struct {
	ID       comments.ID     `json:"id"`
	Site     string          `json:"site"`
	Page     comments.Page   `json:"page"`
	Parent   comments.ID     `json:"parent,omitzero"`
	Status   comments.Status `json:"status"`
	Name     string          `json:"name"`
	Website  string          `json:"website,omitempty"`
	Badge    string          `json:"badge,omitempty"`
	Owner    bool            `json:"owner,omitempty"`
	Pinned   bool            `json:"pinned,omitempty"`
	Created  time.Time       `json:"created"`
	Edited   time.Time       `json:"edited,omitzero"`
	Decided  time.Time       `json:"decided,omitzero"`
	By       string          `json:"by,omitempty"`
	Points   int             `json:"points,omitempty"`
	Verdicts map[string]int  `json:"verdicts,omitempty"`
	Source   string          `json:"source"`
	Markup   comments.Markup `json:"markup"`
}

func inJSON(c *comments.Comment) commentJSON {
	j := commentJSON{
		ID: c.ID, Site: c.Site, Page: c.Page, Parent: c.Parent, Status: c.Status,
		Name: c.Author.Name, Website: c.Author.Website, Badge: c.Author.Badge.String(), Owner: c.Author.Owner,
		Pinned: c.Pinned, Created: c.Created, Edited: c.Edited, Decided: c.Decided, By: c.By,
		Points: c.Verdicts.Points(), Source: c.Source, Markup: c.Markup,
	}
	for _, v := range c.Verdicts.List() {
		if j.Verdicts == nil {
			j.Verdicts = map[string]int{}
		}
		j.Verdicts[v.Name] += v.Points
	}
	return j
}

// printComment writes two lines, or one object.
func printComment(std *stdio, c *comments.Comment, asJSON bool) error {
	if asJSON {
		return json.NewEncoder(std.out).Encode(inJSON(c))
	}
	printHeading(std, c)
	_, err := fmt.Fprintf(std.out, "    %s\n", excerpt(c.Source))
	return err
}

func printHeading(std *stdio, c *comments.Comment) {
	fmt.Fprintf(std.out, "%s  %s  %s%s  %s  %s\n", c.ID, c.Created.Format(time.DateTime), c.Site, c.Page, standingOf(c), signature(c))
}

// standingOf is a comment's status with what weighs on it.
func standingOf(c *comments.Comment) string {
	text := string(c.Status)
	if c.Pinned {
		text += ", pinned"
	}
	if points := c.Verdicts.Points(); points > 0 && c.Status != comments.Published {
		text += fmt.Sprintf(" (%d points)", points)
	}
	return text
}

// signature is who a comment says it is from, with what proves it.
func signature(c *comments.Comment) string {
	name := c.Author.Name
	if name == "" {
		name = "anonymous"
	}
	if badge := c.Author.Badge.String(); badge != "" {
		name += " #" + badge
	}
	if c.Author.Owner {
		name += ", owner"
	}
	return name
}

func printAll(std *stdio, list []comments.Comment, asJSON bool) error {
	for i := range list {
		if err := printComment(std, &list[i], asJSON); err != nil {
			return err
		}
	}
	return nil
}

func indent(text string) string { return strings.ReplaceAll(text, "\n", "\n    ") }

func excerpt(s string) string {
	runes := []rune(strings.Join(strings.Fields(s), " "))
	if len(runes) <= excerptLength {
		return string(runes)
	}
	return string(runes[:excerptLength-1]) + "…"
}

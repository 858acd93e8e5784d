package admin

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"postil/comments"
	"postil/static"
)

const (
	// longWords is from which number of characters on a comment takes more
	// room than a card of a list has.
	longWords = 1500
	longLines = 20
	// maxQuote is how many characters of a comment are quoted.
	maxQuote = 160
)

// card is a comment as lists show it.
func (s *server) card(lang string, site comments.Site, c comments.Comment) static.AdminComment {
	card := static.AdminComment{
		Lang: lang, Anchor: anchor(c.ID), Ref: ref(c.Site, c.ID), Status: string(c.Status),
		Name: nameOf(lang, c), Website: c.Author.Website, Owner: c.Author.Owner, Pinned: c.Pinned,
		Place: place(site, c.Page), PageURL: site.Link(c.Page), ThreadURL: s.address("thread", "site", c.Site, "page", string(c.Page)),
		URL: s.commentURL(c.ID), Created: c.Created, Edited: !c.Edited.IsZero(), HTML: c.HTML,
		Long:     utf8.RuneCountInString(c.Source) > longWords || strings.Count(c.Source, "\n") > longLines,
		Verdicts: verdicts(lang, c.Verdicts), Acts: acts(lang, c),
	}
	if len(card.Verdicts) > 0 {
		card.Points = signed(c.Verdicts.Points())
	}
	if c.Author.Badge != (comments.Badge{}) {
		card.Badge = c.Author.Badge.String()
		card.Identicon = identicon(c.Author.Badge)
		card.BadgeURL = s.address("comments", "site", c.Site, "badge", card.Badge)
	}
	if c.Status == comments.Published {
		card.PageURL += "#" + anchor(c.ID)
	}
	if !c.Parent.IsZero() {
		card.ParentURL = s.commentURL(c.Parent)
	}
	return card
}

// ref is what forms call a comment: what is done to it is done in one
// transaction of its site.
func ref(host string, id comments.ID) string { return host + "/" + id.String() }

// anchor is the fragment of a comment in every document that shows it.
func anchor(id comments.ID) string { return "comment-" + id.String() }

func nameOf(lang string, c comments.Comment) string {
	switch {
	case c.Status == comments.Deleted:
		return static.Text(lang, "admin.erased")
	case c.Author.Name == "":
		return static.Text(lang, "anonymous")
	}
	return c.Author.Name
}

// place is a page as people write it.
func place(site comments.Site, page comments.Page) string {
	path, query := page.Path()
	if query != "" {
		path += "?" + query
	}
	return site.Host + path
}

// verdicts puts what the defences said into words.
func verdicts(lang string, all comments.Verdicts) (list []static.AdminVerdict) {
	for _, one := range all.List() {
		list = append(list, static.AdminVerdict{Text: verdictText(lang, one.Name), Points: signed(one.Points), Bad: one.Points > 0})
	}
	return list
}

// verdictText says what a verdict means. One that has no text is called by its
// name.
func verdictText(lang, name string) string {
	return strings.TrimPrefix(static.Text(lang, "admin.verdict."+name), "admin.verdict.")
}

// signed writes points with their sign, and a true minus.
func signed(points int) string {
	if points < 0 {
		return fmt.Sprintf("−%d", -points)
	}
	return fmt.Sprintf("+%d", points)
}

// acts are what can be done to a comment. What it is already can be confirmed
// while only the policy has decided, for the classifier learns from it.
func acts(lang string, c comments.Comment) (list []static.AdminAct) {
	if c.Status == comments.Deleted {
		return nil
	}
	for _, a := range allActs(lang) {
		if act(a.Do).status() != c.Status || c.By == "" && c.Status != comments.Held {
			list = append(list, a)
		}
	}
	return list
}

// act is something that can be done to comments.
type act string

// status is what an act makes of a comment, or "".
func (a act) status() comments.Status {
	return map[act]comments.Status{"approve": comments.Published, "spam": comments.Spam, "hold": comments.Held, "erase": comments.Deleted}[a]
}

// listActs are what can be done to all that is selected. What waits is held
// already.
func listActs(lang string, queue bool) []static.AdminAct {
	return slices.DeleteFunc(allActs(lang), func(a static.AdminAct) bool { return queue && a.Do == "hold" })
}

func allActs(lang string) (list []static.AdminAct) {
	for _, a := range []struct{ do, key string }{{"approve", "a"}, {"spam", "s"}, {"hold", "h"}, {"erase", "d"}} {
		list = append(list, static.AdminAct{Do: a.do, Text: static.Text(lang, "admin.act."+a.do), Key: a.key, Grave: a.do == "erase"})
	}
	return list
}

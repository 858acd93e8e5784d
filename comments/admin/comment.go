package admin

import (
	"io"
	"math"
	"net/http"
	"strings"

	"postil/comments"
	"postil/static"
)

// trailLength is how many events of one comment its page shows.
const trailLength = 100

// showComment is GET /admin/comments/ID.
func (s *server) showComment(v *visit) error {
	c, site, err := s.comment(v)
	if err != nil {
		return err
	}
	return s.writeComment(v, http.StatusOK, c, site, s.answerForm(v, c, s.here(v)))
}

// writeComment shows a comment, with the form for an answer as far as it has
// been filled in.
func (s *server) writeComment(v *visit, status int, c comments.Comment, site comments.Site, answer *static.AdminAnswer) error {
	view := static.AdminCommentPage{
		AdminPage: s.page(v, "comments", static.Text(v.lang, "admin.title.comment", "name", nameOf(v.lang, c))),
		Comment:   s.card(v.lang, site, c), Action: s.address("decide"), Back: s.commentURL(c.ID),
		Source: c.Source, Markup: static.Text(v.lang, "admin.markup."+string(c.Markup)),
		Facts: s.facts(v.lang, site, c), Policy: policyText(v.lang, site, c), Answer: answer,
	}
	view.Comment.Long = false
	if c.Status == comments.Published {
		view.Pin = s.address("comments/" + c.ID.String() + "/pin")
	}
	var err error
	if view.Parent, err = s.parent(v, c); err != nil {
		return err
	}
	if view.Trail, err = s.trail(v, c); err != nil {
		return err
	}
	if view.Standing, err = s.standing(v, c); err != nil {
		return err
	}
	s.explain(v, &view, c, site)
	return v.write(status, func(out io.Writer) error { return static.RenderAdminComment(out, view) })
}

// parent quotes the comment that c answers.
func (s *server) parent(v *visit, c comments.Comment) (*static.Quote, error) {
	if c.Parent.IsZero() {
		return nil, nil
	}
	p, err := s.Service.Store.Find(v.r.Context(), c.Parent)
	if err != nil || p.Site != c.Site {
		return nil, err
	}
	return &static.Quote{Name: nameOf(v.lang, p), Text: p.HTML.Excerpt(maxQuote)}, nil
}

// facts are what there is to know beside the words.
func (s *server) facts(lang string, site comments.Site, c comments.Comment) []static.AdminFact {
	fact := func(name, text string) static.AdminFact {
		return static.AdminFact{Name: static.Text(lang, "admin.fact."+name), Text: text}
	}
	page := fact("page", place(site, c.Page))
	page.URL = site.Link(c.Page)
	list := []static.AdminFact{page, fact("created", static.Date(lang, c.Created))}
	if !c.Edited.IsZero() {
		list = append(list, fact("edited", static.Date(lang, c.Edited)))
	}
	if c.Author.Website != "" {
		list = append(list, fact("website", c.Author.Website))
	}
	decided := fact("decided", static.Text(lang, "admin.decided.policy"))
	if c.By != "" {
		decided.Text = static.Text(lang, "admin.decided.by", "name", c.By, "date", static.Date(lang, c.Decided))
	}
	list = append(list, decided)
	if c.Origin != (comments.Origin{}) {
		list = append(list, fact("origin", c.Origin.Source+" "+c.Origin.ID))
	}
	return append(list, fact("id", c.ID.String()))
}

// policyText says what the points of a comment led to.
func policyText(lang string, site comments.Site, c comments.Comment) string {
	if c.Verdicts == "" {
		return ""
	}
	return static.Text(lang, "admin.points", "hold", comments.HoldPoints, "spam", comments.SpamPoints,
		"policy", static.Text(lang, "admin.policy."+string(site.Settings.Policy)))
}

// explain asks the classifier. That it cannot answer must not cost the page.
func (s *server) explain(v *visit, view *static.AdminCommentPage, c comments.Comment, site comments.Site) {
	if s.Explain == nil || c.Status == comments.Deleted {
		return
	}
	words, err := s.Explain(v.r.Context(), c, site)
	switch {
	case err != nil:
		s.logFault(v, fault{status: http.StatusInternalServerError}, err)
		view.WordsNil = static.Text(v.lang, "admin.words.failed")
	case len(words) == 0:
		view.WordsNil = static.Text(v.lang, "admin.words.none")
	}
	for _, w := range words {
		percent := int(math.Round(100 * max(-1, min(1, w.Points))))
		view.Words = append(view.Words, static.AdminWord{Text: w.Text, Points: signed(percent) + " %", Width: max(percent, -percent), Bad: percent > 0})
	}
}

// trail is what happened to a comment, the newest first.
func (s *server) trail(v *visit, c comments.Comment) (list []static.AdminEvent, err error) {
	events, err := s.Service.Store.Trail(v.r.Context(), c.Site, c.ID, 0, trailLength)
	for _, e := range events {
		list = append(list, static.AdminEvent{At: e.At, Text: eventText(v.lang, e), By: e.By})
	}
	return list, err
}

// eventText says what happened.
func eventText(lang string, e comments.Event) string {
	key := string(e.Kind)
	if e.Kind == comments.Decided && e.By == "" {
		key = "changed" // by the policy or the author
	}
	return static.Text(lang, "admin.event."+key, "status", static.Text(lang, "admin.status."+string(e.Status)))
}

// standing is what moderators think of the badge of a comment.
func (s *server) standing(v *visit, c comments.Comment) (*static.AdminStanding, error) {
	badge := c.Author.Badge
	if badge == (comments.Badge{}) {
		return nil, nil
	}
	now, err := s.Service.Store.Standing(v.r.Context(), c.Site, badge)
	if err != nil {
		return nil, err
	}
	text := string(now)
	others := []string{"trusted", "blocked"}
	switch now {
	case comments.Unknown:
		text = "unknown"
	case comments.Trusted:
		others[0] = "unknown"
	case comments.Blocked:
		others[1] = "unknown"
	}
	st := &static.AdminStanding{
		Action: s.address("badge"), Site: c.Site, Text: static.Text(v.lang, "admin.standing."+text),
		EraseURL: s.address("person", "site", c.Site, "badge", badge.String()),
	}
	for _, one := range others {
		st.Options = append(st.Options, static.AdminAct{Do: one, Text: static.Text(v.lang, "admin.rate."+one)})
	}
	return st, nil
}

// rateBadge is POST /admin/badge: trusts, blocks, or takes that back.
func (s *server) rateBadge(v *visit) error {
	site, err := s.site(v, v.typed("site"))
	if err != nil {
		return err
	}
	badge, err := comments.ParseBadge(v.typed("badge"))
	if err != nil {
		return err
	}
	do := v.typed("do")
	standing, known := map[string]comments.Standing{"trusted": comments.Trusted, "blocked": comments.Blocked, "unknown": comments.Unknown}[do]
	if !known {
		return comments.FieldError("do", "%q is none of trusted, blocked, unknown", do)
	}
	if err := s.Service.Rate(v.r.Context(), v.who.Name, site.Host, badge, standing); err != nil {
		return err
	}
	s.seeDone(v, "/admin/comments", do)
	return nil
}

// pin is POST /admin/comments/ID/pin.
func (s *server) pin(v *visit) error {
	c, site, err := s.comment(v)
	if err != nil {
		return err
	}
	pinned := v.typed("do") == "pin"
	if _, err := s.Service.Pin(v.r.Context(), v.who.Name, site.Host, c.ID, pinned); err != nil {
		return err
	}
	done := "unpinned"
	if pinned {
		done = "pinned"
	}
	s.seeDone(v, strings.TrimPrefix(s.commentURL(c.ID), s.path), done)
	return nil
}

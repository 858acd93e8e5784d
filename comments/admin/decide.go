package admin

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"

	"postil/comments"
	"postil/static"
)

const (
	// maxSelected is how many comments can be decided about at once.
	maxSelected = 1000
	// maxQuoted is how many of them are quoted before they are erased.
	maxQuoted = 20
)

// batch is comments of one site, which are changed in one transaction.
type batch struct {
	site comments.Site
	ids  []comments.ID
}

// decide is POST /admin/decide. A button of one comment decides about that one
// alone, whatever else is selected.
func (s *server) decide(v *visit) error {
	what, refs := v.typed("do"), v.form["id"]
	if one := v.typed("one"); one != "" {
		var only string
		what, only, _ = strings.Cut(one, " ")
		refs = []string{only}
	}
	if act(what).status() == "" {
		return comments.FieldError("do", "%q is none of approve, hold, spam, erase", what)
	}
	batches, count, err := s.batches(v, refs)
	if err != nil {
		return err
	}
	if what == "erase" && v.typed("sure") != "yes" {
		return s.confirmErase(v, batches, count, refs)
	}
	changed, err := s.carryOut(v.r.Context(), v.who.Name, batches, act(what).status())
	if err != nil {
		return partly(v.lang, changed, count, err)
	}
	details := []string{"n", strconv.Itoa(count)}
	if count == 1 {
		details = append(details, "about", batches[0].ids[0].String())
	}
	s.seeDone(v, "/admin/queue", what, details...)
	return nil
}

// batches sorts what was selected by site, and checks that the moderator may
// decide there.
func (s *server) batches(v *visit, refs []string) (list []batch, count int, err error) {
	if len(refs) == 0 {
		return nil, 0, comments.NewError(comments.Invalid, "No comment is selected; go back and tick the box of at least one.")
	}
	if len(refs) > maxSelected {
		return nil, 0, comments.NewError(comments.TooLarge, "%d comments are selected; at most %d can be decided about at once.", len(refs), maxSelected)
	}
	byHost := map[string]int{}
	for _, raw := range refs {
		host, rawID, _ := strings.Cut(raw, "/")
		id, err := comments.ParseID(rawID)
		if err != nil {
			return nil, 0, comments.FieldError("id", "does not name a comment")
		}
		i, known := byHost[host]
		if !known {
			site, err := s.site(v, host)
			if err != nil {
				return nil, 0, err
			}
			i, byHost[host] = len(list), len(list)
			list = append(list, batch{site: site})
		}
		list[i].ids = append(list[i].ids, id)
	}
	for i := range list {
		list[i].ids = comments.UniqueIDs(list[i].ids)
		count += len(list[i].ids)
	}
	return list, count, nil
}

// carryOut changes each batch in one transaction. It returns how many comments
// were changed, also where a later batch fails.
func (s *server) carryOut(ctx context.Context, by string, batches []batch, status comments.Status) (changed int, err error) {
	for _, b := range batches {
		if status == comments.Deleted {
			_, err = s.Service.Erase(ctx, by, b.site.Host, b.ids)
		} else {
			_, err = s.Service.Decide(ctx, by, b.site.Host, b.ids, status)
		}
		if err != nil {
			return changed, err
		}
		changed += len(b.ids)
	}
	return changed, nil
}

// partly adds to an error how much was done before it: sites have transactions
// of their own.
func partly(lang string, changed, count int, err error) error {
	e, ok := errors.AsType[*comments.Error](err)
	if changed == 0 || !ok || e.Kind == comments.Internal {
		return err
	}
	return &comments.Error{Kind: e.Kind, Text: e.Text + " " + static.Text(lang, "admin.error.partly", "n", changed, "all", count), Cause: e.Cause}
}

// confirmErase asks before words are gone for good.
func (s *server) confirmErase(v *visit, batches []batch, count int, refs []string) error {
	view := static.AdminConfirmPage{
		AdminPage: s.page(v, "", static.Count(v.lang, "admin.erase.title", int64(count))),
		Text:      static.Count(v.lang, "admin.erase.text", int64(count)),
		Action:    s.address("decide"), BackURL: s.backURL(v, "/admin/queue").String(),
		Hidden: []static.AdminHidden{{Name: "do", Value: "erase"}, {Name: "sure", Value: "yes"}, {Name: "back", Value: v.typed("back")}},
		Button: static.Count(v.lang, "admin.erase.button", int64(count)),
	}
	for _, r := range refs {
		view.Hidden = append(view.Hidden, static.AdminHidden{Name: "id", Value: r})
	}
	for _, b := range batches {
		for _, id := range b.ids[:min(len(b.ids), maxQuoted-len(view.Quotes))] {
			c, err := s.Service.Store.Find(v.r.Context(), id)
			if err == nil && c.Site != b.site.Host {
				err = comments.NewError(comments.NotFound, "Comment %s is not on %s.", id, b.site.Host)
			}
			if err != nil {
				return err
			}
			view.Quotes = append(view.Quotes, s.quote(v.lang, b.site, c))
		}
	}
	view.More = moreText(v.lang, count-len(view.Quotes))
	return v.write(http.StatusOK, func(out io.Writer) error { return static.RenderAdminConfirm(out, view) })
}

func moreText(lang string, n int) string {
	if n <= 0 {
		return ""
	}
	return static.Count(lang, "admin.more", int64(n))
}

// quote is the beginning of a comment.
func (s *server) quote(lang string, site comments.Site, c comments.Comment) static.AdminQuote {
	return static.AdminQuote{
		Name: nameOf(lang, c), Place: place(site, c.Page), Text: c.HTML.Excerpt(maxQuote), URL: s.commentURL(c.ID), Created: c.Created,
	}
}

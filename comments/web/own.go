package web

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"time"

	"postil/comments"
	"postil/static"
	"postil/static/csp"
)

// owned is a comment, opened with its edit key.
type owned struct {
	comment comments.Comment
	key     comments.EditKey
	site    comments.Site
	until   time.Time // when editing ends
}

// own opens the comment that a request is about. Of the values it needs the
// key alone.
func (s *server) own(r *http.Request, values url.Values) (owned, error) {
	id, err := commentID(r)
	if err != nil {
		return owned{}, err
	}
	key, err := comments.ParseEditKey(values.Get("key"))
	if err != nil {
		return owned{}, err
	}
	c, until, err := s.Service.Own(r.Context(), id, key)
	if err != nil {
		return owned{}, err
	}
	site, err := s.Service.Site(r.Context(), c.Site)
	return owned{c, key, site, until}, err
}

// showDone is GET /comment/ID/done: what became of a comment.
func (s *server) showDone(w *response, r *http.Request) error {
	o, err := s.own(r, r.URL.Query())
	if err == nil {
		view := s.doneView(o, doneState(o.comment))
		if view.Follow, err = s.followState(r.Context(), o.comment); err != nil {
			return err
		}
		return s.writeDone(w, view)
	}
	if site, c, ok := s.deleted(r); ok {
		return s.writeDone(w, s.doneView(owned{comment: c, site: site}, "deleted"))
	}
	return err
}

// deleted finds the comment of an address if it has been deleted: it has no
// key any more, and its author still wants to know that it is gone.
func (s *server) deleted(r *http.Request) (comments.Site, comments.Comment, bool) {
	id, err := commentID(r)
	if err != nil {
		return comments.Site{}, comments.Comment{}, false
	}
	c, err := s.Service.Store.Find(r.Context(), id)
	if err != nil || c.Status != comments.Deleted {
		return comments.Site{}, comments.Comment{}, false
	}
	site, err := s.Service.Site(r.Context(), c.Site)
	return site, c, err == nil
}

// doneState is what a done page says about a comment that is not gone.
func doneState(c comments.Comment) string {
	switch {
	case shown(c.Status) == comments.Held:
		return "held"
	case !c.Edited.IsZero():
		return "edited"
	default:
		return "published"
	}
}

func (s *server) doneView(o owned, state string) static.DonePage {
	lang, c := o.site.Settings.Language, o.comment
	view := static.DonePage{
		Page:      s.view(lang, static.Text(lang, "done.title."+state)),
		State:     state,
		PageURL:   o.site.Link(c.Page),
		ThreadURL: s.ThreadURL(c.Site, c.Page),
		FeedURL:   s.FeedURL(c.Site, c.Page),
	}
	if state == "deleted" {
		return view
	}
	view.EditURL, view.Until, view.HTML = s.Base+ownPath(c.ID, "edit", o.key), o.until, c.HTML
	if c.Status == comments.Published {
		view.PageURL += anchor(c.ID)
		view.Replies = s.repliesURL(c)
	}
	return view
}

// followState is what an author is told of answers by mail; empty: nothing.
func (s *server) followState(ctx context.Context, c comments.Comment) (string, error) {
	subs, err := s.Service.Store.SubscriptionsOf(ctx, c.Site, []comments.ID{c.ID})
	if err != nil || len(subs) == 0 {
		return "", err
	}
	return string(stateOf(subs[0])), nil
}

func stateOf(sub comments.Subscription) comments.FollowState {
	if sub.Confirmed.IsZero() {
		return comments.FollowAsked
	}
	return comments.Followed
}

func (s *server) writeDone(w *response, view static.DonePage) error {
	return writePage(w, http.StatusOK, csp.Form(), func(out io.Writer) error { return static.RenderDone(out, view) })
}

// showEdit is GET /comment/ID/edit.
func (s *server) showEdit(w *response, r *http.Request) error {
	o, err := s.own(r, r.URL.Query())
	if err != nil {
		return err
	}
	return s.writeEdit(w, http.StatusOK, s.editView(o, o.comment.Source))
}

// postEdit is POST /comment/ID/edit: previews or saves the new words.
func (s *server) postEdit(w *response, r *http.Request) error {
	values, o, err := s.ownForm(w, r)
	if err != nil {
		return err
	}
	view := s.editView(o, values.Get("body"))
	if values.Get("do") == "preview" {
		html, err := s.Service.Preview(view.Body)
		if err != nil {
			return s.answerEdit(w, r, view, err)
		}
		view.Preview = html
		return s.writeEdit(w, http.StatusOK, view)
	}
	if _, err := s.Service.Edit(r.Context(), o.comment.ID, o.key, view.Body); err != nil {
		return s.answerEdit(w, r, view, err)
	}
	s.see(w, ownPath(o.comment.ID, "done", o.key))
	return nil
}

// postDelete is POST /comment/ID/delete.
func (s *server) postDelete(w *response, r *http.Request) error {
	_, o, err := s.ownForm(w, r)
	if err != nil {
		return err
	}
	if _, err := s.Service.Delete(r.Context(), o.comment.ID, o.key); err != nil {
		return err
	}
	s.see(w, "/comment/"+o.comment.ID.String()+"/done")
	return nil
}

// ownForm reads a form about a comment. The key may stand in the form or, as
// in the links that we give out, in the address.
func (s *server) ownForm(w *response, r *http.Request) (url.Values, owned, error) {
	if err := s.previews.check(w, r); err != nil {
		return nil, owned{}, err
	}
	values, err := readForm(r)
	if err != nil {
		return nil, owned{}, err
	}
	if !values.Has("key") {
		values.Set("key", r.URL.Query().Get("key"))
	}
	o, err := s.own(r, values)
	return values, o, err
}

func (s *server) editView(o owned, body string) static.EditPage {
	lang, c := o.site.Settings.Language, o.comment
	return static.EditPage{
		Page:    s.view(lang, static.Text(lang, "edit.title")),
		PageURL: o.site.Link(c.Page),
		Action:  s.path + "/comment/" + c.ID.String() + "/edit",
		Delete:  s.path + "/comment/" + c.ID.String() + "/delete",
		Key:     o.key.String(),
		Body:    body,
		Until:   o.until,
		Closed:  s.Now().After(o.until),
		MaxBody: comments.MaxBody,
	}
}

// answerEdit shows the form again with what is wrong and all that was typed.
func (s *server) answerEdit(w *response, r *http.Request, view static.EditPage, err error) error {
	f := faultOf(err, w.id)
	s.logFault(w, r, f, err)
	failHeader(w, f)
	view.Field, view.Problem = f.told(view.Lang)
	return s.writeEdit(w, f.status, view)
}

func (s *server) writeEdit(w *response, status int, view static.EditPage) error {
	return writePage(w, status, csp.Form(), func(out io.Writer) error { return static.RenderEdit(out, view) })
}

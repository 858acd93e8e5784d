package web

import (
	"bytes"
	"context"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"

	"github.com/go-chi/chi/v5"

	"postil/comments"
	"postil/static"
	"postil/static/csp"
)

// maxAnswer is how many bytes a post about a subscription may have: a word.
const maxAnswer = 4 << 10

// What a post about a subscription may ask for. The last one is what mail
// programs send on their reader's behalf (RFC 8058 §3.1).
const (
	doConfirm  = "confirm"
	doStop     = "stop"
	doStopAll  = "stop-all"
	unsubField = "List-Unsubscribe"
	unsubValue = "One-Click"
)

// States of the page that are no comments.FollowState.
const (
	stateConfirmed = "confirmed"
	stateStopped   = "stopped"
	stateAll       = "all"
)

// showFollow is GET /follow/SITE/ID/TOKEN. It changes nothing: programs open
// what is in a mail before its reader does.
func (s *server) showFollow(w *response, r *http.Request) error {
	site, sub, err := s.subscription(r)
	if err != nil {
		return err
	}
	return s.writeFollow(w, r, site, &sub, string(stateOf(sub)))
}

// postFollow is POST /follow/SITE/ID/TOKEN, from the buttons of the page or by
// a mail program. To end what has ended is no mistake.
func (s *server) postFollow(w *response, r *http.Request) error {
	do, err := readAnswer(r)
	if err != nil {
		return err
	}
	site, sub, err := s.subscription(r)
	if comments.KindOf(err) == comments.NotFound && site.Host != "" && do != doConfirm {
		return s.writeFollow(w, r, site, nil, stateStopped)
	}
	if err != nil {
		return err
	}
	state := map[string]string{doConfirm: stateConfirmed, doStop: stateStopped, doStopAll: stateAll}[do]
	if do == doConfirm {
		err = s.Service.ConfirmFollow(r.Context(), sub)
	} else {
		err = s.Service.StopFollowing(r.Context(), sub, do == doStopAll)
	}
	if err != nil {
		return err
	}
	return s.writeFollow(w, r, site, &sub, state)
}

// subscription returns what an address is about. With a NotFound error and a
// site the address is one that we made, and the subscription has ended.
func (s *server) subscription(r *http.Request) (comments.Site, comments.Subscription, error) {
	none := comments.NewError(comments.NotFound, "There is no such subscription.")
	host, err := url.PathUnescape(chi.URLParam(r, "site"))
	if err != nil {
		return comments.Site{}, comments.Subscription{}, none
	}
	site, err := s.Service.Site(r.Context(), host)
	if err != nil {
		return comments.Site{}, comments.Subscription{}, err
	}
	if _, err := comments.ParseID(chi.URLParam(r, "id")); err != nil {
		return comments.Site{}, comments.Subscription{}, none
	}
	sub, err := s.Service.Following(r.Context(), site.Host, chi.URLParam(r, "id"), chi.URLParam(r, "token"))
	if comments.KindOf(err) == comments.NotFound && err != nil {
		err = comments.NewError(comments.NotFound, "This has ended, or was not confirmed in time. No mail is sent because of it.")
	}
	return site, sub, err
}

// writeFollow shows a subscription, or that it has ended.
func (s *server) writeFollow(w *response, r *http.Request, site comments.Site, sub *comments.Subscription, state string) error {
	lang := site.Settings.Language
	view := static.FollowPage{
		Page:  s.view(lang, static.Text(lang, "follow.title."+state)),
		State: state, Site: site.Host, Place: site.Host, PageURL: site.Link("/"),
	}
	if sub != nil {
		view.Action = s.path + "/follow/" + url.PathEscape(sub.Site) + "/" + sub.ID.String() + "/" + s.Keys.FollowToken(*sub)
		if err := s.describe(r.Context(), &view, site, sub.Comment); err != nil {
			return err
		}
	}
	return writePage(w, http.StatusOK, csp.Form(), func(out io.Writer) error { return static.RenderFollow(out, view) })
}

// describe says which comment a subscription is about. Its words only if they
// are public: who gave the address may not have been its owner.
func (s *server) describe(ctx context.Context, view *static.FollowPage, site comments.Site, id comments.ID) error {
	c, err := s.Service.Store.Find(ctx, id)
	if err != nil {
		return err
	}
	view.Place, view.PageURL = place(site, c.Page), site.Link(c.Page)
	if c.Status == comments.Published {
		view.PageURL += anchor(c.ID)
		view.Quote = c.HTML.Excerpt(maxQuote)
	}
	return nil
}

// readAnswer returns what a post asks for.
func readAnswer(r *http.Request) (string, error) {
	values, err := readWord(r)
	if err != nil {
		return "", err
	}
	do := values.Get("do")
	if values.Get(unsubField) == unsubValue {
		do = doStop
	}
	if do != doConfirm && do != doStop && do != doStopAll {
		return "", comments.FieldError("do", "is none of %s, %s, %s", doConfirm, doStop, doStopAll)
	}
	return do, nil
}

// readWord reads a small form in either of the two ways in which browsers and
// mail programs send it.
func readWord(r *http.Request) (url.Values, error) {
	media, params, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if media != "multipart/form-data" {
		return readForm(r)
	}
	body, err := readBody(r, maxAnswer)
	if err != nil {
		return nil, err
	}
	form, err := multipart.NewReader(bytes.NewReader(body), params["boundary"]).ReadForm(maxAnswer)
	if err != nil {
		return nil, comments.NewError(comments.Invalid, "The request body is not a well-formed form.")
	}
	return form.Value, form.RemoveAll()
}

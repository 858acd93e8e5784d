package web

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"

	"postil/comments"
)

// maxCounts is how many pages one question for counts may name.
const maxCounts = 50

// commentAnswer is a comment as its author sees it.
type commentAnswer struct {
	ID      comments.ID     `json:"id"`
	Status  comments.Status `json:"status"`
	HTML    string          `json:"html"`
	Created time.Time       `json:"created"`
	Edited  *time.Time      `json:"edited,omitempty"` // only of an edit
	*newAnswer
}

// newAnswer is what only the author of a new comment is told.
type newAnswer struct {
	EditKey string               `json:"edit_key"`
	Feed    string               `json:"feed"`
	Replies string               `json:"replies_feed"`
	Name    string               `json:"name"` // without the secret that signs it
	Badge   string               `json:"badge,omitempty"`
	Owner   bool                 `json:"owner,omitempty"`
	Follow  comments.FollowState `json:"follow,omitempty"`
}

// createComment is POST /api/v1/comments.
func (s *server) createComment(w *response, r *http.Request) error {
	draft, err := s.readDraft(w, r)
	if err != nil {
		return s.metrics.refused(err)
	}
	receipt, err := s.submit(r, draft)
	if err != nil {
		return err
	}
	c := receipt.Comment
	status := http.StatusCreated
	if c.Status != comments.Published {
		status = http.StatusAccepted
	}
	answerComment(w, status, commentAnswer{
		ID: c.ID, Status: shown(c.Status), HTML: c.HTML.XHTML(), Created: c.Created,
		newAnswer: &newAnswer{
			EditKey: receipt.EditKey.String(), Feed: s.FeedURL(c.Site, c.Page), Replies: s.repliesURL(c),
			Name: c.Author.Name, Badge: c.Author.Badge.String(), Owner: c.Author.Owner, Follow: receipt.Follow,
		},
	})
	return nil
}

// readDraft reads a draft and sees to who may send it.
func (s *server) readDraft(w *response, r *http.Request) (comments.Draft, error) {
	var d comments.Draft
	var proof string
	if err := s.posts.check(w, r); err != nil {
		return d, err
	}
	if err := readJSON(w, r, draftMembers(&d, &proof)); err != nil {
		return d, err
	}
	if d.Notify && !s.Mail {
		return d, comments.FieldError("notify", "cannot be had here, for this service sends no mail; leave it out, and follow the answers by replies_feed")
	}
	key, err := idempotencyKey(r, d.Key)
	if err != nil {
		return d, err
	}
	d.Key = key
	d.Site = strings.TrimSpace(d.Site)
	d.Evidence.Proof = s.proved(d, proof)
	return d, s.checkOrigin(r, d.Site)
}

// idempotencyKey reads the header field of that name, which may be written
// in the quotes of a structured field (RFC 8941).
func idempotencyKey(r *http.Request, member comments.IdempotencyKey) (comments.IdempotencyKey, error) {
	raw := r.Header.Get("Idempotency-Key")
	if len(raw) > 1 && raw[0] == '"' && raw[len(raw)-1] == '"' {
		raw = raw[1 : len(raw)-1]
	}
	if raw == "" {
		return member, nil
	}
	if member != "" && string(member) != raw {
		return "", comments.FieldError("key", "differs from the Idempotency-Key header field; send one of them")
	}
	return comments.IdempotencyKey(raw), nil
}

// editComment is PATCH /api/v1/comments/ID.
func (s *server) editComment(w *response, r *http.Request) error {
	if err := s.previews.check(w, r); err != nil {
		return err
	}
	id, key, err := s.credentials(w, r)
	if err != nil {
		return err
	}
	var body string
	if err := readJSON(w, r, object{"body": &body}); err != nil {
		return err
	}
	c, err := s.Service.Edit(r.Context(), id, key, body)
	if err != nil {
		return err
	}
	answerComment(w, http.StatusOK, commentAnswer{
		ID: c.ID, Status: shown(c.Status), HTML: c.HTML.XHTML(), Created: c.Created, Edited: &c.Edited,
	})
	return nil
}

// deleteComment is DELETE /api/v1/comments/ID. When it answers, the
// published files no longer hold the comment.
func (s *server) deleteComment(w *response, r *http.Request) error {
	if err := s.previews.check(w, r); err != nil {
		return err
	}
	id, key, err := s.credentials(w, r)
	if err != nil {
		return err
	}
	if _, err := s.Service.Delete(r.Context(), id, key); err != nil {
		return err
	}
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// credentials reads whose comment it is and the key to it (RFC 6750 §2.1).
func (s *server) credentials(w *response, r *http.Request) (comments.ID, comments.EditKey, error) {
	id, err := commentID(r)
	if err != nil {
		return id, comments.EditKey{}, err
	}
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		w.Header().Set("WWW-Authenticate", "Bearer")
		return id, comments.EditKey{}, &refusal{
			status: http.StatusUnauthorized,
			text:   "Send the edit_key from the answer to your post as: Authorization: Bearer EDIT_KEY",
		}
	}
	key, err := comments.ParseEditKey(strings.TrimSpace(token))
	return id, key, err
}

func commentID(r *http.Request) (comments.ID, error) {
	id, err := comments.ParseID(chi.URLParam(r, "id"))
	if err != nil {
		return id, comments.NewError(comments.NotFound, "There is no comment with this id.")
	}
	return id, nil
}

// preview is POST /api/v1/preview.
func (s *server) preview(w *response, r *http.Request) error {
	if err := s.previews.check(w, r); err != nil {
		return err
	}
	var body string
	if err := readJSON(w, r, object{"body": &body}); err != nil {
		return err
	}
	html, err := s.Service.Preview(body)
	if err != nil {
		return err
	}
	w.Header().Set("Cache-Control", "no-store")
	writeJSON(w, http.StatusOK, "application/json", struct {
		HTML string `json:"html"`
	}{html.XHTML()})
	return nil
}

// counts is GET /api/v1/counts. Its answer calls the pages what the question
// called them.
func (s *server) counts(w *response, r *http.Request) error {
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return comments.NewError(comments.Invalid, "The query is not well-formed.")
	}
	site, err := s.Service.Site(r.Context(), query.Get("site"))
	if err != nil {
		return err
	}
	counts, err := s.countPages(r.Context(), site, query["page"])
	if err != nil {
		return err
	}
	w.Header().Set("Cache-Control", cacheFresh)
	writeJSON(w, http.StatusOK, "application/json", struct {
		Site   string           `json:"site"`
		Counts map[string]int64 `json:"counts"`
	}{site.Host, counts})
	return nil
}

func (s *server) countPages(ctx context.Context, site comments.Site, pages []string) (map[string]int64, error) {
	if len(pages) == 0 || len(pages) > maxCounts {
		return nil, comments.FieldError("page", "must be given 1 to %d times", maxCounts)
	}
	counts := make(map[string]int64, len(pages))
	for _, raw := range pages {
		page, err := site.Page(raw)
		if err != nil {
			return nil, err
		}
		thread, err := s.Service.Store.Thread(ctx, site.Host, page)
		if err != nil {
			return nil, err
		}
		counts[raw] = thread.Visible
	}
	return counts, nil
}

// shown is a status as its author is told it: a spammer learns nothing.
func shown(s comments.Status) comments.Status {
	if s == comments.Spam {
		return comments.Held
	}
	return s
}

func answerComment(w *response, status int, answer commentAnswer) {
	w.Header().Set("Cache-Control", "no-store")
	writeJSON(w, status, "application/json", answer)
}

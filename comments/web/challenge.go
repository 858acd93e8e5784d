package web

import (
	"net/http"
	"strings"

	"github.com/altcha-org/altcha-lib-go"

	"postil/comments"
)

// challengeAnswer is work to be done before a post, and what else scripts need
// to know before they show a form.
type challengeAnswer struct {
	altcha.Challenge
	Mail bool `json:"mail"` // answers can be had by mail
}

// challenge is GET /api/v1/challenge. It asks no database, and remembers
// nothing.
func (s *server) challenge(w *response, r *http.Request) error {
	if err := s.previews.check(w, r); err != nil {
		return err
	}
	if s.Proofs == nil {
		return comments.NewError(comments.NotFound, "This service asks for no proof of work.")
	}
	query := r.URL.Query()
	site, err := s.Service.Site(r.Context(), strings.TrimSpace(query.Get("site")))
	if err != nil {
		return err
	}
	key := query.Get("key")
	if err := comments.IdempotencyKey(key).Validate(); err != nil {
		return err
	}
	challenge, err := s.Proofs.Challenge(site.Host, key)
	if err != nil {
		return err
	}
	w.Header().Set("Cache-Control", "no-store")
	writeJSON(w, http.StatusOK, "application/json", challengeAnswer{challenge, s.Mail})
	return nil
}

// proved reports whether a draft came with the work that was asked for it.
// That it did not is no mistake: somebody will look at the comment instead.
func (s *server) proved(d comments.Draft, proof string) bool {
	return s.Proofs != nil && proof != "" && d.Key != "" && s.Proofs.Check(strings.ToLower(d.Site), string(d.Key), proof) == nil
}

package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"postil/comments"
)

// What requests do to a comment that is there.
const (
	edits   = "edit"
	deletes = "delete"
)

// repeats reports whether a request may be tried again when the database went
// away under it. New comments are safe by their idempotency key, which forms
// carry in their token. An edit puts the same words again, if again lets it. A
// deletion that was done finds nothing more to delete, which done looks into.
func (s *server) repeats(r *http.Request) bool {
	path := s.localPath(r)
	switch {
	case r.Method == http.MethodPost && path == "/comment":
		return true
	case r.Method == http.MethodPost && path == "/api/v1/comments":
		giveKey(r)
		return true
	}
	_, what := aboutComment(r.Method, path)
	return what != ""
}

// localPath is a request's path without that of the service's address.
func (s *server) localPath(r *http.Request) string {
	if base, err := url.Parse(s.base); err == nil {
		return strings.TrimPrefix(r.URL.Path, base.Path)
	}
	return r.URL.Path
}

// aboutComment returns which comment a request of the API or of a form edits or
// deletes; what is empty for others.
func aboutComment(method, path string) (id comments.ID, what string) {
	if rest, ok := strings.CutPrefix(path, "/api/v1/comments/"); ok {
		path = rest
		what = map[string]string{http.MethodPatch: edits, http.MethodDelete: deletes}[method]
	} else if rest, ok := strings.CutPrefix(path, "/comment/"); ok && method == http.MethodPost {
		path, what, _ = strings.Cut(rest, "/")
	}
	id, err := comments.ParseID(path)
	if err != nil || what != edits && what != deletes {
		return id, ""
	}
	return id, what
}

// editMargin is how long before its end the time for editing counts as over
// for a second try.
const editMargin = 5 * time.Second

// again reports whether an edit can be tried once more: it must not be told
// that it comes too late for what the first try may have done. It waits until
// the database says so.
func (s *server) again(ctx context.Context, r *http.Request) bool {
	id, what := aboutComment(r.Method, s.localPath(r))
	if what != edits {
		return true
	}
	ticker := time.NewTicker(freedPoll)
	defer ticker.Stop()
	for {
		until, err := s.editableUntil(ctx, id)
		if comments.KindOf(err) != comments.Unavailable {
			return err != nil || time.Now().Add(editMargin).Before(until)
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return false
		}
	}
}

func (s *server) editableUntil(ctx context.Context, id comments.ID) (time.Time, error) {
	p := s.use()
	defer s.leave(p)
	c, err := p.store.Find(ctx, id)
	if err != nil {
		return time.Time{}, err
	}
	site, err := findSite(ctx, p.store, c.Site)
	return site.EditableUntil(c), err
}

// done answers a deletion that an earlier try has done: the comment's author
// has deleted it since, and the published files show that.
func (s *server) done(w http.ResponseWriter, r *http.Request, since time.Time) bool {
	id, what := aboutComment(r.Method, s.localPath(r))
	if what != deletes {
		return false
	}
	p := s.use()
	defer s.leave(p)
	c, err := p.store.Find(r.Context(), id)
	if err != nil || c.Status != comments.Deleted || c.By != "" || c.Decided.Before(since.Truncate(time.Microsecond)) { // as exact as what is stored
		return false
	}
	site, err := findSite(r.Context(), p.store, c.Site)
	if err != nil || p.outlet.Wait(r.Context(), c.Site, site.Head) != nil {
		return false
	}
	w.Header().Set("Cache-Control", "no-store")
	if r.Method == http.MethodDelete {
		w.WriteHeader(http.StatusNoContent)
		return true
	}
	http.Redirect(w, r, strings.TrimSuffix(r.URL.Path, deletes)+"done", http.StatusSeeOther)
	return true
}

// giveKey gives a new comment an idempotency key if its sender did not.
func giveKey(r *http.Request) {
	const header = "Idempotency-Key"
	if r.Header.Get(header) != "" || r.GetBody == nil {
		return
	}
	body, err := r.GetBody()
	if err != nil {
		return
	}
	var members map[string]json.RawMessage
	if err := json.NewDecoder(io.LimitReader(body, maxHeldBody)).Decode(&members); err != nil {
		return // it will be refused
	}
	if key, ok := members["key"]; !ok || string(key) == `""` {
		r.Header.Set(header, rand.Text())
	}
}

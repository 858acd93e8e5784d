package static_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/altcha-org/altcha-lib-go"

	"postil/static"
)

// standin plays the service for the script: the same addresses and answers,
// comments in memory. The real one is tested where it is wired together.
type standin struct {
	*httptest.Server
	mu       sync.Mutex
	comments []*remark
	perPage  int           // comments in one document
	held     bool          // new comments wait for approval
	closed   bool          // no new comments
	down     bool          // feeds cannot be had
	lose     bool          // answers to posts get lost on their way
	busy     int           // how many more posts are asked to come back a second later
	mail     bool          // answers to comments can be had by mail
	lang     string        // of the feed; empty: en
	slow     chan struct{} // feeds wait for it, unless it is nil
	late     chan struct{} // what few readers reach for waits for it, likewise
	hard     int64         // the highest number that may solve a challenge; negative: there are none
	requests []string      // METHOD path, in order
	seen     []string      // what came back unchanged: the paths of requests that were answered with 304
	counted  []string      // the queries for counts
}

type remark struct {
	id, parent, name, website, html, key string
	badge, email                         string
	owner, pinned, edited, gone, held    bool
	proved                               bool      // it came with a right proof of work
	created                              time.Time // zero: when all that is old was
	version                              int       // how often it was changed
	was                                  string    // its fragment in another system
}

// changed is when a comment was last changed, at different times for different
// versions.
func (c *remark) changed() string {
	return c.at().Add(time.Duration(c.version) * time.Second).Format(time.RFC3339)
}

func (c *remark) at() time.Time {
	if c.created.IsZero() {
		return time.Date(2026, 11, 22, 14, 3, 0, 0, time.UTC)
	}
	return c.created.UTC()
}

// id returns the nth id, as the service would make it.
func id(n int) string { return fmt.Sprintf("01935000-0000-7000-8000-%012d", n) }

func newStandin(t *testing.T, comments ...*remark) *standin {
	t.Helper()
	s := &standin{perPage: 100, hard: 500}
	for _, c := range comments {
		s.add(c)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /feeds/", s.feed)
	mux.HandleFunc("GET /favicon.ico", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	mux.HandleFunc("GET /api/v1/challenge", s.challenge)
	mux.HandleFunc("GET /api/v1/counts", s.counts)
	mux.HandleFunc("POST /api/v1/comments", s.post)
	mux.HandleFunc("PATCH /api/v1/comments/{id}", s.edit)
	mux.HandleFunc("DELETE /api/v1/comments/{id}", s.remove)
	mux.HandleFunc("POST /api/v1/preview", s.preview)
	for _, a := range static.Assets() {
		mux.HandleFunc("GET "+a.Path, func(w http.ResponseWriter, _ *http.Request) {
			if s.late != nil && strings.Contains(a.Path, "postil.more.") {
				<-s.late
			}
			w.Header().Set("Content-Type", a.File.Type)
			_, _ = w.Write(a.File.Body)
		})
	}
	s.Server = httptest.NewServer(s.open(mux))
	t.Cleanup(s.Close)
	return s
}

// open notes each request and lets every origin in.
func (s *standin) open(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		s.requests = append(s.requests, r.Method+" "+r.URL.EscapedPath())
		s.mu.Unlock()
		w.Header().Set("Access-Control-Allow-Origin", "*")
		w.Header().Set("Access-Control-Expose-Headers", "Retry-After")
		if r.Method == http.MethodOptions {
			w.Header().Set("Access-Control-Allow-Methods", "GET, POST, PATCH, DELETE")
			w.Header().Set("Access-Control-Allow-Headers", "Content-Type, Authorization")
			return
		}
		next.ServeHTTP(w, r)
	})
}

func (s *standin) add(c *remark) *remark {
	if c.id == "" {
		c.id = id(len(s.comments) + 1)
	}
	s.comments = append(s.comments, c)
	return c
}

func (s *standin) asked(request string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for _, r := range s.requests {
		if r == request {
			n++
		}
	}
	return n
}

// all returns the requests up to now.
func (s *standin) all() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.requests)
}

func (s *standin) stored() []remark {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := make([]remark, len(s.comments))
	for i, c := range s.comments {
		all[i] = *c
	}
	return all
}

func (s *standin) set(change func(*standin)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change(s)
}

func (s *standin) post(w http.ResponseWriter, r *http.Request) {
	var d struct {
		Site, Page, Parent, Name, Website, Email, Body, Key, Proof string
		Notify                                                     bool
	}
	if !s.read(w, r, &d) || !s.valid(w, d.Body) {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.busy > 0 {
		s.busy--
		w.Header().Set("Retry-After", "1")
		refuse(w, http.StatusServiceUnavailable, "", "Come back.")
		return
	}
	i := slices.IndexFunc(s.comments, func(c *remark) bool { return c.key == d.Key })
	var c *remark
	if i >= 0 {
		c = s.comments[i]
	} else {
		name, secret, _ := strings.Cut(d.Name, "#")
		c = s.add(&remark{parent: d.Parent, name: name, website: d.Website, html: render(d.Body), key: d.Key, held: s.held, proved: proves(d.Proof, d.Key)})
		if secret != "" {
			c.badge = badgeOf(secret)
		}
		if d.Notify {
			c.email = d.Email
		}
	}
	if c.html != render(d.Body) {
		refuse(w, http.StatusConflict, "key", "key was used for another comment")
		return
	}
	if s.lose {
		panic(http.ErrAbortHandler)
	}
	w.WriteHeader(http.StatusCreated)
	s.answer(w, c)
}

func (s *standin) answer(w http.ResponseWriter, c *remark) {
	status := "published"
	if c.held {
		status = "held"
	}
	answer := map[string]any{
		"id": c.id, "status": status, "html": c.html, "created": "2026-11-22T14:03:00Z", "edit_key": "key-of-" + c.id, "name": c.name,
		"replies_feed": s.URL + "/replies/" + c.id + "/feed.xml",
	}
	if c.badge != "" {
		answer["badge"] = c.badge
	}
	if c.email != "" {
		answer["follow"] = "asked"
	}
	_ = json.NewEncoder(w).Encode(answer)
}

// badgeOf stands for how the service makes badges.
func badgeOf(secret string) string { return (secret + "abcdefghijkmn")[:13] }

// proofKey signs challenges.
const proofKey = "a key of the stand-in"

// challenge gives out proofs of work as the service does, bound to a key.
func (s *standin) challenge(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.hard < 0 {
		refuse(w, http.StatusServiceUnavailable, "", "No challenge can be had.")
		return
	}
	c, err := altcha.CreateChallenge(altcha.ChallengeOptions{
		MaxNumber: s.hard, HMACKey: proofKey, Params: url.Values{"for": {r.URL.Query().Get("key")}, "expires": {"4102444800"}},
	})
	if err != nil {
		refuse(w, http.StatusInternalServerError, "", err.Error())
		return
	}
	_ = json.NewEncoder(w).Encode(struct {
		altcha.Challenge
		Mail bool `json:"mail"`
	}{c, s.mail})
}

// proves reports whether a proof solves a challenge of ours for that key.
func proves(proof, key string) bool {
	ok, err := altcha.VerifySolution(proof, proofKey, true)
	raw, decodeErr := base64.StdEncoding.DecodeString(proof)
	var solution altcha.Payload
	return ok && err == nil && decodeErr == nil && json.Unmarshal(raw, &solution) == nil && altcha.ExtractParams(solution).Get("for") == key
}

// owned returns the comment that a request holds the key of.
func (s *standin) owned(w http.ResponseWriter, r *http.Request) *remark {
	for _, c := range s.comments {
		if c.id == r.PathValue("id") && r.Header.Get("Authorization") == "Bearer key-of-"+c.id {
			return c
		}
	}
	refuse(w, http.StatusForbidden, "", "This edit key does not belong to this comment.")
	return nil
}

func (s *standin) edit(w http.ResponseWriter, r *http.Request) {
	var d struct{ Body string }
	if !s.read(w, r, &d) || !s.valid(w, d.Body) {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if c := s.owned(w, r); c != nil {
		c.html, c.edited = render(d.Body), true
		c.version++
		s.answer(w, c)
	}
}

func (s *standin) remove(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c := s.owned(w, r); c != nil {
		c.gone = true
		w.WriteHeader(http.StatusNoContent)
	}
}

func (s *standin) preview(w http.ResponseWriter, r *http.Request) {
	var d struct{ Body string }
	if s.read(w, r, &d) && s.valid(w, d.Body) {
		_ = json.NewEncoder(w).Encode(map[string]string{"html": render(d.Body)})
	}
}

// counts answers 1 for the first page, 2 for the second, and so on.
func (s *standin) counts(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.counted = append(s.counted, r.URL.RawQuery)
	if s.down {
		refuse(w, http.StatusServiceUnavailable, "", "down")
		return
	}
	counts := map[string]int{}
	for i, page := range r.URL.Query()["page"] {
		counts[page] = i + 1
	}
	_ = json.NewEncoder(w).Encode(map[string]any{"site": r.URL.Query().Get("site"), "counts": counts})
}

func (s *standin) read(w http.ResponseWriter, r *http.Request, into any) bool {
	if err := json.NewDecoder(r.Body).Decode(into); err != nil {
		refuse(w, http.StatusBadRequest, "", err.Error())
		return false
	}
	return true
}

// valid refuses what stands for anything that breaks a rule.
func (s *standin) valid(w http.ResponseWriter, body string) bool {
	if field, wrong := strings.CutPrefix(body, "wrong "); wrong {
		refuse(w, http.StatusBadRequest, field, field+" is not what was asked for")
		return false
	}
	return true
}

func refuse(w http.ResponseWriter, status int, field, detail string) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{"title": http.StatusText(status), "status": status, "detail": detail, "field": field})
}

// render makes paragraphs, and of <xhtml> what it says.
func render(body string) string {
	if strings.HasPrefix(body, "<") {
		return body
	}
	return "<p>" + html.EscapeString(body) + "</p>"
}

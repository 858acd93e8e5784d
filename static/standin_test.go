package static_test

import (
	"encoding/json"
	"fmt"
	"html"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"postil/static"
)

// standin plays the service for the script: the same addresses and answers,
// comments in memory. The real one is tested where it is wired together.
type standin struct {
	*httptest.Server
	mu       sync.Mutex
	comments []*remark
	perPage  int      // comments in one document
	held     bool     // new comments wait for approval
	closed   bool     // no new comments
	down     bool     // feeds cannot be had
	lose     int      // this many answers to posts get lost on their way
	requests []string // METHOD path, in order
}

type remark struct {
	id, parent, name, website, html, key string
	edited, gone, held                   bool
}

// id returns the nth id, as the service would make it.
func id(n int) string { return fmt.Sprintf("01935000-0000-7000-8000-%012d", n) }

func newStandin(t *testing.T, comments ...*remark) *standin {
	t.Helper()
	s := &standin{perPage: 100}
	for _, c := range comments {
		s.add(c)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /feeds/", s.feed)
	mux.HandleFunc("POST /api/v1/comments", s.post)
	mux.HandleFunc("PATCH /api/v1/comments/{id}", s.edit)
	mux.HandleFunc("DELETE /api/v1/comments/{id}", s.remove)
	mux.HandleFunc("POST /api/v1/preview", s.preview)
	for _, a := range static.Assets() {
		mux.HandleFunc("GET "+a.Path, func(w http.ResponseWriter, _ *http.Request) {
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
	var d struct{ Site, Page, Parent, Name, Website, Body, Key string }
	if !s.read(w, r, &d) || !s.valid(w, d.Body) {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	i := slices.IndexFunc(s.comments, func(c *remark) bool { return c.key == d.Key })
	var c *remark
	if i >= 0 {
		c = s.comments[i]
	} else {
		c = s.add(&remark{parent: d.Parent, name: d.Name, website: d.Website, html: render(d.Body), key: d.Key, held: s.held})
	}
	if s.lose > 0 {
		s.lose--
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
	_ = json.NewEncoder(w).Encode(map[string]any{
		"id": c.id, "status": status, "html": c.html, "created": "2026-11-22T14:03:00Z", "edit_key": "key-of-" + c.id,
	})
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

// feed serves feed.xml and its archives feed-1.xml, feed-2.xml …
func (s *standin) feed(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.down {
		http.Error(w, "down", http.StatusServiceUnavailable)
		return
	}
	dir, name := r.URL.Path[:strings.LastIndexByte(r.URL.Path, '/')], r.URL.Path[strings.LastIndexByte(r.URL.Path, '/')+1:]
	archives := max(0, len(s.comments)/s.perPage-1)
	at, from, to := archives+1, archives*s.perPage, len(s.comments)
	if _, err := fmt.Sscanf(name, "feed-%d.xml", &at); err == nil {
		from, to = (at-1)*s.perPage, at*s.perPage
	}
	older := ""
	if at > 1 {
		older = fmt.Sprintf(`<link rel="prev-archive" type="application/atom+xml" href="%s%s/feed-%d.xml"/>`, s.URL, dir, at-1)
	}
	w.Header().Set("Content-Type", "application/xml; charset=utf-8")
	_, _ = fmt.Fprintf(w, feedHead, s.nav(dir), older)
	s.entries(w, s.comments[from:to], "", 0)
	_, _ = fmt.Fprint(w, "</feed>")
}

func (s *standin) nav(dir string) string {
	if s.closed {
		return ""
	}
	return fmt.Sprintf(`<h:a class="compose" href="%s/comment?page=%s">Write a comment</h:a>`, s.URL, dir)
}

// entries writes comments in thread order: each with its answers after it.
func (s *standin) entries(w http.ResponseWriter, shown []*remark, parent string, depth int) {
	for _, c := range shown {
		here := slices.ContainsFunc(shown, func(p *remark) bool { return p.id == c.parent })
		if c.held || c.parent != parent && (parent != "" || here) {
			continue
		}
		if c.gone && !slices.ContainsFunc(shown, func(a *remark) bool { return a.parent == c.id }) {
			_, _ = fmt.Fprintf(w, `<at:deleted-entry ref="tag:blog.example,2026-11-22:comment:%s" when="2026-11-22T14:03:00Z"/>`+"\n", c.id)
			continue
		}
		_, _ = fmt.Fprint(w, s.entry(c, depth))
		s.entries(w, shown, c.id, min(depth+1, 9))
	}
}

func (s *standin) entry(c *remark, depth int) string {
	reply, mark := "", fmt.Sprintf(`<category term="depth-%d" scheme="tag:blog.example,2026-11-22:depth"/>`, depth)
	if c.parent != "" {
		reply = fmt.Sprintf(`<thr:in-reply-to ref="tag:blog.example,2026-11-22:comment:%[1]s" href="https://blog.example/#comment-%[1]s"/>`, c.parent)
	}
	if c.gone {
		return fmt.Sprintf(goneEntry, c.id, reply, mark, depth)
	}
	edited := ""
	if c.edited {
		mark += `<category term="edited" scheme="tag:blog.example,2026-11-22:mark"/>`
		edited = `<h:span class="mark">edited</h:span>`
	}
	name, uri := c.name, ""
	if name == "" {
		name = static.Text("en", "anonymous")
	}
	if c.website != "" {
		uri = "<uri>" + html.EscapeString(c.website) + "</uri>"
	}
	date := static.Date("en", time.Date(2026, 11, 22, 14, 3, 0, 0, time.UTC))
	return fmt.Sprintf(feedEntry, c.id, html.EscapeString(name), uri, reply, mark, date, edited, c.html)
}

const feedHead = `<?xml version="1.0" encoding="utf-8"?>
<?xml-stylesheet type="text/css" href="/postil.css"?>
<feed xmlns="http://www.w3.org/2005/Atom" xmlns:thr="http://purl.org/syndication/thread/1.0" xmlns:at="http://purl.org/atompub/tombstones/1.0" xmlns:h="http://www.w3.org/1999/xhtml" xml:lang="en">
<id>tag:blog.example,2026-11-22:thread:/post</id>
<title>Comments on blog.example/post</title>
<updated>2026-11-22T14:03:00Z</updated>
<link rel="alternate" type="text/html" href="https://blog.example/post"/>
<generator>Postil</generator>
<h:title>Comments on blog.example/post</h:title>
<h:meta name="viewport" content="width=device-width, initial-scale=1"/>
<h:header class="head"><h:h1>Comments on <h:a href="https://blog.example/post">blog.example/post</h:a></h:h1>
<h:p class="nav">%s</h:p></h:header>
%s
`

const feedEntry = `<entry>
<id>tag:blog.example,2026-11-22:comment:%[1]s</id>
<title>%[2]s on blog.example/post</title>
<author><name>%[2]s</name>%[3]s</author>
<published>2026-11-22T14:03:00Z</published><updated>2026-11-22T14:03:00Z</updated>
<link rel="alternate" type="text/html" href="https://blog.example/post#comment-%[1]s"/>
%[4]s%[5]s
<h:header class="by"><h:h2>%[2]s</h:h2> <h:a class="when" href="#comment-%[1]s"><h:time datetime="2026-11-22T14:03:00Z">%[6]s</h:time></h:a>%[7]s</h:header>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml" id="comment-%[1]s">%[8]s</div></content>
<h:footer class="acts"><h:a class="reply" href="/comment?parent=%[1]s">Reply</h:a></h:footer>
</entry>
`

const goneEntry = `<at:deleted-entry ref="tag:blog.example,2026-11-22:comment:%[1]s" when="2026-11-22T14:03:00Z">%[2]s%[3]s<h:p class="gone depth-%[4]d" id="comment-%[1]s">This comment was removed.</h:p></at:deleted-entry>
`

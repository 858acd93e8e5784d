package static_test

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"postil/static"
)

// feed serves feed.xml and its archives feed-1.xml, feed-2.xml …, to be
// revalidated each time as the service has it.
func (s *standin) feed(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	slow := s.slow
	s.mu.Unlock()
	if slow != nil {
		<-slow
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.down {
		http.Error(w, "down", http.StatusServiceUnavailable)
		return
	}
	var body bytes.Buffer
	s.document(&body, r)
	tag := fmt.Sprintf(`"%x"`, sha256.Sum256(body.Bytes()))
	w.Header().Set("ETag", tag)
	w.Header().Set("Cache-Control", "public, max-age=0, must-revalidate")
	if r.Header.Get("If-None-Match") == tag {
		s.seen = append(s.seen, r.URL.Path)
		w.WriteHeader(http.StatusNotModified)
		return
	}
	w.Header().Set("Content-Type", "application/xml; charset=utf-8")
	_, _ = w.Write(body.Bytes())
}

func (s *standin) document(w io.Writer, r *http.Request) {
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
	_, _ = fmt.Fprintf(w, feedHead, s.nav(dir), older, cmp.Or(s.lang, "en"))
	for _, c := range s.comments[from:to] {
		if c.gone {
			_, _ = fmt.Fprintf(w, `<at:deleted-entry ref="tag:blog.example,2026-11-22:comment:%s" when="2026-11-22T14:03:00Z"/>`+"\n", c.id)
		}
	}
	s.entries(w, s.comments[from:to], "", 0)
	_, _ = fmt.Fprint(w, "</feed>")
}

func (s *standin) nav(dir string) string {
	if s.closed {
		return ""
	}
	page := strings.TrimPrefix(dir, "/feeds/blog.example")
	return fmt.Sprintf(`<h:a class="compose" href="%s/comment?site=blog.example&amp;page=%s">Write a comment</h:a>`, s.URL, url.QueryEscape(page))
}

// entries writes comments in thread order: each with its answers after it.
func (s *standin) entries(w io.Writer, shown []*remark, parent string, depth int) {
	for _, c := range shown {
		here := slices.ContainsFunc(shown, func(p *remark) bool { return p.id == c.parent })
		if c.held || c.parent != parent && (parent != "" || here) {
			continue
		}
		if c.gone && !slices.ContainsFunc(shown, func(a *remark) bool { return a.parent == c.id }) {
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
		return fmt.Sprintf(goneEntry, c.id, reply, mark)
	}
	marks := ""
	for _, m := range []struct {
		name string
		set  bool
	}{{"owner", c.owner}, {"pinned", c.pinned}, {"edited", c.edited}} {
		if m.set {
			mark += fmt.Sprintf(`<category term="%s" scheme="tag:blog.example,2026-11-22:mark"/>`, m.name)
			marks += fmt.Sprintf(`<h:span class="mark">%s</h:span>`, m.name)
		}
	}
	if c.badge != "" {
		mark += fmt.Sprintf(`<category term="%s" scheme="tag:blog.example,2026-11-22:badge"/>`, c.badge)
	}
	name, uri := c.name, ""
	if name == "" {
		name = static.Text("en", "anonymous")
	}
	if c.website != "" {
		uri = "<uri>" + html.EscapeString(c.website) + "</uri>"
	}
	was := ""
	if c.was != "" {
		was = fmt.Sprintf(`<h:span class="was" id="%s"></h:span>`, c.was)
	}
	return fmt.Sprintf(feedEntry, c.id, html.EscapeString(name), uri, reply, mark, static.Date("en", c.at()), marks, c.html,
		c.at().Format(time.RFC3339), c.changed(), was)
}

const feedHead = `<?xml version="1.0" encoding="utf-8"?>
<?xml-stylesheet type="text/css" href="/postil.css"?>
<feed xmlns="http://www.w3.org/2005/Atom" xmlns:thr="http://purl.org/syndication/thread/1.0" xmlns:at="http://purl.org/atompub/tombstones/1.0" xmlns:h="http://www.w3.org/1999/xhtml" xml:lang="%[3]s">
<id>tag:blog.example,2026-11-22:thread:/post</id>
<title>Comments on blog.example/post</title>
<updated>2026-11-22T14:03:00Z</updated>
<link rel="alternate" type="text/html" href="https://blog.example/post"/>
<generator>Postil</generator>
<h:title>Comments on blog.example/post</h:title>
<h:meta name="viewport" content="width=device-width, initial-scale=1"/>
<h:header class="head"><h:h1>Comments on <h:a href="https://blog.example/post">blog.example/post</h:a></h:h1>
<h:p class="nav">%[1]s</h:p></h:header>
%[2]s
`

const feedEntry = `<entry>
<id>tag:blog.example,2026-11-22:comment:%[1]s</id>
<title>%[2]s on blog.example/post</title>
<author><name>%[2]s</name>%[3]s</author>
<published>%[9]s</published><updated>%[10]s</updated>
<link rel="alternate" type="text/html" href="https://blog.example/post#comment-%[1]s"/>
%[4]s%[5]s
<h:header class="by">%[11]s<h:h2>%[2]s</h:h2> <h:a class="when" href="#comment-%[1]s"><h:time datetime="%[9]s">%[6]s</h:time></h:a>%[7]s</h:header>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml" id="comment-%[1]s">%[8]s</div></content>
<h:footer class="acts"><h:a class="reply" href="/comment?parent=%[1]s">Reply</h:a></h:footer>
</entry>
`

const goneEntry = `<entry>
<id>tag:blog.example,2026-11-22:comment:%[1]s</id>
<title>This comment was removed.</title>
<author><name>Anonymous</name></author>
<published>2026-11-22T14:03:00Z</published><updated>2026-11-22T14:03:00Z</updated>
%[2]s%[3]s<category term="gone" scheme="tag:blog.example,2026-11-22:mark"/>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml" id="comment-%[1]s"><p><em>This comment was removed.</em></p></div></content>
</entry>
`

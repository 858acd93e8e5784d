package main

import (
	"net/http"
	"net/http/httputil"
	"strings"
	"testing"
	"time"

	"postil/deploy/doctor"
	"postil/static"
)

// setup is a scene in which something is broken, and what the doctor must say
// of it: the checks that find something wrong, each with words of its
// sentence or of the way to mend it.
type setup struct {
	name  string
	spoil func(*testing.T, *scene)
	wrong map[string]string
	code  int
}

// brokenPages are wrong on the blog's side.
var brokenPages = []setup{
	{"integrity of another version", func(t *testing.T, s *scene) {
		s.change(t, static.Hashed("postil.js").Integrity, static.Hashed("postil.write.js").Integrity)
		s.header.Del("Content-Security-Policy")
	}, map[string]string{doctor.Integrity: "not that of the script"}, 1},
	{"integrity without crossorigin", func(t *testing.T, s *scene) {
		s.change(t, ` crossorigin="anonymous"`, "")
	}, map[string]string{doctor.Integrity: `Add crossorigin="anonymous"`}, 1},
	{"script of a version that is gone", func(t *testing.T, s *scene) {
		s.change(t, static.Hashed("postil.js").Path, "/static/postil.0123456789ab.js")
	}, map[string]string{doctor.Script: "404"}, 1},
	{"no element", func(t *testing.T, s *scene) {
		s.change(t, "<postil-thread>", "<p>")
		s.change(t, "</postil-thread>", "</p>")
	}, map[string]string{doctor.Element: "has no <postil-thread>"}, 1},
	{"element that does not end", func(t *testing.T, s *scene) {
		s.change(t, "<postil-thread>", "<postil-thread/>")
		s.change(t, "</postil-thread>", "")
	}, map[string]string{doctor.Element: "does not end there in HTML"}, 1},
	{"nothing of ours", func(_ *testing.T, s *scene) {
		s.page = "<title>Blog</title>"
	}, map[string]string{doctor.Element: "postil csp --service"}, 1},
	{"include that was not carried out", func(_ *testing.T, s *scene) {
		s.page = `<title>Blog</title><!--# include virtual="/postil/feeds/blog.example/post/fragment.html" -->`
	}, map[string]string{doctor.Element: "ssi on"}, 1},
	{"header forbids the requests", func(_ *testing.T, s *scene) {
		s.header.Set("Content-Security-Policy", "default-src 'self'; script-src 'self' https://comments.example")
	}, map[string]string{doctor.Policy: `policy in the header forbids fetching the feed and sending comments: "default-src 'self'" does not allow https://comments.example/feeds/blog.example/post/feed.xml`}, 1},
	{"one of two policies forbids the script", func(t *testing.T, s *scene) {
		s.change(t, "<title>", `<meta http-equiv="Content-Security-Policy" content="script-src-elem 'self'"><title>`)
	}, map[string]string{doctor.Policy: `policy in the <meta> element forbids the script: "script-src-elem 'self'"`}, 1},
	{"strict-dynamic", func(_ *testing.T, s *scene) {
		s.header.Set("Content-Security-Policy", "script-src 'nonce-x' 'strict-dynamic' https:")
	}, map[string]string{doctor.Policy: "Because of 'strict-dynamic' addresses do not count"}, 1},
	{"nonce that does not reach what comes later", func(t *testing.T, s *scene) {
		s.change(t, "<script ", `<script nonce="x" `)
		s.header.Set("Content-Security-Policy", "script-src 'nonce-x'")
	}, map[string]string{doctor.Policy: "forbids what the script loads later"}, 1},
	{"strict-dynamic, and a tag that nothing vouches for", func(t *testing.T, s *scene) {
		s.change(t, ` integrity="`+static.Hashed("postil.js").Integrity+`"`, "")
		s.header.Set("Content-Security-Policy", "script-src 'nonce-x' 'strict-dynamic' https:")
	}, map[string]string{doctor.Policy: `postil csp --service https://comments.example --merge "script-src`}, 1},
	{"hash of the first part only", func(_ *testing.T, s *scene) {
		s.header.Set("Content-Security-Policy", "script-src '"+static.Hashed("postil.js").Integrity+"' '"+static.Hashed("postil.write.js").Integrity+"'")
	}, map[string]string{doctor.Policy: "forbids what the script loads later"}, 1},
	{"sandbox", func(_ *testing.T, s *scene) {
		s.header.Set("Content-Security-Policy", "sandbox allow-scripts")
	}, map[string]string{doctor.Policy: "sandbox without allow-same-origin"}, 1},
	{"site that the service does not know", func(t *testing.T, s *scene) {
		s.change(t, "<postil-thread>", `<postil-thread site="blgo.example">`)
	}, map[string]string{doctor.Feed: "does not know the site blgo.example", doctor.FeedLink: "leads to another thread"}, 1},
	{"read at another origin", func(_ *testing.T, s *scene) {
		s.url, s.name = "https://www.blog.example/post/", "www.blog.example"
		s.page = strings.Replace(s.page, "<postil-thread>", `<postil-thread site="blog.example">`, 1)
	}, map[string]string{doctor.CORS: "postil site set blog.example --origin https://www.blog.example"}, 1},
	{"canonical address that is another page", func(t *testing.T, s *scene) {
		s.change(t, `rel="canonical" href="https://blog.example/post/"`, `rel="canonical" href="https://blog.example/2026/post/"`)
	}, map[string]string{doctor.Address: `<postil-thread page="/2026/post">`}, 1},
	{"no feed link", func(t *testing.T, s *scene) {
		s.change(t, `rel="alternate"`, `rel="home"`)
	}, map[string]string{doctor.FeedLink: `href="https://comments.example/feeds/blog.example/post/feed.xml"`}, 1},
	{"mixed content", func(t *testing.T, s *scene) {
		s.change(t, `src="https://comments.example`, `src="http://comments.example`)
		s.change(t, "<postil-thread>", `<postil-thread service="https://comments.example">`)
		s.header.Set("Content-Security-Policy", "default-src 'self' http://comments.example")
		s.more = []string{"--connect", "comments.example:80=" + strings.TrimPrefix(strings.Replace(s.process.base, "localhost", "127.0.0.1", 1), "http://")}
	}, map[string]string{doctor.Mixed: "by http, which browsers refuse"}, 1},
}

// brokenServers are wrong elsewhere.
var brokenServers = []setup{
	{"certificate from nobody", func(_ *testing.T, s *scene) { s.noCA = true }, map[string]string{doctor.Certificate: "comes from nobody whom browsers trust"}, 1},
	{"certificate that has ended", func(_ *testing.T, s *scene) { s.days = -3 }, map[string]string{doctor.Certificate: "not now"}, 1},
	{"certificate that ends soon", func(_ *testing.T, s *scene) { s.days = 5 }, map[string]string{doctor.Certificate: "in 5 days"}, 1},
	{"certificate for another name", func(_ *testing.T, s *scene) { s.name = "other.example" }, map[string]string{doctor.Certificate: "not for blog.example, but for other.example"}, 1},
	{"service that is down", func(_ *testing.T, s *scene) {
		s.more = []string{"--connect", "comments.example=127.0.0.1:1"}
	}, map[string]string{doctor.Script: "connection refused", doctor.Ready: "cannot be reached"}, 1},
	{"service that is something else", func(_ *testing.T, s *scene) {
		s.front = http.NotFoundHandler()
	}, map[string]string{doctor.Script: "404", doctor.Ready: "no Postil is there"}, 1},
	{"service that is not ready", func(_ *testing.T, s *scene) {
		s.answer = func(r *http.Response) {
			if r.Request.URL.Path == "/readyz" {
				r.StatusCode = http.StatusServiceUnavailable
			}
		}
	}, map[string]string{doctor.Ready: "not ready"}, 1},
	{"proxy that says too much", func(_ *testing.T, s *scene) {
		s.answer = func(r *http.Response) { r.Header.Add("Access-Control-Allow-Origin", "https://blog.example") }
	}, map[string]string{doctor.Script: "once", doctor.CORS: "add none of its own"}, 1},
	{"proxy that lets clients forge", func(_ *testing.T, s *scene) {
		s.proxy = func(r *httputil.ProxyRequest) { r.Out.Header["X-Forwarded-For"] = r.In.Header["X-Forwarded-For"] }
	}, map[string]string{doctor.Proxy: "whoever forges it escapes the limits"}, 1},
	{"proxy without compression", func(_ *testing.T, s *scene) {
		s.proxy = func(r *httputil.ProxyRequest) { r.SetXForwarded(); r.Out.Header.Del("Accept-Encoding") }
	}, map[string]string{doctor.Twins: "is sent as it is"}, 1},
	{"proxy that drops Vary", func(_ *testing.T, s *scene) {
		s.answer = func(r *http.Response) { r.Header.Del("Vary") }
	}, map[string]string{doctor.Twins: "Vary: Accept-Encoding"}, 1},
	{"files served without the policy, as feeds", func(_ *testing.T, s *scene) {
		s.answer = func(r *http.Response) {
			if strings.HasSuffix(r.Request.URL.Path, ".xml") {
				r.Header.Set("Content-Type", "application/atom+xml")
				r.Header.Del("Content-Security-Policy")
			}
		}
	}, map[string]string{doctor.Feed: "application/xml"}, 1},
	{"files served without the policy", func(_ *testing.T, s *scene) {
		s.answer = func(r *http.Response) { r.Header.Del("Content-Security-Policy") }
	}, map[string]string{doctor.Feed: "second line of defence"}, 1},
	{"clock that is wrong", func(_ *testing.T, s *scene) {
		s.answer = func(r *http.Response) { r.Header.Set("Date", time.Now().Add(-time.Hour).UTC().Format(http.TimeFormat)) }
	}, map[string]string{doctor.Clock: "it is the service's that is wrong"}, 1},
	{"page that leads elsewhere by itself", func(_ *testing.T, s *scene) {
		s.page = `<!DOCTYPE html><meta http-equiv="refresh" content="0; url=https://blog.example/2026/post/">`
	}, nil, 2},
	{"page in a coding that nobody asked for", func(_ *testing.T, s *scene) { s.header.Set("Content-Encoding", "zstd") }, nil, 2},
	{"page that is not there", func(_ *testing.T, s *scene) { s.header.Set("Content-Type", "image/png") }, nil, 2},
}

